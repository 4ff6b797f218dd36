import { write } from "../images/support";
import { AWS, AZURE, fleetOf, ONE, projects, time, TWO, type Project } from "./support";

const make = projects();

interface Given {
  readonly strategy?: "replace" | "blueGreen" | "canary";
  readonly azure?: boolean;
  readonly release?: unknown;
  /** Commands before, each a minute after the one before it. */
  readonly before?: readonly string[];
  readonly rollout?: object;
}

async function refusal(given: Given, line: string): Promise<{ code: number; text: string; project: Project }> {
  const { strategy = "canary", azure = false, release, before = [], rollout } = given;
  const placements = azure ? [AWS, AZURE] : [AWS];
  const project = make(fleetOf({ name: "web", strategy, placements, ...(rollout && { rollout }) }));
  project.lifecycle("1.2.0", { lifecycle: { state: "built" } });
  project.release(release ?? (strategy === "replace" ? ONE : TWO));
  for (const command of before) {
    await project.ok(command);
    project.now += 60;
  }
  const files = project.releases();
  const { code, out, error } = await project.run(line);
  expect(project.releases()).toEqual(files);
  expect(error).not.toMatch(/^\s+at /m);
  return { code, text: (out + error).replaceAll(`${project.folder}/`, ""), project };
}

const START = ["start --version 1.1.0"];
const HALF = { slots: { blue: { version: "1.0.0" }, green: { version: "1.1.0" } }, traffic: { blue: 50, green: 50 } };

test.each<[string, Given, string, string]>([
  ["an unknown command", {}, "fly", 'fleet release: there is no command "fly"'],
  ["a command like a property of every object", {}, "constructor", 'there is no command "constructor"'],
  ["an unknown option", {}, "start --colour", "fleet release start: Unknown option '--colour'"],
  ["an unknown environment", {}, "status --env test", '--env: must be one of prod, got "test"'],
  ["an unknown service", {}, "start --service api --version 1.1.0", '--service: must be one of web, got "api"'],
  ["a start without a version", {}, "start", "--version: is needed; --help says what it means"],
  ["an unknown version", {}, "start --version 9.0.0", "9.0.0"],
  ["a version that has not come far enough", {}, "start --version 1.2.0", "--version: web 1.2.0 is built, and prod needs approved; release another version"],
  ["a time that is none", {}, "status --now yesterday", '--now: must be a time with an offset such as 2026-11-20T12:00:00Z, got "yesterday"'],
  ["a start at a time to come", {}, "start --version 1.1.0 --now 2199-01-01T00:00:00Z", "--now: must not be later than the clock"],
  ["a step at a time to come", { before: START }, "next --now 2199-01-01T00:00:00Z", "--now: must not be later than the clock"],
  ["the version that is live", {}, "start --version 1.0.0", "--version: 1.0.0 is live already; npx fleet release renew --env prod --service web builds it anew"],
  ["a second start", { before: START }, "start --version 1.2.0", "prod/web: has an open release, 1.0.0 → 1.1.0; when fill-green is deployed, npx fleet release next --env prod --service web says so, or npx fleet release abort --env prod --service web"],
  ["a size that is too small", {}, "start --version 1.1.0 --capacity 11", "web.json slots.green.capacity: must be from 1 to 10, the service's capacity, got 11"],
  ["a size that is no number", {}, "start --version 1.1.0 --capacity many", '--capacity: must be a whole number, got "many"'],
  ["an epoch in capitals", {}, "start --version 1.1.0 --epoch A", '--epoch: must be at most 32 lower-case letters, digits and hyphens, got "A"'],
  ["nobody as the one who acts", {}, "start --version 1.1.0 --by=", "--by: is needed, because git has no user.email here"],
  ["next without a rollout", {}, "next", "prod/web: has no open rollout; npx fleet release start --version V --env prod --service web begins one"],
  ["next of a step that is behind", { before: [...START, "next"] }, "next --step fill-green", "--step: fill-green is behind prod/web; step shift-5 is at hand"],
  ["next of a step that is to come", { before: START }, "next --step shift-5", "--step: shift-5 is not the step at hand of prod/web; step fill-green is at hand"],
  ["an approval that nobody asked for", { before: START }, "next --approve", "--approve: is not asked for by step fill-green of prod/web; leave it out"],
  ["abort without a rollout", {}, "abort", "prod/web: has no open rollout"],
  ["rollback of an open release", { before: START }, "rollback", "prod/web: has an open release; npx fleet release abort --env prod --service web takes it back"],
  ["rollback with an empty slot", {}, "rollback", "prod/web: has nothing in slot green to go back to; release the version again with npx fleet release start --version V --env prod --service web"],
  ["retire of the slot with the traffic", {}, "retire --slot blue", "--slot: blue takes 100 % of the traffic of prod/web and must not be emptied"],
  ["retire while two slots share the traffic of a rollout", { before: [...START, "next"] }, "retire", "prod/web: has an open release, 1.0.0 → 1.1.0; "],
  ["retire of an empty slot", {}, "retire", "prod/web: has nothing in slot green"],
  ["retire of a slot that is none", {}, "retire --slot red", '--slot: must be one of blue, green, got "red"'],
  ["retire of a candidate", { before: START }, "retire", "prod/web: has an open release"],
  ["retire while two slots share the traffic", { release: HALF }, "retire", "traffic: is split 50 to 50 and no rollout is open; put it back with npx fleet release set --traffic blue=100"],
  ["renew with traffic on the new release", { before: [...START, "next"] }, "renew", "prod/web: has an open release"],
  ["an age that is none", {}, "renew --older-than P30D", '--older-than: must be a length of time such as 30d, 12h or 90m, got "P30D"'],
  ["set without anything", {}, "set", "fleet release set: needs what to set: --version, --epoch, --capacity or --traffic"],
  ["set during a rollout", { before: START }, "set --traffic green=5", "prod/web: has an open release"],
  ["set of a slot that serves", {}, "set --slot blue --version 1.1.0", "--slot: blue takes 100 % of the traffic of prod/web with 1.0.0 and must not be built anew; release through the other slot"],
  ["traffic to a slot that is built", {}, "set --slot green --version 1.1.0 --traffic green=5", "--traffic: must not go to slot green in the deployment that builds it; deploy it first, then move the traffic"],
  ["traffic to an empty slot", {}, "set --traffic green=5", "web.json traffic.green: slot green is empty and must have weight 0, got 5; fill it first"],
  ["a share of blue/green", { strategy: "blueGreen", before: ["set --slot green --version 1.1.0"] }, "set --traffic green=5", "web.json traffic.green: strategy blueGreen moves all traffic at once: must be 0 or 100, got 5"],
  ["more than all traffic", {}, "set --traffic green=101", '--traffic: must be SLOT=WEIGHT with a weight from 0 to 100, such as green=25, got "green=101"'],
  ["traffic of one slot", { strategy: "replace" }, "set --traffic blue=100", '--traffic: is for two slots; strategy "replace" has one'],
  ["a slot of one slot", { strategy: "replace" }, "set --slot blue --version 1.1.0", '--slot: must name one of live, got "blue"'],
  ["a version of no slot", {}, "set --version 1.1.0", "--slot: is needed, one of blue, green, to say whose version, epoch or capacity it is"],
  ["an epoch of an empty slot", {}, "set --slot green --epoch x", "--version: is needed, because the slot is empty"],
  ["a share that machines cannot give", { azure: true, rollout: { steps: [{ weight: 5 }, { weight: 100 }] } }, "start --version 1.1.0", "use 33 in rollout.steps, or change the service's capacity"],
  ["the steps of a replace", { strategy: "replace", rollout: { steps: [{ weight: 100 }] } }, "status", 'prod/web rollout.steps: strategy "replace" moves in one step; leave them out, or use "blueGreen" or "canary"'],
  ["shares of blue/green", { strategy: "blueGreen", rollout: { steps: [{ weight: 5 }, { weight: 100 }] } }, "status", 'prod/web rollout.steps[0].weight: strategy "blueGreen" moves all traffic at once: must be 0 or 100, got 5; use "canary" for shares'],
])("%s is refused, and no file changes", async (_name, given, line, message) => {
  const { code, text } = await refusal(given, line);
  expect(text).toContain(message);
  expect(code).toBe(1);
}); // prettier-ignore

test("next twice at once takes one step", async () => {
  const { text } = await refusal({ before: START }, `next --now ${time(4)}`);
  expect(text).toBe(
    "prod/web: wrote step fill-green less than 5 s ago; deploy it first, then say so with --step fill-green",
  );
});

test("a release file that was edited during a rollout is refused", async () => {
  const { project } = await refusal({ before: START }, "next --step none");
  project.release({ ...TWO, slots: { ...TWO.slots, green: { version: "1.0.0" } } });
  for (const line of ["next", "abort", "start --version 1.1.0"])
    expect((await project.run(line)).error).toContain(
      "has a release file that is not what step fill-green wrote; put it back with git",
    );
});

test.each<[string, unknown, string]>([
  ["no JSON", "{", "releases/prod/web.rollout.json: is not readable JSON"],
  ["a form that is newer", { schema: 2, history: [], failed: [], idle: null, rollout: null }, "releases/prod/web.rollout.json schema: must be one of 1, got 2; nothing was changed: take the file back from version control"],
  ["a word that nobody knows", { schema: 1, history: [], failed: [], idle: null, rollout: null, note: "hi" }, 'does not know "note"; check the spelling; nothing was changed'],
  ["a missing part", { schema: 1, history: [], idle: null, rollout: null }, "releases/prod/web.rollout.json failed: must be of type array, got nothing"],
])("a record with %s is refused, and stays as it is", async (_name, content, message) => {
  const project = make(fleetOf({ name: "web", strategy: "canary", placements: [AWS] }));
  project.release(TWO);
  write(`${project.folder}/releases/prod/web.rollout.json`, content);
  const before = project.releases();
  for (const line of ["status", "start --version 1.1.0", "set --traffic blue=100", "retire"]) {
    const { code, error } = await project.run(line);
    expect(code).toBe(1);
    expect(error).toContain(message);
  }
  expect(project.releases()).toEqual(before);
}); // prettier-ignore

test("a step that is not there, and a release file that is gone", async () => {
  const { project } = await refusal({ before: START }, "next --step none");
  const record = project.record();
  write(`${project.folder}/releases/prod/web.rollout.json`, { ...record, rollout: { ...record.rollout, at: 9 } });
  expect((await project.run("status")).error).toContain("rollout.at: must be the index of one of 4 steps, got 9");
  write(`${project.folder}/releases/prod/web.rollout.json`, record);
  const { rmSync } = await import("node:fs");
  rmSync(`${project.folder}/releases/prod/web.json`);
  expect((await project.run("set --version 1.0.0")).error).toContain("is gone while a rollout is open; take it back from version control");
}); // prettier-ignore

test("where there are several, one must be named", async () => {
  const fleet = fleetOf({ name: "web", strategy: "replace" }, { name: "api", strategy: "replace" });
  const both = { environments: [...fleet.environments, { ...fleet.environments[0]!, name: "test" }] };
  const project = make(both);
  for (const line of ["start --version 1.0.0", "renew --older-than 1d"])
    expect((await project.run(line)).error).toBe("--env: is needed, one of prod, test");
  expect((await project.run("next --env test")).error).toBe("--service: is needed, one of web, api");
  expect((await project.run("status --service web")).out).toMatch(/^prod\/web .*^test\/web /ms);
});

test("every command explains itself", async () => {
  const project = make(fleetOf({ name: "web", strategy: "canary", placements: [AWS] }));
  const { out } = await project.run("--help");
  const names = [...out.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name!);
  expect(names).toEqual(["status", "start", "next", "abort", "rollback", "retire", "renew", "set"]);
  for (const name of names) expect(await project.run(`${name} --help`)).toMatchObject({ code: 0, error: "" });
});
