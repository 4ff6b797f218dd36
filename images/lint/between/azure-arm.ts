/** https://developer.hashicorp.com/packer/integrations/hashicorp/azure/latest/components/builder/arm */
import type { Between } from "./rule";

const DOC = "https://developer.hashicorp.com/packer/integrations/hashicorp/azure/latest/components/builder/arm";
const see = (part: string) => `${DOC}#${part}`;

const GROUP = {
  matches: /^[^_\W][\w\-.()]{0,88}[\w()]$|^[^_\W]$/,
  form: "up to 90 letters, digits, _-.(), a letter or digit first and no . or - last",
};
const IMAGE_NAME = {
  matches: /^[^_\W][\w\-.)]{0,78}[\w)]$|^[^_\W]$/,
  form: "up to 80 letters, digits, _-., a letter or digit first and no . or - last",
};
const ADDRESSES = {
  matches: /^(\d{1,3}(\.\d{1,3}){3}(\/([12]?\d|3[0-2]))?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(\/\d{1,3})?)$/,
  form: "IP addresses or networks such as 203.0.113.0/24",
};
const IDENTITY = {
  matches:
    /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+$/i,
  form: "ids of user-assigned identities",
};
const VERSION = { matches: /^\d+\.\d+\.\d+$/, form: "MAJOR.MINOR.PATCH" };
const ENCRYPTED = ["EncryptedWithCmk", "EncryptedVMGuestStateOnlyWithPmk", "EncryptedWithPmk"];

const VENDOR = ["image_publisher", "image_offer", "image_sku"];
const MANAGED_SOURCE = ["custom_managed_image_name", "custom_managed_image_resource_group_name"];
const MANAGED = ["managed_image_name", "managed_image_resource_group_name"];
const VHD = ["capture_container_name", "capture_name_prefix"];
const DESTINATION = "shared_image_gallery_destination";
const SECRETS = ["client_secret", "client_cert_path", "client_jwt", "oidc_request_token"];

const SIGN_IN: readonly Between[] = [
  { oneAtMost: SECRETS, see: see("authentication-options") },
  { together: ["oidc_request_token", "oidc_request_url"], see: see("oidc_request_url") },
  ...SECRETS.map(
    (secret): Between => ({
      when: { [secret]: "set", use_azure_cli_auth: false },
      must: { client_id: "set", subscription_id: "set" },
      see: see("authentication-options"),
    }),
  ),
  {
    when: { tenant_id: "set", use_azure_cli_auth: false },
    someOf: SECRETS,
    why: "with a tenant the plugin takes no managed identity",
    see: see("authentication-options"),
  },
  { must: { user_assigned_managed_identities: { each: IDENTITY } }, see: see("user_assigned_managed_identities") },
];

const SOURCE: readonly Between[] = [
  {
    oneAtMost: [
      "image_url",
      MANAGED_SOURCE,
      VENDOR,
      [
        "shared_image_gallery.gallery_name",
        "shared_image_gallery.community_gallery_image_id",
        "shared_image_gallery.direct_shared_gallery_image_id",
      ],
      "shared_image_gallery.id",
    ],
    see: see("image_url"),
  },
  {
    someOf: ["image_url", "custom_managed_image_name", "shared_image_gallery", ...VENDOR],
    see: see("image_publisher"),
  },
  ...VENDOR.map(
    (field): Between => ({
      when: { [field]: "set" },
      must: Object.fromEntries(VENDOR.map((one) => [one, "set"])),
      see: see(field),
    }),
  ),
  { together: MANAGED_SOURCE, see: see("custom_managed_image_name") },
  {
    when: { custom_managed_image_name: "set" },
    must: { managed_image_name: "set", managed_image_resource_group_name: "set" },
    see: see("custom_managed_image_name"),
  },
  {
    when: { image_url: "set" },
    must: { managed_image_resource_group_name: "unset", image_version: "unset" },
    see: see("image_url"),
  },
  {
    in: "shared_image_gallery",
    when: { id: "set" },
    must: { subscription: "unset", resource_group: "unset", image_name: "unset", image_version: "unset" },
    see: see("shared-image-gallery"),
  },
  {
    in: "shared_image_gallery",
    when: { gallery_name: "set" },
    must: { subscription: "set", resource_group: "set", image_name: "set" },
    see: see("shared-image-gallery"),
  },
  {
    in: "shared_image_gallery",
    oneAtMost: ["gallery_name", "id", "community_gallery_image_id", "direct_shared_gallery_image_id"],
    see: see("shared-image-gallery"),
  },
];

const RESULT: readonly Between[] = [
  {
    when: { skip_create_image: false },
    someOf: ["capture_container_name", "managed_image_name", `${DESTINATION}.gallery_name`],
    see: see("shared_image_gallery_destination"),
  },
  { together: MANAGED, see: see("managed_image_name") },
  { together: ["storage_account", "resource_group_name"], see: see("storage_account") },
  { when: { capture_container_name: "set" }, must: { storage_account: "set" }, see: see("capture_container_name") },
  {
    must: {
      capture_container_name: {
        matches: /^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
        form: "3 to 63 lower-case letters, digits and single hyphens, no hyphen first or last",
      },
    },
    see: see("capture_container_name"),
  },
  { must: { managed_image_name: IMAGE_NAME }, see: see("managed_image_name") },
  {
    must: { managed_image_os_disk_snapshot_name: { matches: /^\w{1,79}$/, form: "up to 79 letters, digits and _" } },
    see: see("managed_image_os_disk_snapshot_name"),
  },
  {
    must: {
      managed_image_data_disk_snapshot_prefix: { matches: /^\w{1,59}$/, form: "up to 59 letters, digits and _" },
    },
    see: see("managed_image_data_disk_snapshot_prefix"),
  },
  ...["temp_resource_group_name", "build_resource_group_name", "managed_image_resource_group_name"].map(
    (group): Between => ({ must: { [group]: GROUP }, see: see(group) }),
  ),
  {
    must: { managed_image_storage_account_type: { oneOf: ["Standard_LRS", "StandardSSD_LRS", "Premium_LRS"] } },
    see: see("managed_image_storage_account_type"),
  },
  ...MANAGED.map(
    (field): Between => ({
      when: { [field]: "set" },
      must: { secure_boot_enabled: "unset", vtpm_enabled: "unset", [`${DESTINATION}.specialized`]: "unset" },
      why: "a managed image has no trusted launch",
      see: see("secure_boot_enabled"),
    }),
  ),
  ...[...VHD, "managed_image_name"].map(
    (field): Between => ({
      when: { [field]: "set" },
      must: { disk_encryption_set_id: "unset", security_type: ["unset", { is: ["TrustedLaunch"] }] },
      see: see("disk_encryption_set_id"),
    }),
  ),
  {
    in: DESTINATION,
    when: { gallery_name: "set" },
    must: { resource_group: "set", image_name: "set", image_version: "set" },
    see: see("shared-image-gallery-destination"),
  },
  {
    in: DESTINATION,
    must: {
      image_version: VERSION,
      storage_account_type: { oneOf: ["Standard_LRS", "Standard_ZRS", "Premium_LRS"] },
      confidential_vm_image_encryption_type: { oneOf: ENCRYPTED },
    },
    see: see("shared-image-gallery-destination"),
  },
  {
    in: DESTINATION,
    oneAtMost: ["replication_regions", "target_region"],
    see: see("shared-image-gallery-destination"),
  },
  { in: `${DESTINATION}.target_region`, someOf: ["name"], see: see("targetregion") },
  {
    when: { [`${DESTINATION}.target_region`]: "set" },
    must: { shared_image_gallery_replica_count: "unset" },
    see: see("shared_image_gallery_replica_count"),
  },
  {
    when: { [`${DESTINATION}.use_shallow_replication`]: true },
    must: { shared_image_gallery_replica_count: { from: 0, to: 1 } },
    see: see("shared-image-gallery-destination"),
  },
];

const MACHINE: readonly Between[] = [
  { someOf: ["os_type"], see: see("os_type") },
  { must: { os_type: { oneOf: ["Linux", "Windows"], anyCase: true } }, see: see("os_type") },
  { someOf: ["location", "build_resource_group_name"], see: see("location") },
  { oneAtMost: ["location", "build_resource_group_name"], see: see("build_resource_group_name") },
  { oneAtMost: ["temp_resource_group_name", "build_resource_group_name"], see: see("temp_resource_group_name") },
  { must: { security_type: { oneOf: ["TrustedLaunch", "ConfidentialVM"] } }, see: see("security_type") },
  {
    must: { security_encryption_type: { oneOf: ["VMGuestStateOnly", "DiskWithVMGuestState"] } },
    see: see("security_encryption_type"),
  },
  {
    when: { security_encryption_type: "set" },
    must: { security_type: { is: ["ConfidentialVM"] } },
    see: see("security_encryption_type"),
  },
  {
    when: { security_encryption_type: { is: ["DiskWithVMGuestState"] } },
    must: {
      [`${DESTINATION}.confidential_vm_image_encryption_type`]: { oneOf: ["EncryptedWithPmk", "EncryptedWithCmk"] },
    },
    see: see("security_encryption_type"),
  },
  {
    when: { security_encryption_type: { is: ["VMGuestStateOnly"] } },
    must: { [`${DESTINATION}.confidential_vm_image_encryption_type`]: { oneOf: ["EncryptedVMGuestStateOnlyWithPmk"] } },
    see: see("security_encryption_type"),
  },
  {
    when: {
      security_type: { is: ["ConfidentialVM"] },
      [`${DESTINATION}.confidential_vm_image_encryption_type`]: { is: ["EncryptedWithCmk"] },
    },
    must: { disk_encryption_set_id: "set" },
    see: see("disk_encryption_set_id"),
  },
  {
    when: { skip_create_build_key_vault: true },
    must: { communicator: { is: ["winrm"] } },
    see: see("skip_create_build_key_vault"),
  },
  { oneAtMost: ["user_data", "user_data_file"], see: see("user_data_file") },
  { oneAtMost: ["custom_data", "custom_data_file"], see: see("custom_data_file") },
  { must: { disk_caching_type: { oneOf: ["None", "ReadOnly", "ReadWrite"] } }, see: see("disk_caching_type") },
  { must: { disk_controller_type: { oneOf: ["SCSI", "NVMe"], anyCase: true } }, see: see("disk_controller_type") },
  {
    when: { disk_additional_luns: "set" },
    must: { disk_additional_size: "set", disk_additional_luns: { different: true } },
    see: see("disk_additional_luns"),
  },
  { must: { "spot.eviction_policy": { oneOf: ["Delete", "Deallocate"] } }, see: see("spot") },
  { in: "spot", when: { max_price: "set" }, must: { eviction_policy: "set" }, see: see("spot") },
  ...["plan_name", "plan_product", "plan_publisher", "plan_promotion_code"].map(
    (field): Between => ({
      in: "plan_info",
      when: { [field]: "set" },
      must: { plan_name: "set", plan_product: "set", plan_publisher: "set" },
      see: see("plan_info"),
    }),
  ),
  ...(
    [
      ["Linux", ["RHEL_BYOS", "SLES_BYOS"]],
      ["Windows", ["Windows_Client", "Windows_Server"]],
    ] as const
  ).map(
    ([os, licenses]): Between => ({
      when: { os_type: { is: [os], anyCase: true } },
      must: { license_type: { oneOf: licenses, anyCase: true } },
      see: see("license_type"),
    }),
  ),
  { must: { azure_tags: { atMost: 50 } }, see: see("azure_tags") },
  {
    must: { azure_tags: { names: { matches: /^.{1,512}$/s, form: "with up to 512 characters" } } },
    see: see("azure_tags"),
  },
  { must: { azure_tags: { each: { matches: /^.{0,256}$/s, form: "up to 256 characters" } } }, see: see("azure_tags") },
  {
    must: {
      custom_resource_build_prefix: {
        matches: /^[A-Za-z0-9][A-Za-z0-9-]{0,9}$/,
        form: "up to 10 letters, digits and hyphens",
      },
    },
    see: see("custom_resource_build_prefix"),
  },
];

const REACHED: readonly Between[] = [
  ...["virtual_network_resource_group_name", "virtual_network_subnet_name"].map(
    (field): Between => ({ when: { [field]: "set" }, must: { virtual_network_name: "set" }, see: see(field) }),
  ),
  {
    when: { virtual_network_name: "set" },
    must: { public_ip_sku: "unset", allowed_inbound_ip_addresses: "unset" },
    see: see("allowed_inbound_ip_addresses"),
  },
  { must: { public_ip_sku: { oneOf: ["Basic", "Standard"], anyCase: true } }, see: see("public_ip_sku") },
  { must: { allowed_inbound_ip_addresses: { each: ADDRESSES } }, see: see("allowed_inbound_ip_addresses") },
];

export const azureArm: readonly Between[] = [...SIGN_IN, ...SOURCE, ...RESULT, ...MACHINE, ...REACHED];
