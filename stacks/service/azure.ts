import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { Access } from "../../constructs/azure/access";
import { Alarms } from "../../constructs/azure/alarms";
import { Configuration } from "../../constructs/azure/configuration";
import { Discovery } from "../../constructs/azure/discovery";
import { Firewall } from "../../constructs/azure/firewall";
import { Identity } from "../../constructs/azure/identity";
import { InstanceGroup } from "../../constructs/azure/instance-group";
import { launch } from "../../constructs/azure/launch";
import { LiveSize } from "../../constructs/azure/live-size";
import { recordsRuleId } from "../../constructs/azure/log-sink";
import { ExistingNetwork } from "../../constructs/azure/network";
import { Traffic } from "../../constructs/azure/traffic";
import { slotsOf } from "../../constructs/contract/slots";
import type { Environment, PlacementOn, Service } from "../../constructs/contract/spec";
import { declareTraffic } from "../../constructs/contract/traffic-variable";
import { FleetStack } from "../fleet-stack";
import { azureProviderConfig } from "../providers";

/** One service in one Azure location: a load balancer and an image-keyed scale set per slot, in a resource group of their own. */
export class AzureServiceStack extends FleetStack {
  constructor(
    scope: Construct,
    id: string,
    environment: Environment,
    service: Service,
    placement: PlacementOn<"azure">,
  ) {
    super(scope, id, { environment, plane: "service" });
    const { location } = placement;
    const name = `${environment.name}-${service.name}`;
    new AzurermProvider(this, "azurerm", azureProviderConfig(placement));
    const resourceGroup = `${name}-${location}`;
    const resourceGroupName = new ResourceGroup(this, "group", { name: resourceGroup, location }).name;
    const place = { name, resourceGroupName, location };
    const ground = { environment, placement, resourceGroupName };
    const network = new ExistingNetwork(this, "network", ground);
    const firewall = new Firewall(this, "firewall", { ...place, service, placement });
    const identity = new Identity(this, "identity", place);
    const traffic = new Traffic(this, "traffic", { ...place, service, zones: placement.zones, network });
    const configuration = new Configuration(this, "configuration", { ...ground, service, network });
    const { principalId } = identity;
    const access = new Access(this, "access", { ...ground, service, principalId, configuration });
    const machine = launch(service, placement);
    const liveSize = new LiveSize(this, "size", { service, placement, resourceGroup });
    const groups = slotsOf(service).map(
      (slot) =>
        new InstanceGroup(this, slot, {
          service,
          slot,
          placement,
          launch: machine,
          resourceGroupName,
          subnetId: network.machinesSubnetId,
          securityGroupId: firewall.securityGroupId,
          identityId: identity.identityId,
          poolIds: traffic.poolsOf(slot),
          recordsRuleId: recordsRuleId(ground),
          liveSize,
          after: [...firewall.rules, ...configuration.settings, ...access.rights],
        }).group,
    );
    declareTraffic(this, "azure", service);
    traffic.serve(groups);
    new Discovery(this, "discovery", { ...ground, service, address: traffic.address });
    new Alarms(this, "alarms", { ...ground, name, service, balancerId: traffic.balancerId });
    new TerraformOutput(this, "address", { value: traffic.address, description: "IP address of the traffic entry." });
    new TerraformOutput(this, "machine_identity", {
      value: principalId,
      description: "Principal of the machines, to assign roles to.",
    });
    const { secrets } = configuration.vaults;
    if (secrets)
      new TerraformOutput(this, "vault", {
        value: secrets.vaultUri,
        description: "Vault of the secrets: put the value of each there.",
      });
  }
}
