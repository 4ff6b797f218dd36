/**
 * The image catalog: images/catalog/<image>/<version>.json, one file per version, in version control. This module reads
 * and checks it; it never guesses: a record that is not whole is an error with file and field.
 */
import { join } from "node:path";
import { z } from "zod";
import { VERSION_LIMIT } from "../constructs/contract/name-limits";
import type { Problem } from "../constructs/contract/problem";
import { isPinnedImageId, IMAGE_ID } from "../constructs/contract/release";
import { CLOUDS, type Arch, type Cloud } from "../constructs/contract/spec";
import { listNames, readJson } from "./json-file";
import { SEVERITIES } from "./scan-report";

export const ARCHS = ["x86_64", "arm64"] as const;

/** Stations of a version's life, in their usual order. */
export const STATES = ["built", "tested", "approved", "deprecated", "revoked", "deleted"] as const;
export type State = (typeof STATES)[number];

export const imageName = z.string().regex(/^[a-z][a-z0-9-]{1,30}$/, "a lower-case image name such as web");
export const version = z
  .string()
  .regex(/^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/, "MAJOR.MINOR.PATCH")
  .max(VERSION_LIMIT);
export const time = z.iso.datetime({ offset: true });
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in 64 hex digits");
export const text = z.string().min(1);
const count = z.int().min(0);

/** A container named by its content; a tag can mean another container tomorrow. */
export const container = z
  .string()
  .regex(
    /^[^@\s]+@sha256:[0-9a-f]{64}$/,
    "a container by digest such as registry.example.com/web@sha256:<64 hex digits>",
  );

/** How a place is written on each cloud. Azure shows "West Europe" and means westeurope. */
export const PLACE: Readonly<Record<Cloud, { readonly pattern: RegExp; readonly example: string }>> = {
  aws: { pattern: /^[a-z]{2,}(-[a-z]+)+-\d+$/, example: "eu-west-1" },
  google: { pattern: /^global$/, example: "global" },
  azure: { pattern: /^[a-z0-9]+$/, example: "westeurope" },
};

/** The same rules as the refinements below, for readers of the JSON Schema. Azure ids ignore case, which a pattern cannot say. */
const form = (cloud: Cloud) => ({
  if: { properties: { cloud: { const: cloud } } },
  then: {
    properties: {
      region: { pattern: PLACE[cloud].pattern.source },
      ...(cloud !== "azure" && { id: { pattern: IMAGE_ID[cloud].pattern } }),
    },
  },
});

const artifact = z
  .strictObject({
    cloud: z.enum(CLOUDS),
    /** Region that the id is valid in; `global` on Google Cloud, where images have no region. */
    region: text,
    arch: z.enum(ARCHS),
    id: text,
  })
  .meta({ allOf: CLOUDS.map(form) })
  .superRefine(({ cloud, id }, context) => {
    if (!isPinnedImageId(cloud, id))
      context.addIssue({
        code: "custom",
        path: ["id"],
        message: `must be a pinned ${cloud} image id such as ${IMAGE_ID[cloud].example}, got ${JSON.stringify(id)}`,
      });
  })
  .superRefine(({ cloud, region }, context) => {
    if (!PLACE[cloud].pattern.test(region))
      context.addIssue({
        code: "custom",
        path: ["region"],
        message: `must be written as ${PLACE[cloud].example} on ${cloud}, got ${JSON.stringify(region)}`,
      });
  });

const lifecycle = z
  .strictObject({
    state: z.enum(STATES),
    since: time,
    by: text,
    reason: text.optional(),
    /** State before a revocation or deletion; `restore` goes back to it. */
    was: z.enum(STATES).optional(),
    /** Version to use instead. */
    replacement: version.optional(),
    /** End of life: the version should no longer run. */
    notAfter: time.optional(),
    /** Time at which the version becomes revoked by itself. */
    revokeAt: time.optional(),
    /** Whether a revocation also holds for the images built on this one. Left out it does. */
    inherit: z.boolean().optional(),
    /** What a scanner last found in its bill of materials. */
    scan: z
      .strictObject({
        tool: z.enum(["trivy", "grype", "osv-scanner"]),
        at: time,
        reportSha256: sha256,
        /** Least severity that is listed: the policy's, when it was scanned. */
        from: z.enum(SEVERITIES),
        counts: z.strictObject({ critical: count, high: count, medium: count, low: count }),
        findings: z.array(
          z.strictObject({
            id: text,
            aliases: z.array(text).optional(),
            severity: z.enum(SEVERITIES),
            package: text,
            version: text,
            fixed: text.optional(),
          }),
        ),
      })
      .optional(),
    tests: z
      .array(z.strictObject({ suite: text, result: z.enum(["passed", "failed"]), at: time, report: text.optional() }))
      .optional(),
  })
  .meta({ allOf: [{ if: { properties: { state: { const: "revoked" } } }, then: { required: ["reason"] } }] })
  .superRefine(({ state, revokeAt, reason }, context) => {
    if ((state === "revoked" || revokeAt !== undefined) && reason === undefined)
      context.addIssue({
        code: "custom",
        path: ["reason"],
        message: "must say why the version is revoked, got nothing",
      });
  });

/** A signed statement of how a run was built. */
const statement = z.strictObject({ uri: text, sha256 });

export const recordSchema = z.strictObject({
  schema: z.literal(1),
  image: imageName,
  version,
  /** Image that this one was built on. */
  base: z.strictObject({ image: imageName, version }).optional(),
  /** Facts of the build, never changed afterwards. */
  build: z.strictObject({
    at: time,
    runUuid: text,
    /** Other runs of the same commit, base and version whose images are here too, such as those of another architecture. */
    merged: z
      .array(
        z.strictObject({
          runUuid: text,
          at: time,
          manifestSha256: sha256.optional(),
          provenance: statement.optional(),
        }),
      )
      .optional(),
    gitSha: z.string().regex(/^[0-9a-f]{40}$/, "a commit in 40 hex digits"),
    dirty: z.boolean().optional(),
    template: text,
    templateSha256: sha256,
    packer: text,
    manifestSha256: sha256,
    container: container.optional(),
    sbom: z.strictObject({ uri: text, sha256, format: text }).optional(),
    provenance: statement.optional(),
  }),
  artifacts: z
    .array(artifact)
    .min(1)
    .superRefine((artifacts, context) => {
      const keys = artifacts.map(({ cloud, region, arch }) => `${cloud} ${region} ${arch}`);
      keys.forEach((key, index) => {
        if (keys.indexOf(key) !== index)
          context.addIssue({ code: "custom", path: [index], message: `is the second artifact for ${key}; keep one` });
      });
    }),
  /** Where the version is in its life. */
  lifecycle,
});

export type ImageRecord = z.output<typeof recordSchema>;

export type Artifact = ImageRecord["artifacts"][number];

/** A record by name, undefined when the catalog has none. */
export type Lookup = (image: string, version: string) => ImageRecord | undefined;

/** A record, or why there is none. */
export type Found<T> =
  | { readonly value: T; readonly problems?: undefined }
  | { readonly value?: undefined; readonly problems: readonly Problem[] };

/**
 * The record of one version.
 *
 * @param catalog folder of the catalog
 * @param wantedBy file and field that name the version, for the error when it is not there
 */
export function findImage(catalog: string, image: string, wanted: string, wantedBy: string): Found<ImageRecord> {
  const file = join(catalog, image, `${wanted}.json`);
  const versions = listNames(join(catalog, image), ".json");
  if (!versions.includes(wanted)) {
    const known =
      versions.length > 0 ? `known versions: ${versions.join(", ")}` : `the catalog has no image "${image}"`;
    return {
      problems: [
        { path: wantedBy, message: `must be a version of image "${image}" in ${catalog}, got "${wanted}"; ${known}` },
      ],
    };
  }
  const read = readJson(file, recordSchema);
  if (read.problems) return read;
  const mismatch = (["image", "version"] as const).filter(
    (field) => read.value[field] !== { image, version: wanted }[field],
  );
  if (mismatch.length === 0) return read;
  return {
    problems: mismatch.map((field) => ({
      path: `${file} ${field}`,
      message: `must agree with the file's place in the catalog, got "${read.value[field]}"`,
    })),
  };
}

/** The id of a version in one place, undefined when it was not built for it. */
export function imageId({ artifacts }: ImageRecord, cloud: Cloud, region: string, arch: Arch): string | undefined {
  const place = cloud === "google" ? "global" : region;
  return artifacts.find((artifact) => artifact.cloud === cloud && artifact.region === place && artifact.arch === arch)
    ?.id;
}
