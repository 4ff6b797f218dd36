/**
 * The plan contract as Rego, for the policy beside this file: HCP Terraform reads a policy set's .rego files and nothing
 * else, so data has to be one of them. The test that holds contract.rego to this writes it too, with UPDATE_GOLDEN=1.
 */
import { ANCHORS, EACH, MADE, STACK_LAYERS, type Layer } from "../../constructs/contract/addresses";
import { CAPACITY } from "../../constructs/contract/capacity";
import { CONTRACTS, RUNNING, WAY_IN_NAME } from "../../constructs/contract/cloud-contracts";
import { KNOWN_KINDS, PREFIX, SINGLE } from "../../constructs/contract/strangers";
import { IMAGE_ID, REFUSED_STATES } from "../../constructs/contract/release";
import { TRAFFIC_VARIABLE, variableOf, type Slot } from "../../constructs/contract/slots";
import { CLOUDS } from "../../constructs/contract/spec";
import { PLANES } from "../planes";

const SLOTS: readonly Slot[] = ["live", "blue", "green"];

/** Of several clouds at once: their types differ, but for those that belong to no cloud. */
const byLayer = (pick: (layer: Layer) => readonly Readonly<Record<string, string>>[]) =>
  Object.fromEntries(STACK_LAYERS.map((layer) => [layer, Object.assign({}, ...pick(layer)) as object]));

export function contractRego(): string {
  const data = {
    ...PLANES,
    made: byLayer((layer) => CLOUDS.map((cloud) => MADE[cloud][layer])),
    anchors: ANCHORS,
    each: EACH,
    groups: Object.fromEntries(CLOUDS.map((cloud) => [CONTRACTS[cloud].group, cloud])),
    computeTypes: Object.fromEntries(CLOUDS.map((cloud) => [cloud, Object.keys(CONTRACTS[cloud].compute)])),
    single: SINGLE,
    prefixes: PREFIX,
    knownKinds: [...KNOWN_KINDS].sort(),
    running: RUNNING,
    capacity: CAPACITY,
    refusedStates: REFUSED_STATES,
    imageIds: CLOUDS.map((cloud) => `${IMAGE_ID[cloud].ignoreCase ? "(?i)" : ""}${IMAGE_ID[cloud].pattern}`),
    variables: Object.fromEntries(SLOTS.map((slot) => [slot, variableOf(slot)])),
    trafficVariable: TRAFFIC_VARIABLE,
    wayInName: WAY_IN_NAME,
  };
  const rules = Object.entries(data).map(([name, value]) => `${name} := ${JSON.stringify(value, null, "\t")}\n`);
  return ["# Made by review/policy/contract.ts: do not edit.\npackage fleet.contract\n", ...rules].join("\n");
}
