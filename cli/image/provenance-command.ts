/** Signed provenance on the command line: the statement to sign, and what a signed one must say. */
import { basename, join } from "node:path";
import { jsonIn } from "../../constructs/contract/json-text";
import { InvalidInputError } from "../../constructs/contract/problem";
import type { ImageRecord } from "../../images/catalog";
import { REQUIRED_DATA } from "../../images/ingest";
import type { Catalog } from "../../images/load";
import { mergeRuns, readManifest, type Run } from "../../images/manifest";
import { judge, provenanceProblems, ruleOf, statementUri } from "../../images/provenance/kept";
import { readSmall } from "../../images/provenance/read-small";
import { makeStatement, statementsOf, subjectsOf, type Statement } from "../../images/provenance/statement";
import { loadTrust } from "../../images/provenance/trust";
import { refuse } from "../../images/refuse";
import { sha256 } from "../../images/sbom-store";
import type { FileToWrite } from "../../images/write";
import type { Options } from "../options";
import { bytesOf } from "./bytes";
import type { ImageCommand, Input } from "./command";

export const PROVENANCE: Options = {
  provenance: {
    value: "FILE",
    help: "signed statement of how it was built, a bundle of Sigstore; the catalog keeps it",
  },
  "provenance-uri": { value: "URI", help: "where that is kept instead, unless policy.json says who signs" },
};

export interface Provenance {
  readonly named: Statement;
  /** What the catalog is to keep. */
  readonly kept: string | undefined;
}

/** The statement, checked where policy.json says who signs. @throws InvalidInputError when it is missing or does not hold */
export function provenanceOf(
  input: Input,
  { folder, policy }: Catalog,
  run: Run,
  manifestSha256: string,
): Provenance | undefined {
  const [file, uri, rule] = [input.text("provenance"), input.text("provenance-uri"), ruleOf(policy)];
  if (file === undefined)
    return rule?.required
      ? refuse(
          "--provenance",
          "is needed: policy.json takes signed builds alone; docs/image-builds.md says how they are signed",
        )
      : undefined;
  const content = jsonIn(readSmall(file));
  const digest = sha256(content);
  if (rule) {
    if (uri !== undefined)
      refuse(
        "--provenance-uri",
        "is not for statements that policy.json wants checked; leave it out, and the catalog keeps the file",
      );
    const claim = { manifestSha256, gitSha: run.data.git_sha ?? "", builder: rule.builder };
    const judged = judge(content, claim, loadTrust(folder, rule));
    if (judged.wrong !== undefined) return refuse(file, judged.wrong);
    const odd = run.artifacts.find(({ id }) => !judged.names(id));
    if (odd)
      refuse(
        file,
        `must name each image that was built, as npx fleet image statement does; it does not name ${odd.id}`,
      );
  }
  return {
    named: { uri: uri ?? statementUri(run.data.version ?? "", digest), sha256: digest },
    kept: uri === undefined ? content : undefined,
  };
}

/** The statement's file, where the record took this one. */
export const provenanceToWrite = (
  folder: string,
  record: ImageRecord,
  provenance: Provenance | undefined,
): FileToWrite[] =>
  provenance?.kept !== undefined && statementsOf(record).some(({ statement }) => statement.uri === provenance.named.uri)
    ? [{ file: join(folder, record.image, provenance.named.uri), text: provenance.kept }]
    : [];

/** @throws InvalidInputError when the rule of a channel, or that for all, is not met */
export function refuseUnsigned(catalog: Catalog, record: ImageRecord, channel?: string): void {
  const problems = provenanceProblems(catalog.folder, record, ruleOf(catalog.policy, channel));
  if (problems.length > 0) throw new InvalidInputError(problems);
}

export const statementCommand: ImageCommand = {
  summary: "Prints what is to be signed of a build: an in-toto statement, or the digests that it is about.",
  args: ["manifest", "manifests*"],
  options: {
    builder: { value: "URI", help: "what ran the build" },
    source: { value: "URI", help: "the repository that it was built from" },
    checksums: { help: "print the digests alone, for a signer that writes the rest itself" },
    "allow-managed-image": { help: "accept an Azure managed image" },
  },
  run(input) {
    const options = { allowManagedImage: input.on("allow-managed-image") };
    const read = [...input.rest, input.arg("manifest")].map((file) => {
      const bytes = bytesOf(file);
      return { run: readManifest(jsonIn(bytes), file, options), name: basename(file), sha256: sha256(bytes) };
    });
    const run = read.map((one) => one.run).reduce(mergeRuns);
    const missing = REQUIRED_DATA.filter((key) => !run.data[key]);
    if (missing.length > 0)
      refuse("custom_data", `must hold ${REQUIRED_DATA.join(", ")}, got no ${missing.join(", ")}; see images/packer`);
    const manifests = read.map(({ name, sha256: digest }) => ({ name, sha256: digest }));
    if (input.on("checksums")) {
      const subjects = subjectsOf(manifests, run.artifacts);
      return { text: subjects.map(({ name, sha256: digest }) => `${digest}  ${name}`).join("\n"), json: subjects };
    }
    const json = makeStatement(run, manifests, { id: input.needed("builder"), source: input.needed("source") });
    return { text: JSON.stringify(json, null, 2), json };
  },
};
