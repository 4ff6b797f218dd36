import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { resolveFleet } from "../../constructs/contract/validate";
import { resolveReleases } from "../../releases/resolve";
import { write } from "../images/support";
import { AWS, AZURE, fleetOf, ONE, projects, time, TWO, type Project } from "./support";

const make = projects();
const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

const shop = (placements = [AWS]) => {
  const project = make(fleetOf({ name: "web", strategy: "blueGreen", placements }));
  project.release(TWO);
  return project;
};
const rows = (text: string) => text.split("\n").flatMap((line) => (/^ {2}(blue|green) /.test(line) ? [line.trim().split(/ {2,}/)] : [])); // prettier-ignore

test("until a step is deployed, status tells what is and what will be", async () => {
  const project = shop();
  await project.ok("start --version 1.1.0");
  expect(rows(await project.ok("status")).map((row) => row.slice(0, 3))).toEqual([
    ["blue", "live", "1.0.0"],
    ["green", "candidate", "none → 1.1.0"],
  ]);
  await project.next();
  const text = await project.ok("status");
  expect(text).toContain("0 → 100 %");
  expect(rows(text).map((row) => row.slice(0, 2))).toEqual([["blue", "live"], ["green", "candidate"]]); // prettier-ignore
  expect(JSON.parse(await project.ok("status --json"))).toMatchObject([
    { slots: [{ role: "live", weight: 0, deployed: { version: "1.0.0", weight: 100 } }, { role: "candidate", weight: 100, deployed: { version: "1.1.0", weight: 0 } }] },
  ]); // prettier-ignore
  await project.next();
  const after = await project.ok("status");
  expect(after).not.toContain("→");
  expect(rows(after).map((row) => row.slice(0, 2))).toEqual([["blue", "idle"], ["green", "live"]]); // prettier-ignore
});

test("a version that was revoked meanwhile is not told to be deployed", async () => {
  const project = shop();
  await project.ok("start --version 1.1.0");
  project.lifecycle("1.1.0", { lifecycle: { state: "revoked", since: time(0), by: "ops@example.com", reason: "CVE-2026-1", was: "approved" } }); // prettier-ignore
  const { code, out } = await project.run("status");
  expect(code).toBe(2);
  expect(out).toMatch(/must not be deployed: .*revoked.*CVE-2026-1/);
  expect(out).not.toContain("deploy:  ");
  expect(/back: +npx fleet release (.*)/.exec(out)![1]).toBe("abort --env prod --service web");
  await project.ok("abort");
});

describe("a way back that must not be deployed any more, because what it leads to was revoked, has a way out", () => {
  const revoke = (project: Project, ...versions: string[]) =>
    versions.forEach((version) => project.lifecycle(version, { lifecycle: { state: "revoked", since: time(0), by: "ops@example.com", reason: "CVE-2026-1", was: "approved" } })); // prettier-ignore
  const command = (label: string, out: string) => new RegExp(`${label}: +npx fleet release (.*)`).exec(out)?.[1];
  const released = async (strategy: "replace" | "blueGreen") => {
    const project = make(fleetOf({ name: "web", strategy, placements: [AWS] }));
    project.release(strategy === "replace" ? ONE : TWO);
    await project.ok("start --version 1.1.0");
    while (project.record().rollout) expect((await project.next(3600)).code).toBe(0);
    return project;
  };
  /** The command that status names, and what is live once it was given and deployed. */
  const abort = async (project: Project) => {
    const { code, out } = await project.run("status");
    expect([code, out.match(/must not be deployed/g)?.length]).toEqual([2, 1]);
    expect(command("back", out)).toBe("abort --env prod --service web");
    return project.ok("abort");
  };

  test.each(["replace", "blueGreen"] as const)("a rollback of %s: back to what ran", async (strategy) => {
    const project = await released(strategy);
    const before = project.file();
    await project.ok("rollback");
    revoke(project, "1.0.0");
    expect(await abort(project)).toContain("rollback 1.1.0 → 1.0.0 is aborted");
    expect(project.file()).toEqual(before);
    project.now += 60;
    await project.ok("next --step abort");
    expect(project.record()).toMatchObject({ rollout: null, history: [{ version: "1.1.0" }, { version: "1.0.0" }] });
    expect(project.record().history[0]).not.toHaveProperty("rolledBack");
    project.now += 100_000;
    await project.ok("start --version 1.2.0");
  });

  test.each(["replace", "blueGreen"] as const)(
    "a rollback of %s from what was revoked too: on to another",
    async (strategy) => {
      const project = await released(strategy);
      await project.ok("rollback");
      revoke(project, "1.0.0", "1.1.0");
      expect(command("to leave that", await abort(project))).toBe("start --version V --env prod --service web");
      expect(project.record().rollout).toBeNull();
      const start = await project.run("start --version 1.2.0");
      if (strategy === "blueGreen") await project.ok(/npx fleet release (set .*)$/.exec(start.error)![1]!);
      expect(JSON.stringify(project.file())).toContain("1.2.0");
    },
  );

  test("a release that was aborted, and one that is retired", async () => {
    const aborted = shop();
    await aborted.ok("start --version 1.1.0");
    await aborted.next();
    await aborted.ok("abort");
    const retired = await released("blueGreen");
    retired.now += 100_000;
    await retired.ok("retire");
    revoke(aborted, "1.0.0");
    revoke(retired, "1.1.0");
    for (const project of [aborted, retired]) {
      expect(command("to leave that", await abort(project))).toBeDefined();
      const start = await project.run("start --version 1.2.0");
      await project.ok(/npx fleet release (set .*)$/.exec(start.error)![1]!);
      expect(JSON.stringify(project.file())).toContain("1.2.0");
    }
  });
});

test("a slot that never had traffic has nothing to drain: it may be emptied at once", async () => {
  const project = shop();
  await project.ok("start --version 1.1.0");
  await project.ok("abort");
  await project.ok("retire");
  expect(project.file()).toEqual(TWO);
});

describe("deploy hints", () => {
  test("name one command for all stacks, which orders them", async () => {
    expect(await shop([AWS, AZURE]).ok("start --version 1.1.0")).toContain(
      "deploy:  npx fleet deploy prod-web-aws-us-east-1 prod-web-azure-westeurope\n",
    );
  });

  test("inside of the local cloud they have its wrapper", async () => {
    process.env.FLEET_STATE_DIR = "state";
    expect(await shop().ok("start --version 1.1.0")).toContain("deploy:  npm run local -- npx fleet deploy prod-web-aws-us-east-1\nthen:"); // prettier-ignore
    process.env.FLEET_STATE_DIR = "";
    process.env.LOCAL_CLOUD_HCP_SESSION = "dir";
    expect(await shop().ok("start --version 1.1.0")).toContain("deploy:  npm run local -- --hcp npx fleet deploy"); // prettier-ignore
  });

  test("where the stack is deployed on the local cloud, both ways are told", async () => {
    const project = shop();
    mkdirSync(join(project.folder, ".local-cloud/state"), { recursive: true });
    writeFileSync(join(project.folder, ".local-cloud/state/prod-web-aws-us-east-1.tfstate"), "{}");
    expect(await project.ok("start --version 1.1.0")).toContain(
      "deploy:  npx fleet deploy prod-web-aws-us-east-1\ntrial:   npm run local -- npx fleet deploy prod-web-aws-us-east-1\n",
    );
  });
});

describe("release files", () => {
  test("of services that are gone are named, with what to do; those that are missing name the command that makes them", async () => {
    const project = shop();
    project.release(ONE, "gone");
    write(join(project.folder, "releases/qa/web.json"), ONE);
    const line = (file: string) =>
      `${join(project.folder, "releases", file)}: fleet.ts has no such service; destroy its stacks with the commit that still had it, then delete the file`;
    expect(await project.run("status")).toMatchObject({ code: 2, error: [line("prod/gone.json"), line("qa/web.json")].join("\n") }); // prettier-ignore
    expect(await project.run("status --service web --env prod")).toMatchObject({ code: 0, error: "" });
    const sources = { releases: join(project.folder, "releases"), catalog: join(project.folder, "images/catalog") };
    rmSync(join(sources.releases, "prod/web.json"));
    expect(() => resolveReleases(resolveFleet(project.world.fleet), sources)).toThrow(
      `releases/prod/web.json: is missing; create it: npx fleet release set --version V --env prod --service web`,
    );
  });
});
