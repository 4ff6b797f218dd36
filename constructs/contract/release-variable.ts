/** A slot's release as Terraform sees it: the variable with its refusals, and the key and name made of it. */
import { TerraformLocal, TerraformStack, TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import type { Cloud, Service } from "./spec";
import { RELEASE_TYPE, groupNameExpression, keyExpression, launchFingerprint, releaseRules } from "./release";

export interface ReleaseVariableProps {
  readonly cloud: Cloud;
  readonly service: Service;
  /** Everything that decides what a machine is, as plain values. */
  readonly launch: unknown;
}

/** HCL expressions of the slot `live`, whose variable is named `release`. */
export class ReleaseVariable extends Construct {
  /** The pinned image id. */
  readonly imageId: string;
  readonly version: string;
  /** The version in the characters that labels allow. */
  readonly versionLabel: string;
  /** Name of everything that lives as long as one image: known at plan, at most 41 characters. */
  readonly name: string;
  /** Machines that a new group starts with, as an HCL expression without interpolation marks. */
  readonly capacity: string;

  constructor(scope: Construct, id: string, { cloud, service, launch }: ReleaseVariableProps) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    // The stack's name keeps two services with the same image and machines apart.
    const fingerprint = launchFingerprint([stack.node.id, launch]);
    new TerraformVariable(stack, "release", {
      type: RELEASE_TYPE,
      nullable: false,
      description: `What runs in ${service.name}: written by the synth to release.auto.tfvars.json.`,
      validation: releaseRules(cloud, "var.release").map(({ condition, errorMessage }) => ({
        condition,
        errorMessage,
      })),
    });
    const key = new TerraformLocal(this, "key", keyExpression("var.release", fingerprint));
    const name = new TerraformLocal(
      this,
      "name",
      groupNameExpression(service.name, "var.release", `local.${key.friendlyUniqueId}`),
    );
    const { min, max } = service.capacity;
    this.imageId = "${var.release.image_id}";
    this.version = "${var.release.version}";
    this.versionLabel = '${replace(var.release.version, ".", "-")}';
    this.name = `\${local.${name.friendlyUniqueId}}`;
    this.capacity = `min(${max}, max(${min}, coalesce(var.release.capacity, ${min})))`;
  }
}
