/**
 * Values that the clouds fill in: `type.path`, `provider:path` or `*:last name`, the first that is found.
 *
 * A text is a template over the object's attributes, a function looks at the rest of the cloud.
 */
import { type Obj, type Value } from "../protocol/values";
import { hex } from "./template";
import type { World } from "./world";
import { addressInSubnet, publicAddress } from "./addresses";
import { valuesAt } from "./graph";
import type { CloudObject } from "./store";

export type Rule = Exclude<Value, undefined> | ((attributes: Obj, world: World, seed: string, index: number) => Value);

const position = (_: Obj, __: World, ___: string, index: number): Value => index + 1;
const zones = (attributes: Obj, world: World): Value => {
  const subnets = valuesAt(attributes.vpc_zone_identifier, []);
  const found = subnets.flatMap((id) => valuesAt(world.find("aws_subnet", id)?.attributes.availability_zone, []));
  return [...new Set(found)].sort();
};
const vpcOfSubnets = (attributes: Obj, world: World): Value =>
  world.find("aws_subnet", valuesAt(attributes.subnets, [])[0] ?? "")?.attributes.vpc_id ?? "";
const template = (attributes: Obj, world: World): CloudObject | undefined => {
  const [id = ""] = valuesAt(attributes.launch_template, ["id"]);
  const [name = ""] = valuesAt(attributes.launch_template, ["name"]);
  return world.find("aws_launch_template", id === "" || id === "unknown" ? name : id);
};
const address = (_: Obj, world: World, seed: string): Value => publicAddress(world, seed);
const privateAddress = (_: Obj, world: World, seed: string): Value => addressInSubnet(world, "", "", seed);
const made =
  (zone: string): (() => Value) =>
  () =>
    new Date().toISOString().replace("Z", zone);
/**
 * Google numbers its objects with 19 digits. They are close together: read as floating point, as most JSON readers do,
 * they are one number, so that the plans of two runs compare equal.
 */
const serial = (_: Obj, __: World, seed: string): Value =>
  `70000000000000${String(1000 + (Number.parseInt(hex(seed, 4), 16) % 500)).padStart(5, "0")}`;

export const COMPUTED: Record<string, Rule> = {
  "*:arn": "{arn}",
  "*:created_time": made("Z"),
  "*:create_date": made("Z"),
  "*:creation_date": made("Z"),
  "*:creation_timestamp": made("+00:00"),
  "*:owner_id": "{account}",
  "*:account_id": "{account}",
  "*:unique_id": "{uuid}",
  "*:tenant_id": "{tenant}",
  "*:principal_id": "{uuid}",
  "*:client_id": "{uuid}",
  "*:fingerprint": "{hex10}=",
  "*:label_fingerprint": "{hex10}=",
  "*:metadata_fingerprint": "{hex10}=",
  "*:etag": "{hex12}",
  // Of a policy; here nothing depends on it.
  "google_project_iam_member.etag": "BwX=",
  // Nothing here stands on an Outpost.
  "*:outpost_id": "",
  "google:self_link": "https://www.googleapis.com/compute/v1/{id}",
  "*:generated_id": serial,
  "*:map_id": serial,
  "*:numeric_id": serial,
  "*:network_id": serial,
  "*:instance_group_manager_id": serial,
  "*:health_check_id": serial,
  "*:forwarding_rule_id": serial,
  "*:proxy_id": serial,
  "*:certificate_id": serial,
  "google:project": "{provider_project}",
  "google:region": "{provider_region}",
  "google:zone": "{provider_zone}",
  "google_compute_global_forwarding_rule.ip_protocol": "TCP",
  "google_compute_forwarding_rule.ip_protocol": "TCP",
  "google_compute_backend_service.protocol": "HTTP",
  "google_compute_backend_service.timeout_sec": 30,
  "google_compute_backend_service.port_name": "http",
  "google_compute_network.routing_mode": "REGIONAL",
  "google_compute_network.mtu": 0,
  "google_compute_subnetwork.purpose": "PRIVATE",
  // The old way to say it: the provider never reads it, so that it does not contradict log_config.
  "google_compute_firewall.enable_logging": null,
  "google_compute_region_instance_group_manager.instance_group": (attributes) =>
    `https://www.googleapis.com/compute/v1/${String(attributes.id).replace("instanceGroupManagers", "instanceGroups")}`,
  "google_compute_instance_group_manager.instance_group": (attributes) =>
    `https://www.googleapis.com/compute/v1/${String(attributes.id).replace("instanceGroupManagers", "instanceGroups")}`,
  "google_compute_instance_template.self_link_unique": "https://www.googleapis.com/compute/v1/{id}?uniqueId={hex16}",
  "google_service_account.name": "{id}",
  "google_sql_database_instance.private_ip_address": privateAddress,
  "google_filestore_instance.networks.ip_addresses": (attributes, world, seed) => [
    privateAddress(attributes, world, seed),
  ],
  "google_secret_manager_secret.name": "{id}",
  "google_monitoring_notification_channel.name": "{id}",
  "aws_autoscaling_group.availability_zones": zones,
  "aws_autoscaling_group.capacity_reservation_specification": [
    { capacity_reservation_preference: "", capacity_reservation_target: [] },
  ],
  "aws_autoscaling_group.default_cooldown": 300,
  "aws_autoscaling_group.desired_capacity": (attributes) => attributes.min_size ?? 0,
  "aws_autoscaling_group.health_check_type": "EC2",
  "aws_autoscaling_group.launch_template.id": (attributes, world) => template(attributes, world)?.id ?? "",
  "aws_autoscaling_group.launch_template.name": (attributes, world) =>
    template(attributes, world)?.attributes.name ?? "",
  "aws_autoscaling_group.launch_template.version": "$Default",
  "aws_autoscaling_group.service_linked_role_arn":
    "arn:aws:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
  "aws_autoscaling_schedule.min_size": -1,
  "aws_autoscaling_schedule.max_size": -1,
  "aws_autoscaling_schedule.desired_capacity": -1,
  "aws_launch_template.default_version": 1,
  "aws_launch_template.latest_version": 1,
  "aws_db_instance.address": "{identifier}.{hex10}.{region}.rds.amazonaws.com",
  "aws_db_instance.endpoint": "{identifier}.{hex10}.{region}.rds.amazonaws.com:5432",
  "aws_db_instance.resource_id": "db-{hex26}",
  "aws_efs_file_system.dns_name": "{id}.efs.{region}.amazonaws.com",
  "aws_lb_listener.default_action.order": position,
  "aws_lb_listener_rule.action.order": position,
  "aws_lb.dns_name": "{name}-{hex10}.{region}.elb.amazonaws.com",
  "aws_lb.zone_id": "Z35SXDOTRQ7X7K",
  "aws_lb.arn_suffix": "{arn_suffix}",
  "aws_lb.vpc_id": vpcOfSubnets,
  "aws_lb.ip_address_type": "ipv4",
  "aws_lb_target_group.arn_suffix": "{arn_suffix}",
  "aws_lb_target_group.ip_address_type": "ipv4",
  "aws_lb_target_group.protocol_version": "HTTP1",
  "aws_lb_target_group.load_balancing_algorithm_type": "round_robin",
  "aws_lb_target_group.load_balancing_cross_zone_enabled": "use_load_balancer_configuration",
  "aws_route.origin": "CreateRoute",
  "aws_route.state": "active",
  "aws_route53_zone.zone_id": "{id}",
  "aws_sns_topic_subscription.arn": "{id}",
  "aws_sns_topic_subscription.pending_confirmation": true,
  "aws_subnet.availability_zone": "{region}a",
  "aws_eip.public_ip": address,
  "aws_nat_gateway.public_ip": address,
  "aws_vpc_security_group_ingress_rule.security_group_rule_id": "{id}",
  "aws_vpc_security_group_egress_rule.security_group_rule_id": "{id}",
  "azurerm_public_ip.ip_address": address,
  "azurerm_private_endpoint.private_service_connection.private_ip_address": privateAddress,
  "azurerm_key_vault.vault_uri": "https://{name}.vault.azure.net/",
  "azurerm_lb.frontend_ip_configuration.id": "{id}/frontendIPConfigurations/{name}",
  "azurerm_lb_rule.frontend_ip_configuration_id":
    "{loadbalancer_id}/frontendIPConfigurations/{frontend_ip_configuration_name}",
  "azurerm_linux_virtual_machine_scale_set.computer_name_prefix": "{name}",
  "azurerm_windows_virtual_machine_scale_set.computer_name_prefix": "{name}",
  // Outputs are not worked out.
  "azurerm_resource_group_template_deployment.output_content": "{}",
  "azurerm_resource_group_template_deployment.parameters_content": "{}",
  "azurerm_role_assignment.name": "{uuid}",
  "azurerm_role_assignment.principal_type": "ServicePrincipal",
  "azurerm_cdn_frontdoor_endpoint.host_name": "{name}-{hex10}.z01.azurefd.net",
};

/** By type: attributes that an update makes one higher than another attribute was. */
export const COUNTED_ON_UPDATE: Record<string, readonly { attribute: string; from: string }[]> = {
  aws_launch_template: [
    { attribute: "latest_version", from: "latest_version" },
    { attribute: "default_version", from: "latest_version" },
  ],
  aws_ssm_parameter: [{ attribute: "version", from: "version" }],
  aws_ec2_managed_prefix_list: [{ attribute: "version", from: "version" }],
};
