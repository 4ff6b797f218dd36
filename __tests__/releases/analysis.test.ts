import { analyse } from "../../releases/analysis";
import { readFileSync, writeFileSync } from "node:fs";
import { AWS, fleetOf, projects, time, TWO } from "./support";

const make = projects();
const spec = { run: ["judge"], count: 4, everySec: 30, timeoutSec: 5, failureLimit: 1, inconclusiveLimit: 1 };

test.each<[string, readonly (number | string)[], string, number]>([
  ["all pass", [0, 0, 0, 0], "passed", 4],
  ["failures up to the limit", [0, 1, 0, 0], "passed", 4],
  ["one failure too many ends it", [1, 0, 1, 0], "failed", 3],
  ["inconclusive up to the limit", [2, 0, 0, 1], "passed", 4],
  ["any other exit is inconclusive", [3, "no such file", 0, 0], "inconclusive", 2],
])("%s", async (_name, exits, result, runs) => {
  const left = [...exits];
  const slept: number[] = [];
  const sleep = (milliseconds: number) => Promise.resolve(void slept.push(milliseconds));
  const found = await analyse(spec, {}, { command: () => Promise.resolve(left.shift()!), sleep });
  expect(found).toMatchObject({ result });
  expect(found.runs.map(({ exit }) => exit)).toEqual(exits.slice(0, runs));
  expect(slept).toEqual(Array<number>(runs - 1).fill(30_000));
});

describe("a step with an analysis", () => {
  /** Runs a real command, that of the script. */
  const judged = (script: string, timeoutSec = 60) => judgedBy([process.execPath, "-e", script], timeoutSec);

  async function judgedBy(run: string[], timeoutSec = 60) {
    const analysis = { run, timeoutSec };
    const rollout = { steps: [{ weight: 20, analysis }, { weight: 100 }] };
    const project = make(fleetOf({ name: "web", strategy: "canary", placements: [AWS], rollout }));
    writeFileSync(`${project.folder}/judge.sh`, "exit 0");
    project.release(TWO);
    await project.ok("start --version 1.1.0");
    await project.next();
    return { project, run: await project.next() };
  }

  test("goes on when it passes, and finds what it judges in its environment", async () => {
    const { project, run } = await judged(
      'require("fs").writeFileSync("seen", Object.keys(process.env).filter((n) => /^FLEET_(ENV|S|V|W)/.test(n)).sort().map((n) => n + "=" + process.env[n]).join())',
    );
    expect(run.out).toContain("shift-100");
    expect(readFileSync(`${project.folder}/seen`, "utf8")).toBe(
      "FLEET_ENV=prod,FLEET_SERVICE=web,FLEET_SLOT=green,FLEET_STEP=shift-20,FLEET_VERSION=1.1.0,FLEET_WEIGHT=20",
    );
    expect(project.record().rollout?.analyses).toMatchObject([{ step: "shift-20", result: "passed" }]);
  });

  test("stops when it fails, advises to abort, and aborts nothing by itself", async () => {
    const { project, run } = await judged("process.exit(1)");
    expect(run).toMatchObject({ code: 2 });
    expect(run.out).toContain("the analysis of step shift-20 failed (exit 1)\ntake it back: npx fleet release abort --env prod --service web");
    expect(project.file()).toMatchObject({ traffic: { green: 20 } });
    expect(project.record().rollout).toMatchObject({ at: 1, analyses: [{ result: "failed", runs: [{ exit: 1 }] }] });
    // It is judged again, and a person who approves does not overrule it.
    expect((await project.next()).code).toBe(2);
  });

  test("shows the code of a command that is neither", async () => {
    expect((await judged("process.exit(7)")).run.out).toContain("is inconclusive (exit 7)\ntry again: ");
    expect((await judged("setInterval(() => {}, 1000)", 1)).run.out).toContain("(exit no end within 1 s)");
  });

  test("is not run by --dry-run", async () => {
    const { project } = await judged("process.exit(1)");
    const command = () => Promise.reject(new Error("was run"));
    const run = await project.run("next --step shift-20 --dry-run", { command });
    expect(run).toMatchObject({ code: 2, out: expect.stringContaining("its analysis failed at") });
  });

  test("status says that it failed, when and how, and what to do; exit code 2", async () => {
    const { project } = await judged("process.exit(1)");
    const { code, out } = await project.run("status");
    expect(code).toBe(2);
    expect(out).toContain(`its analysis failed at ${time(120)} (exit 1): `);
    expect(out).toContain("back:    npx fleet release abort --env prod --service web");
    const unclear = await (await judged("process.exit(7)")).project.run("status");
    expect([unclear.code, unclear.out]).toEqual([2, expect.stringContaining("its analysis was inconclusive at")]);
    expect(unclear.out).not.toContain("abort");
  });

  test.each([
    ["./judge.sh", "./judge.sh must not be executed; make it executable with chmod +x, or name the program that reads it"],
    ["./no-judge", "./no-judge is not there; give its path from"],
  ])("a judge that cannot be run, %s, is told in words", async (program, words) => {
    const { project, run } = await judgedBy([program]);
    expect([run.code, run.out]).toEqual([2, expect.stringContaining(words)]);
    expect((await project.run("status")).out).toContain(words);
  });
}); // prettier-ignore
