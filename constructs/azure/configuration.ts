/**
 * What machines read when they boot and every minute: a vault of the service's own, with a secret for each setting (LOG_LEVEL is LOG-LEVEL there:
 * Azure allows no underscore) and, put there by a person or a pipeline, the values of its secrets. Terraform writes settings
 * from wherever it runs, so the vault answers outside the network too, to whom Entra ID knows and a role admits.
 */
import { DataAzurermClientConfig } from "@cdktf/provider-azurerm/lib/data-azurerm-client-config";
import { KeyVault } from "@cdktf/provider-azurerm/lib/key-vault";
import { KeyVaultSecret } from "@cdktf/provider-azurerm/lib/key-vault-secret";
import { MonitorDiagnosticSetting } from "@cdktf/provider-azurerm/lib/monitor-diagnostic-setting";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Service } from "../contract/spec";
import { databaseHost } from "./database";
import { filesExport } from "./file-share";
import { workspaceId } from "./log-sink";
import { worldwideName, type ExistingNetwork, type NetworkProps } from "./network";
import { objectsUrl } from "./object-store";
import { PrivateAddress } from "./zone";

/** Longest that Azure offers: a vault that was destroyed by mistake can be had back. */
const SOFT_DELETE_DAYS = 90;

/** Where machines find what they use, by their service's own names: certificates are for those. */
function found(service: Service, props: NetworkProps): Record<string, string> {
  const { database, objects, files } = service.uses;
  return {
    ...(database ? { DATABASE_HOST: databaseHost(props) } : {}),
    ...(objects === "none" ? {} : { OBJECTS_BUCKET: objectsUrl(props) }),
    ...(files ? { FILES_EXPORT: filesExport(props) } : {}),
  };
}

export interface ConfigurationProps extends NetworkProps {
  readonly service: Service;
  readonly resourceGroupName: string;
  readonly network: ExistingNetwork;
}

export class Configuration extends Construct {
  readonly vaultId: string;
  readonly vaultUri: string;
  /** What a machine reads when it boots. */
  readonly settings: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ConfigurationProps) {
    super(scope, id);
    const { service, resourceGroupName, network, placement } = props;
    const vault = new KeyVault(this, "vault", {
      name: worldwideName("vault-", props, service.name),
      resourceGroupName,
      location: placement.location,
      tenantId: new DataAzurermClientConfig(this, "account").tenantId,
      skuName: "standard",
      rbacAuthorizationEnabled: true,
      purgeProtectionEnabled: true,
      softDeleteRetentionDays: SOFT_DELETE_DAYS,
    });
    this.vaultId = vault.id;
    this.vaultUri = vault.vaultUri;
    new MonitorDiagnosticSetting(this, "audit", {
      name: "audit",
      targetResourceId: vault.id,
      logAnalyticsWorkspaceId: workspaceId(props),
      enabledLog: [{ categoryGroup: "audit" }],
    });
    new PrivateAddress(this, "private", {
      ...props,
      kind: "vault",
      name: "vault",
      subnetId: network.endpointsSubnetId,
      targetId: vault.id,
    });
    this.settings = Object.entries({ ...service.settings, ...found(service, props) }).map(
      ([name, value]) =>
        new KeyVaultSecret(this, name, {
          keyVaultId: vault.id,
          name: name.replaceAll("_", "-"),
          value,
          contentType: "text/plain",
        }),
    );
  }
}
