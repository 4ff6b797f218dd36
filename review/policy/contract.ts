/**
 * The plan contract as Rego, for the policy beside this file: HCP Terraform reads a policy set's .rego files and nothing
 * else, so data has to be one of them. The test that holds contract.rego to this writes it too, with UPDATE_GOLDEN=1.
 */
import { ANCHORS, EACH, MADE } from "../../constructs/contract/addresses";
import { CAPACITY } from "../../constructs/contract/capacity";
import { CONTRACTS, RUNNING, WAY_IN_NAME } from "../../constructs/contract/cloud-contracts";
import { perCloud, PREFIX } from "../../constructs/contract/own-cloud";
import { GIVEN } from "../../constructs/contract/given";
import type { Values } from "../../constructs/contract/given-form";
import { KNOWN_KINDS, SINGLE } from "../../constructs/contract/strangers";
import { IMAGE_ID, REFUSED_STATES } from "../../constructs/contract/release";
import { TRAFFIC_VARIABLE, variableOf, type Slot } from "../../constructs/contract/slots";
import { CLOUDS } from "../../constructs/contract/spec";
import { TEXTS } from "../../constructs/contract/way-out";
import { TABLES } from "../planes";

const SLOTS: readonly Slot[] = ["live", "blue", "green"];

const listed = (values: Values) =>
  Object.fromEntries(Object.entries(values).map(([path, one]) => [path, [one].flat()]));

export function contractRego(): string {
  const data = {
    clouds: CLOUDS,
    prefixes: PREFIX,
    // What each cloud's contract says: a plan is held to that of its own.
    planes: perCloud((cloud) => ({
      ...TABLES[cloud],
      groupType: CONTRACTS[cloud].group,
      computeTypes: Object.keys(CONTRACTS[cloud].compute),
      made: MADE[cloud],
      knownKinds: KNOWN_KINDS[cloud],
      imageId: `${IMAGE_ID[cloud].ignoreCase ? "(?i)" : ""}${IMAGE_ID[cloud].pattern}`,
    })),
    given: Object.fromEntries(
      Object.entries(GIVEN).map(([type, { held, needs = [], defaults = {}, names }]) => [
        type,
        { held, needs, defaults: listed(defaults), names: Object.fromEntries(Object.entries(names).map(([name, values]) => [name, listed(values)])) }, // prettier-ignore
      ]),
    ),
    anchors: ANCHORS,
    each: EACH,
    texts: TEXTS,
    single: SINGLE,
    running: RUNNING,
    capacity: CAPACITY,
    refusedStates: REFUSED_STATES,
    variables: Object.fromEntries(SLOTS.map((slot) => [slot, variableOf(slot)])),
    trafficVariable: TRAFFIC_VARIABLE,
    wayInName: WAY_IN_NAME,
  };
  const rules = Object.entries(data).map(([name, value]) => `${name} := ${JSON.stringify(value, null, "\t")}\n`);
  return ["# Made by review/policy/contract.ts: do not edit.\npackage fleet.contract\n", ...rules].join("\n");
}
