import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { Deployment, summary } from "../support/deployment";
import { fleetWith } from "../support/fleet";
import { describeGround } from "../support/ground-story";
import { Workspace, addresses, type Stack } from "../support/synth";

describeGround("azure", {
  setting: ["azurerm_key_vault_secret.configuration_LOG_LEVEL update"],
  // The machines may read their whole vault: one more secret needs no right of its own.
  secret: [],
  database: [
    "azurerm_key_vault_secret.configuration_DATABASE_HOST create",
    "azurerm_network_security_rule.firewall_database_out create",
  ],
});

describe("as it is synthesized", () => {
  const workspace = new Workspace();
  afterAll(() => rmSync(workspace.folder, { recursive: true }));

  const SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";
  const KEY = "https://fleet-keys.vault.azure.net/keys/data";
  let foundation: Stack;
  let persistent: Stack;
  let service: Stack;
  beforeAll(() => {
    workspace.synth(
      fleetWith(({ environments: [environment] }) => {
        environment!.placements = environment!.placements.filter(({ cloud }) => cloud === "azure");
        Object.assign(environment!.placements[0]!, {
          encryptionKey: KEY,
          persistent: { database: {}, objects: {}, files: {} },
        });
        Object.assign(environment!.services[0]!, { settings: { LOG_LEVEL: "info" }, secrets: ["API_TOKEN"] });
        environment!.services[0]!.uses = { objects: "read" };
      }),
    );
    [foundation, persistent, service] = ["foundation", "persistent", "web"].map((layer) =>
      workspace.stack(`prod-${layer}-azure-westeurope`),
    ) as [Stack, Stack, Stack];
  });

  test("the persistent store keeps its addresses", () => {
    expect(addresses(persistent)).toEqual([
      "azurerm_postgresql_flexible_server.database_server",
      "azurerm_postgresql_flexible_server_configuration.database_tls",
      "azurerm_private_dns_a_record.database_name_record",
      "azurerm_private_dns_a_record.files_name_record",
      "azurerm_private_endpoint.database_private_endpoint",
      "azurerm_private_endpoint.files_private_endpoint",
      "azurerm_private_endpoint.objects_private_endpoint",
      "azurerm_resource_group.group",
      "azurerm_storage_account.files_account",
      "azurerm_storage_account.objects_account",
      "azurerm_storage_container.objects_container",
      "azurerm_storage_management_policy.objects_upkeep",
      "azurerm_storage_share.files_share",
      "data.azurerm_client_config.database_account",
      "data.azurerm_resources.encryption_vault",
      "data.azurerm_subnet.network_endpoints",
      "data.azurerm_subnet.network_machines",
    ]);
  });

  test("all that keeps data is encrypted with the placement's key, by an identity of the foundation", () => {
    const user = `/subscriptions/${SUBSCRIPTION}/resourceGroups/prod-foundation-westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/prod-encryption`;
    expect(foundation.resource.azurerm_user_assigned_identity!.encryption_identity).toMatchObject({
      name: "prod-encryption",
    });
    const identity = { type: "UserAssigned", identity_ids: [user] };
    expect(persistent.resource.azurerm_postgresql_flexible_server!.database_server).toMatchObject({
      identity,
      customer_managed_key: { key_vault_key_id: KEY, primary_user_assigned_identity_id: user },
    });
    for (const account of Object.values(persistent.resource.azurerm_storage_account!))
      expect(account).toMatchObject({
        identity,
        customer_managed_key: { key_vault_key_id: KEY, user_assigned_identity_id: user },
      });
  });

  test("the key's vault must be in the placement's subscription, or nothing is made", () => {
    expect(persistent.data!.azurerm_resources!.encryption_vault).toMatchObject({
      type: "Microsoft.KeyVault/vaults",
      name: "fleet-keys",
    });
    expect(persistent.resource.azurerm_resource_group!.group!.lifecycle).toMatchObject({
      precondition: [
        {
          condition: "${length(data.azurerm_resources.encryption_vault.resources) > 0}",
          error_message: expect.stringContaining(
            `vault fleet-keys, which is not in the placement's subscription ${SUBSCRIPTION}`,
          ) as string,
        },
      ],
    });
  });

  test("files keep the setting of SMB that a premium account has", () => {
    expect(persistent.resource.azurerm_storage_account!.files_account!.share_properties).toMatchObject({
      smb: { multichannel_enabled: false },
    });
  });

  test("a machine finds its vaults by what it is told", () => {
    const command = `printf %s "${SUBSCRIPTION}/prod/westeurope/web" | sha256sum | cut -c1-16`;
    const digits = execFileSync("sh", ["-c", command], { encoding: "utf8" }).trim();
    expect(service.resource.azurerm_key_vault).toMatchObject({
      configuration_vault: { name: `vault-${digits}` },
      configuration_secrets_vault: { name: `secrets-${digits}` },
    });
  });

  test("secrets have a vault apart, in which Terraform writes and reads nothing", () => {
    const { azurerm_key_vault_secret: written, azurerm_role_assignment: rights } = service.resource;
    const settings = "${azurerm_key_vault.configuration_vault.id}";
    expect(Object.values(written!).map(({ key_vault_id }) => key_vault_id)).toEqual([settings, settings]);
    const read = Object.values(rights!).filter(({ role_definition_name: role }) => role === "Key Vault Secrets User");
    expect(read.map(({ scope }) => scope)).toEqual([settings, "${azurerm_key_vault.configuration_secrets_vault.id}"]);
  });

  test("a right to the objects is one to read them, in their container alone", () => {
    expect(service.resource.azurerm_role_assignment!.access_objects).toMatchObject({
      role_definition_name: "Storage Blob Data Reader",
      scope: expect.stringMatching(
        /\/storageAccounts\/objects[0-9a-f]{16}\/blobServices\/default\/containers\/objects$/,
      ) as string,
    });
  });
});

test("the first secret brings its vault, and no new machine", async () => {
  const declaring = (secrets: string[]) =>
    fleetWith(({ environments: [environment] }) => {
      environment!.placements = environment!.placements.filter(({ cloud }) => cloud === "azure");
      environment!.services[0]!.secrets = secrets;
    });
  const deployment = await Deployment.start("azure", (made) => made.release({ version: "1.0.0" }, declaring([])));
  try {
    await deployment.take("first");
    deployment.release({ version: "1.0.0" }, declaring(["API_TOKEN"]));
    expect(summary(await deployment.take("configuration"))).toEqual([
      "azurerm_key_vault.configuration_secrets_vault create",
      "azurerm_monitor_diagnostic_setting.configuration_secrets_audit create",
      "azurerm_private_endpoint.configuration_secrets_private_endpoint create",
      "azurerm_role_assignment.access_secrets create",
    ]);
  } finally {
    await deployment.stop();
  }
});
