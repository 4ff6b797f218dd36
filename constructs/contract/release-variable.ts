/** A slot's release as Terraform sees it: the variable with its refusals, and the key and name made of it. */
import {
  TerraformLocal,
  TerraformStack,
  TerraformVariable,
  Token,
  type Precondition,
  type TerraformResource,
} from "cdktf";
import { Construct } from "constructs";
import {
  RELEASE_TYPE,
  breakGlassCount,
  breakGlassRule,
  capacityExpression,
  groupNameExpression,
  keyExpression,
  launchFingerprint,
  releaseRules,
} from "./release";
import { variableOf, type Slot } from "./slots";
import type { Cloud, Service } from "./spec";

export interface ReleaseVariableProps {
  readonly cloud: Cloud;
  readonly service: Service;
  readonly slot: Slot;
  /** Everything that decides what a machine is, as plain values. */
  readonly launch: unknown;
}

/** HCL expressions of one slot. */
export class ReleaseVariable extends Construct {
  /** The pinned image id. */
  readonly imageId: string;
  readonly version: string;
  /** The version in the characters that labels allow. */
  readonly versionLabel: string;
  /** Name of everything that lives as long as one image: known at plan, at most 58 characters. */
  readonly name: string;
  /** Fewest machines of the slot, and what a new group starts with, as an HCL expression without interpolation marks. */
  readonly capacity: string;
  /** How many of each resource the slot has: none while it is empty. Undefined where it always has one. */
  readonly count?: number;
  /** A way in for people: how many of each resource it has, and when it ends. */
  readonly breakGlass: { readonly count: number; readonly until: string };
  /** What the group's lifecycle must demand of it. */
  readonly precondition: Precondition[];
  private readonly slot: Slot;

  constructor(scope: Construct, id: string, { cloud, service, slot, launch }: ReleaseVariableProps) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    // The stack's name keeps two services with the same image and machines apart.
    const fingerprint = launchFingerprint([stack.node.id, launch]);
    const variable = `var.${variableOf(slot)}`;
    const declared = new TerraformVariable(this, "variable", {
      type: RELEASE_TYPE,
      description: `What runs in ${service.name}${slot === "live" ? "" : `, slot ${slot}`}: written by the synth to release.auto.tfvars.json.`,
      validation: releaseRules(cloud, service, slot).map(({ condition, errorMessage }) => ({
        condition,
        errorMessage,
      })),
      nullable: slot !== "live",
    });
    // CDKTF cannot write a default of null by its prop.
    if (slot !== "live") declared.addOverride("default", null);
    declared.overrideLogicalId(variableOf(slot));
    const key = new TerraformLocal(this, "key", keyExpression(slot, fingerprint));
    const name = new TerraformLocal(
      this,
      "name",
      groupNameExpression(service.name, slot, `local.${key.friendlyUniqueId}`),
    );
    this.slot = slot;
    this.imageId = `\${${variable}.image_id}`;
    this.version = `\${${variable}.version}`;
    this.versionLabel = `\${replace(${variable}.version, ".", "-")}`;
    this.name = `\${local.${name.friendlyUniqueId}}`;
    this.capacity = capacityExpression(slot, service);
    this.precondition = [breakGlassRule(slot)];
    this.breakGlass = {
      count: Token.asNumber(`\${${breakGlassCount(slot)}}`),
      until: `\${${variable}.break_glass.until}`,
    };
    if (slot !== "live") this.count = Token.asNumber(`\${${variable} == null ? 0 : 1}`);
  }

  /** An attribute of a resource of this slot: of its one instance, where it may have none. */
  attribute(resource: TerraformResource, attribute: string): string {
    const index = this.slot === "live" ? "" : "[0]";
    return `\${${resource.terraformResourceType}.${resource.friendlyUniqueId}${index}.${attribute}}`;
  }
}
