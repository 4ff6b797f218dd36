/**
 * Private names of a placement: `<environment>.internal` for services and what they use, and the names by which Azure's own
 * services are reached at private addresses.
 */
import { PrivateDnsARecord } from "@cdktf/provider-azurerm/lib/private-dns-a-record";
import { PrivateDnsZone } from "@cdktf/provider-azurerm/lib/private-dns-zone";
import { PrivateDnsZoneVirtualNetworkLink } from "@cdktf/provider-azurerm/lib/private-dns-zone-virtual-network-link";
import { PrivateEndpoint } from "@cdktf/provider-azurerm/lib/private-endpoint";
import { Construct } from "constructs";
import type { Network, NetworkProps } from "./network";
import { foundationId, layerGroup } from "./network";

/** https://learn.microsoft.com/azure/private-link/private-endpoint-dns */
const PRIVATE_LINKS = {
  vault: { zone: "privatelink.vaultcore.azure.net", part: "vault" },
  database: { zone: "privatelink.postgres.database.azure.com", part: "postgresqlServer" },
  objects: { zone: "privatelink.blob.core.windows.net", part: "blob" },
  files: { zone: "privatelink.file.core.windows.net", part: "file" },
} as const;
type Kind = keyof typeof PRIVATE_LINKS;

const ZONE_TYPE = "Microsoft.Network/privateDnsZones";
/** Time that an answer is kept, in seconds: what a name points to can move. */
const TTL_SEC = 30;

const internalZone = ({ environment }: NetworkProps): string => `${environment.name}.internal`;

export interface ZoneProps extends NetworkProps {
  readonly network: Network;
}

export class Zone extends Construct {
  constructor(scope: Construct, id: string, props: ZoneProps) {
    super(scope, id);
    const { resourceGroupName, networkId } = props.network;
    const zone = (id: string, name: string, link: { resolutionPolicy?: string } = {}) =>
      new PrivateDnsZoneVirtualNetworkLink(this, `${id}_link`, {
        name: props.environment.name,
        resourceGroupName,
        privateDnsZoneName: new PrivateDnsZone(this, id, { name, resourceGroupName }).name,
        virtualNetworkId: networkId,
        ...link,
      });
    zone("internal", internalZone(props));
    // Names of this kind that others made are asked for outside, instead of being unknown.
    for (const [kind, { zone: name }] of Object.entries(PRIVATE_LINKS))
      zone(kind, name, { resolutionPolicy: "NxDomainRedirect" });
  }
}

/** A name in `<environment>.internal`, from any stack. */
export class InternalName extends Construct {
  constructor(scope: Construct, id: string, props: NetworkProps & { readonly name: string; readonly address: string }) {
    super(scope, id);
    new PrivateDnsARecord(this, "record", {
      name: props.name,
      zoneName: internalZone(props),
      resourceGroupName: layerGroup("foundation", props),
      ttl: TTL_SEC,
      records: [props.address],
    });
  }
}

export interface PrivateAddressProps extends NetworkProps {
  readonly kind: Kind;
  readonly name: string;
  readonly resourceGroupName: string;
  readonly subnetId: string;
  /** What answers at the address. */
  readonly targetId: string;
}

/** An address of the network at which a service of Azure answers, also under the service's own name. */
export class PrivateAddress extends Construct {
  readonly address: string;

  constructor(scope: Construct, id: string, props: PrivateAddressProps) {
    super(scope, id);
    const { kind, name, resourceGroupName, subnetId, targetId } = props;
    const { zone, part } = PRIVATE_LINKS[kind];
    const endpoint = new PrivateEndpoint(this, "endpoint", {
      name,
      resourceGroupName,
      location: props.placement.location,
      subnetId,
      privateServiceConnection: {
        name,
        isManualConnection: false,
        privateConnectionResourceId: targetId,
        subresourceNames: [part],
      },
      privateDnsZoneGroup: { name: kind, privateDnsZoneIds: [foundationId(props, ZONE_TYPE, zone)] },
    });
    this.address = endpoint.privateServiceConnection.privateIpAddress;
  }
}
