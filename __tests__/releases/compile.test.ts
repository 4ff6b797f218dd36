import { resolveFleet } from "../../constructs/contract/validate";
import type { FleetSpec } from "../../constructs/contract/spec";
import { compile, type Target } from "../../releases/compile";
import { oneSlot, twoSlots } from "../../releases/file";
import { possibleShares } from "../../releases/shares";
import { AWS, AZURE, fleetOf, ONE, TWO } from "./support";

type Rollout = NonNullable<FleetSpec["environments"][number]["services"][number]["rollout"]>;

interface Case {
  readonly strategy: "replace" | "blueGreen" | "canary";
  readonly rollout?: Rollout;
  readonly capacity?: { min: number; max: number };
  readonly azure?: boolean;
  readonly target?: Partial<Target>;
  readonly file?: unknown;
}

/** The steps as `id contract weight/capacity`, and what they wait for. */
function steps({ strategy, rollout, capacity, azure = false, target, file }: Case): string[] {
  const spec = fleetOf({
    name: "web",
    strategy,
    placements: azure ? [AWS, AZURE] : [AWS],
    ...(rollout && { rollout }),
    ...(capacity && { capacity }),
  });
  const service = resolveFleet(spec).environments[0]!.services[0]!;
  const content = strategy === "replace" ? oneSlot.parse(file ?? ONE) : twoSlots.parse(file ?? TWO);
  const wanted = { version: "1.1.0", epoch: "", ...target };
  return compile(service, content, wanted, { byMachines: azure && strategy === "canary" }).map(
    ({ id, contract, change, gate }) => {
      const slot = "traffic" in change ? change.slots[contract.slot as "blue"] : change.slots.live;
      const weight = "traffic" in change ? ` ${change.traffic[contract.slot as "blue"]} %` : "";
      const wait = gate.bakeSec > 0 ? `, bakes ${gate.bakeSec}` : "";
      return `${id}: ${contract.step} ${contract.slot}${weight}${slot?.capacity ? ` of ${slot.capacity}` : ""}${wait}`;
    },
  );
}

const twoOf = (blue: number | null) => ({
  slots: { blue: { version: "1.0.0", capacity: blue }, green: null },
  traffic: { blue: 100, green: 0 },
});

test.each<[string, Case, string[]]>([
  ["replace moves in one step", { strategy: "replace" }, ["bump: bump live"]],
  [
    "blueGreen fills the idle slot and moves all traffic",
    { strategy: "blueGreen" },
    ["fill-green: fill green 0 %", "shift-100: shift green 100 %"],
  ],
  [
    "an idle slot that is filled is built anew",
    {
      strategy: "blueGreen",
      file: { slots: { blue: { version: "0.9.0" }, green: { version: "1.0.0" } }, traffic: { blue: 0, green: 100 } },
    },
    ["bump-blue: bump blue 0 %", "shift-100: shift blue 100 %"],
  ],
  [
    "the new slot has the live one's size",
    { strategy: "blueGreen", file: twoOf(5) },
    ["fill-green: fill green 0 % of 5", "shift-100: shift green 100 % of 5"],
  ],
  [
    "a greater size on the way is taken back at the end",
    { strategy: "blueGreen", file: twoOf(5), target: { capacity: 8 } },
    ["fill-green: fill green 0 % of 8", "shift-100: shift green 100 % of 8", "settle: limits green 100 % of 5"],
  ],
  [
    "the gate of weight 0 holds before any traffic",
    {
      strategy: "blueGreen",
      rollout: {
        steps: [
          { weight: 0, bakeSec: 7 },
          { weight: 100, bakeSec: 9 },
        ],
      },
    },
    ["fill-green: fill green 0 %, bakes 7", "shift-100: shift green 100 %, bakes 9"],
  ],
  [
    "canary by weights",
    { strategy: "canary" },
    [
      "fill-green: fill green 0 %",
      "shift-5: shift green 5 %, bakes 300",
      "shift-25: shift green 25 %, bakes 300",
      "shift-100: shift green 100 %",
    ],
  ],
  [
    "canary on Azure: the default becomes the next shares that machines give, and 50 comes before all",
    { strategy: "canary", azure: true, capacity: { min: 2, max: 10 } },
    [
      "fill-green: fill green 0 % of 1",
      "shift-33: shift green 33 % of 1, bakes 300",
      "shift-50: scale green 50 % of 2, bakes 300",
      "shift-100: shift green 100 %",
    ],
  ],
  [
    "canary on Azure: the new slot grows with its share, and shrinks when it has all the traffic",
    {
      strategy: "canary",
      azure: true,
      file: twoOf(3),
      rollout: { steps: [{ weight: 25 }, { weight: 40 }, { weight: 70, bakeSec: 900 }, { weight: 100 }] },
    },
    [
      "fill-green: fill green 0 % of 1",
      "shift-25: shift green 25 % of 1",
      "shift-40: scale green 40 % of 2, bakes 300",
      "shift-70: scale green 70 % of 7, bakes 900",
      "shift-100: shift green 100 % of 7",
      "settle: limits green 100 % of 3",
    ],
  ],
  [
    "canary on Azure without shares keeps the size",
    { strategy: "canary", azure: true, file: twoOf(3), rollout: { steps: [{ weight: 100 }] } },
    ["fill-green: fill green 0 % of 3", "shift-100: shift green 100 % of 3"],
  ],
])("%s", (_name, given, expected) => expect(steps(given)).toEqual(expected));

test.each<[string, Case, string]>([
  [
    "a share that machines cannot give",
    { strategy: "canary", azure: true, rollout: { steps: [{ weight: 5 }, { weight: 100 }] } },
    "weight 5: cannot be had on Azure, where machines give the share: 1 to 10 machines beside the 2 of the live slot; use 33 in rollout.steps, or change the service's capacity",
  ],
  [
    "a share between two that machines can give",
    { strategy: "canary", azure: true, rollout: { steps: [{ weight: 45 }, { weight: 100 }] } },
    "weight 45: cannot be had on Azure, where machines give the share: 1 to 10 machines beside the 2 of the live slot; use 33 or 50 in rollout.steps, or change the service's capacity",
  ],
  [
    "a size where shares decide it",
    { strategy: "canary", azure: true, target: { capacity: 4 } },
    "--capacity: is decided by the shares of the traffic on Azure; leave it out",
  ],
  [
    "traffic that is split before it begins",
    {
      strategy: "canary",
      file: { slots: { blue: { version: "1.0.0" }, green: { version: "1.0.0" } }, traffic: { blue: 40, green: 60 } },
    },
    "traffic: is split 40 to 60 and no rollout is open; put it back with npx fleet release set --traffic blue=0",
  ],
])("refuses %s", (_name, given, message) => expect(() => steps(given)).toThrow(new Error(message)));

test.each<[string, Case["strategy"], Rollout, string]>([
  ["weights that do not rise", "canary", { steps: [{ weight: 50 }, { weight: 50 }, { weight: 100 }] }, "prod/web rollout.steps[1].weight: must be more than the 50 before it, got 50"],
  ["steps that end early", "canary", { steps: [{ weight: 50 }] }, "prod/web rollout.steps[0].weight: must be 100 in the last step, got 50; add a step with weight 100"],
  ["half a percent", "canary", { steps: [{ weight: 0.5 }, { weight: 100 }] }, "prod/web rollout.steps[0].weight: must be a whole number, got 0.5"],
  ["an analysis without a command", "canary", { steps: [{ weight: 100, analysis: { run: [] } }] }, "prod/web rollout.steps[0].analysis.run: needs at least 1 entries, got []"],
])("a fleet with %s is refused", (_name, strategy, rollout, message) =>
  expect(() => steps({ strategy, rollout })).toThrow(new Error(message)),
); // prettier-ignore

test("shares that machines give", () => {
  expect(possibleShares(2, 4)).toEqual([33, 50, 60, 67]);
  expect(possibleShares(1, 300).at(-1)).toBe(99);
});
