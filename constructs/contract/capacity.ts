/** Machines that take traffic, before and after a plan: a step that leaves fewer of them is not held. */

/** Where each type says how many machines there are, and may be: dotted paths. */
export const CAPACITY = {
  aws_autoscaling_group: {
    size: "desired_capacity",
    gate: "min_elb_capacity",
    min: "min_size",
    max: "max_size",
  },
  google_compute_region_instance_group_manager: { size: "target_size" },
  google_compute_region_autoscaler: {
    min: "autoscaling_policy.0.min_replicas",
    max: "autoscaling_policy.0.max_replicas",
  },
  azurerm_linux_virtual_machine_scale_set: { size: "instances" },
  azurerm_monitor_autoscale_setting: {
    min: "profile.0.capacity.0.minimum",
    max: "profile.0.capacity.0.maximum",
  },
} as const satisfies Readonly<Record<string, Partial<Record<keyof Sizes, string>>>>;

export interface Sizes {
  readonly size?: number;
  /** Healthy machines that a new group waits for. */
  readonly gate?: number;
  readonly min?: number;
  readonly max?: number;
}

/** A part of a slot that says something of its size: the group, or what scales it. */
export interface Sized {
  readonly isGroup: boolean;
  readonly actions: readonly string[];
  readonly before: Sizes;
  readonly after: Sizes;
}

/** Machines of a slot; undefined where the plan does not say. */
export interface Machines {
  readonly before: number | undefined;
  readonly after: number | undefined;
}

const whole = (value: number | undefined) =>
  value !== undefined && Number.isInteger(value) && value >= 0 ? value : undefined;
const known = (values: readonly (number | undefined)[]): number[] =>
  values.filter((value) => value !== undefined && Number.isFinite(value)) as number[];

/**
 * A group that stays is brought within its limits by what scales it. One that is made begins with its own size, and takes the
 * traffic with that.
 */
export function machinesOf(parts: readonly Sized[]): Machines {
  const group = parts.find(({ isGroup }) => isGroup);
  if (!group) return { before: undefined, after: undefined };
  const { actions, before, after } = group;
  const isMade = actions.includes("create");
  const now = isMade && !actions.includes("delete") ? 0 : whole(before.size);
  if (actions.join() === "delete") return { before: now, after: 0 };
  if (parts.every((part) => !part.actions.some((action) => action !== "no-op"))) return { before: now, after: now };
  const limits = parts.filter((part) => part.actions.join() !== "delete").map((part) => part.after);
  const least = isMade ? undefined : Math.max(...known(limits.map(({ min }) => whole(min))));
  const size = known([whole(after.size ?? after.gate ?? (isMade ? undefined : before.size)), least]);
  if (size.length === 0) return { before: now, after: undefined };
  return { before: now, after: Math.min(Math.max(...size), ...known(limits.map(({ max }) => whole(max)))) };
}

/** A slot with its machines, and its share of the traffic in percent where that is known; `live` takes all. */
export interface SlotMachines extends Machines {
  readonly slot: string;
  readonly share: { readonly before: number | undefined; readonly after: number | undefined };
}

export interface Loss {
  readonly slot: string;
  /** Machines that carry this traffic now. */
  readonly before: number;
  /** Machines that would; undefined where the plan does not say. */
  readonly after: number | undefined;
}

/** Slots that take traffic and would have fewer machines for it than carry it now. */
export const losses = (slots: readonly SlotMachines[]): Loss[] =>
  slots.flatMap((one) => {
    const { slot, after, share } = one;
    const serves = slot === "live" || ((share.after ?? 0) > 0 && share.before !== 0);
    // A slot that serves already, and takes back what a canary had, was large enough for all of it before: an abort is not held up.
    const begins = slot !== "live" && (share.after ?? 0) > 0 && (share.before ?? 0) === 0;
    const own = serves ? (one.before ?? 0) : 0;
    // What moves here is carried there now, by as many machines as have this part of the traffic.
    const others = slots.filter((other) => other !== one && other.slot !== "live" && other.share.before !== 0);
    const moved = begins ? Math.ceil((Math.max(0, ...known(others.map(({ before }) => before))) * share.after!) / 100) : 0; // prettier-ignore
    const before = Math.max(own, moved);
    return before > (after ?? 0) ? [{ slot, before, after }] : [];
  });
