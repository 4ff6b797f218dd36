/** What the demo and the bench say of a run, without a run. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noticed, trafficText } from "../../cli/demo/traffic";
import { CONTROLS, STORIES } from "../../cli/traffic/controls";
import { type Shown, shownText, shows } from "../../cli/traffic/control-run";
import { walksOn } from "../../cli/traffic/walks";
import { Recorder, type Result } from "../../local-cloud/running/load/outcomes";
import { causes, verdict } from "../../local-cloud/running/load/report";
import type { Run } from "../../local-cloud/running/load/run";
import { tally } from "../../local-cloud/running/load/tally";

const folder = mkdtempSync(join(tmpdir(), "fleet-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function outcomes(results: readonly (readonly [Result, string?])[]) {
  const recorder = new Recorder();
  for (const [index, [result, detail]] of results.entries())
    recorder.settle(recorder.open(index, 0, 0), 1, { result, version: result === "answered" ? "1.0.0" : "", first: true, detail }); // prettier-ignore
  return recorder.outcomes();
}
const run = (results: Parameters<typeof outcomes>[0]): Run => ({
  title: "a run",
  entries: [{ name: "aws us-east-1", outcomes: outcomes(results), samples: [] }],
  steps: [{ title: "bump", from: 0, to: 1000 }],
  notes: ["a note"],
});

test("says whether clients noticed, and why", () => {
  expect(verdict(run([["answered"], ["answered"]]))).toBe("Clients noticed nothing: 2 requests, 0 failed.");
  expect(
    verdict(run([["answered"], ["5xx", "HTTP 503"], ["refused", "connect ECONNREFUSED"], ["5xx", "HTTP 503"]])),
  ).toBe(
    "CLIENTS NOTICED: 3 of 4 requests failed (aws us-east-1: 1 refused, 2 5xx, 2 HTTP 503, 1 connect ECONNREFUSED).",
  );
});

test("the demo ends with a table, the notes, the verdict and two files", () => {
  const some = run([["answered"], ["reset"]]);
  const text = trafficText(some, join(folder, "pictures"));
  expect(text).toContain("aws us-east-1  bump  2         1       1       1       1.0.0");
  expect(text).toContain("a note");
  expect(text).toContain("CLIENTS NOTICED: 1 of 2");
  for (const name of ["traffic.svg", "traffic.html"]) {
    expect(text).toContain(join(folder, "pictures", name));
    expect(readFileSync(join(folder, "pictures", name), "utf8")).toContain("a run");
  }
  expect([noticed(some), noticed(run([["answered"]]))]).toEqual([true, false]);
});

describe("a protection's absence", () => {
  const shown = (more: Partial<Shown>, results: Parameters<typeof outcomes>[0] = [["answered"]]): Shown => ({
    ...{ requests: tally(outcomes(results)), causes: causes({ outcomes: outcomes(results) }), machines: [2, 2] },
    ...{ refused: undefined, ...more },
  });

  test("shows by failed requests, too few machines, or a refusal; or it does not show", () => {
    expect(shows(shown({ machines: [4, 2] }, [["5xx"]]))).toBe("failed requests");
    expect(shows(shown({ machines: [4, 2], refused: "no" }))).toBe("too few machines");
    expect(shows(shown({ refused: "no" }))).toBe("refused by the cloud");
    expect(shows(shown({}))).toBeUndefined();
    expect(shownText(shown({ machines: [4, 2], refused: "no" }))).toBe("0 of 1 failed, 4 → 2 machines, refused");
  });

  test("is tried in every story, and explained where there is nothing to take away", () => {
    expect(new Set(CONTROLS.map(({ story }) => story))).toEqual(new Set(Object.keys(STORIES)));
    for (const { on } of CONTROLS) expect(Object.values(on).some((each) => typeof each !== "string")).toBe(true);
  });
});

test("every strategy has a walk on every cloud, and a canary's is the cloud's own", () => {
  for (const cloud of ["aws", "google", "azure"] as const)
    expect(walksOn(cloud).map(({ strategy }) => strategy)).toEqual(["replace", "blueGreen", "canary"]);
  const canary = (cloud: "aws" | "azure") => walksOn(cloud)[2]!.steps.map(({ title }) => title);
  expect(canary("aws")).toEqual(["fill green", "5 %", "25 %", "50 %", "abort", "100 %", "retire blue"]);
  expect(canary("azure")).toEqual(["fill green", "25 %", "50 %", "abort", "100 %", "retire blue"]);
});
