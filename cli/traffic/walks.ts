/** What happens to a service in its life, by strategy: release files and changes of fleet.ts, one deployment each. */
import type { Cloud } from "../../constructs/contract/spec";
import type { Deploy } from "./stage";

export interface WalkStep extends Deploy {
  readonly title: string;
}

export interface Walk {
  /** Service of fleet.ts that has the strategy. */
  readonly service: string;
  readonly strategy: "replace" | "blueGreen" | "canary";
  readonly first: Deploy;
  readonly steps: readonly WalkStep[];
}

type Slot = { readonly version: string; readonly capacity?: number; readonly epoch?: string } | null;

export const OLD = { version: "1.0.0" };
export const NEW = { version: "1.1.0" };

const live = (slot: Slot): { release: unknown } => ({ release: { slots: { live: slot } } });
/** @param share of green, in percent */
const slots = (blue: Slot, green: Slot, share: number): { release: unknown } => ({
  release: { slots: { blue, green }, traffic: { blue: 100 - share, green: share } },
});

/** Release files. */
export const release = { live, slots };

/** Another disk, in every step from there on: putting it back would be one more replacement. */
const launch = { machine: { diskGb: 48 } };
const limits = { ...launch, capacity: { min: 2, max: 8 } };

const replace: Walk = {
  service: "web",
  strategy: "replace",
  first: live(OLD),
  steps: [
    { title: "bump", ...live(NEW) },
    { title: "launch change", ...live(NEW), service: launch },
    { title: "renew", ...live({ ...NEW, epoch: "again" }), service: launch },
    { title: "limits", ...live({ ...NEW, epoch: "again" }), service: limits },
    { title: "rollback", ...live(OLD), service: limits },
  ],
};

const blueGreen: Walk = {
  service: "api",
  strategy: "blueGreen",
  first: slots(OLD, null, 0),
  steps: [
    { title: "fill green", ...slots(OLD, NEW, 0) },
    { title: "shift", ...slots(OLD, NEW, 100) },
    { title: "back", ...slots(OLD, NEW, 0) },
    { title: "shift again", ...slots(OLD, NEW, 100) },
    { title: "retire blue", ...slots(null, NEW, 100) },
    { title: "fill and shift", ...slots(OLD, NEW, 0) },
  ],
};

/** Green's share and its fewest machines beside three of blue: on Azure the machines give the share. */
const SHARES: Record<Cloud, readonly (readonly [share: number, capacity: number])[]> = {
  aws: [[5, 3], [25, 3], [50, 3]], // prettier-ignore
  google: [[5, 3], [25, 3], [50, 3]], // prettier-ignore
  azure: [[25, 1], [50, 3]], // prettier-ignore
};

/** A canary's shares are a cloud's own, so that its walk is, too. */
const canary = (cloud: Cloud): Walk => {
  const at = (share: number, capacity: number) => slots({ ...OLD, capacity: 3 }, { ...NEW, capacity }, share);
  const shares = SHARES[cloud];
  const [, fewest] = shares[0]!;
  return {
    service: "shop",
    strategy: "canary",
    first: slots({ ...OLD, capacity: 3 }, null, 0),
    steps: [
      { title: "fill green", ...at(0, fewest) },
      ...shares.map(([share, capacity]) => ({ title: `${share} %`, ...at(share, capacity) })),
      { title: "abort", ...at(0, 3) },
      { title: "100 %", ...at(100, 3) },
      { title: "retire blue", ...slots(null, { ...NEW, capacity: 3 }, 100) },
    ],
  };
};

/** A canary that has a quarter of the traffic, and how that is taken back. */
export function sharedCanary(cloud: Cloud): Record<"first" | "quarter" | "abort", Deploy> & { service: string } {
  const { service, first, steps } = canary(cloud);
  const step = (wanted: string) => steps.find(({ title }) => title === wanted)!;
  return { service, first, quarter: step("25 %"), abort: step("abort") };
}

/** The walks of all strategies on one cloud. */
export const walksOn = (cloud: Cloud): readonly Walk[] => [replace, blueGreen, canary(cloud)];
