/**
 * What machines read when they boot and every minute: a vault of the service's own with a secret for each setting (LOG_LEVEL is
 * LOG-LEVEL there: Azure allows no underscore). The values of its secrets, which a person or a pipeline puts there, have a vault
 * apart: whoever plans must read the settings, and a right to a vault is one to all that is in it. Both answer outside the
 * network too, where Terraform and people are, to whom Entra ID knows and a role admits.
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
  /** Vaults that machines read, by what is in them. */
  readonly vaults: { readonly settings: KeyVault; readonly secrets?: KeyVault };
  /** What a machine reads when it boots. */
  readonly settings: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ConfigurationProps) {
    super(scope, id);
    const { service } = props;
    const { tenantId } = new DataAzurermClientConfig(this, "account");
    const vault = (scope: Construct, stem: string) => serviceVault(scope, { ...props, stem, tenantId });
    const settings = vault(this, "vault");
    const secrets = service.secrets.length > 0 ? { secrets: vault(new Construct(this, "secrets"), "secrets") } : {};
    this.vaults = { settings, ...secrets };
    this.settings = Object.entries({ ...service.settings, ...found(service, props) }).map(
      ([name, value]) =>
        new KeyVaultSecret(this, name, {
          keyVaultId: settings.id,
          name: name.replaceAll("_", "-"),
          value,
          contentType: "text/plain",
        }),
    );
  }
}

/** A vault with a record of who read what, and an address in the network. */
function serviceVault(
  scope: Construct,
  { stem, tenantId, ...props }: ConfigurationProps & { readonly stem: string; readonly tenantId: string },
): KeyVault {
  const { service, resourceGroupName, network, placement } = props;
  const vault = new KeyVault(scope, "vault", {
    name: worldwideName(`${stem}-`, props, service.name),
    resourceGroupName,
    location: placement.location,
    tenantId,
    skuName: "standard",
    rbacAuthorizationEnabled: true,
    purgeProtectionEnabled: true,
    softDeleteRetentionDays: SOFT_DELETE_DAYS,
  });
  new MonitorDiagnosticSetting(scope, "audit", {
    name: "audit",
    targetResourceId: vault.id,
    logAnalyticsWorkspaceId: workspaceId(props),
    enabledLog: [{ categoryGroup: "audit" }],
  });
  new PrivateAddress(scope, "private", {
    ...props,
    kind: "vault",
    name: stem,
    subnetId: network.endpointsSubnetId,
    targetId: vault.id,
  });
  return vault;
}
