/**
 * Machines that the largest of a service's groups runs now: a new group starts with as many.
 *
 * Terraform plans a replacement from the configuration whatever `ignore_changes` says
 * (https://github.com/hashicorp/terraform-provider-aws/issues/20110), so the configuration itself reads the live size.
 */
import { DataAwsAutoscalingGroup } from "@cdktf/provider-aws/lib/data-aws-autoscaling-group";
import { DataAwsAutoscalingGroups } from "@cdktf/provider-aws/lib/data-aws-autoscaling-groups";
import { TerraformIterator, TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import { startingSize } from "../contract/live-size";
import { slotsOf, type Slot } from "../contract/slots";
import type { Service } from "../contract/spec";

/** Tag by which a slot's groups are found again. */
export const SLOT_TAG = "fleet-slot";

export const slotTag = (scope: Construct, slot: Slot): string => `${TerraformStack.of(scope).node.id}/${slot}`;

export class LiveSize extends Construct {
  private readonly max: number;
  private readonly sizes: string;

  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const groups = new DataAwsAutoscalingGroups(this, "groups", {
      filter: [{ name: `tag:${SLOT_TAG}`, values: slotsOf(service).map((slot) => slotTag(this, slot)) }],
    });
    const each = TerraformIterator.fromList(groups.names);
    const running = new DataAwsAutoscalingGroup(this, "running", { forEach: each, name: each.value });
    this.max = service.capacity.max;
    this.sizes = `[for group in data.${running.terraformResourceType}.${running.friendlyUniqueId} : group.desired_capacity]`;
  }

  /** @param fewest HCL for the least, without interpolation marks */
  atLeast(fewest: string): number {
    return Token.asNumber(startingSize(fewest, this.sizes, this.max));
  }
}
