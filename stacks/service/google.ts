import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { slotsOf } from "../../constructs/contract/slots";
import type { Environment, PlacementOn, Service } from "../../constructs/contract/spec";
import { declareTraffic } from "../../constructs/contract/traffic-variable";
import { Access } from "../../constructs/google/access";
import { ExistingAlarmChannel } from "../../constructs/google/alarm-channel";
import { Alarms } from "../../constructs/google/alarms";
import { Configuration } from "../../constructs/google/configuration";
import { Discovery } from "../../constructs/google/discovery";
import { Firewall } from "../../constructs/google/firewall";
import { Identity } from "../../constructs/google/identity";
import { InstanceGroup } from "../../constructs/google/instance-group";
import { launch } from "../../constructs/google/launch";
import { LiveSize } from "../../constructs/google/live-size";
import { ExistingNetwork } from "../../constructs/google/network";
import { Traffic } from "../../constructs/google/traffic";
import { FleetStack } from "../fleet-stack";
import { googleProviderConfig } from "../providers";

/** One service in one Google Cloud region: a regional load balancer and an image-keyed group per slot. */
export class GoogleServiceStack extends FleetStack {
  constructor(
    scope: Construct,
    id: string,
    environment: Environment,
    service: Service,
    placement: PlacementOn<"google">,
  ) {
    super(scope, id, { environment, plane: "service" });
    const name = `${environment.name}-${service.name}`;
    const globalName = `${name}-${placement.region}`;
    new GoogleProvider(this, "google", googleProviderConfig(environment, placement, service));
    const place = { environment, placement };
    const network = new ExistingNetwork(this, "network", place);
    const identity = new Identity(this, "identity", { name: globalName, project: placement.project });
    const owned = { ...place, name: globalName, service, machines: identity.email };
    const firewall = new Firewall(this, "firewall", { ...owned, network });
    const access = new Access(this, "access", { ...owned, networkLink: network.networkLink });
    const configuration = new Configuration(this, "configuration", owned);
    const machine = launch(service, placement);
    const liveSize = new LiveSize(this, "size", { name, service, placement });
    const groups = slotsOf(service).map(
      (slot) =>
        [
          slot,
          new InstanceGroup(this, slot, {
            name: globalName,
            service,
            slot,
            placement,
            launch: machine,
            networkLink: network.networkLink,
            subnetLink: network.machinesSubnetLink,
            serviceAccount: identity.email,
            liveSize,
            after: [...firewall.rules, ...access.grants, ...configuration.places],
          }),
        ] as const,
    );
    declareTraffic(this, "google", service);
    const traffic = new Traffic(this, "traffic", {
      name,
      service,
      placement,
      network,
      groups: new Map(groups),
    });
    for (const [slot, group] of groups) group.completeAfter(traffic.followed(slot), traffic.pathTo(slot));
    new Discovery(this, "discovery", { ...place, service, address: traffic.address });
    const { channels } = new ExistingAlarmChannel(this, "channel", place);
    new Alarms(this, "alarms", { ...place, name: globalName, service, channels });
    new TerraformOutput(this, "address", { value: traffic.address, description: "IP address of the traffic entry." });
    new TerraformOutput(this, "machine_identity", {
      value: identity.email,
      description: "Service account of the machines, to grant roles to.",
    });
  }
}
