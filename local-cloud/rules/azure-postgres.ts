/** The performance tiers that fit the storage of an Azure Postgres server. */
import { absent, type Value } from "../protocol/values";
import type { PlanRule } from "../engine/draft";

const SMALL = ["P4", "P6", "P10", "P15", "P20", "P30", "P40", "P50"];
const LARGE = ["P60", "P70", "P80"];
const from = (tiers: readonly string[], first: string): readonly string[] => tiers.slice(tiers.indexOf(first));

/**
 * By MB; the first is the default.
 * https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/postgresql_flexible_server#storage_tier-defaults-based-on-storage_mb
 */
const TIERS: Record<number, readonly string[]> = {
  32768: SMALL,
  65536: from(SMALL, "P6"),
  131072: from(SMALL, "P10"),
  262144: from(SMALL, "P15"),
  524288: from(SMALL, "P20"),
  1048576: from(SMALL, "P30"),
  2097152: from(SMALL, "P40"),
  4193280: from(SMALL, "P50"),
  4194304: from(SMALL, "P50"),
  8388608: LARGE,
  16777216: from(LARGE, "P70"),
  33553408: from(LARGE, "P80"),
};
const SMALLEST = 32768;

/** A tier must fit; one that nobody chose moves to the default of the new size. */
export const storageTier: PlanRule = (draft) => {
  const known = (value: Value | undefined) => (typeof value === "string" || typeof value === "number" ? value : null);
  const [size, tier] = [known(draft.planned.storage_mb), known(draft.planned.storage_tier)];
  const tiers = TIERS[Number(size ?? SMALLEST)];
  const [standard] = tiers ?? [];
  if (!tiers || tier === null || tier === "" || tiers.includes(String(tier))) return;
  const unchanged = String(draft.prior?.storage_tier ?? "").toLowerCase() === String(tier).toLowerCase();
  if (unchanged && absent(draft.config.storage_tier)) return draft.set("storage_tier", standard ?? null);
  draft.problem(
    `invalid 'storage_tier' "${tier}" for defined 'storage_mb' size '${size ?? SMALLEST}', expected one of [${tiers.join(", ")}]`,
    ["storage_tier"],
  );
};
