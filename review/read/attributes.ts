/**
 * The only attributes of a plan that a review may show, and where each provider keeps them. Whatever is not in this
 * table never leaves the reader, except for its name.
 */
import { CAPACITY } from "../../constructs/contract/capacity";
import { holdsTrue } from "../../constructs/contract/meaning";
import { ownIn } from "../../constructs/contract/own";

export interface Attributes {
  readonly name: string;
  readonly prefix: string;
  readonly image: string;
  readonly machine: string;
  readonly version: string;
  readonly size: number;
  readonly gate: number;
  readonly min: number;
  readonly max: number;
  /** Where traffic goes: a target, or targets with weights, as JSON. */
  readonly targets: unknown;
  /** How traffic entries name this object. */
  readonly id: string;
}
export type Shown = Partial<Attributes>;

type Paths = Partial<Record<keyof Attributes, string>>;

/** Google's global and regional kinds carry the same attributes: one name for both. */
export const kindOf = (type: string): string => type.replace(/^google_compute_region_/, "google_compute_");

const SHOWN: Readonly<Record<string, Paths>> = {
  aws_launch_template: {
    name: "name",
    prefix: "name_prefix",
    image: "image_id",
    machine: "instance_type",
    version: "tag_specifications.0.tags.version",
  },
  aws_autoscaling_group: {
    name: "name",
    prefix: "name_prefix",
    ...CAPACITY.aws_autoscaling_group,
  },
  aws_lb_target_group: { name: "name", id: "arn" },
  aws_lb_listener_rule: { targets: "action.0" },
  google_compute_instance_template: {
    name: "name",
    image: "disk.0.source_image",
    machine: "machine_type",
    version: "labels.version",
  },
  google_compute_instance_group_manager: {
    name: "name",
    ...CAPACITY.google_compute_region_instance_group_manager,
  },
  google_compute_autoscaler: {
    name: "name",
    ...CAPACITY.google_compute_region_autoscaler,
  },
  google_compute_backend_service: { name: "name", id: "id" },
  google_compute_url_map: { name: "name", targets: "" },
  azurerm_linux_virtual_machine_scale_set: {
    name: "name",
    image: "source_image_id",
    machine: "sku",
    ...CAPACITY.azurerm_linux_virtual_machine_scale_set,
    version: "tags.version",
  },
  azurerm_monitor_autoscale_setting: {
    name: "name",
    ...CAPACITY.azurerm_monitor_autoscale_setting,
  },
  azurerm_lb_backend_address_pool: { name: "name", id: "id" },
  azurerm_lb_rule: { targets: "backend_address_pool_ids" },
};

/** Kinds whose objects are kept although nothing happens to them: they say what runs and where traffic goes. */
export const isKept = (type: string): boolean => Object.hasOwn(SHOWN, kindOf(type));

const steps = (path: string) => (path === "" ? [] : path.split("."));
const NUMBERS: readonly string[] = ["size", "gate", "min", "max"];

/** The shown attributes of an object, and which of them are masked. */
export function shownOf(type: string, values: unknown, mask: unknown): { shown: Shown; masked: (keyof Attributes)[] } {
  const shown: Record<string, unknown> = {};
  const masked: (keyof Attributes)[] = [];
  for (const [name, path] of Object.entries(ownIn(SHOWN, kindOf(type)) ?? {}) as [keyof Attributes, string][]) {
    const value = name === "targets" ? targetsIn(at(values, steps(path))) : at(values, steps(path));
    if (value === undefined || value === null) continue;
    if (isMasked(mask, steps(path), name === "targets")) masked.push(name);
    else if (NUMBERS.includes(name) ? typeof value === "number" : name === "targets" || typeof value === "string")
      shown[name] = value;
  }
  return { shown: shown as Shown, masked };
}

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((found, step) => (found as Record<string, unknown> | null | undefined)?.[step], value);

function isMasked(mask: unknown, path: readonly string[], whole: boolean): boolean {
  let found: unknown = mask;
  for (const step of path) {
    if (found === true) return true;
    found = (found as Record<string, unknown> | null | undefined)?.[step];
  }
  return found === true || (whole && holdsTrue(found));
}

/** A place that traffic goes to, and its share in percent. */
export interface Target {
  readonly to: string;
  readonly weight: number;
}

const records = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === "object" && entry !== null) : [];

/** Targets with weights, read from any of the providers' forms; whatever else an entry holds is left behind. */
function targetsIn(value: unknown): readonly Target[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.filter((to) => typeof to === "string").map((to) => ({ to, weight: 100 }));
  const entry = value as Record<string, unknown>;
  const weighted = [
    ...records(entry.forward).flatMap(({ target_group }) => records(target_group)),
    ...records(entry.default_route_action).flatMap(({ weighted_backend_services }) =>
      records(weighted_backend_services),
    ),
  ].flatMap(({ arn, backend_service, weight }) => {
    const to = arn ?? backend_service;
    return typeof to === "string" && typeof weight === "number" ? [{ to, weight }] : [];
  });
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  const single = entry.target_group_arn ?? entry.default_service;
  // A rule with weights also answers with an empty or first single target: the weights say more.
  if (weighted.length > 0 && total > 0)
    return weighted.map(({ to, weight }) => ({ to, weight: Math.round((weight * 100) / total) }));
  return typeof single === "string" && single !== "" ? [{ to: single, weight: 100 }] : undefined;
}
