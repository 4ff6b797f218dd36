/** What every stack has: addresses that read like paths, and a backend that the environment chose. */
import { TerraformElement, TerraformStack } from "cdktf";
import type { Construct, Node } from "constructs";
import type { Environment } from "../constructs/contract/spec";
import { addBackend } from "./backend";

export class FleetStack extends TerraformStack {
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    addBackend(this, id, environment.backend);
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
