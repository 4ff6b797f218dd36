/**
 * The plan contract as Rego, for the policy beside this file: HCP Terraform reads a policy set's .rego files and nothing
 * else, so data has to be one of them. The test that holds contract.rego to this writes it too, with UPDATE_GOLDEN=1.
 */
import { WAY_IN_NAME } from "../../constructs/contract/plan-contract";
import { IMAGE_ID, REFUSED_STATES } from "../../constructs/contract/release";
import { TRAFFIC_VARIABLE, variableOf, type Slot } from "../../constructs/contract/slots";
import { CLOUDS } from "../../constructs/contract/spec";
import { PLANES } from "../planes";

const SLOTS: readonly Slot[] = ["live", "blue", "green"];

export function contractRego(): string {
  const data = {
    ...PLANES,
    refusedStates: REFUSED_STATES,
    imageIds: CLOUDS.map((cloud) => `${IMAGE_ID[cloud].ignoreCase ? "(?i)" : ""}${IMAGE_ID[cloud].pattern}`),
    variables: Object.fromEntries(SLOTS.map((slot) => [slot, variableOf(slot)])),
    trafficVariable: TRAFFIC_VARIABLE,
    wayInName: WAY_IN_NAME,
  };
  const rules = Object.entries(data).map(([name, value]) => `${name} := ${JSON.stringify(value, null, "\t")}\n`);
  return ["# Made by review/policy/contract.ts: do not edit.\npackage fleet.contract\n", ...rules].join("\n");
}
