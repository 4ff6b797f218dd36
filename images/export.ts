/** What other tools need to know: which ids a channel stands for, and what a build starts from. */
import type { Arch, Cloud } from "../constructs/contract/spec";
import { allowedIn } from "./allowed";
import { imageId, type ImageRecord } from "./catalog";
import { effectiveState } from "./effective";
import { lookupIn, type Catalog } from "./load";
import { policyOf } from "./policy";
import { named, refuse } from "./refuse";

/** The image ids of one channel, by image. @throws InvalidInputError when a pointer names what may not run there */
export function exportChannel(catalog: Catalog, name: string, now: Date): Record<string, unknown> {
  const lookup = lookupIn(catalog);
  const entries = [...catalog.images].flatMap(([image, { channels }]) => {
    const channel = channels.get(name);
    if (!channel) return [];
    const record =
      lookup(image, channel.version) ??
      refuse(`channel ${name} of ${image}`, `names ${channel.version}, which is not in the catalog`);
    const allowed = allowedIn({ name, policy: policyOf(catalog.policy, name), channel }, record, lookup, now);
    if (!allowed.ok)
      return refuse(`channel ${name} of ${image}`, `${allowed.reason}; roll back or promote another version`);
    const { version, artifacts, lifecycle } = record;
    return [[image, { version, state: allowed.state, not_after: lifecycle.notAfter ?? null, artifacts }] as const];
  });
  return Object.fromEntries(entries);
}

export interface BuildSource {
  readonly gitSha: string;
  readonly gitDirty: boolean;
  readonly template: string;
  readonly templateSha256: string;
}

/** The base's id on one cloud, empty when it has none there; the region is where the build runs. */
const id = (base: ImageRecord, cloud: Cloud, arch: Arch, region: string | undefined): string =>
  (region === undefined
    ? base.artifacts.find((a) => a.cloud === cloud && a.arch === arch)?.id
    : imageId(base, cloud, region, arch)) ?? "";

/**
 * A version that is there may be built further, on another cloud or for another architecture, until it is decided about.
 * @throws InvalidInputError when it is another commit, template or base, or decided about
 */
function refuseBuilt(
  catalog: Catalog,
  { image, version, base }: { image: string; version: string; base?: ImageRecord | undefined },
  source: BuildSource,
): void {
  const there = lookupIn(catalog)(image, version);
  if (!there) return;
  const isSame =
    there.build.gitSha === source.gitSha &&
    there.build.templateSha256 === source.templateSha256 &&
    there.base?.image === base?.image &&
    there.base?.version === base?.version;
  const isOpen = ["built", "tested"].includes(there.lifecycle.state);
  if (isSame && isOpen) return;
  const why = isSame ? `is ${there.lifecycle.state}` : `was built from commit ${there.build.gitSha.slice(0, 12)}`;
  refuse(
    "version",
    `${named(image, version)} is in the catalog already and ${why}; a version is built once, choose a new one`,
  );
}

/**
 * The variables of a build of an image, with the ids of its base when it has one.
 * @throws InvalidInputError when the base is not approved: nothing may be built on it
 */
export function packerVariables(
  catalog: Catalog,
  wanted: {
    image: string;
    version: string;
    base?: ImageRecord | undefined;
    arch: Arch;
    awsRegion?: string | undefined;
    /** Which build of the version it is; the names of later ones end in it. */
    attempt: number;
  },
  source: BuildSource,
  now: Date,
): Record<string, unknown> {
  const { version, base, arch } = wanted;
  refuseBuilt(catalog, wanted, source);
  if (base) {
    const { state, why } = effectiveState(base, lookupIn(catalog), now);
    if (state !== "approved")
      refuse("--base", `${named(base.image, base.version)} is ${why || state}; build on an approved version`);
  }
  return {
    image_version: version,
    ...(base && {
      base: {
        image: base.image,
        version: base.version,
        aws: id(base, "aws", arch, wanted.awsRegion),
        google: id(base, "google", arch, "global"),
        azure: id(base, "azure", arch, undefined),
      },
    }),
    arch,
    attempt: wanted.attempt,
    git_sha: source.gitSha,
    git_dirty: source.gitDirty,
    template: source.template,
    template_sha256: source.templateSha256,
  };
}
