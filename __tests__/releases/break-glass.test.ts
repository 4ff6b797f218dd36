import { write } from "../images/support";
import { section } from "../security/document";
import { AWS, fleetOf, ONE, projects, time, TWO } from "./support";

const make = projects();
const HOUR = 3600;
const open = `break-glass --until ${time(4 * HOUR)} --reason INC-42`;
const WAY_IN = { until: time(4 * HOUR), reason: "INC-42" };

const web = (strategy: "replace" | "canary") => {
  const project = make(fleetOf({ name: "web", strategy, placements: [AWS] }));
  project.release(strategy === "replace" ? ONE : TWO);
  return project;
};

test("one slot: machines of their own in place of the live ones, and others in place of those when it is over", async () => {
  const project = web("replace");
  expect(await project.ok(`${open} --version 1.1.0`)).toBe(
    [
      "prod/web: break-glass 1.0.0 → 1.1.0 (2026-11-21), step 1 of 1: bump",
      "plan:    replaces the machines, new before old",
      "deploy:  npx fleet deploy prod-web-aws-us-east-1",
      "then:    npx fleet release next --step bump --env prod --service web",
      "people:  grant them the right to get in by hand, with the same end: docs/security.md",
      "close:   npx fleet release abort --env prod --service web",
      `written: ${project.folder}/releases/prod/web.rollout.json`,
      `written: ${project.folder}/releases/prod/web.json`,
    ].join("\n"),
  );
  expect(project.file()).toEqual({ slots: { live: { version: "1.1.0", epoch: "2026-11-21", breakGlass: WAY_IN } } });
  expect((await project.next()).out).toContain("break-glass 1.0.0 → 1.1.0 (2026-11-21) is finished\nclose it: npx fleet release rollback"); // prettier-ignore
  expect(await project.ok("status")).toContain(`slot live: people may get in until ${time(4 * HOUR)}, INC-42; close it:`); // prettier-ignore

  // Another size has the same machines, and so the same way in.
  await project.ok("set --capacity 3");
  expect(project.file()).toMatchObject({ slots: { live: { capacity: 3, breakGlass: WAY_IN } } });
  await project.ok("rollback");
  expect(project.file()).toEqual({ slots: { live: { version: "1.0.0", capacity: 3 } } });
});

test("the walk in docs/security.md", async () => {
  const project = web("replace");
  const walk = section("When somebody must look inside one").match(/^npx fleet release .*/gm)!;
  expect(walk).toHaveLength(4);
  for (const line of walk) {
    const command = line.replace("npx fleet release ", "").replace(/ +#.*/, "");
    await project.ok(command.replace("1.2.1", "1.1.0").replace(/--until \S+/, `--until ${time(4 * HOUR)}`));
    project.now += 600;
  }
  expect(project.file()).toEqual(ONE);
  expect(project.record().rollout).toBeNull();
});

test("without a version it is the live one anew; rollback and renew close it, also after its end", async () => {
  const project = web("replace");
  await project.ok(open);
  expect(project.file()).toEqual({ slots: { live: { version: "1.0.0", epoch: "2026-11-21", breakGlass: WAY_IN } } });
  await project.next();
  project.now = 5 * HOUR;
  const files = project.releases();
  await project.ok("rollback --dry-run");
  await project.ok("renew");
  expect(project.file()).toEqual({ slots: { live: { version: "1.0.0", epoch: "2026-11-21-2" } } });
  for (const [file, text] of Object.entries(files)) write(file, text);
  await project.ok("rollback");
  expect(project.file()).toEqual(ONE);
});

test("what people could get into is no release to go back to", async () => {
  const project = web("replace");
  await project.ok(`${open} --version 1.1.0`);
  await project.next();
  await project.ok("start --version 1.2.0");
  await project.next();
  await project.ok("rollback");
  expect(project.file()).toEqual(ONE);
});

test("two slots: in the idle one, without traffic, and retired from there", async () => {
  const project = web("canary");
  expect(await project.ok(open)).toContain("step 1 of 1: fill-green, 0 % on 1.0.0 (2026-11-21)");
  expect(project.file()).toMatchObject({
    slots: { blue: { version: "1.0.0" }, green: { version: "1.0.0", breakGlass: WAY_IN } },
    traffic: { blue: 100, green: 0 },
  });
  expect((await project.next()).out).toContain("close it: npx fleet release retire --slot green --env prod --service web"); // prettier-ignore
  expect(project.record().idle).toEqual({ slot: "green", since: time(60), holds: "untouched" });
  await project.ok("retire");
  expect(project.file()).toEqual(TWO);
});

test("abort leaves no way in, in one slot and in two, also after the end", async () => {
  for (const [strategy, before] of [
    ["replace", ONE],
    ["canary", TWO],
  ] as const) {
    const project = web(strategy);
    await project.ok(open);
    project.now = 5 * HOUR;
    expect(await project.ok("abort")).toContain(
      `plan:    ${strategy === "canary" ? "deletes" : "replaces"} the machines`,
    );
    expect(project.file()).toEqual(before);
    expect((await project.next()).out).toContain("is aborted");
    expect(project.record()).toMatchObject({ idle: null, rollout: null });
  }
});

test.each(["replace", "canary"] as const)(
  "the command that closes it works whenever it is printed: %s",
  async (strategy) => {
    const project = web(strategy);
    const close = (text: string) => /close(?: it)?: +npx fleet release (.*?) --env/.exec(text)![1]!;
    const printed = await project.ok(open);
    const files = project.releases();
    for (const text of [printed, await project.ok("status")]) await project.ok(`${close(text)} --dry-run`);
    await project.ok(close(printed));
    expect(project.file()).toEqual(strategy === "replace" ? ONE : TWO);
    for (const [file, text] of Object.entries(files)) write(file, text);
    const finished = (await project.next()).out;
    for (const text of [finished, await project.ok("status")]) await project.ok(`${close(text)} --dry-run`);
    // Nothing ever came to these machines that would have to drain.
    await project.ok(close(finished));
    expect(await project.ok("status")).not.toContain("people may get in");
  },
);

test("no traffic gets to where people do", async () => {
  const project = web("canary");
  await project.ok(`${open} --capacity 3`);
  await project.next();
  expect(project.file()).toMatchObject({ slots: { green: { capacity: 3 } } });
  expect((await project.run("set --traffic green=100")).error).toContain("web.json traffic.green: people may get into the machines of slot green, so it must have weight 0, got 100"); // prettier-ignore
});

test.each([
  ["without an end", "break-glass --reason INC-42", "--until: is needed"],
  ["without a reason", `break-glass --until ${time(HOUR)}`, "--reason: is needed"],
  ["with an empty reason", `break-glass --until ${time(HOUR)} --reason=`, "--reason: must be a text of 1 to 200 characters, got 0"],
  ["for longer than a day", `break-glass --until ${time(25 * HOUR)} --reason INC-42`, `slots.live.breakGlass.until: must be within 24 hours, by ${time(24 * HOUR)}, got ${time(25 * HOUR)}`],
  ["in the past", `break-glass --until ${time(-1)} --reason INC-42`, `--until: must be a time to come, got ${time(-1)} at ${time(0)}`],
  ["with an end that is no time", "break-glass --until tonight --reason INC-42", '--until: must be a time with an offset such as 2026-11-20T12:00:00Z, got "tonight"'],
])("refused %s", async (_what, line, message) => {
  const project = web("replace");
  const files = project.releases();
  const { code, error } = await project.run(line);
  expect([code, error]).toEqual([1, expect.stringContaining(message)]);
  expect(project.releases()).toEqual(files);
}); // prettier-ignore

test("a file that somebody wrote by hand is judged the same", async () => {
  const project = web("replace");
  project.release({ slots: { live: { version: "1.0.0", breakGlass: { until: "tonight", reason: "INC-42" } } } });
  expect((await project.run("set --capacity 3")).error).toContain('web.json slots.live.breakGlass.until: must be a time in UTC such as 2026-11-28T18:00:00Z, got "tonight"'); // prettier-ignore
});
