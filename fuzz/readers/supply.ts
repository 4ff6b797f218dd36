/** What comes with a build: bills of materials, scanners' reports, and the clouds' lists of images. */
import { join } from "node:path";
import { InvalidInputError } from "../../constructs/contract/problem";
import { readListed } from "../../images/listed";
import { comparePackages, readSbom, summary } from "../../images/sbom";
import { readReport } from "../../images/scan-report";
import { mutants } from "../mutate";
import type { Reader } from "../reader";
import { put } from "./project";

const SBOMS = [
  { bomFormat: "CycloneDX", components: [{ name: "openssl", version: "3.0.11-1" }, { name: "bash" }] },
  { spdxVersion: "SPDX-2.3", packages: [{ name: "openssl", versionInfo: "3.0.11-1" }] },
];

export const sboms: Reader = {
  name: "sbom",
  inputs: () =>
    mutants(
      "json",
      SBOMS.map((sbom) => JSON.stringify(sbom)),
    ),
  errors: [InvalidInputError],
  open: () => {
    const known = readSbom(JSON.stringify(SBOMS[0]), "sbom.json").packages;
    return (input) => summary(comparePackages(known, readSbom(input.toString("utf8"), "sbom.json").packages));
  },
};

const REPORTS = [
  { SchemaVersion: 2, CreatedAt: "2026-11-19T00:00:00Z", Results: [{ Vulnerabilities: [{ VulnerabilityID: "CVE-2026-1", PkgName: "openssl", InstalledVersion: "3.0.11-1", Severity: "HIGH" }] }] },
  { descriptor: { name: "grype" }, matches: [{ vulnerability: { id: "CVE-2026-1", severity: "High", fix: { versions: ["2"] } }, artifact: { name: "openssl", version: "1" } }] },
  { results: [{ packages: [{ package: { name: "openssl", version: "1" }, groups: [{ ids: ["CVE-2026-1"], max_severity: "9.8" }] }] }] },
]; // prettier-ignore

export const scanReports: Reader = {
  name: "scan-report",
  inputs: () =>
    mutants(
      "json",
      REPORTS.map((report) => JSON.stringify(report)),
    ),
  errors: [InvalidInputError],
  open: () => (input) => readReport(input.toString("utf8"), "report.json"),
};

const LISTS = [
  { Region: "eu-west-1", Images: [{ ImageId: "ami-0123456789abcdef0", CreationDate: "2026-11-01T00:00:00Z", Tags: [{ Key: "image", Value: "web" }] }] },
  [{ selfLink: "https://www.googleapis.com/compute/v1/projects/p/global/images/web", creationTimestamp: "2026-11-01T00:00:00Z", labels: { image: "web" } }],
  [{ id: "/subscriptions/1/resourceGroups/g/providers/Microsoft.Compute/galleries/f/images/web/versions/1.0.0", location: "West Europe", tags: {} }],
]; // prettier-ignore

export const imageLists: Reader = {
  name: "image-list",
  inputs: () =>
    mutants(
      "json",
      LISTS.map((list) => JSON.stringify(list)),
    ),
  errors: [InvalidInputError],
  open: (folder) => (input) => {
    const file = join(folder, "list.json");
    put(file, input);
    return readListed(file);
  },
};
