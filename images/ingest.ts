/** From one run of Packer to a version record in state built. */
import { InvalidInputError } from "../constructs/contract/problem";
import { CLOUDS, type Cloud } from "../constructs/contract/spec";
import { describeIssue, dottedPath } from "../constructs/contract/validate";
import { recordSchema, type ImageRecord } from "./catalog";
import { stamp } from "./clock";
import { effectiveState } from "./effective";
import { allRecords, lookupIn, type Catalog } from "./load";
import type { Run } from "./manifest";
import type { Act } from "./promotion";
import { named, refuse } from "./refuse";

export interface IngestOptions {
  readonly image?: string | undefined;
  /** Clouds that must be there. */
  readonly expect: readonly Cloud[];
  readonly allowPartial: boolean;
  readonly allowDirty: boolean;
  readonly manifestSha256: string;
  readonly sbom?: ImageRecord["build"]["sbom"] | undefined;
  readonly provenance?: ImageRecord["build"]["provenance"] | undefined;
}

/** Custom data without which nobody could say what was built from what. */
export const REQUIRED_DATA = ["image", "version", "git_sha", "template", "template_sha256", "packer_version"] as const;

/**
 * The record of a run; the very same run a second time gives the record that is there.
 * @throws InvalidInputError when the run is not whole, not known to git, or clashes with the catalog
 */
export function ingest(run: Run, catalog: Catalog, options: IngestOptions, act: Act): ImageRecord {
  const { data } = run;
  const missing = REQUIRED_DATA.filter((key) => !data[key]);
  if (missing.length > 0)
    refuse("custom_data", `must hold ${REQUIRED_DATA.join(", ")}, got no ${missing.join(", ")}; see images/packer`);
  if (options.image !== undefined && options.image !== data.image)
    refuse("--image", `must be the image that was built, "${data.image}", got "${options.image}"`);
  if (data.git_dirty === "true" && !options.allowDirty)
    refuse(
      "custom_data.git_dirty",
      "says that the template had changes which are not committed; commit and build again, or pass --allow-dirty",
    );
  const built = new Set(run.artifacts.map(({ cloud }) => cloud));
  const absent = options.expect.filter((cloud) => !built.has(cloud));
  if (absent.length > 0 && !options.allowPartial)
    refuse(
      "manifest",
      `has no build for ${absent.join(", ")} in its last run; a source failed. Build again, or pass --allow-partial or --expect ` +
        `${[...built].join(",")}. Where the fleet never runs there, take it out of clouds${placesOf(catalog, absent)} in policy.json of the catalog`,
    );
  const record = parse(run, options, act);
  const existing = lookupIn(catalog)(record.image, record.version);
  if (existing) return same(existing, record);
  refuseClashes(record, catalog);
  refuseBase(record, catalog, act.now);
  return record;
}

/** Channels that also demand the clouds. */
function placesOf({ policy }: Catalog, clouds: readonly Cloud[]): string {
  const names = Object.entries(policy.channels).filter(([, { places }]) => clouds.some((cloud) => cloud in places));
  return names.map(([name]) => ` and channels.${name}.places`).join("");
}

function parse({ uuid, at, data, artifacts }: Run, options: IngestOptions, act: Act): ImageRecord {
  const base = data.base_image ? { image: data.base_image, version: data.base_version } : undefined;
  const input = {
    schema: 1,
    image: data.image,
    version: data.version,
    ...(base && { base }),
    build: {
      at: stamp(at),
      runUuid: uuid,
      gitSha: data.git_sha,
      ...(data.git_dirty === "true" && { dirty: true }),
      template: data.template,
      templateSha256: data.template_sha256,
      packer: data.packer_version,
      manifestSha256: options.manifestSha256,
      ...(data.container && { container: data.container }),
      ...(options.sbom && { sbom: options.sbom }),
      ...(options.provenance && { provenance: options.provenance }),
    },
    artifacts: [...artifacts].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)),
    lifecycle: { state: "built", since: stamp(act.now), by: act.by },
  };
  const parsed = recordSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(
    parsed.error.issues.map((issue) => ({
      path: `manifest, as ${dottedPath(issue.path)}`,
      message: describeIssue(issue, input),
    })),
  );
}

const sortKey = ({ cloud, region, arch }: ImageRecord["artifacts"][number]) =>
  `${CLOUDS.indexOf(cloud)} ${region} ${arch}`;

/** A version is written once. */
function same(existing: ImageRecord, record: ImageRecord): ImageRecord {
  const facts = ({ base, build, artifacts }: ImageRecord) => JSON.stringify({ base, build, artifacts });
  return facts(existing) === facts(record)
    ? existing
    : refuse(
        `version ${named(record.image, record.version)}`,
        `is in the catalog already, from run ${existing.build.runUuid}; a version is written once, build the next one`,
      );
}

function refuseClashes(record: ImageRecord, catalog: Catalog): void {
  const ids = new Set(record.artifacts.map(({ id }) => id.toLowerCase()));
  for (const other of allRecords(catalog)) {
    const clash = other.artifacts.find(({ id }) => ids.has(id.toLowerCase()));
    if (clash) refuse("artifact", `${clash.id} belongs to ${named(other.image, other.version)} already`);
  }
}

function refuseBase({ base }: ImageRecord, catalog: Catalog, now: Date): void {
  if (!base) return;
  const lookup = lookupIn(catalog);
  const found =
    lookup(base.image, base.version) ??
    refuse("custom_data.base_version", `${named(base.image, base.version)} is not in the catalog; ingest it first`);
  const { state, why } = effectiveState(found, lookup, now);
  if (state === "revoked" || state === "deleted")
    refuse("custom_data.base_version", `${named(base.image, base.version)} is ${why}; build on another version`);
}
