/**
 * Machines that a service's scale sets run now: a new set starts with as many.
 *
 * A set's name holds its image, and a data source fails on what does not exist, so the sets are looked for in the list of all
 * resources, which may be empty. The list is the subscription's, not the resource group's: that one does not exist before the
 * first deployment. A set counts once Terraform has finished it, which its autoscale setting of the same name shows: what a
 * failed rollout left behind has none. Azure's list can lag behind by moments; a plan that names a set which is just gone is
 * made again.
 *
 * Each instance is counted, whatever its state: `azurerm_virtual_machine_scale_set` has no size of its own
 * (https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/data-sources/virtual_machine_scale_set).
 */
import { DataAzurermResources } from "@cdktf/provider-azurerm/lib/data-azurerm-resources";
import { DataAzurermVirtualMachineScaleSet } from "@cdktf/provider-azurerm/lib/data-azurerm-virtual-machine-scale-set";
import { TerraformIterator, TerraformLocal, TerraformStack, Token, type TerraformDataSource } from "cdktf";
import { Construct } from "constructs";
import { LEFTOVERS_CHECK, startingSize } from "../contract/live-size";
import { TRAFFIC_VARIABLE, type Slot } from "../contract/slots";
import type { PlacementOn, Service } from "../contract/spec";

export interface LiveSizeProps {
  readonly service: Service;
  readonly placement: PlacementOn<"azure">;
  /** Resource group of the service as plain text: what refers to a group that is still to be made is not read in a plan. */
  readonly resourceGroup: string;
}

export class LiveSize extends Construct {
  private readonly service: Service;
  private readonly running: string;
  /** HCL for the names of sets that Terraform did not finish. */
  private readonly leftovers: string;
  private readonly place: string;

  constructor(scope: Construct, id: string, props: LiveSizeProps) {
    super(scope, id);
    const { service, resourceGroup } = props;
    const names = (id: string, type: string) => {
      const all = reference(new DataAzurermResources(this, `all_${id}`, { type }));
      const here = `lower(one.resource_group_name) == "${resourceGroup}"`;
      return local(this, id, `toset([for one in ${all}.resources : lower(one.name) if ${here}])`);
    };
    const sets = names("sets", "Microsoft.Compute/virtualMachineScaleSets").fqn;
    const scaled = names("scaled", "Microsoft.Insights/autoscaleSettings").fqn;
    const each = TerraformIterator.fromList(local(this, "finished", `setintersection(${sets}, ${scaled})`).asList);
    const running = new DataAzurermVirtualMachineScaleSet(this, "running", {
      forEach: each,
      name: each.value as string,
      resourceGroupName: resourceGroup,
    });
    this.service = service;
    this.running = reference(running);
    this.leftovers = local(this, "leftovers", `setsubtract(${sets}, ${scaled})`).fqn;
    this.place = `--resource-group ${resourceGroup} --subscription ${props.placement.subscription}`;
    this.check(
      LEFTOVERS_CHECK,
      `length(${this.leftovers}) == 0`,
      `No autoscale setting has the name of \${join(", ", ${this.leftovers})}: a failed rollout left it behind, if terraform state list ` +
        `does not have it. It costs money and keeps the service from being destroyed: az vmss delete --name NAME ${this.place}`,
    );
  }

  /**
   * Makes a plan say that the name of a slot's set is taken by what a failed rollout left behind. No refusal: a set whose
   * autoscale setting somebody deleted looks the same, and the plan brings that back.
   */
  checkName(name: string, slot: Slot): void {
    this.check(
      `${slot}_name`,
      `!contains(${this.leftovers}, "${name}")`,
      `${name} is there already, maybe left behind by a failed rollout: then this plan fails with "already exists". Give the release ` +
        `another epoch (npx fleet release renew), or: az vmss delete --name ${name} ${this.place}`,
    );
  }

  /** @param fewest HCL for the least, without interpolation marks */
  atLeast(fewest: string, slot: Slot): number {
    const sizes = `[for name, set in ${this.running} : length(set.instances) if ${countsFor(this.service, slot)}]`;
    return Token.asNumber(startingSize(fewest, sizes, this.service.capacity.max));
  }

  /** A check block: a warning in every plan, and in its JSON. */
  private check(name: string, condition: string, message: string): void {
    TerraformStack.of(this).addOverride(`check.${name}.assert`, [
      { condition: `\${${condition}}`, error_message: message },
    ]);
  }
}

const local = (scope: Construct, id: string, expression: string) => new TerraformLocal(scope, id, `\${${expression}}`);

const reference = (data: TerraformDataSource): string => `data.${data.terraformResourceType}.${data.friendlyUniqueId}`;

/**
 * HCL for whether a set, by its `name`, counts for the size of a slot's new set. Where a slot's share of the machines is its share
 * of the traffic, one that takes all of it counts all sets, the one that takes most of it its own, and a candidate none: it is as
 * large as the release says.
 */
function countsFor({ name, strategy }: Service, slot: Slot): string {
  if (slot === "live" || strategy !== "canary") return "true";
  const weight = `var.${TRAFFIC_VARIABLE}.${slot}`;
  return `${weight} == 100 || (${weight} >= 50 && startswith(name, "${name}-${slot}-"))`;
}
