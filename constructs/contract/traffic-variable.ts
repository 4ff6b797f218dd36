/** The weights of two slots as Terraform sees them. */
import { TerraformVariable } from "cdktf";
import type { Construct } from "constructs";
import { trafficRules } from "./release";
import { TRAFFIC_VARIABLE } from "./slots";
import type { Cloud, Service } from "./spec";

/** Declares the weights in a stack whose service has two slots; the only slot of strategy `replace` needs none. */
export function declareTraffic(stack: Construct, cloud: Cloud, service: Service): void {
  if (service.strategy === "replace") return;
  const declared = new TerraformVariable(stack, "weights", {
    type: "object({ blue = number, green = number })",
    nullable: false,
    description: `Share of ${service.name}'s traffic that each slot takes, in percent.`,
    validation: trafficRules(cloud, service).map(({ condition, errorMessage }) => ({ condition, errorMessage })),
  });
  declared.overrideLogicalId(TRAFFIC_VARIABLE);
}

/** HCL that is true while both slots take traffic. */
export const IS_SHARED = `var.${TRAFFIC_VARIABLE}.green > 0 && var.${TRAFFIC_VARIABLE}.blue > 0`;

/** HCL that is true while the slot green takes more than blue. */
export const GREEN_LEADS = `var.${TRAFFIC_VARIABLE}.green > var.${TRAFFIC_VARIABLE}.blue`;
