/** Commands that bring facts of a build into the catalog. */
import { jsonIn } from "../../constructs/contract/json-text";
import { CLOUDS } from "../../constructs/contract/spec";
import type { ImageRecord } from "../../images/catalog";
import { recordSchema } from "../../images/catalog";
import { stamp } from "../../images/clock";
import { ingest } from "../../images/ingest";
import { jsonText } from "../../images/json-file";
import { addTest, type TestResult } from "../../images/lifecycle";
import { lookupIn, recordFile, versionOf } from "../../images/load";
import { mergeRuns, readManifest } from "../../images/manifest";
import { refuse } from "../../images/refuse";
import { readSbom } from "../../images/sbom";
import { MOST_BYTES, sbomFile, sha256, storedUri } from "../../images/sbom-store";
import { tapResult } from "../../images/tap";
import type { FileToWrite } from "../../images/write";
import { bytesOf } from "./bytes";
import { BY, type ImageCommand, type Input } from "./command";
import { PROVENANCE, provenanceOf, provenanceToWrite } from "./provenance-command";

/** The file of a record as it is to be. */
export const recordToWrite = (folder: string, record: ImageRecord): FileToWrite => ({
  file: recordFile(folder, record),
  text: jsonText(recordSchema, record),
});

/** The bill of materials, as the record names it, and its bytes where the catalog is to keep them. */
function sbomOf(input: Input, version: string) {
  const file = input.text("sbom");
  if (file === undefined) return undefined;
  const bytes = bytesOf(file);
  const text = jsonIn(bytes);
  const { format } = readSbom(text, file);
  const uri = input.text("sbom-uri");
  if (uri === undefined && bytes.length > MOST_BYTES)
    refuse(file, `is larger than ${MOST_BYTES >> 20} MB; keep it elsewhere, and say where with --sbom-uri`);
  return {
    named: { uri: uri ?? storedUri(version), sha256: sha256(uri === undefined ? text : bytes), format },
    kept: uri === undefined ? text : undefined,
  };
}

export const ingestCommand: ImageCommand = {
  summary: "Adds the version that Packer's manifests say was built; runs of the same commit and base are put together.",
  args: ["manifest", "manifests*"],
  options: {
    image: { value: "NAME", help: "image it must be" },
    expect: { value: "CLOUDS", help: "clouds it must hold, such as aws,google; those of policy.json unless given" },
    "allow-partial": { help: "accept a run in which a source failed" },
    "allow-dirty": { help: "accept a build from changes that were not committed" },
    "allow-managed-image": { help: "accept an Azure managed image, which cannot use trusted launch" },
    sbom: { value: "FILE", help: "list of what is in the image, CycloneDX or SPDX; the catalog keeps it" },
    "sbom-uri": { value: "URI", help: "where the SBOM is kept instead" },
    ...PROVENANCE,
    ...BY,
  },
  run(input) {
    const file = input.arg("manifest");
    const bytes = bytesOf(file);
    const options = { allowManagedImage: input.on("allow-managed-image") };
    const others = input.rest.map((other) => readManifest(jsonIn(bytesOf(other)), other, options));
    const run = [...others, readManifest(jsonIn(bytes), file, options)].reduce(mergeRuns);
    const catalog = input.catalog();
    const provenance = provenanceOf(input, catalog, run, sha256(bytes));
    const sbom = sbomOf(input, run.data.version ?? "");
    const record = ingest(
      run,
      catalog,
      {
        image: input.text("image"),
        expect: input.words("expect", CLOUDS) ?? catalog.policy.clouds,
        allowPartial: input.on("allow-partial"),
        allowDirty: input.on("allow-dirty"),
        manifestSha256: sha256(bytes),
        sbom: sbom?.named,
        provenance: provenance?.named,
      },
      input.act(),
    );
    const there = lookupIn(catalog)(record.image, record.version) === record;
    const merged = (record.build.merged ?? []).map(({ runUuid }) => ` and ${runUuid}`).join("");
    return {
      text: there
        ? `${record.image} ${record.version} is in the catalog already`
        : `${record.image} ${record.version} built: ${record.artifacts.length} images, run ${record.build.runUuid}${merged}`,
      json: record,
      write: there
        ? []
        : [
            recordToWrite(input.folder, record),
            ...sbomToWrite(input.folder, record, sbom?.kept),
            ...provenanceToWrite(input.folder, record, provenance),
          ],
    };
  },
};

/** The bill of materials, where the record took this one. */
const sbomToWrite = (folder: string, record: ImageRecord, kept: string | undefined): FileToWrite[] =>
  kept !== undefined &&
  record.build.sbom?.sha256 === sha256(kept) &&
  record.build.sbom.uri === storedUri(record.version)
    ? [{ file: sbomFile(folder, record), text: kept }]
    : [];

export const testAddCommand: ImageCommand = {
  summary: "Records a test result; a version whose suites all passed is tested.",
  args: ["image", "version"],
  options: {
    suite: { value: "NAME", help: "name of the suite" },
    tap: { value: "FILE", help: "its output in TAP, which decides the result" },
    result: { value: "WORD", help: "passed or failed, when there is no TAP" },
    report: { value: "URI", help: "where the report is kept" },
    ...BY,
  },
  run(input) {
    const catalog = input.catalog();
    const before = versionOf(catalog, input.arg("image"), input.arg("version"));
    const report = input.text("report");
    const test: TestResult = {
      suite: input.needed("suite"),
      result: resultOf(input),
      at: stamp(input.now),
      ...(report !== undefined && { report }),
    };
    const record = addTest(before, test, catalog.policy, input.act());
    const { state } = record.lifecycle;
    const alarm = test.result === "failed" && ["approved", "deprecated"].includes(state);
    const advice = alarm ? "; it is in use, so deprecate or revoke it" : "";
    return {
      text: `${record.image} ${record.version}: ${test.suite} ${test.result}, version is ${state}${advice}`,
      json: record,
      write: [recordToWrite(input.folder, record)],
      findings: test.result === "failed",
    };
  },
};

function resultOf(input: Input): TestResult["result"] {
  const [tap, result] = [input.text("tap"), input.text("result")];
  if ((tap === undefined) === (result === undefined)) refuse("--tap", "or --result is needed, and only one of them");
  return tap === undefined
    ? input.oneOf("result", result!, ["passed", "failed"])
    : tapResult(bytesOf(tap).toString("utf8"), tap);
}
