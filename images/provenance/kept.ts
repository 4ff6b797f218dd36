/** Signed statements that the catalog keeps: images/catalog/<image>/provenance/<version>-<digest>.json, as their signers left them. */
import { join } from "node:path";
import { jsonIn } from "../../constructs/contract/json-text";
import { InvalidInputError, type Problem } from "../../constructs/contract/problem";
import type { ImageRecord } from "../catalog";
import { recordFile, type Catalog } from "../load";
import type { Policy } from "../policy";
import { named } from "../refuse";
import { sha256 } from "../sbom-store";
import { readSmall } from "./read-small";
import type { ProvenanceRule } from "./rule";
import { signedContent } from "./signature";
import { judgeStatement, statementsOf, type Claim, type Judged, type Statement } from "./statement";
import { loadTrust, type Trust } from "./trust";

/** How a record names a statement that lies beside it. */
export const statementUri = (version: string, digest: string): string =>
  `provenance/${version}-${digest.slice(0, 12)}.json`;

/** Whether a statement is signed by whom the trust names, and about the build. */
export function judge(content: string, claim: Claim, trust: Trust): Judged {
  const signed = signedContent(content, trust);
  return signed.wrong === undefined ? judgeStatement(signed.payloadType, signed.payload, claim) : signed;
}

/** What holds for a version in a channel, or for all. */
export const ruleOf = ({ channels, provenance }: Policy, channel?: string): ProvenanceRule | undefined =>
  (channel === undefined ? undefined : channels[channel]?.provenance) ?? provenance;

/** Why the statements of a version do not hold under a rule; none when they do. @throws InvalidInputError when the rule's keys cannot be read */
export function provenanceProblems(
  folder: string,
  record: ImageRecord,
  rule: ProvenanceRule | undefined,
  trust = rule && loadTrust(folder, rule),
): Problem[] {
  if (!rule || !trust) return [];
  const isHere = ({ uri, sha256: digest }: Statement) => uri === statementUri(record.version, digest);
  const statements = statementsOf(record).filter(({ statement }) => rule.required || isHere(statement));
  const path = `${recordFile(folder, record)} build.provenance`;
  if (statements.length === 0)
    return rule.required
      ? [{ path, message: `is missing, and policy.json wants ${named(record.image, record.version)} signed; ingest it with --provenance, or build the next version` }]
      : []; // prettier-ignore
  const judged = statements.map(({ statement, ...claim }) => {
    if (!isHere(statement))
      return {
        wrong: `is kept elsewhere, ${statement.uri}, where nothing can check it; ingest it with --provenance alone`,
      };
    const file = join(folder, record.image, statement.uri);
    const bytes = readOr(file);
    if (!Buffer.isBuffer(bytes)) return bytes;
    if (sha256(bytes) !== statement.sha256)
      return { file, wrong: "is not what was ingested: its SHA-256 differs from the record's" };
    return { file, ...judge(jsonIn(bytes), { ...claim, builder: rule.builder }, trust) };
  });
  const wrong = judged.flatMap((one) =>
    one.wrong === undefined ? [] : [{ path: "file" in one ? one.file : path, message: one.wrong }],
  );
  if (wrong.length > 0 || !rule.required) return wrong;
  return record.artifacts
    .filter(({ id }) => !judged.some((one) => "names" in one && one.names?.(id)))
    .map(({ id }) => ({
      path,
      message: `names no image ${id}, which the record has; nobody has signed where it comes from`,
    }));
}

function readOr(file: string): Buffer | { readonly file: string; readonly wrong: string } {
  try {
    return readSmall(file);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { file, wrong: error.problems[0]!.message };
  }
}

/** Versions that may still run and do not hold: for all, and for what a channel points at by the rule of that channel. */
export function catalogProblems({ folder, policy, images }: Catalog): Problem[] {
  const check = (rule: ProvenanceRule | undefined, records: readonly (ImageRecord | undefined)[]): Problem[] => {
    if (!rule) return [];
    try {
      const trust = loadTrust(folder, rule);
      return records.flatMap((record) => (record ? provenanceProblems(folder, record, rule, trust) : []));
    } catch (error) {
      if (error instanceof InvalidInputError) return [...error.problems];
      throw error;
    }
  };
  const all = [...images.values()];
  const live = all.flatMap(({ versions }) =>
    [...versions.values()].filter(({ lifecycle }) => !["revoked", "deleted"].includes(lifecycle.state)),
  );
  const found = [
    ...check(policy.provenance, live),
    ...Object.entries(policy.channels).flatMap(([name, rule]) =>
      check(
        rule.provenance,
        all.map(({ versions, channels }) => versions.get(channels.get(name)?.version ?? "")),
      ),
    ),
  ];
  const seen = new Set<string>();
  return found.filter(({ path, message }) => !seen.has(path + message) && seen.add(path + message));
}
