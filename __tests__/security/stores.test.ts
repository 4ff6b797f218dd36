/** What keeps data, as it is synthesized: nobody outside reaches it, nothing passes in clear, and it is not destroyed by mistake. */
import { rmSync } from "node:fs";
import { CLOUDS, type Cloud } from "../../constructs/contract/spec";
import { PERSISTENT_TYPES } from "../../constructs/contract/planes";
import { STACKS } from "../support/deployment";
import { fleetWith } from "../support/fleet";
import { Workspace, type Stack } from "../support/synth";

const workspace = new Workspace();
afterAll(() => rmSync(workspace.folder, { recursive: true }));
beforeAll(() =>
  workspace.synth(
    fleetWith(({ environments: [environment] }) => {
      for (const placement of environment!.placements)
        Object.assign(placement, { persistent: { database: {}, objects: {}, files: {} } });
    }),
  ),
);

const resources = (cloud: Cloud): Stack["resource"] =>
  workspace.stack(STACKS[cloud].foundation.replace("foundation", "persistent")).resource;
const TLS_ONLY = expect.stringContaining('"Bool":{"aws:SecureTransport":"false"}') as string;
const CLOSED = {
  public_network_access_enabled: false,
  allow_nested_items_to_be_public: false,
  shared_access_key_enabled: false,
  min_tls_version: "TLS1_2",
};

test.each<[Cloud, string, string, object]>([
  ["aws", "aws_db_instance", "database_server", { publicly_accessible: false, storage_encrypted: true, manage_master_user_password: true, skip_final_snapshot: false, delete_automated_backups: false, deletion_protection: true }],
  ["aws", "aws_db_parameter_group", "database_settings", { parameter: expect.arrayContaining([expect.objectContaining({ name: "rds.force_ssl", value: "1" })]) }],
  ["aws", "aws_s3_bucket", "objects_bucket", { force_destroy: false }],
  ["aws", "aws_s3_bucket_public_access_block", "objects_closed", { block_public_acls: true, block_public_policy: true, ignore_public_acls: true, restrict_public_buckets: true }],
  ["aws", "aws_s3_bucket_versioning", "objects_versions", { versioning_configuration: { status: "Enabled" } }],
  ["aws", "aws_s3_bucket_policy", "objects_tls", { policy: TLS_ONLY }],
  ["aws", "aws_efs_file_system", "files_share", { encrypted: true }],
  ["google", "google_sql_database_instance", "database_server", { deletion_protection: true, settings: { ip_configuration: { ipv4_enabled: false, ssl_mode: "ENCRYPTED_ONLY" }, backup_configuration: { enabled: true, point_in_time_recovery_enabled: true }, retain_backups_on_delete: true, deletion_protection_enabled: true } }],
  ["google", "google_storage_bucket", "objects_bucket", { uniform_bucket_level_access: true, public_access_prevention: "enforced", versioning: { enabled: true }, force_destroy: false }],
  ["azure", "azurerm_postgresql_flexible_server", "database_server", { public_network_access_enabled: false, authentication: { password_auth_enabled: false } }],
  ["azure", "azurerm_postgresql_flexible_server_configuration", "database_tls", { name: "require_secure_transport", value: "on" }],
  ["azure", "azurerm_storage_account", "objects_account", { ...CLOSED, https_traffic_only_enabled: true, blob_properties: { versioning_enabled: true } }],
  ["azure", "azurerm_storage_account", "files_account", CLOSED],
  ["azure", "azurerm_storage_container", "objects_container", { container_access_type: "private" }],
])("%s: %s.%s", (cloud, type, name, expected) => expect(resources(cloud)[type]?.[name]).toMatchObject(expected)); // prettier-ignore

test.each(CLOUDS)("%s: terraform refuses to destroy what keeps data", (cloud) => {
  const kept = Object.entries(resources(cloud)).flatMap(([type, blocks]) =>
    type in PERSISTENT_TYPES ? Object.entries(blocks).map(([name, block]) => [`${type}.${name}`, block.lifecycle]) : [],
  );
  expect(kept.length).toBeGreaterThan(2);
  for (const [address, lifecycle] of kept)
    expect([address, lifecycle]).toEqual([address, expect.objectContaining({ prevent_destroy: true })]);
});
