import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidInputError } from "../../constructs/contract/problem";
import { resolveFleet } from "../../constructs/contract/validate";
import { resolveReleases } from "../../releases/resolve";
import { serviceWith } from "../support/fleet";

const catalog = join(__dirname, "../../images/catalog");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-releases-"));
  mkdirSync(join(folder, "prod"));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Slot {
  readonly version: string;
  readonly capacity?: number;
}

/** What is wrong with a release of the example service, as a canary with 3 to 12 machines in some placements. */
function problems(placements: readonly string[], blue: Slot, green: Slot | null, greenWeight: number): string[] {
  const fleet = serviceWith((service) =>
    Object.assign(service, { strategy: "canary", capacity: { min: 3, max: 12 }, placements }),
  );
  const traffic = { blue: 100 - greenWeight, green: greenWeight };
  writeFileSync(join(folder, "prod/web.json"), JSON.stringify({ slots: { blue, green }, traffic }));
  try {
    resolveReleases(resolveFleet(fleet), { releases: folder, catalog });
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return error.problems.map(({ path, message }) => `${path.replace(`${folder}/`, "")}: ${message}`);
  }
}

const EVERYWHERE = ["aws-us-east-1", "google-us-central1", "azure-westeurope"];
const WEIGHED = EVERYWHERE.slice(0, 2);
const live = { version: "1.0.0" };
const candidate = (capacity?: number) => ({ version: "1.1.0", ...(capacity ? { capacity } : {}) });

test("where there are weights, a canary takes any whole percentage", () => {
  for (const weight of [0, 1, 5, 50, 99, 100]) expect(problems(WEIGHED, live, candidate(), weight)).toEqual([]);
});

test("on Azure, its share of the traffic is its share of the machines", () => {
  for (const [machines, weight] of [
    [1, 25],
    [2, 40],
    [3, 50],
    [12, 80],
  ] as const)
    expect(problems(EVERYWHERE, live, candidate(machines), weight)).toEqual([]);
  expect(problems(EVERYWHERE, live, candidate(1), 5)).toEqual([
    "prod/web.json traffic: on Azure machines give the share: 3 blue and 1 green are 75 and 25, got 95 and 5; change the weights or the slots' capacity",
  ]);
});

test("a slot that takes all traffic has as many machines as the service needs", () => {
  expect(problems(WEIGHED, live, candidate(2), 100)).toEqual([
    "prod/web.json slots.green.capacity: must be at least 3, the service's capacity.min, in a slot with all the traffic, got 2",
  ]);
});

test("a slot has no more machines than the service may have", () => {
  expect(problems(WEIGHED, live, candidate(13), 0)).toEqual([
    "prod/web.json slots.green.capacity: must be from 1 to 12, the service's capacity, got 13",
  ]);
});
