import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { Access } from "../../constructs/aws/access";
import { Alarms } from "../../constructs/aws/alarms";
import { Configuration } from "../../constructs/aws/configuration";
import { ExistingDatabase } from "../../constructs/aws/database";
import { Discovery } from "../../constructs/aws/discovery";
import { ServiceFiles } from "../../constructs/aws/file-share";
import { Firewall } from "../../constructs/aws/firewall";
import { Identity } from "../../constructs/aws/identity";
import { InstanceGroup } from "../../constructs/aws/instance-group";
import { launch } from "../../constructs/aws/launch";
import { LiveSize } from "../../constructs/aws/live-size";
import { ExistingNetwork } from "../../constructs/aws/network";
import { objectsBucket } from "../../constructs/aws/object-store";
import { Traffic } from "../../constructs/aws/traffic";
import { slotsOf } from "../../constructs/contract/slots";
import type { Environment, PlacementOn, Service } from "../../constructs/contract/spec";
import { declareTraffic } from "../../constructs/contract/traffic-variable";
import { FleetStack } from "../fleet-stack";
import { awsProviderConfig } from "../providers";

/** One service in one AWS region: a load balancer and an image-keyed group per slot. */
export class AwsServiceStack extends FleetStack {
  constructor(scope: Construct, id: string, environment: Environment, service: Service, placement: PlacementOn<"aws">) {
    super(scope, id, { environment, plane: "service" });
    const name = `${environment.name}-${service.name}`;
    new AwsProvider(this, "aws", awsProviderConfig(environment, placement, service));
    const network = new ExistingNetwork(this, "network", { environment, placement });
    const firewall = new Firewall(this, "firewall", { name, service, placement, vpcId: network.vpcId });
    const identity = new Identity(this, "identity", { name });
    const place = { environment, placement, service };
    const database = service.uses.database ? new ExistingDatabase(this, "database", environment) : undefined;
    const files = service.uses.files ? new ServiceFiles(this, "files", { environment, service }) : undefined;
    const configuration = new Configuration(this, "configuration", {
      ...place,
      found: {
        ...(database ? { DATABASE_HOST: database.host } : {}),
        ...(service.uses.objects === "none" ? {} : { OBJECTS_BUCKET: objectsBucket(place) }),
        ...(files ? { FILES_ACCESS_POINT: files.folderId } : {}),
      },
    });
    const access = new Access(this, "access", { ...place, identity, configuration, database, files });
    const traffic = new Traffic(this, "traffic", {
      name,
      service,
      placement,
      network,
      securityGroupId: firewall.entryGroupId,
    });
    const machine = launch(service, placement);
    const liveSize = new LiveSize(this, "size", service);
    const groups = slotsOf(service).map((slot) => {
      const { targetGroupArn, attached } = traffic.targetsOf(slot);
      return new InstanceGroup(this, slot, {
        service,
        slot,
        launch: machine,
        subnetIds: network.subnetIds.private,
        securityGroupId: firewall.machineGroupId,
        profileArn: identity.profileArn,
        roleName: identity.roleName,
        targetGroupArn,
        liveSize,
        after: [attached, ...firewall.rules, access.policy, ...configuration.parts],
      }).group;
    });
    declareTraffic(this, "aws", service);
    traffic.serve(groups);
    new Discovery(this, "discovery", { environment, service, vpcId: network.vpcId, traffic });
    new Alarms(this, "alarms", { ...place, traffic, subnetIds: network.subnetIds.private });
    new TerraformOutput(this, "address", { value: traffic.address, description: "DNS name of the traffic entry." });
    new TerraformOutput(this, "machine_identity", {
      value: identity.roleArn,
      description: "Role of the machines, to grant permissions to.",
    });
  }
}
