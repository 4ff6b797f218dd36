/** The release: the one thing that moves between two versions of an image, and the key that it gives a group. */
import { createHash } from "node:crypto";
import type { Arch, Cloud, Service } from "./spec";
import { VERSION_LIMIT } from "./name-limits";
import { slotCapacity, variableOf, type Slot } from "./slots";
import { shortHash } from "./names";

/** What runs in a slot, as Terraform's variable `release` holds it. Keys are spelled as in HCL. */
export interface Release {
  readonly version: string;
  /** The version's image in this placement: an id that can never mean another image. */
  readonly image_id: string;
  /** Free text in the key: another value builds the same image anew. */
  readonly epoch: string;
  /** Fewest machines of the slot, and what a new group starts with; null for the service's own fewest. */
  readonly capacity: number | null;
  readonly state: string;
  /** Time after which the image should no longer run, RFC 3339; null for none. */
  readonly not_after: string | null;
  /** Until when people may get into the machines, and why; absent in every other release. */
  readonly break_glass?: BreakGlass;
}

/** A way in for people: `until` in UTC, as 2026-11-28T18:00:00Z. */
export interface BreakGlass {
  readonly until: string;
  readonly reason: string;
}

export const RELEASE_TYPE =
  'object({ version = string, image_id = string, epoch = optional(string, ""), capacity = optional(number), ' +
  'state = optional(string, "approved"), not_after = optional(string), ' +
  "break_glass = optional(object({ until = string, reason = string })) })";

/** HCL for the end of a slot's way in; null where there is none. */
const breakGlassEnd = (slot: Slot): string => `try(var.${variableOf(slot)}.break_glass.until, null)`;

/** Longest time that a way in stays open, in hours. */
export const BREAK_GLASS_HOURS = 24;

/** What Terraform refuses to plan of a slot's group: a way in for too long, and one that is over. */
export function breakGlassRule(slot: Slot): VariableRule {
  const end = breakGlassEnd(slot);
  return {
    condition:
      `\${${end} == null ? true : (timecmp(plantimestamp(), ${end}) < 0 && ` +
      `timecmp(${end}, timeadd(plantimestamp(), "${BREAK_GLASS_HOURS}h")) <= 0)}`,
    errorMessage: `A break-glass release ends within ${BREAK_GLASS_HOURS} hours, and is not planned after its end: replace its machines. npx fleet release status says how.`,
  };
}

/** HCL for how many of what a way in needs there are. */
export const breakGlassCount = (slot: Slot): string => `${breakGlassEnd(slot)} == null ? 0 : 1`;

/** States of an image that must not take traffic. */
export const REFUSED_STATES = ["revoked", "deleted"] as const;

interface ImageIdRule {
  /** Form of a pinned id, in the syntax that JavaScript and Terraform share. */
  readonly pattern: string;
  readonly ignoreCase: boolean;
  readonly example: string;
}

/**
 * Ids that name one image for ever. Families, `latest`, bare names and full URLs are left out on purpose: the first
 * two move, the others plan a difference each time.
 */
export const IMAGE_ID: Record<Cloud, ImageIdRule> = {
  aws: { pattern: "^ami-([0-9a-f]{8}|[0-9a-f]{17})$", ignoreCase: false, example: "ami-0123456789abcdef0" },
  google: {
    pattern: "^projects/[a-z][-a-z0-9:.]{4,61}/global/images/[a-z]([-a-z0-9]{0,61}[a-z0-9])?$",
    ignoreCase: false,
    example: "projects/my-images/global/images/web-1-0-0",
  },
  azure: {
    pattern:
      "^/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]+/providers/Microsoft[.]Compute/" +
      "(images/[^/]+|galleries/[^/]+/images/[^/]+/versions/[0-9]+[.][0-9]+[.][0-9]+)$",
    ignoreCase: true,
    example:
      "/subscriptions/S/resourceGroups/G/providers/Microsoft.Compute/galleries/GALLERY/images/web/versions/1.0.0",
  },
};

export const isPinnedImageId = (cloud: Cloud, id: string): boolean =>
  new RegExp(IMAGE_ID[cloud].pattern, IMAGE_ID[cloud].ignoreCase ? "i" : "").test(id);

export interface VariableRule {
  readonly condition: string;
  readonly errorMessage: string;
}

const revoked = (variable: string) =>
  `contains([${REFUSED_STATES.map((state) => `"${state}"`).join(", ")}], ${variable}.state)`;

/** What Terraform refuses at plan time, before it asks a cloud anything. An empty slot has nothing to refuse. */
export function releaseRules(
  cloud: Cloud,
  service: Pick<Service, "strategy" | "capacity" | "machine">,
  slot: Slot,
): readonly VariableRule[] {
  const { min, max } = slotCapacity(service);
  const { pattern, ignoreCase, example } = IMAGE_ID[cloud];
  const variable = `var.${variableOf(slot)}`;
  const rule = (condition: string, errorMessage: string): VariableRule => ({
    condition: `\${${slot === "live" ? "" : `${variable} == null ? true : `}${condition}}`,
    errorMessage,
  });
  const rules = [
    rule(
      `can(regex("${ignoreCase ? "(?i)" : ""}${pattern}", ${variable}.image_id))`,
      `image_id must be a pinned ${cloud} image id such as ${example}: no family, no "latest", no bare name. Take it from images/catalog.`,
    ),
    ...(cloud === "azure" && service.machine.azure.trustedLaunch
      ? [
          rule(
            `can(regex("(?i)/galleries/", ${variable}.image_id))`,
            "With machine.azure.trustedLaunch the image must be a version in a gallery: a managed image cannot boot so (https://learn.microsoft.com/azure/virtual-machines/trusted-launch#unsupported-features).",
          ),
        ]
      : []),
    rule(
      `can(regex("^[0-9]+[.][0-9]+[.][0-9]+$", ${variable}.version)) && length(${variable}.version) <= ${VERSION_LIMIT}`,
      `version must be MAJOR.MINOR.PATCH, with at most ${VERSION_LIMIT} characters.`,
    ),
    rule(
      `can(regex("^[a-z0-9-]{0,32}$", ${variable}.epoch))`,
      "epoch must be at most 32 lower-case letters, digits and hyphens.",
    ),
    rule(
      `(${variable}.capacity == null ? true : ${variable}.capacity >= ${min} && ${variable}.capacity <= ${max} && floor(${variable}.capacity) == ${variable}.capacity)`,
      `capacity must be a whole number from ${min} to ${max}, or null.`,
    ),
    rule(
      `(${breakGlassEnd(slot)} == null ? true : can(timeadd(${breakGlassEnd(slot)}, "0s")) && endswith(${breakGlassEnd(slot)}, "Z"))`,
      "break_glass.until must be a time in UTC such as 2026-11-28T18:00:00Z.",
    ),
  ];
  // The only slot always takes traffic; of two, the weights say which does.
  const live = rule(
    `!${revoked(variable)}`,
    "This image is revoked or deleted and must not take traffic. Release another version.",
  );
  return slot === "live" ? [...rules, live] : rules;
}

/** HCL for the fewest machines of a slot; what the service says while the slot is empty or says nothing. */
export const capacityExpression = (slot: Slot, { capacity: { min } }: Pick<Service, "capacity">): string =>
  `try(coalesce(var.${variableOf(slot)}.capacity, ${min}), ${min})`;

/** What Terraform refuses of the weights of two slots. */
export function trafficRules(cloud: Cloud, service: Pick<Service, "strategy" | "capacity">): readonly VariableRule[] {
  const all = (condition: (slot: Slot) => string) =>
    `\${${(["blue", "green"] as const).map((slot) => `(${condition(slot)})`).join(" && ")}}`;
  return [
    {
      condition: all((slot) => `var.traffic.${slot} >= 0 && floor(var.traffic.${slot}) == var.traffic.${slot}`),
      errorMessage: "Weights must be whole numbers of at least 0.",
    },
    { condition: "${var.traffic.blue + var.traffic.green == 100}", errorMessage: "Weights must add up to 100." },
    {
      condition: all((slot) => `var.${slot} == null ? var.traffic.${slot} == 0 : true`),
      errorMessage: "An empty slot must not get traffic. Fill it first, or set its weight to 0.",
    },
    {
      condition: all((slot) => `var.${slot} == null || var.traffic.${slot} == 0 ? true : !${revoked(`var.${slot}`)}`),
      errorMessage: "An image that is revoked or deleted must not take traffic. Move the traffic to the other slot.",
    },
    {
      condition: all((slot) => `${breakGlassEnd(slot)} == null ? true : var.traffic.${slot} == 0`),
      errorMessage: "A break-glass release must not get traffic: people may get into its machines.",
    },
    ...(service.strategy === "blueGreen"
      ? [
          {
            condition: all((slot) => `contains([0, 100], var.traffic.${slot})`),
            errorMessage: "Strategy blueGreen moves all traffic at once: weights are 0 and 100.",
          },
        ]
      : canaryRules(cloud, service, all)),
  ];
}

function canaryRules(
  cloud: Cloud,
  service: Pick<Service, "capacity">,
  all: (condition: (slot: Slot) => string) => string,
): readonly VariableRule[] {
  const machines = (slot: Slot) => capacityExpression(slot, service);
  const share = `100 * ${machines("green")} / (${machines("green")} + ${machines("blue")})`;
  return [
    {
      condition: all((slot) => `var.traffic.${slot} == 100 ? ${machines(slot)} >= ${service.capacity.min} : true`),
      errorMessage: `A slot with all the traffic needs a capacity of at least ${service.capacity.min}, or null.`,
    },
    ...(cloud === "azure"
      ? [
          {
            condition: `\${contains([0, 100], var.traffic.green) ? true : abs(${share} - var.traffic.green) <= 0.5}`,
            errorMessage:
              "Azure's load balancer has no weights: a slot's weight must be its share of the machines, by the slots' capacity, to the next whole percent.",
          },
        ]
      : []),
  ];
}

/**
 * Hash over everything that decides what a machine is, computed at synth from plain values only. Whoever adds a setting
 * to a template adds it here by construction: the constructs spread the very object that is hashed.
 */
export const launchFingerprint = (launch: unknown): string => shortHash(launch);

const EPOCH_GLUE = " open until ";

/**
 * HCL that gives a group its key: image, epoch and launch fingerprint, known at plan; empty for an empty slot. The end of a
 * way in stands beside the epoch: machines that people get into are never the ones that were there before, or stay after.
 */
export function keyExpression(slot: Slot, fingerprint: string): string {
  const variable = `var.${variableOf(slot)}`;
  const epoch = `join("${EPOCH_GLUE}", compact([${variable}.epoch, ${breakGlassEnd(slot)}]))`;
  const key = `substr(sha256(jsonencode([lower(${variable}.image_id), ${epoch}, "${fingerprint}"])), 0, 8)`;
  return `\${${slot === "live" ? key : `${variable} == null ? "" : ${key}`}}`;
}

/** The same key, computed here: to name what a failed rollout left behind, where Terraform no longer knows it. */
export function keyOf(
  { image_id, epoch, break_glass }: Pick<Release, "image_id" | "epoch" | "break_glass">,
  fingerprint: string,
): string {
  const anew = [epoch, break_glass?.until].filter(Boolean).join(EPOCH_GLUE);
  return createHash("sha256")
    .update(JSON.stringify([image_id.toLowerCase(), anew, fingerprint]))
    .digest("hex")
    .slice(0, 8);
}

/** HCL for the name of a group, such as web-1-5-0-3fa9c01b or web-blue-1-5-0-3fa9c01b. */
export function groupNameExpression(service: string, slot: Slot, key: string): string {
  const variable = `var.${variableOf(slot)}`;
  return slot === "live"
    ? `${service}-\${replace(${variable}.version, ".", "-")}-\${${key}}`
    : `\${${variable} == null ? "" : "${service}-${slot}-\${replace(${variable}.version, ".", "-")}-\${${key}}"}`;
}

/** The same name, computed here. */
export const groupName = (service: string, slot: Slot, version: string, key: string): string =>
  [service, ...(slot === "live" ? [] : [slot]), version.replaceAll(".", "-"), key].join("-");

/**
 * Default machine type of each cloud and architecture. Arm sizes of Azure have Trusted Launch, which is on by default, from v6 on:
 * https://learn.microsoft.com/azure/virtual-machines/trusted-launch#virtual-machines-sizes
 */
export const MACHINE_TYPES: Record<Cloud, Record<Arch, string>> = {
  aws: { x86_64: "t3.small", arm64: "t4g.small" },
  google: { x86_64: "e2-small", arm64: "t2a-standard-1" },
  azure: { x86_64: "Standard_D2ads_v5", arm64: "Standard_D2ps_v6" },
};
