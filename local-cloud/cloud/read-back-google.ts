/**
 * What hashicorp/google reads back. Without a link: from plans that the real provider made; defaults of the API are in its
 * reference, https://cloud.google.com/compute/docs/reference/rest/v1
 */
import type { Obj, Value } from "../protocol/values";
import { relativeLink } from "../rules/hashes";
import { addressInSubnet, first, publicAddress } from "./addresses";
import type { Follows, Place, ReadBack } from "./read-back-rows";

const API = "https://www.googleapis.com/compute/v1/";
const SUBNET = "google_compute_subnetwork";
const text = (value: Value | undefined): string => String(value ?? "");

const each = (types: readonly string[], paths: Record<string, Follows>): Record<string, Follows> =>
  Object.fromEntries(types.flatMap((type) => Object.entries(paths).map(([path, row]) => [`${type}.${path}`, row])));

/** The API answers with the whole link, whatever form it was sent. */
const fullLink = (value: Value): Value => {
  if (Array.isArray(value)) return value.map(fullLink);
  return typeof value === "string" && value.startsWith("projects/") ? API + value : value;
};
/** Kept as the provider sends it, which is from `projects/` on. */
const shortLink = (value: Value): Value =>
  typeof value === "string" && value.startsWith(API) ? relativeLink(value) : value;

const forms = (form: (value: Value) => Value, ...paths: string[]): Record<string, (value: Value) => Value> =>
  Object.fromEntries(paths.map((path) => [path, form]));

const PROXIES = ["http", "https"].flatMap((kind) => [`region_target_${kind}_proxy`, `target_${kind}_proxy`]);
const links = forms(
  fullLink,
  ...["region_instance_group_manager", "instance_group_manager"].flatMap((type) => [
    `google_compute_${type}.auto_healing_policies.health_check`,
    `google_compute_${type}.version.instance_template`,
    `google_compute_${type}.target_pools`,
  ]),
  ...["region_autoscaler", "autoscaler"].map((type) => `google_compute_${type}.target`),
  ...["region_backend_service", "backend_service"].flatMap((type) => [
    `google_compute_${type}.backend.group`,
    `google_compute_${type}.health_checks`,
    `google_compute_${type}.network`,
  ]),
  ...["region_url_map", "url_map"].flatMap((type) => [
    `google_compute_${type}.default_service`,
    `google_compute_${type}.path_matcher.default_service`,
    `google_compute_${type}.path_matcher.path_rule.service`,
  ]),
  ...PROXIES.map((type) => `google_compute_${type}.url_map`),
  ...["forwarding_rule", "global_forwarding_rule"].flatMap((type) => [
    `google_compute_${type}.target`,
    `google_compute_${type}.backend_service`,
  ]),
  ...["subnetwork", "router", "global_address", "route"].map((type) => `google_compute_${type}.network`),
  "google_dns_managed_zone.private_visibility_config.networks.network_url",
  "google_dns_managed_zone.peering_config.target_network.network_url",
  "google_compute_instance.boot_disk.source",
  "google_compute_instance.network_interface.network",
  "google_compute_instance.network_interface.subnetwork",
);
const sent = forms(
  shortLink,
  "google_compute_firewall.network",
  ...["address", "forwarding_rule"].flatMap((type) => [
    `google_compute_${type}.network`,
    `google_compute_${type}.subnetwork`,
  ]),
  ...["region_instance_template", "instance_template"].map(
    (type) => `google_compute_${type}.network_interface.subnetwork`,
  ),
);

/** A port is a range of one: the API says both ends. An internal proxy's port comes back as it was written. */
const portRange = (value: Value, { object }: Place): Value =>
  /^\d+$/.test(text(value)) && object.load_balancing_scheme !== "INTERNAL_MANAGED"
    ? `${text(value)}-${text(value)}`
    : value;

const internal = (object: Obj): boolean => /^INTERNAL/.test(text(object.load_balancing_scheme ?? object.address_type));
const address: Follows = ({ object, world, seed }) =>
  internal(object) ? addressInSubnet(world, SUBNET, object.subnetwork, seed) : publicAddress(world, seed);
/** A range that is kept for peerings begins where nothing else is. */
const globalAddress: Follows = ({ object, world, seed }) =>
  internal(object) ? addressInSubnet(world, SUBNET, "", seed) : publicAddress(world, seed);
const gateway: Follows = ({ object }) => {
  const [range = ""] = text(object.ip_cidr_range).split("/");
  return range.replace(/\.0$/, ".1");
};

const HEALTH_TYPES = ["http", "https", "http2", "tcp", "ssl", "grpc"];
const healthType: Follows = ({ object }) =>
  HEALTH_TYPES.find((kind) => Object.keys(first(object[`${kind}_health_check`])).length > 0)?.toUpperCase() ?? "";

/** A group that was made has settled, or its making would have failed. */
const STABLE: Follows = [
  {
    is_stable: true,
    all_instances_config: [{ current_revision: "", effective: true }],
    stateful: [{ has_stateful_config: false, per_instance_configs: [{ all_effective: true }] }],
    version_target: [{ is_reached: true }],
  },
];
const diskName: Follows = ({ index }) => `persistent-disk-${index}`;
const scratch = (own: Obj): boolean => own.type === "SCRATCH";
const interfaceName: Follows = ({ index }) => `nic${index}`;
const projectOf: Follows = ({ own, object }) =>
  /projects\/([^/]+)/.exec(text(own.subnetwork))?.[1] ?? (text(own.subnetwork) && text(object.project));
/** A template that names a subnet alone gets the network which that is in. */
const networkOf: Follows = ({ own, world }) => {
  const subnet = world.find(SUBNET, relativeLink(text(own.subnetwork)));
  return fullLink(text(subnet?.attributes.network));
};
const now = (): string => new Date().toISOString();

export const GOOGLE_READ: ReadBack = {
  unset: {
    ...each(["google_compute_region_backend_service", "google_compute_backend_service"], { session_affinity: "NONE" }),
    ...each(["google_compute_region_health_check", "google_compute_health_check"], {
      type: healthType,
      log_config: [{ enable: false }],
    }),
    ...each(["google_compute_region_instance_group_manager", "google_compute_instance_group_manager"], {
      status: STABLE,
      standby_policy: [{ initial_delay_sec: 0 }],
      "update_policy.replacement_method": "SUBSTITUTE",
    }),
    "google_compute_region_instance_group_manager.update_policy.instance_redistribution_type": "PROACTIVE",
    ...each(["google_compute_region_instance_template", "google_compute_instance_template"], {
      "disk.device_name": diskName,
      "disk.interface": ({ own }) => (scratch(own) ? "" : "SCSI"),
      "disk.mode": "READ_WRITE",
      "disk.type": "PERSISTENT",
      "network_interface.name": interfaceName,
      "network_interface.ipv6_access_type": "",
      "network_interface.network": networkOf,
      "network_interface.subnetwork_project": projectOf,
      metadata_startup_script: null,
      name_prefix: null,
      resource_manager_tags: null,
      resource_policies: null,
    }),
    "google_compute_address.address": address,
    "google_compute_address.network_tier": ({ object }) => (internal(object) ? "" : "PREMIUM"),
    "google_compute_global_address.address": globalAddress,
    ...each(["google_compute_forwarding_rule", "google_compute_global_forwarding_rule"], {
      ip_address: address,
      base_forwarding_rule: "",
      network_tier: "PREMIUM",
      no_automate_dns_zone: null,
      psc_connection_id: "",
      psc_connection_status: "",
      service_name: "",
    }),
    "google_compute_subnetwork.gateway_address": gateway,
    "google_compute_subnetwork.ipv6_gce_endpoint": "",
    "google_compute_subnetwork.private_ipv6_google_access": "DISABLE_GOOGLE_ACCESS",
    "google_compute_subnetwork.stack_type": "IPV4_ONLY",
    "google_compute_firewall.direction": "INGRESS",
    "google_compute_network.bgp_best_path_selection_mode": "LEGACY",
    "google_compute_network.gateway_ipv4": "",
    "google_compute_router_nat.auto_network_tier": "PREMIUM",
    "google_compute_router_nat.endpoint_types": ["ENDPOINT_TYPE_VM"],
    "google_monitoring_alert_policy.creation_record": () => [{ mutate_time: now(), mutated_by: "x" }],
    "google_service_account.create_ignore_already_exists": null,
    // https://cloud.google.com/storage/docs/json_api/v1/buckets
    "google_storage_bucket.lifecycle_rule.condition.with_state": "ANY",
    "google_storage_bucket.public_access_prevention": "inherited",
    "google_storage_bucket.rpo": ({ object }) => (/^(US|EU|ASIA)$/.test(text(object.location)) ? "DEFAULT" : ""),
  },
  form: {
    ...links,
    ...sent,
    "google_compute_forwarding_rule.port_range": portRange,
    "google_compute_global_forwarding_rule.port_range": portRange,
  },
  twins: {},
};
