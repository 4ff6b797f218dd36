/** A crash between any two writes, and the same command again: the end is the same as without the crash. */
import type { FileToWrite } from "../../images/write";
import { AWS, fleetOf, ONE, projects, TWO, type Project } from "./support";

const make = projects();
const CANARY = { steps: [{ weight: 20 }, { weight: 60, approve: true }, { weight: 100 }], keepPreviousSec: 0 };

class Crash extends Error {}

/** Runs a line whose writes stop after `writes` files; undefined when it has fewer. */
async function crashAfter(project: Project, line: string, writes: number): Promise<boolean> {
  let crashed = false;
  const write = (files: readonly FileToWrite[]) => {
    project.world.write(files.slice(0, writes));
    crashed = files.length > 0 && writes <= files.length;
    if (crashed) throw new Crash();
  };
  await project.run(line, { write }).catch((error: unknown) => {
    if (!(error instanceof Crash)) throw error;
  });
  return crashed;
}

/** Commands that lead to the one that is tried, each with the seconds before it. */
type Story = readonly (readonly [number, string])[];

const twoSlots: Story = [
  [0, "start --version 1.1.0"],
  [60, "next --step fill-green"],
  [60, "next --step shift-20"],
  [60, "next --step shift-60 --approve"],
  [60, "next --step shift-100"],
];

const STORIES: readonly [string, "replace" | "canary", Story][] = [
  ["start", "canary", twoSlots.slice(0, 1)],
  ["next to the first share", "canary", twoSlots.slice(0, 2)],
  ["next with an approval", "canary", twoSlots.slice(0, 4)],
  ["next at the end", "canary", twoSlots],
  ["abort while a slot is filled", "canary", [...twoSlots.slice(0, 1), [1, "abort"]]],
  ["abort with traffic", "canary", [...twoSlots.slice(0, 3), [1, "abort"]]],
  ["the end of an abort", "canary", [...twoSlots.slice(0, 3), [1, "abort"], [60, "next --step abort"]]],
  ["rollback by traffic", "canary", [...twoSlots, [60, "rollback"]]],
  ["retire", "canary", [...twoSlots, [600, "retire"]]],
  ["the end of retire", "canary", [...twoSlots, [600, "retire"], [60, "next --step retire-blue"]]],
  ["renew through the idle slot", "canary", [...twoSlots, [600, "renew"]]],
  ["a retry with a new epoch, in two slots", "canary", [...twoSlots, [600, "renew"], [60, "renew"]]],
  ["set traffic", "canary", [...twoSlots, [600, "set --traffic blue=100"]]],
  ["start of the only slot", "replace", [[0, "start --version 1.1.0"]]],
  ["abort of the only slot", "replace", [[0, "start --version 1.1.0"], [60, "abort"]]],
  ["a retry of the only slot", "replace", [[0, "start --version 1.1.0"], [60, "renew"]]],
  ["rollback by version", "replace", [[0, "start --version 1.1.0"], [60, "next --step bump"], [60, "rollback"]]],
  ["set a version", "replace", [[0, "set --version 1.1.0"]]],
]; // prettier-ignore

test.each(STORIES)("%s", async (_name, strategy, story) => {
  const rollout = strategy === "canary" ? { rollout: CANARY } : {};
  const play = async (commands: Story) => {
    const project = make(fleetOf({ name: "web", strategy, placements: [AWS], ...rollout }));
    project.release(strategy === "canary" ? TWO : ONE);
    for (const [seconds, line] of commands) {
      project.now += seconds;
      await project.ok(line);
    }
    return project;
  };
  const relative = (project: Project) =>
    Object.fromEntries(Object.entries(project.releases()).map(([file, text]) => [file.replace(project.folder, ""), text]));
  const before = story.slice(0, -1);
  const [seconds, last] = story.at(-1)!;
  const expected = relative(await play(story));
  let crashes = 0;
  for (let writes = 0; ; writes++) {
    const project = await play(before);
    project.now += seconds;
    if (!(await crashAfter(project, last, writes))) break;
    crashes++;
    const again = await project.run(last);
    if (again.code === 1) expect(again.error).toMatch(/is behind|has no open rollout|nothing to/);
    expect(relative(project)).toEqual(expected);
  }
  expect(crashes).toBeGreaterThan(1);
}); // prettier-ignore

test("next without the step's name repairs what a crash left, and takes no step more", async () => {
  const project = make(fleetOf({ name: "web", strategy: "canary", placements: [AWS], rollout: CANARY }));
  project.release(TWO);
  await project.ok("start --version 1.1.0");
  project.now += 60;
  await crashAfter(project, "next", 1);
  expect(project.file()).toMatchObject({ traffic: { green: 0 } });
  project.now += 60;
  expect(await project.ok("next")).toContain("the command before was interrupted; its step is now in the release file");
  expect(project.file()).toMatchObject({ traffic: { green: 20 } });
  expect(project.record().rollout).toMatchObject({ at: 1, applied: null });
});
