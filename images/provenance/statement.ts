/**
 * The in-toto statement of a build with a SLSA predicate: made for signing, and held against what the catalog says.
 * https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md, https://slsa.dev/spec/v1.0/provenance
 */
import { z } from "zod";
import { parseJson } from "../../constructs/contract/json-text";
import type { Artifact, ImageRecord } from "../catalog";
import { stamp } from "../clock";
import type { Run } from "../manifest";
import { sha256 } from "../sbom-store";

export const STATEMENT = "https://in-toto.io/Statement/v1";
export const SLSA = "https://slsa.dev/provenance/v1";
export const PAYLOAD = "application/vnd.in-toto+json";

/** A manifest as it was read, by the name that people know it by. */
export interface NamedDigest {
  readonly name: string;
  readonly sha256: string;
}

/** What a statement is about: the manifests, and each image's id by its own digest, because no cloud tells the digest of an image. */
export const subjectsOf = (manifests: readonly NamedDigest[], artifacts: readonly Artifact[]): NamedDigest[] => [
  ...manifests,
  ...[...new Set(artifacts.map(({ id }) => id))].sort().map((id) => ({ name: id, sha256: sha256(id) })),
];

export interface Builder {
  /** URI of what runs the build. */
  readonly id: string;
  /** URI of the repository. */
  readonly source: string;
}

/** The statement of a run, ready to be signed. */
export function makeStatement(run: Run, manifests: readonly NamedDigest[], { id, source }: Builder): unknown {
  const { data } = run;
  return {
    _type: STATEMENT,
    subject: subjectsOf(manifests, run.artifacts).map(({ name, sha256: digest }) => ({
      name,
      digest: { sha256: digest },
    })),
    predicateType: SLSA,
    predicate: {
      buildDefinition: {
        buildType: "https://packer.io/buildtypes/hcl2/v1",
        externalParameters: {
          template: data.template,
          user_variables: {
            image: data.image,
            image_version: data.version,
            ...(data.base_image && { base: `${data.base_image}@${data.base_version}` }),
            ...(data.container && { container: data.container }),
          },
        },
        resolvedDependencies: [{ uri: `git+${source}`, digest: { gitCommit: data.git_sha } }],
      },
      runDetails: {
        builder: { id, version: { packer: data.packer_version } },
        metadata: { invocationId: run.uuid, finishedOn: stamp(run.at) },
      },
    },
  };
}

const digests = z.record(z.string(), z.string());
const statementSchema = z.looseObject({
  _type: z.literal(STATEMENT),
  subject: z.array(z.looseObject({ name: z.string().optional(), digest: digests })).min(1),
  predicateType: z.literal(SLSA),
  predicate: z.looseObject({
    buildDefinition: z.looseObject({
      resolvedDependencies: z
        .array(z.looseObject({ uri: z.string().optional(), digest: digests.optional() }))
        .default([]),
    }),
    runDetails: z.looseObject({ builder: z.looseObject({ id: z.string() }) }),
  }),
});

/** What the catalog says of a build. */
export interface Claim {
  readonly manifestSha256: string;
  readonly gitSha: string;
  /** Who must have built it; anybody unless given. */
  readonly builder?: string | undefined;
}

/** A statement about the build, or why it is none. */
export type Judged =
  | { readonly names: (id: string) => boolean; readonly wrong?: undefined }
  | { readonly names?: undefined; readonly wrong: string };

const few = (values: readonly string[]) => values.slice(0, 3).join(", ") + (values.length > 3 ? ", …" : "");

/** Holds a statement, whose signature is known to be right, against the catalog. */
export function judgeStatement(payloadType: string, payload: string, claim: Claim): Judged {
  if (payloadType !== PAYLOAD) return { wrong: `must be about an in-toto statement, ${PAYLOAD}, got "${payloadType}"` };
  let input: unknown;
  try {
    input = parseJson(payload);
  } catch (error) {
    return { wrong: `holds a statement that is not readable JSON: ${(error as Error).message}` };
  }
  const parsed = statementSchema.safeParse(input);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => path.join(".") || "the whole");
    return {
      wrong: `must hold an in-toto statement v1 with SLSA provenance v1; ${few(fields)} ${fields.length === 1 ? "is" : "are"} not of its form`,
    };
  }
  const { subject, predicate } = parsed.data;
  const known = new Set(subject.map(({ digest }) => digest.sha256));
  if (!known.has(claim.manifestSha256))
    return {
      wrong: `is about something else: its subjects do not hold the manifest, SHA-256 ${claim.manifestSha256}, but ${few(subject.map(({ name, digest }) => name ?? Object.values(digest).join()))}`,
    };
  const commits = predicate.buildDefinition.resolvedDependencies.flatMap(({ digest }) => digest?.gitCommit ?? []);
  if (!commits.includes(claim.gitSha))
    return {
      wrong: `is about another commit: it must name ${claim.gitSha}, got ${few(commits) || "none in resolvedDependencies"}`,
    };
  const { id } = predicate.runDetails.builder;
  if (claim.builder !== undefined && id !== claim.builder)
    return { wrong: `must come from the builder ${claim.builder}, got "${id}"` };
  return { names: (image) => known.has(sha256(image)) };
}

export type Statement = NonNullable<ImageRecord["build"]["provenance"]>;

/** The statements of a version, each with the manifest it is about: of the build, and of the runs that were put to it. */
export const statementsOf = ({ build }: ImageRecord): (Claim & { readonly statement: Statement })[] =>
  [build, ...(build.merged ?? [])].flatMap(({ manifestSha256, provenance }) =>
    manifestSha256 && provenance ? [{ manifestSha256, gitSha: build.gitSha, statement: provenance }] : [],
  );
