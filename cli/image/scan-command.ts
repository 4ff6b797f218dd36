/** The command that records what a scanner found in a version. */
import { readFileSync } from "node:fs";
import { jsonIn } from "../../constructs/contract/json-text";
import { addScan } from "../../images/lifecycle";
import { versionOf } from "../../images/load";
import { named, refuse } from "../../images/refuse";
import { sha256 } from "../../images/sbom-store";
import { readReport } from "../../images/scan-report";
import { inWords, judgedFindings, scanOf } from "../../images/vulnerabilities";
import { recordToWrite } from "./build-commands";
import type { ImageCommand } from "./command";
import { packagesOf } from "./packages";

export const scanCommand: ImageCommand = {
  summary: "Records what a scanner found in a version's bill of materials; policy.json says what holds its approval.",
  args: ["image", "version"],
  options: {
    report: { value: "FILE", help: "JSON of Trivy, Grype or OSV-Scanner" },
    sbom: { value: "FILE", help: "bill of materials that was scanned, where the catalog does not keep it" },
  },
  run(input) {
    const catalog = input.catalog();
    const before = versionOf(catalog, input.arg("image"), input.arg("version"));
    const what = named(before.image, before.version);
    const packages =
      packagesOf(input, before, "sbom") ??
      refuse(
        `scan ${what}`,
        "has no bill of materials in the catalog; ingest it with --sbom, or give the one that is kept elsewhere with --sbom",
      );
    const file = input.needed("report");
    const text = textOf(file);
    const scan = scanOf(before, readReport(text, file), packages, sha256(text), catalog.policy, input.now);
    const record = addScan(before, scan);
    const found = judgedFindings(record, catalog.policy, input.now);
    const held = found.filter(({ waiver }) => !waiver);
    const { critical, high, medium, low } = scan.counts;
    const lines = found.map(({ finding, waiver }) =>
      waiver ? `  waived until ${waiver.until}: ${inWords(finding)}: ${waiver.reason}` : `  holds: ${inWords(finding)}`,
    );
    const hold = catalog.policy.vulnerabilities.hold;
    const verdict = hold === undefined ? "policy.json holds no approval for any" : `${held.length} hold an approval`;
    return {
      text: [`${what}: ${critical} critical, ${high} high, ${medium} medium, ${low} low; ${verdict}`, ...lines].join(
        "\n",
      ),
      json: { scan, held: held.map(({ finding }) => finding) },
      write: [recordToWrite(input.folder, record)],
      findings: held.length > 0,
    };
  },
};

function textOf(file: string): string {
  try {
    return jsonIn(readFileSync(file));
  } catch (error) {
    return refuse(file, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
