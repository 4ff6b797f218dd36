/**
 * Machines that the largest of a service's groups runs now: a new group starts with as many.
 *
 * Terraform plans a replacement from the configuration whatever `ignore_changes` says, so the configuration reads the live size.
 * A group is named after its image, and the provider has no search for groups: a data source fails on what does not exist. So
 * what has a constant name is followed: the region's forwarding rules, a list that may be empty → the backend services that the
 * labels of the service's entry name → their groups. A rule is made last and goes first, and its labels change after a new
 * backend service is there and before an old one goes: what they name exists, also half-way through a first deployment, a
 * destruction, or a change of strategy or exposure.
 *
 * The provider lists one page of rules, 500, and has neither filter nor page: where there are more, a group that is not found
 * makes the new one small, which the contract refuses as a loss of machines.
 * https://github.com/hashicorp/terraform-provider-google/blob/v6.50.0/google/services/compute/data_source_google_compute_forwarding_rules.go
 * Not `google_compute_region_instance_group`, whose `size` it never sets:
 * https://github.com/hashicorp/terraform-provider-google/blob/v6.50.0/google/services/compute/data_source_google_compute_region_instance_group.go
 */
import { DataGoogleComputeForwardingRules } from "@cdktf/provider-google/lib/data-google-compute-forwarding-rules";
import { DataGoogleComputeRegionBackendService } from "@cdktf/provider-google/lib/data-google-compute-region-backend-service";
import { DataGoogleComputeRegionInstanceGroupManager } from "@cdktf/provider-google/lib/data-google-compute-region-instance-group-manager";
import { Token, type TerraformDataSource } from "cdktf";
import { Construct } from "constructs";
import { startingSize } from "../contract/live-size";
import type { Slot } from "../contract/slots";
import type { PlacementOn, Service } from "../contract/spec";

const ENTRY_LABEL = "fleet-entry";
const SLOT_LABEL = "fleet-slot-";

/**
 * Labels of a service's entry, by which it is found again.
 *
 * @param name `<environment>-<service>`
 * @param backends name of each slot's backend service
 */
export const entryLabels = (name: string, backends: ReadonlyMap<Slot, string>): Record<string, string> => ({
  [ENTRY_LABEL]: name,
  ...Object.fromEntries([...backends].map(([slot, backend]) => [`${SLOT_LABEL}${slot}`, backend])),
});

export interface LiveSizeProps {
  /** `<environment>-<service>`. */
  readonly name: string;
  readonly service: Service;
  readonly placement: PlacementOn<"google">;
}

export class LiveSize extends Construct {
  private readonly max: number;
  private readonly sizes: string;

  constructor(scope: Construct, id: string, { name, service, placement }: LiveSizeProps) {
    super(scope, id);
    const { region } = placement;
    const rules = new DataGoogleComputeForwardingRules(this, "rules", { region });
    const backends = new DataGoogleComputeRegionBackendService(this, "backends", { name: EACH, region });
    forEach(
      backends,
      `flatten([for rule in ${reference(rules)}.rules : [for key, name in rule.labels : name if startswith(key, "${SLOT_LABEL}")] ` +
        `if try(rule.labels["${ENTRY_LABEL}"], "") == "${name}"])`,
    );
    const groups = new DataGoogleComputeRegionInstanceGroupManager(this, "groups", { name: EACH, region });
    // A group of one zone is none of the service's: somebody attached it by hand.
    forEach(
      groups,
      `[for backend in flatten(values(${reference(backends)})[*].backend) : basename(backend.group) ` +
        `if can(regex("/regions/", backend.group))]`,
    );
    this.max = service.capacity.max;
    // The manager's size, which an autoscaler sets.
    this.sizes = `values(${reference(groups)})[*].target_size`;
  }

  /** HCL for a number where the service has a group, and for 0 at its first deployment, when there is nothing to wait for. */
  ifSomethingRuns(seconds: number): string {
    return `\${length(${this.sizes}) > 0 ? ${seconds} : 0}`;
  }

  /** @param fewest HCL for the least, without interpolation marks */
  atLeast(fewest: string): number {
    return Token.asNumber(startingSize(fewest, this.sizes, this.max));
  }
}

const reference = (data: TerraformDataSource): string => `data.${data.terraformResourceType}.${data.friendlyUniqueId}`;

const EACH = "${each.value}";

/** Reads a data source once for each of a list of names. By an override: CDKTF's iterator takes a reference, no expression. */
const forEach = (data: TerraformDataSource, names: string): void => data.addOverride("for_each", `\${toset(${names})}`);
