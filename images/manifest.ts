/**
 * Reads what Packer's manifest post-processor wrote. Facts about the file:
 * it grows with each run, so builds of `last_run_uuid` count, and of the runs before it those that built the same thing; each
 * source writes when it succeeds, so a failed one is simply absent; Google's id is a bare name; Azure's is the managed image
 * whenever there is one, not the gallery version.
 */
import { z } from "zod";
import { parseJson } from "../constructs/contract/json-text";
import { InvalidInputError } from "../constructs/contract/problem";
import { ARCHS, text, type Artifact } from "./catalog";
import type { Cloud } from "../constructs/contract/spec";
import { describeIssue, dottedPath } from "../constructs/contract/validate";
import { refuse } from "./refuse";

const build = z.looseObject({
  name: text,
  builder_type: text,
  /** Seconds since 1970; absent with strip_time. */
  build_time: z.int().optional(),
  artifact_id: z.string(),
  packer_run_uuid: text,
  custom_data: z.record(z.string(), z.string()).nullish(),
});
const manifestSchema = z.looseObject({ builds: z.array(build), last_run_uuid: z.string() });

type Build = z.output<typeof build>;
type Data = Readonly<Record<string, string>>;
type Place = Pick<Artifact, "region" | "id">;

/** A run of Packer, with what others built of the same commit, base and version. */
export interface Run {
  readonly uuid: string;
  readonly at: Date;
  /** The others whose images are in it, oldest first. */
  readonly merged: readonly { readonly uuid: string; readonly at: Date }[];
  /** Custom data that all builds of the run agree on. */
  readonly data: Data;
  readonly artifacts: readonly Artifact[];
}

export interface ManifestOptions {
  readonly allowManagedImage: boolean;
}

const list = (value: string) =>
  value
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");

function amazon({ artifact_id }: Build, path: string): Place[] {
  return list(artifact_id).map((pair) => {
    const [, region, id] =
      /^([^:]+):(ami-.+)$/.exec(pair) ?? refuse(path, `must be region:ami pairs, got "${artifact_id}"`);
    return { region: region!, id: id! };
  });
}

function google({ artifact_id, custom_data }: Build, path: string): Place[] {
  const project = custom_data?.google_project;
  if (!project)
    refuse(
      path,
      `is only a name, "${artifact_id}"; put google_project into the manifest's custom_data to make it an id`,
    );
  return [{ region: "global", id: `projects/${project}/global/images/${artifact_id}` }];
}

function azure({ artifact_id, custom_data }: Build, path: string, { allowManagedImage }: ManifestOptions): Place[] {
  if (!/\/galleries\//i.test(artifact_id) && !(allowManagedImage && /\/images\//i.test(artifact_id)))
    refuse(
      path,
      `must be a gallery image version, got "${artifact_id}"; remove managed_image_name from the template, or pass --allow-managed-image`,
    );
  // As the plugin does: it shows "West Europe" and means westeurope.
  const regions = list((custom_data?.azure_regions ?? "").toLowerCase()).map((region) => region.replaceAll(/\s/g, ""));
  if (regions.length === 0)
    refuse(
      path,
      "does not say where the image is; put azure_regions, comma-separated, into the manifest's custom_data",
    );
  return regions.map((region) => ({ region, id: artifact_id }));
}

interface Builder {
  readonly cloud: Cloud;
  places(build: Build, path: string, options: ManifestOptions): Place[];
}

const BUILDERS: Readonly<Record<string, Builder>> = {
  "amazon-ebs": { cloud: "aws", places: amazon },
  googlecompute: { cloud: "google", places: google },
  "azure-arm": { cloud: "azure", places: azure },
};

/** Type of the source that builds for each cloud. */
export const BUILDER = Object.fromEntries(
  Object.entries(BUILDERS).map(([type, { cloud }]) => [cloud, type]),
) as Readonly<Record<Cloud, string>>;

/** Custom data that may differ between the builds of a run. */
const PER_BUILD = ["arch"];

/** What runs must have in common to be of one version. */
const SAME = ["image", "version", "git_sha", "git_dirty", "template", "template_sha256", "base_image", "base_version", "container"]; // prettier-ignore

type Placed = Build & { readonly path: string };

/**
 * The last run of a manifest, and what runs before it built of the same commit, base and version: a rebuild of what failed, or
 * another architecture. Of two builds for one place the later counts.
 * @param file name of the manifest, for errors
 * @throws InvalidInputError
 */
export function readManifest(json: string, file: string, options: ManifestOptions): Run {
  const { builds, last_run_uuid: last } = parse(json, file);
  const runs = new Map<string, Placed[]>();
  builds.forEach((entry, index) => {
    const uuid = entry.packer_run_uuid;
    runs.set(uuid, [...(runs.get(uuid) ?? []), { ...entry, path: `${file} builds[${index}]` }]);
  });
  const of = runs.get(last);
  if (!of) return refuse(`${file} last_run_uuid`, `names no build in the file, got "${last}"; run packer build again`);
  const run = runOf(last, of, options);
  const before = [...runs]
    .filter(([uuid, entries]) => uuid !== last && entries.every((entry) => isSame(entry, run.data)))
    .map(([uuid, entries]) => runOf(uuid, entries, options));
  return [...before, run].reduce(mergeRuns);
}

/**
 * Every image of every run in a manifest, with what its build says of itself; sources that are of no cloud have none.
 * @throws InvalidInputError
 */
export function everyImage(json: string, file: string): { artifact: Artifact; data: Data; at: Date }[] {
  return parse(json, file).builds.flatMap((entry, index) => {
    const path = `${file} builds[${index}]`;
    if (!Object.hasOwn(BUILDERS, entry.builder_type)) return [];
    const { cloud, places } = BUILDERS[entry.builder_type]!;
    return places(entry, `${path}.artifact_id`, { allowManagedImage: true }).map((place) => ({
      artifact: { cloud, ...place, arch: archOf(entry, path) },
      data: entry.custom_data ?? {},
      at: new Date((entry.build_time ?? 0) * 1000),
    }));
  });
}

const isSame = ({ builder_type, custom_data }: Build, data: Data): boolean =>
  Object.hasOwn(BUILDERS, builder_type) && SAME.every((key) => custom_data?.[key] === data[key]);

/**
 * Two runs as one, named after the later. Of two images for one place the later run's is taken; the other one is an orphan.
 * @throws InvalidInputError when they did not build the same thing
 */
export function mergeRuns(before: Run, run: Run): Run {
  const odd = SAME.find((key) => before.data[key] !== run.data[key]);
  if (odd !== undefined)
    refuse(
      `custom_data.${odd}`,
      `is "${before.data[odd] ?? ""}" in run ${before.uuid} and "${run.data[odd] ?? ""}" in run ${run.uuid}; runs of one version build the same commit on the same base`,
    );
  const taken = new Set(run.artifacts.map(placeOf));
  const kept = before.artifacts.filter((artifact) => !taken.has(placeOf(artifact)));
  const others = [...before.merged, ...(kept.length > 0 ? [{ uuid: before.uuid, at: before.at }] : []), ...run.merged];
  return { ...run, artifacts: [...kept, ...run.artifacts], merged: others.filter(({ uuid }) => uuid !== run.uuid) };
}

export const placeOf = ({ cloud, region, arch }: Artifact): string => `${cloud} ${region} ${arch}`;

function runOf(uuid: string, entries: readonly Placed[], options: ManifestOptions): Run {
  const artifacts = entries.flatMap((entry) => {
    const builder = Object.hasOwn(BUILDERS, entry.builder_type) ? BUILDERS[entry.builder_type] : undefined;
    if (!builder)
      return refuse(
        `${entry.path}.builder_type`,
        `must be one of ${Object.keys(BUILDERS).join(", ")}, got "${entry.builder_type}"`,
      );
    return builder
      .places(entry, `${entry.path}.artifact_id`, options)
      .map((place) => ({ cloud: builder.cloud, ...place, arch: archOf(entry, entry.path) }));
  });
  const times = entries.map(({ build_time, path }) =>
    build_time === undefined
      ? refuse(`${path}.build_time`, "is missing; leave strip_time off in the manifest post-processor")
      : build_time,
  );
  return { uuid, at: new Date(Math.max(...times) * 1000), merged: [], data: agreed(entries), artifacts };
}

function parse(json: string, file: string): z.output<typeof manifestSchema> {
  let input: unknown;
  try {
    input = parseJson(json);
  } catch (error) {
    return refuse(file, `is not readable JSON: ${(error as Error).message}`);
  }
  const parsed = manifestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(
    parsed.error.issues.map((issue) => ({
      path: `${file} ${dottedPath(issue.path)}`.trim(),
      message: `${describeIssue(issue, input)}; this is not a manifest that Packer wrote`,
    })),
  );
}

function archOf({ custom_data }: Build, path: string): Artifact["arch"] {
  const arch = custom_data?.arch ?? "x86_64";
  return (
    ARCHS.find((known) => known === arch) ??
    refuse(`${path}.custom_data.arch`, `must be one of ${ARCHS.join(", ")}, got "${arch}"`)
  );
}

function agreed(builds: readonly Placed[]): Data {
  const data: Record<string, string> = {};
  for (const { custom_data, path } of builds)
    for (const [key, value] of Object.entries(custom_data ?? {})) {
      if (PER_BUILD.includes(key)) continue;
      if (Object.hasOwn(data, key) && data[key] !== value)
        refuse(`${path}.custom_data.${key}`, `is "${value}" here and "${data[key]}" in another build of the same run`);
      data[key] = value;
    }
  return data;
}
