/** https://developer.hashicorp.com/packer/integrations/hashicorp/amazon/latest/components/builder/ebs */
import type { Between } from "./rule";

const DOC = "https://developer.hashicorp.com/packer/integrations/hashicorp/amazon/latest/components/builder/ebs";
const see = (part: string) => `${DOC}#${part}`;

const CIDR = {
  matches: /^(\d{1,3}(\.\d{1,3}){3}\/([12]?\d|3[0-2])|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\/(\d{1,2}|1[01]\d|12[0-8]))$/,
  form: "networks such as 10.0.0.0/16",
};
const TIME = {
  matches: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  form: "a time such as 2030-01-31T00:00:00Z",
};
const KEY = String.raw`(mrk-)?[a-f0-9]+[a-f0-9-]+`;
const ALIAS = "alias/[a-zA-Z0-9:/_-]+";
const KMS_KEY = {
  matches: new RegExp(
    String.raw`^(${KEY}|${ALIAS}|arn:aws(-[a-z]{2}(-gov)?)?:kms:([a-z]{2}-(gov-)?[a-z]+-\d)?:\d{12}:(key/${KEY}|${ALIAS}))$`,
  ),
  form: "a KMS key by id, alias or ARN",
};

/** With whom an image can be shared. */
const SHARES = ["ami_users", "ami_org_arns", "ami_ou_arns", "snapshot_users"] as const;
const BURSTABLE = /^t(2|3a?|4g)\./;
const ENABLED = { oneOf: ["enabled", "disabled"] };
const DEVICES = ["launch_block_device_mappings", "ami_block_device_mappings"] as const;

const ACCESS: readonly Between[] = [
  { together: ["access_key", "secret_key"], see: see("access-configuration") },
  { oneAtMost: ["access_key", "vault_aws_engine"], see: see("vault_aws_engine") },
];

const IMAGE: readonly Between[] = [
  { someOf: ["ami_name"], see: see("ami_name") },
  {
    must: { ami_name: { matches: /^[\w()[\] ./\-'@]{3,128}$/, form: "3 to 128 letters, digits and ()[] ./-'@_" } },
    see: see("ami_name"),
  },
  { must: { imds_support: { oneOf: ["v2.0"] } }, see: see("imds_support") },
  { must: { deprecate_at: TIME }, see: see("deprecate_at") },
  { sameNames: ["region_kms_key_ids", "ami_regions"], see: see("region_kms_key_ids") },
  { must: { kms_key_id: KMS_KEY, region_kms_key_ids: { each: KMS_KEY } }, see: see("kms_key_id") },
  ...["kms_key_id", "region_kms_key_ids"].map(
    (key): Between => ({
      when: { [key]: "set" },
      must: { encrypt_boot: true },
      see: see("encrypt_boot"),
    }),
  ),
  ...SHARES.flatMap((share): Between[] => [
    {
      when: { [share]: "set", encrypt_boot: true },
      someOf: ["kms_key_id", "region_kms_key_ids"],
      why: "what is encrypted with the account's own key cannot be shared",
      see: see("kms_key_id"),
    },
    {
      when: { [share]: "set", encrypt_boot: true, ami_regions: "set" },
      someOf: ["region_kms_key_ids"],
      why: "a copy without a key of its region is encrypted with that region's own key, which cannot be shared, and the build fails at its end",
      see: "https://github.com/hashicorp/packer-plugin-amazon/issues/270",
    },
  ]),
];

const MACHINE: readonly Between[] = [
  { someOf: ["source_ami", "source_ami_filter"], see: see("source_ami") },
  {
    when: { source_ami: "unset", source_ami_filter: "set" },
    must: { "source_ami_filter.owners": "set" },
    why: "anybody can publish an image of that name",
    see: see("source_ami_filter"),
  },
  { someOf: ["instance_type", "spot_instance_types"], see: see("instance_type") },
  { oneAtMost: ["instance_type", "spot_instance_types"], see: see("spot_instance_types") },
  { oneAtMost: ["user_data", "user_data_file"], see: see("user_data_file") },
  { must: { shutdown_behavior: { oneOf: ["stop", "terminate"] } }, see: see("shutdown_behavior") },
  ...["enable_unlimited_credits", "enable_t2_unlimited"].map(
    (credits): Between => ({
      when: { [credits]: true },
      must: { instance_type: { matches: BURSTABLE, form: "of family T2, T3, T3a or T4g" } },
      see: see("enable_unlimited_credits"),
    }),
  ),
  {
    when: { enable_unlimited_credits: true, spot_price: "set" },
    must: { instance_type: { matches: /^(?!t2\.)/, form: "of another family than T2" } },
    see: see("enable_unlimited_credits"),
  },
  {
    when: { enable_nitro_enclave: true },
    must: { spot_price: "unset", instance_type: { matches: /^(?!t)/, form: "of a family that is not burstable" } },
    see: see("enable_nitro_enclave"),
  },
  {
    oneAtMost: ["capacity_reservation_id", "capacity_reservation_group_arn", "capacity_reservation_preference"],
    see: see("capacity_reservation_id"),
  },
  {
    must: { capacity_reservation_preference: { oneOf: ["none", "open"] } },
    see: see("capacity_reservation_preference"),
  },
  { oneAtMost: ["tenancy", "placement.tenancy"], see: see("placement") },
  ...["tenancy", "placement.tenancy"].map(
    (tenancy): Between => ({
      must: { [tenancy]: { oneOf: ["default", "dedicated", "host"] } },
      see: see("placement"),
    }),
  ),
  { oneAtMost: ["placement.host_id", "placement.host_resource_group_arn"], see: see("placement") },
  ...["host_id", "host_resource_group_arn"].map(
    (host): Between => ({
      in: "placement",
      when: { [host]: "set" },
      must: { tenancy: { oneOf: ["host"] } },
      see: see("placement"),
    }),
  ),
  {
    in: "metadata_options",
    must: {
      http_endpoint: ENABLED,
      http_tokens: { oneOf: ["optional", "required"] },
      http_put_response_hop_limit: { from: 1, to: 64 },
      instance_metadata_tags: ENABLED,
    },
    see: see("metadata-settings"),
  },
];

const SPOT: readonly Between[] = [
  ...["spot_tags", "spot_tag", "fleet_tags", "fleet_tag"].map(
    (tags): Between => ({
      when: { [tags]: "set" },
      must: { spot_price: "set" },
      see: see("spot_price"),
    }),
  ),
  ...["ena_support", "sriov_support"].map(
    (support): Between => ({
      when: { spot_price: "set", [support]: true },
      must: { spot_price: "unset" },
      why: "a spot machine cannot be changed; use an image that has it",
      see: see("ena_support"),
    }),
  ),
  {
    must: {
      spot_allocation_strategy: {
        oneOf: [
          "lowest-price",
          "diversified",
          "capacity-optimized",
          "capacity-optimized-prioritized",
          "price-capacity-optimized",
        ],
      },
      block_duration_minutes: { multipleOf: 60 },
    },
    see: see("spot_allocation_strategy"),
  },
];

const REACHED: readonly Between[] = [
  {
    must: {
      ssh_interface: { oneOf: ["public_ip", "private_ip", "public_dns", "private_dns", "ipv6", "session_manager"] },
    },
    see: see("ssh_interface"),
  },
  {
    when: { ssh_interface: { is: ["session_manager"] } },
    must: { communicator: ["unset", { is: ["ssh"] }] },
    someOf: ["iam_instance_profile", "temporary_iam_instance_profile_policy_document"],
    why: "the agent on the machine signs in with the rights of a profile",
    see: see("session-manager-connections"),
  },
  { must: { temporary_key_pair_type: { oneOf: ["rsa", "ed25519"] } }, see: see("temporary_key_pair_type") },
  {
    when: { ssh_keypair_name: "set" },
    someOf: ["ssh_private_key_file", "ssh_agent_auth", "winrm_password"],
    see: see("ssh_keypair_name"),
  },
  { oneAtMost: ["security_group_id", "security_group_ids"], see: see("security_group_id") },
  {
    must: { temporary_security_group_source_cidrs: { each: CIDR } },
    see: see("temporary_security_group_source_cidrs"),
  },
  {
    oneAtMost: ["temporary_security_group_source_cidrs", "temporary_security_group_source_public_ip"],
    why: "the plugin leaves the address of the machine that builds out, with no more than a line in its output",
    see: see("temporary_security_group_source_public_ip"),
  },
];

const DISKS: readonly Between[] = DEVICES.flatMap((devices): Between[] => [
  { in: devices, someOf: ["device_name"], see: see("block-devices-configuration") },
  {
    in: devices,
    when: { kms_key_id: "set" },
    must: { encrypted: { isNot: ["false"] } },
    see: see("block-devices-configuration"),
  },
  {
    in: devices,
    when: { throughput: "set" },
    must: { volume_type: { is: ["gp3"] }, throughput: { from: 125, to: 1000 } },
    see: see("block-devices-configuration"),
  },
  {
    in: devices,
    when: { volume_type: { is: ["gp3"] } },
    must: { iops: { from: 3000, to: 16000 } },
    see: see("block-devices-configuration"),
  },
  {
    in: devices,
    when: { volume_type: { is: ["io1", "io2"] }, volume_size: "set" },
    must: { iops: { from: 100, to: 64000 } },
    see: see("block-devices-configuration"),
  },
]);

const FAST_LAUNCH: readonly Between[] = [
  {
    in: "fast_launch",
    must: { max_parallel_launches: { from: 6, to: Infinity }, target_resource_count: { from: 1, to: Infinity } },
    see: see("fast-launch-configuration"),
  },
  ...["fast_launch", "fast_launch.region_launch_templates"].flatMap((block): Between[] => [
    { in: block, oneAtMost: ["template_id", "template_name"], see: see("fast-launch-configuration") },
    {
      in: block,
      when: { template_version: "set" },
      someOf: ["template_id", "template_name"],
      see: see("fast-launch-configuration"),
    },
  ]),
  { in: "fast_launch.region_launch_templates", someOf: ["region"], see: see("fast-launch-configuration") },
];

export const amazonEbs: readonly Between[] = [
  ...ACCESS,
  ...IMAGE,
  ...MACHINE,
  ...SPOT,
  ...REACHED,
  ...DISKS,
  ...FAST_LAUNCH,
];
