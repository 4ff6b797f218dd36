/** From one run of Packer to a version record in state built. */
import { InvalidInputError } from "../constructs/contract/problem";
import { CLOUDS, type Cloud } from "../constructs/contract/spec";
import { describeIssue, dottedPath } from "../constructs/contract/validate";
import { ARCHS, recordSchema, type Artifact, type ImageRecord } from "./catalog";
import { stamp } from "./clock";
import { effectiveState } from "./effective";
import { allRecords, lookupIn, type Catalog } from "./load";
import { BUILDER, placeOf, type Run } from "./manifest";
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
 * The record of a run; the very same run a second time gives the record that is there, and a run of the same commit, base and
 * version that built more adds it.
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
  const existing = lookupIn(catalog)(data.image!, data.version!);
  const record = existing ? joined(existing, parse(run, options, act), act) : parse(run, options, act);
  refuseGaps(record, catalog, options);
  if (record === existing) return existing;
  refuseClashes(record, catalog);
  refuseBase(record, catalog, act.now);
  return record;
}

/** Each architecture is on each cloud, or somebody says that it need not be. */
function refuseGaps({ artifacts }: ImageRecord, catalog: Catalog, { expect, allowPartial }: IngestOptions): void {
  const archs = ARCHS.filter((arch) => artifacts.some((artifact) => artifact.arch === arch));
  const absent = archs.flatMap((arch) =>
    expect
      .filter((cloud) => !artifacts.some((artifact) => artifact.cloud === cloud && artifact.arch === arch))
      .map((cloud) => ({ cloud, arch })),
  );
  if (absent.length === 0 || allowPartial) return;
  const clouds = CLOUDS.filter((cloud) => absent.some((one) => one.cloud === cloud));
  const what = archs.length === 1 ? clouds : absent.map(({ cloud, arch }) => `${cloud} ${arch}`);
  const built = CLOUDS.filter((cloud) => artifacts.some((artifact) => artifact.cloud === cloud));
  const only = clouds.map((cloud) => `${BUILDER[cloud]}.image`).join(",");
  refuse(
    "manifest",
    `has no build for ${what.join(", ")} in its last run, nor in one before of the same commit and base; a source failed. ` +
      `Build that alone with packer build -only=${only} and ingest again: the runs are put together. Where the failed one left an image with the name, ` +
      `export with --attempt 2 first; npx fleet image orphans finds it later. Or pass --allow-partial or --expect ${built.join(",")}. ` +
      `Where the fleet never runs there, take it out of clouds${placesOf(catalog, clouds)} in policy.json of the catalog`,
  );
}

/** Channels that also demand the clouds. */
function placesOf({ policy }: Catalog, clouds: readonly Cloud[]): string {
  const names = Object.entries(policy.channels).filter(([, { places }]) => clouds.some((cloud) => cloud in places));
  return names.map(([name]) => ` and channels.${name}.places`).join("");
}

function parse({ uuid, at, merged, data, artifacts }: Run, options: IngestOptions, act: Act): ImageRecord {
  const base = data.base_image ? { image: data.base_image, version: data.base_version } : undefined;
  const input = {
    schema: 1,
    image: data.image,
    version: data.version,
    ...(base && { base }),
    build: {
      at: stamp(at),
      runUuid: uuid,
      ...(merged.length > 0 && { merged: merged.map((other) => ({ runUuid: other.uuid, at: stamp(other.at) })) }),
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
    artifacts: sorted(artifacts),
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

const sortKey = ({ cloud, region, arch }: Artifact) => `${CLOUDS.indexOf(cloud)} ${region} ${arch}`;
const sorted = (artifacts: readonly Artifact[]): Artifact[] =>
  [...artifacts].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));

/** What a run must have in common with a version that is there. */
const SAME = ["gitSha", "dirty", "template", "templateSha256", "container"] as const;

/**
 * A version that is there, with what another run of the same commit and base built of it; the very one when it has all that.
 * @throws InvalidInputError when it is another build, has another image in that place, or is past its tests
 */
function joined(existing: ImageRecord, record: ImageRecord, act: Act): ImageRecord {
  const path = `version ${named(record.image, record.version)}`;
  const isSame =
    SAME.every((key) => existing.build[key] === record.build[key]) &&
    existing.base?.image === record.base?.image &&
    existing.base?.version === record.base?.version;
  const held = new Map(existing.artifacts.map((artifact) => [placeOf(artifact), artifact.id]));
  const other = record.artifacts.find((artifact) => (held.get(placeOf(artifact)) ?? artifact.id) !== artifact.id);
  if (!isSame || other)
    refuse(
      path,
      `is in the catalog already, from run ${existing.build.runUuid}; a version is written once, build the next one` +
        (isSame && other ? `. This run made ${other.id} for the same place; npx fleet image orphans finds it` : ""),
    );
  const added = record.artifacts.filter((artifact) => !held.has(placeOf(artifact)));
  if (added.length === 0) return completedLater(existing, record);
  const { state } = existing.lifecycle;
  if (state !== "built" && state !== "tested")
    refuse(path, `is ${state}; what a run adds now was not there when it was decided about. Build the next version`);
  const { runUuid: uuid, at, manifestSha256, provenance } = record.build;
  const runs = [
    ...(existing.build.merged ?? []),
    ...(record.build.merged ?? []),
    { runUuid: uuid, at, ...(provenance && { manifestSha256, provenance }) },
  ];
  const known = new Set([existing.build.runUuid]);
  return {
    ...existing,
    build: {
      ...existing.build,
      merged: runs.filter(({ runUuid }) => !known.has(runUuid) && known.add(runUuid)),
      ...(!existing.build.sbom && record.build.sbom && { sbom: record.build.sbom }),
    },
    artifacts: sorted([...existing.artifacts, ...added]),
    // What passed was tested without them.
    lifecycle: { state: "built", since: stamp(act.now), by: act.by },
  };
}

/** The very run once more, signed or listed meanwhile. */
function completedLater(existing: ImageRecord, { build }: ImageRecord): ImageRecord {
  const { sbom, provenance, manifestSha256 } = existing.build;
  const isOpen = ["built", "tested"].includes(existing.lifecycle.state) && build.manifestSha256 === manifestSha256;
  const later = {
    ...(!sbom && build.sbom && { sbom: build.sbom }),
    ...(!provenance && build.provenance && { provenance: build.provenance }),
  };
  return isOpen && Object.keys(later).length > 0 ? { ...existing, build: { ...existing.build, ...later } } : existing;
}

function refuseClashes(record: ImageRecord, catalog: Catalog): void {
  const ids = new Set(record.artifacts.map(({ id }) => id.toLowerCase()));
  for (const other of allRecords(catalog)) {
    if (other.image === record.image && other.version === record.version) continue;
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
