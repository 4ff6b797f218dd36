/** What a cloud keeps of a deleted object, so that another one of the same name is refused. As data. */
import type { ProviderSettings } from "../engine/request";
import { absent, type Obj } from "../protocol/values";
import { Look } from "../rules/look";
import type { TypeSchema } from "../schemas/catalog";
import { taken } from "./messages";
import type { CloudObject, Store } from "./store";

interface Row {
  /** The attribute that names the object. */
  readonly name: string;
  readonly stays: (look: Look, features: Features) => boolean;
  /** Why a new object of the name is refused; undefined where the provider brings the old one back. */
  readonly says: (schema: TypeSchema, id: string, attributes: Obj, features: Features) => string | undefined;
}
type Features = ProviderSettings["features"];

/** Google has no way to delete keys: they leave terraform's state alone. */
const KEPT: Row = { name: "id", stays: () => true, says: (schema, id, attributes) => taken(schema, id, attributes) };

const ROWS: Record<string, Row> = {
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html#API_CreateSecret_Errors
  aws_secretsmanager_secret: {
    name: "name",
    stays: (look) => !look.is("recovery_window_in_days", "0"),
    says: (_, __, { name }) =>
      `creating Secrets Manager Secret (${String(name)}): api error InvalidRequestException: You can't create this secret ` +
      "because a secret with this name is already scheduled for deletion.",
  },
  // https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
  azurerm_key_vault: {
    name: "name",
    stays: (look, { key_vault }) =>
      look.is("purge_protection_enabled", "true") || key_vault?.purge_soft_delete_on_destroy === false,
    says: (_, __, { name }, { key_vault }) =>
      key_vault?.recover_soft_deleted_key_vaults === false
        ? `An existing soft-deleted Key Vault exists with the Name "${String(name)}", however automatically recovering this ` +
          "KeyVault has been disabled via the `features` block. A vault with the same name already exists in deleted state."
        : undefined,
  },
  // https://cloud.google.com/kms/docs/faq#cannot_delete
  google_kms_key_ring: KEPT,
  google_kms_crypto_key: KEPT,
};

/** Databases leave a last snapshot, and its name is taken from then on. */
const SNAPSHOTS: Record<string, { readonly code: string; readonly what: string }> = {
  aws_db_instance: { code: "DBSnapshotAlreadyExists", what: "RDS DB Instance" },
  aws_rds_cluster: { code: "DBClusterSnapshotAlreadyExistsFault", what: "RDS Cluster" },
};

const keyOf = (schema: TypeSchema, attributes: Obj, name: string): string =>
  ["deleted", schema.name, schema.region ? String(attributes.region) : "", String(attributes[name])].join(" ");

const keep = (store: Store, object: CloudObject, key: string): void =>
  store.put({ key, type: `${object.type} (deleted)`, id: key, serial: object.serial, attributes: object.attributes });

/** Keeps what the cloud keeps; says why the cloud refuses to delete the object. */
export function keepAfterDelete(
  store: Store,
  schema: TypeSchema,
  object: CloudObject,
  { features }: ProviderSettings,
): string | undefined {
  const { attributes } = object;
  const row = ROWS[schema.name];
  if (row?.stays(new Look(attributes), features)) keep(store, object, keyOf(schema, attributes, row.name));
  const snapshot = SNAPSHOTS[schema.name];
  if (!snapshot || attributes.skip_final_snapshot === true || absent(attributes.final_snapshot_identifier)) return;
  const key = keyOf(schema, attributes, "final_snapshot_identifier");
  const name = String(attributes.final_snapshot_identifier);
  if (store.get(key))
    return (
      `deleting ${snapshot.what} (${object.id}): api error ${snapshot.code}: Cannot create the snapshot because a snapshot ` +
      `with the identifier ${name} already exists.`
    );
  keep(store, object, key);
  return undefined;
}

/** Why a new object is refused because of one that was deleted. */
export function keptAfterDelete(
  store: Store,
  schema: TypeSchema,
  attributes: Obj,
  { features }: ProviderSettings,
): string | undefined {
  const row = ROWS[schema.name];
  const deleted = row && store.get(keyOf(schema, attributes, row.name));
  if (!deleted) return undefined;
  const refusal = row.says(schema, String(deleted.attributes.id), attributes, features);
  if (refusal === undefined) store.remove(deleted.key);
  return refusal;
}
