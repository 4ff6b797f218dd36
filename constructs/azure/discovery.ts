/** The name under which others find a service: it points to the traffic entry and knows nothing of releases. */
import { Construct } from "constructs";
import type { Service } from "../contract/spec";
import type { NetworkProps } from "./network";
import { InternalName } from "./zone";

export interface DiscoveryProps extends NetworkProps {
  readonly service: Service;
  /** Address of the traffic entry. */
  readonly address: string;
}

export class Discovery extends Construct {
  constructor(scope: Construct, id: string, { service, ...props }: DiscoveryProps) {
    super(scope, id);
    new InternalName(this, "name", { ...props, name: service.name });
  }
}
