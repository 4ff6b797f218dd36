/** What every stack has: addresses that read like paths, a backend that the environment chose, and a plane of its own. */
import { TerraformElement, TerraformResource, TerraformStack } from "cdktf";
import type { Construct, Node } from "constructs";
import { nameProblems } from "../constructs/contract/name-limits";
import { planeProblems, type Plane, type SynthesizedResource } from "../constructs/contract/planes";
import type { Problem } from "../constructs/contract/problem";
import type { Environment } from "../constructs/contract/spec";
import { addBackend } from "./backend";

export interface FleetStackProps {
  readonly environment: Environment;
  readonly plane: Plane;
  /** Whether what keeps data must be protected; see `persistent.protected`. @default true */
  readonly isProtected?: boolean;
}

export class FleetStack extends TerraformStack {
  private readonly plane: Plane;
  private readonly isProtected: boolean;

  constructor(scope: Construct, id: string, { environment, plane, isProtected = true }: FleetStackProps) {
    super(scope, id);
    addBackend(this, id, environment.backend);
    this.plane = plane;
    this.isProtected = isProtected;
  }

  /** Addresses of all resources. */
  addresses(): readonly string[] {
    return this.resources().map(({ terraformResourceType: type, friendlyUniqueId: name }) => `${type}.${name}`);
  }

  /**
   * Terraform lets go of what stood here and is no longer declared, and leaves it in the cloud: prevent_destroy stands in
   * a declaration, so by itself it goes with it. https://developer.hashicorp.com/terraform/language/block/removed
   *
   * @param addresses of all that may have stood here
   */
  letGoOf(addresses: readonly string[]): void {
    const here = new Set(this.addresses());
    const gone = addresses.filter((address) => !here.has(address));
    if (gone.length > 0)
      this.addOverride(
        "removed",
        gone.map((from) => ({ from, lifecycle: { destroy: false } })),
      );
  }

  /**
   * Everything else here is made before the resource, and destroyed after it: for what the cloud refuses to delete while somebody
   * uses it, so that nothing is gone when it does.
   */
  goesFirst(resource: TerraformResource): void {
    resource.dependsOn = this.resources()
      .filter((other) => other !== resource)
      .map(({ terraformResourceType: type, friendlyUniqueId: name }) => `${type}.${name}`);
  }

  private resources(): readonly TerraformResource[] {
    return this.node.findAll().filter((node): node is TerraformResource => TerraformResource.isTerraformResource(node));
  }

  /** What stands in this stack and belongs in another, lacks protection, or has a name that is too long for its cloud. */
  problems(): readonly Problem[] {
    const resources = this.resources().map((resource) => {
      const { terraformResourceType: type, friendlyUniqueId: name } = resource;
      const { resource: blocks } = resource.toTerraform() as {
        resource: Record<string, Record<string, SynthesizedResource["block"]>>;
      };
      return { type, name, block: blocks[type]![name]! };
    });
    return [
      ...planeProblems(this.plane, this.node.id, resources, this.isProtected),
      ...nameProblems(this.node.id, resources),
    ];
  }

  /**
   * `aws_lb.traffic_entry` for the construct traffic/entry, instead of CDKTF's name with a hash: addresses are read in
   * plans and kept in state, so they are part of the project's interface. A test pins them.
   */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : element;
    return node.scopes
      .slice(node.scopes.indexOf(this) + 1)
      .map((scope) => scope.node.id)
      .join("_");
  }
}
