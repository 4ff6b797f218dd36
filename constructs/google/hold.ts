/**
 * A wait in the middle of an apply, for what Google Cloud does after it has answered: a proxy learns late, a request ends late.
 * By the clock, because no resource or data source says that it has happened, and because a run of HCP Terraform has no gcloud.
 */
import { TerraformResource, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";

export interface HoldProps {
  /** Variable in the environment of terraform that shortens the wait, in seconds: for an emergency or a test. */
  readonly variable: string;
  /** Seconds, or HCL for them. */
  readonly seconds: number | string;
  /** What is new whenever there is something to wait for; what it replaces goes after the wait. */
  readonly each: readonly string[];
  readonly after: ITerraformDependable;
}

export function hold(
  scope: Construct,
  id: string,
  { variable, seconds, each, after }: HoldProps,
): ITerraformDependable {
  // Not CDKTF's DataResource: that one starts `terraform version` at each synth.
  const wait = new TerraformResource(scope, id, {
    terraformResourceType: "terraform_data",
    dependsOn: [after],
    lifecycle: { createBeforeDestroy: true },
  });
  wait.addOverride("triggers_replace", [...each]);
  const command = `sleep "$\${${variable}:-${seconds}}"`;
  wait.addOverride("provisioner", [{ "local-exec": { interpreter: ["sh", "-c"], command } }]);
  return wait;
}
