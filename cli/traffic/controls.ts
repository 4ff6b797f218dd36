/**
 * The same step with one protection taken away: what clients see then shows that the protection is needed, and that the
 * local cloud would notice its absence.
 */
import type { Cloud } from "../../constructs/contract/spec";
import { type Edit, noCarrying, noDrain, noGate, noNotice, noOrder, noValidation, oldFirst } from "./edits";
import { NEW, OLD, release } from "./walks";
import type { Deploy } from "./stage";

/** A step that a protection protects. */
export interface Story {
  readonly service: "web" | "api";
  /** What runs before, which the step's end becomes by turns: `back` is the step the other way round. */
  readonly before: Deploy;
  readonly after: Deploy;
  /** Machines that the group has grown to before the step. */
  readonly grown?: number;
}

export const STORIES = {
  bump: { service: "web", before: release.live(OLD), after: release.live(NEW) },
  "bump of a grown group": { service: "web", before: release.live(OLD), after: release.live(NEW), grown: 4 },
  "fill and shift": { service: "api", before: release.slots(OLD, null, 0), after: release.slots(OLD, NEW, 100) },
  "shift to an empty slot": {
    service: "api",
    before: release.slots(OLD, null, 0),
    after: {
      ...release.slots(OLD, null, 0),
      variables: (variables) => Object.assign(variables, { traffic: { blue: 0, green: 100 } }),
    },
  },
} as const satisfies Record<string, Story>;

/** How a protection shows when it is gone. */
export type Shows = "failed requests" | "too few machines" | "refused by the cloud";

export interface Control {
  readonly name: string;
  readonly story: keyof typeof STORIES;
  /** It is taken away before the step, because it protects what is there by then. */
  readonly before?: boolean;
  /** What takes it away and how that shows; or why there is nothing to take away. */
  readonly on: Readonly<Record<Cloud, { readonly edit: Edit; readonly shows: Shows } | string>>;
}

const failing = (edit: Edit) => ({ edit, shows: "failed requests" }) as const;
const few = (edit: Edit) => ({ edit, shows: "too few machines" }) as const;

export const CONTROLS: readonly Control[] = [
  {
    name: "create_before_destroy off",
    story: "bump",
    on: {
      aws: failing(oldFirst),
      google: { edit: oldFirst, shows: "refused by the cloud" },
      azure: failing(oldFirst),
    },
  },
  {
    name: "health gate off",
    story: "bump",
    on: { aws: failing(noGate.aws), google: failing(noGate.google), azure: failing(noGate.azure) },
  },
  {
    name: "drain zero",
    story: "bump",
    before: true,
    on: { aws: failing(noDrain.aws), google: failing(noDrain.google), azure: failing(noDrain.azure) },
  },
  {
    name: "capacity not carried over",
    story: "bump of a grown group",
    on: { aws: few(noCarrying(2).aws), google: few(noCarrying(2).google), azure: few(noCarrying(2).azure) },
  },
  {
    name: "traffic moved before the gate",
    story: "fill and shift",
    on: {
      aws: failing(noOrder.aws),
      google: "the URL map names the backend service, and that the group: there is no order without the reference",
      azure: failing(noOrder.azure),
    },
  },
  {
    name: "old group deleted at once",
    story: "bump",
    before: true,
    on: {
      aws: "whether force_delete drains is stated nowhere, so it is not played; a drain of zero is",
      google: "a group's deletion always waits for the drain; a drain of zero is played",
      azure: failing(noNotice),
    },
  },
  {
    name: "weights to an empty slot",
    story: "shift to an empty slot",
    on: { aws: failing(noValidation), google: failing(noValidation), azure: failing(noValidation) },
  },
];
