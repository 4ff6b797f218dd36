/** What the pinned plugins refuse in Prepare, held by their documented fields. No plugin runs here. */
import { BETWEEN, broken } from "../../images/lint/between";

type Fields = Readonly<Record<string, unknown>>;

const GALLERY = { resource_group: "images", gallery_name: "fleet", image_name: "web", image_version: "1.2.0" };
/** The least that each plugin takes. */
const LEAST: Readonly<Record<string, Fields>> = {
  "amazon-ebs": { ami_name: "web-v1-2-0", source_ami: "ami-1", instance_type: "t3.small", ssh_username: "admin" },
  googlecompute: { project_id: "p", zone: "europe-west1-b", source_image: "base-v1-0-0", ssh_username: "packer" },
  "azure-arm": {
    ...{ os_type: "Linux", location: "westeurope", shared_image_gallery_destination: [GALLERY] },
    ...{ image_publisher: "debian", image_offer: "debian-12", image_sku: "12-gen2" },
  },
};

const found = (type: string, fields: Fields, without: readonly string[] = [], locals = new Map<string, unknown>()) => {
  const all = Object.entries({ ...LEAST[type], ...fields }).filter(([key]) => !without.includes(key));
  return broken(BETWEEN[type]!, Object.fromEntries(all), locals).join("\n");
};

test.each(Object.keys(LEAST))(
  "the least that %s takes is clean, and every rule says where it is documented",
  (type) => {
    expect(found(type, {})).toBe("");
    for (const { see } of BETWEEN[type]!)
      expect(see).toMatch(/^https:\/\/(developer\.hashicorp\.com|github\.com)\/\S+[#/]\S+$/);
  },
);

const [AWS, GOOGLE, AZURE] = ["amazon-ebs", "googlecompute", "azure-arm"];
const SHARED = { ami_org_arns: ["arn:aws:organizations::1:organization/o-1"], encrypt_boot: true };
const KEY = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d";
const disk = (fields: Fields) => ({ launch_block_device_mappings: [{ device_name: "/dev/xvda", ...fields }] });
const to = (fields: Fields) => ({ shared_image_gallery_destination: [{ ...GALLERY, ...fields }] });

test.each<[string, string, Fields, string, string[]?]>([
  ["no name", AWS!, {}, "ami_name must be set", ["ami_name"]],
  ["no source", AWS!, {}, "one of source_ami, source_ami_filter must be set", ["source_ami"]],
  ["a filter that takes anybody's image", AWS!, { source_ami_filter: [{ filters: { name: "x" } }] }, "source_ami_filter.owners must be set", ["source_ami"]],
  ["two kinds of machine", AWS!, { spot_instance_types: ["t3.small"] }, "only one of instance_type, spot_instance_types"],
  ["half a credential", AWS!, { access_key: "AK" }, "access_key, secret_key go together, got access_key without secret_key"],
  ["a name of other characters", AWS!, { ami_name: "web:1" }, "ami_name must be 3 to 128"],
  ["a key without encryption", AWS!, { kms_key_id: KEY }, "kms_key_id is set, so encrypt_boot must be true, got nothing"],
  ["a key that is none", AWS!, { kms_key_id: "my key", encrypt_boot: true }, "must be a KMS key"],
  ["keys of other regions than the copies'", AWS!, { encrypt_boot: true, ami_regions: ["eu-west-1"], region_kms_key_ids: { "us-east-1": KEY } }, "must name the same, got us-east-1, eu-west-1"],
  ["sharing what the account's own key encrypts", AWS!, SHARED, "one of kms_key_id, region_kms_key_ids must be set"],
  ["sharing copies without a key each", AWS!, { ...SHARED, kms_key_id: KEY, ami_regions: ["eu-west-1"] }, "region_kms_key_ids must be set: a copy without a key of its region"],
  ["sharing copies with an account, too", AWS!, { ami_users: ["123456789012"], encrypt_boot: true, kms_key_id: KEY, ami_regions: ["eu-west-1"] }, "region_kms_key_ids must be set"],
  ["the old metadata service", AWS!, { imds_support: "v1.0" }, 'imds_support must be "v2.0", got "v1.0"'],
  ["a date that is none", AWS!, { deprecate_at: "2030-01-31" }, "deprecate_at must be a time"],
  ["two user data", AWS!, { user_data: "a", user_data_file: "b" }, "only one of user_data, user_data_file"],
  ["Session Manager without a profile", AWS!, { ssh_interface: "session_manager" }, "one of iam_instance_profile, temporary_iam_instance_profile_policy_document must be set"],
  ["Session Manager with WinRM", AWS!, { ssh_interface: "session_manager", iam_instance_profile: "p", communicator: "winrm", winrm_username: "a" }, "communicator must be left out or"],
  ["an interface that is none", AWS!, { ssh_interface: "private" }, "ssh_interface must be one of"],
  ["a network that is none", AWS!, { temporary_security_group_source_cidrs: ["10.0.0.0"] }, "must be all networks"],
  ["two groups", AWS!, { security_group_id: "sg-1", security_group_ids: ["sg-2"] }, "only one of security_group_id"],
  ["tags of a fleet that is none", AWS!, { spot_tags: { a: "b" } }, "spot_tags is set, so spot_price must be set"],
  ["a spot machine that is to be changed", AWS!, { spot_price: "auto", ena_support: true }, "spot_price must be left out"],
  ["credits on a machine that has none", AWS!, { enable_unlimited_credits: true, instance_type: "m5.large" }, "instance_type must be of family T2"],
  ["an enclave on a burstable machine", AWS!, { enable_nitro_enclave: true }, "of a family that is not burstable"],
  ["two reservations", AWS!, { capacity_reservation_id: "a", capacity_reservation_group_arn: "b" }, "only one of capacity_reservation_id"],
  ["two tenancies", AWS!, { tenancy: "host", placement: [{ tenancy: "host" }] }, "only one of tenancy, placement.tenancy"],
  ["tokens that are half required", AWS!, { metadata_options: [{ http_tokens: "always" }] }, "metadata_options: http_tokens must be one of optional, required"],
  ["too many hops", AWS!, { metadata_options: [{ http_put_response_hop_limit: 65 }] }, "must be between 1 and 64, got 65"],
  ["a disk without a name", AWS!, { ami_block_device_mappings: [{ volume_size: 8 }] }, "ami_block_device_mappings: device_name must be set"],
  ["a disk's key without encryption", AWS!, disk({ kms_key_id: KEY, encrypted: false }), "encrypted must be anything but false, got false"],
  ["throughput of another kind of disk", AWS!, disk({ volume_type: "gp2", throughput: 125 }), 'volume_type must be "gp3", got "gp2"'],
  ["operations that gp3 does not have", AWS!, disk({ volume_type: "gp3", iops: 20000 }), "iops must be between 3000 and 16000"],
  ["a second disk that is wrong", AWS!, { launch_block_device_mappings: [{ device_name: "a" }, { volume_size: 8 }] }, "device_name must be set"],
  ["no user to sign in as", AWS!, {}, "ssh_username must be set", ["ssh_username"]],
  ["a bastion without a way in", GOOGLE!, { ssh_bastion_host: "b" }, "one of ssh_bastion_password"],
  ["a bastion and a proxy", AZURE!, { ssh_bastion_host: "b", ssh_bastion_agent_auth: true, ssh_proxy_host: "p" }, "only one of ssh_bastion_host, ssh_proxy_host"],
  ["a certificate without its key", AWS!, { ssh_certificate_file: "c" }, "ssh_private_key_file must be set"],
  ["a way to copy that is none", AWS!, { ssh_file_transfer_method: "ftp" }, "must be one of scp, sftp"],
  ["a communicator that is none", GOOGLE!, { communicator: "telnet" }, "communicator must be one of"],

  ["no project", GOOGLE!, {}, "project_id must be set", ["project_id"]],
  ["no address to be reached by", GOOGLE!, { omit_external_ip: true }, "omit_external_ip is true, so use_internal_ip must be true, got nothing"],
  ["no address, said with false", GOOGLE!, { omit_external_ip: true, use_internal_ip: false }, "use_internal_ip must be true, got false"],
  ["an address that is left out too", GOOGLE!, { omit_external_ip: true, use_internal_ip: true, address: "a" }, "address must be left out"],
  ["a startup script that nobody waits for right", GOOGLE!, { metadata: { "startup-script": "x" } }, "wrap_startup_script must be true or false, got nothing"],
  ["the same from a file", GOOGLE!, { metadata_files: { "startup-script": "x" } }, "the build waits without end"],
  ["a family of other characters", GOOGLE!, { image_family: "Web" }, "image_family must be 1 to 63"],
  ["a name that is too long", GOOGLE!, { image_name: `w${"e".repeat(63)}` }, "image_name must be 1 to 63"],
  ["a label with a capital letter", GOOGLE!, { image_labels: { image_version: "V1" } }, "image_labels must be all up to 63"],
  ["a label that begins with a digit", GOOGLE!, { image_labels: { "1a": "x" } }, "image_labels must be named with"],
  ["two places", GOOGLE!, { image_storage_locations: ["a", "b"] }, "image_storage_locations must be no more than 1"],
  ["two credentials", GOOGLE!, { access_token: "a", credentials_file: "b" }, "only one of access_token, credentials_file may be set, got 2"],
  ["integrity without a vTPM", GOOGLE!, { enable_integrity_monitoring: true }, "enable_vtpm must be true"],
  ["a preemptible machine that moves", GOOGLE!, { preemptible: true, on_host_maintenance: "MIGRATE" }, 'must be "TERMINATE"'],
  ["an accelerator of no kind", GOOGLE!, { accelerator_count: 1, on_host_maintenance: "TERMINATE" }, "accelerator_type must be set"],
  ["an accelerator on a machine that moves", GOOGLE!, { accelerator_count: 1, accelerator_type: "t4" }, 'on_host_maintenance must be "TERMINATE", got nothing'],
  ["an account that is left out too", GOOGLE!, { disable_default_service_account: true, service_account_email: "a@b" }, "service_account_email must be left out"],
  ["an architecture that is none", GOOGLE!, { image_architecture: "amd64" }, "image_architecture must be one of"],
  ["an address that is none", GOOGLE!, { network_ip: "10.0.0" }, "network_ip must be an IPv4 address"],
  ["a disk of two sources", GOOGLE!, { disk_attachment: [{ source_volume: "v", volume_type: "pd-ssd" }] }, "disk_attachment: source_volume is set, so volume_type must be left out"],
  ["a disk of no kind", GOOGLE!, { disk_attachment: [{ volume_size: 8 }] }, "volume_type must be one of"],
  ["a scratch disk that is kept", GOOGLE!, { disk_attachment: [{ volume_type: "scratch", volume_size: 375, keep_device: true }] }, "keep_device must be left out"],

  ["no system", AZURE!, {}, "os_type must be set", ["os_type"]],
  ["a system that is none", AZURE!, { os_type: "BSD" }, "os_type must be one of Linux, Windows"],
  ["a place and a group that has one", AZURE!, { build_resource_group_name: "g" }, "only one of location, build_resource_group_name"],
  ["no place", AZURE!, {}, "one of location, build_resource_group_name must be set", ["location"]],
  ["two sources", AZURE!, { shared_image_gallery: [{ id: "/x" }] }, "only one of image_publisher, shared_image_gallery.id"],
  ["half a vendor's image", AZURE!, {}, "image_publisher is set, so image_sku must be set", ["image_sku"]],
  ["an id with more", AZURE!, { shared_image_gallery: [{ id: "/x", image_name: "web" }] }, "shared_image_gallery: id is set, so image_name must be left out", ["image_publisher", "image_offer", "image_sku"]],
  ["nowhere to put the image", AZURE!, {}, "one of capture_container_name, managed_image_name, shared_image_gallery_destination.gallery_name", ["shared_image_gallery_destination"]],
  ["a gallery without its group", AZURE!, to({ resource_group: "" }), "gallery_name is set, so resource_group must be set"],
  ["a version that is none", AZURE!, to({ image_version: "v1" }), 'image_version must be MAJOR.MINOR.PATCH, got "v1"'],
  ["regions said twice", AZURE!, to({ replication_regions: ["a"], target_region: [{ name: "a" }] }), "only one of replication_regions, target_region"],
  ["replicas said twice", AZURE!, { ...to({ target_region: [{ name: "a" }] }), shared_image_gallery_replica_count: 2 }, "shared_image_gallery_replica_count must be left out"],
  ["half a managed image", AZURE!, { managed_image_name: "a" }, "managed_image_name, managed_image_resource_group_name go together"],
  ["trusted launch of a managed image", AZURE!, { managed_image_name: "a", managed_image_resource_group_name: "g", vtpm_enabled: true }, "vtpm_enabled must be left out"],
  ["half a storage account", AZURE!, { storage_account: "a" }, "storage_account, resource_group_name go together"],
  ["a subnet of no network", AZURE!, { virtual_network_subnet_name: "s" }, "virtual_network_name must be set"],
  ["an address in a network of one's own", AZURE!, { virtual_network_name: "v", allowed_inbound_ip_addresses: ["1.2.3.4"] }, "allowed_inbound_ip_addresses must be left out"],
  ["an address of a kind in a network of one's own", AZURE!, { virtual_network_name: "v", public_ip_sku: "Standard" }, "public_ip_sku must be left out"],
  ["an address that is a name", AZURE!, { allowed_inbound_ip_addresses: ["office"] }, "must be all IP addresses or networks"],
  ["encryption of no confidential machine", AZURE!, { security_encryption_type: "VMGuestStateOnly" }, 'security_type must be "ConfidentialVM"'],
  ["a key vault that SSH does not need", AZURE!, { skip_create_build_key_vault: true }, 'communicator must be "winrm", got nothing'],
  ["a tenant and no way to sign in", AZURE!, { tenant_id: "t" }, "one of client_secret, client_cert_path, client_jwt, oidc_request_token must be set"],
  ["two ways to sign in", AZURE!, { client_id: "c", subscription_id: "s", client_secret: "x", client_jwt: "y" }, "only one of client_secret, client_jwt"],
  ["a token without its address", AZURE!, { client_id: "c", subscription_id: "s", oidc_request_token: "t" }, "oidc_request_token, oidc_request_url go together"],
  ["a secret of nobody", AZURE!, { client_secret: "x", subscription_id: "s" }, "client_id must be set"],
  ["an identity that is a name", AZURE!, { user_assigned_managed_identities: ["me"] }, "must be all ids of user-assigned identities"],
  ["a price without a policy", AZURE!, { spot: [{ max_price: 1 }] }, "spot: max_price is set, so eviction_policy must be set"],
  ["half a plan", AZURE!, { plan_info: [{ plan_name: "p" }] }, "plan_info: plan_name is set, so plan_product must be set"],
  ["a licence of another system", AZURE!, { license_type: "Windows_Server" }, "license_type must be one of RHEL_BYOS, SLES_BYOS"],
  ["the same slot twice", AZURE!, { disk_additional_size: [1, 2], disk_additional_luns: [0, 0] }, "without the same entry twice"],
  ["a tag that is too long", AZURE!, { azure_tags: { a: "x".repeat(257) } }, "azure_tags must be all up to 256 characters"],
] as const)("%s (%s)", (_name, type, fields, message, ...[without]) => {
  expect(found(type, fields, without)).toContain(message);
}); // prettier-ignore

test.each<[string, string, Fields, string[]?]>([
  ["a shared image with a key for each copy", AWS!, { ...SHARED, kms_key_id: KEY, ami_regions: ["eu-west-1"], region_kms_key_ids: { "eu-west-1": "alias/images" } }],
  ["Session Manager with a profile", AWS!, { ssh_interface: "session_manager", iam_instance_profile: "builder" }],
  ["a private machine on Google", GOOGLE!, { omit_external_ip: true, use_internal_ip: true, use_iap: true }],
  ["a startup script that nobody waits for", GOOGLE!, { metadata: { "startup-script": "x" }, wrap_startup_script: false }],
  ["a network of one's own on Azure", AZURE!, { virtual_network_name: "v", virtual_network_subnet_name: "s", virtual_network_resource_group_name: "g" }],
  ["a workload identity", AZURE!, { client_id: "c", tenant_id: "t", subscription_id: "s", oidc_request_token: "t", oidc_request_url: "u" }],
  ["the CLI's sign-in", AZURE!, { use_azure_cli_auth: true, tenant_id: "t" }],
  ["a source by id", AZURE!, { shared_image_gallery: [{ id: "/x" }] }, ["image_publisher", "image_offer", "image_sku"]],
  ["the other communicator", GOOGLE!, { communicator: "winrm", winrm_username: "a" }, ["ssh_username"]],
])("%s is clean (%s)", (_name, type, fields, ...[without]) => {
  expect(found(type, fields, without)).toBe("");
}); // prettier-ignore

test("what Packer computes is not judged, and what stands beside it is", () => {
  const share = { ami_org_arns: "${var.org_arns}", encrypt_boot: true };
  expect(found(AWS!, share)).toBe("");
  expect(found(GOOGLE!, { omit_external_ip: "${!var.public}", use_internal_ip: "${!var.public}" })).toBe("");
  expect(found(AWS!, { ami_name: "web-${var.version}", kms_key_id: "alias/${var.key}" })).toContain("encrypt_boot must be true"); // prettier-ignore
  expect(found(AWS!, { ami_name: "web {{timestamp}}:x" })).toBe("");
  expect(found(AZURE!, { dynamic: [{ shared_image_gallery: [{ content: [{}] }] }] })).toBe("");
  const locals = new Map<string, unknown>([["open", true]]);
  expect(found(GOOGLE!, { omit_external_ip: "${local.open}" }, [], locals)).toContain("use_internal_ip must be true");
});

test("a block that a dynamic one makes is judged like a written one", () => {
  const dynamic = [{ metadata_options: [{ for_each: "${var.x}", content: [{ http_tokens: "always" }] }] }];
  expect(found(AWS!, { dynamic })).toContain("http_tokens must be one of optional, required");
});
