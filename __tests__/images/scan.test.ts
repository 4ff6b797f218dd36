import { join } from "node:path";
import { readReport } from "../../images/scan-report";
import { sha256, storedUri } from "../../images/sbom-store";
import { fleetImage, project, record, snapshot, write } from "./support";

/** Id, severity as the tool writes it, package, version, and version that has it no more. */
type Row = readonly [string, string, string, string, string?];
const trivy = (rows: readonly Row[], CreatedAt = "2026-11-19T00:00:00Z") => ({ SchemaVersion: 2, CreatedAt, Results: [{ Vulnerabilities: rows.map(([VulnerabilityID, Severity, PkgName, InstalledVersion, FixedVersion]) => ({ VulnerabilityID, PkgName, InstalledVersion, Severity, FixedVersion })) }, { Target: "none" }] }); // prettier-ignore
const grype = (rows: readonly Row[]) => ({ descriptor: { name: "grype", timestamp: "2026-11-19T00:00:00Z" }, matches: rows.map(([id, severity, name, version, fixed]) => ({ vulnerability: { id: `GHSA-${id}`, severity, fix: { versions: fixed ? [fixed] : [] } }, relatedVulnerabilities: [{ id }], artifact: { name, version } })) }); // prettier-ignore
const SCORES: Readonly<Record<string, string>> = { CRITICAL: "9.8", HIGH: "7.0", MEDIUM: "6.9", LOW: "" };
const osv = (rows: readonly Row[]) => ({ results: [{ packages: rows.map(([id, severity, name, version]) => ({ package: { name, version }, groups: [{ ids: [`DSA-${id}`, id], aliases: [id], max_severity: SCORES[severity] }] })) }] }); // prettier-ignore

const ROWS: readonly Row[] = [
  ["CVE-2026-1", "LOW", "bash", "5.2"],
  ["CVE-2026-2", "CRITICAL", "openssl", "3.0.11-1", "3.0.13-1"],
  ["CVE-2026-3", "HIGH", "openssl", "3.0.11-1"],
  ["CVE-2026-4", "MEDIUM", "bash", "5.2"],
];

test.each([
  ["trivy", trivy(ROWS)],
  ["grype", grype(ROWS)],
  ["osv-scanner", osv(ROWS)],
] as const)("a report of %s is read, worst first, each once", (tool, report) => {
  const twice = JSON.stringify(report);
  const read = readReport(twice, "report.json");
  expect(read.tool).toBe(tool);
  expect(read.found.map(({ severity, package: name }) => [severity, name])).toEqual([
    ["critical", "openssl"],
    ["high", "openssl"],
    ["medium", "bash"],
    ["low", "bash"],
  ]);
  const [first] = read.found;
  expect([first!.id, ...first!.aliases].some((id) => id === "CVE-2026-2")).toBe(true);
});

test.each(["{", "[]", "{}", '{"matches":[]}', '{"SchemaVersion":2,"Results":"none"}'])(
  "%j is no report, and never one that found nothing",
  (text) => {
    expect(() => readReport(text, "report.json")).toThrow(
      /^(?:.*\n)*.*report\.json: (must be a report|is not readable)/,
    );
  },
);

test.each(["UNKNOWN", "Negligible", "", "Strange"])("what has no severity yet, %j, counts as low", (severity) => {
  expect(readReport(JSON.stringify(trivy([["CVE-1", severity, "bash", "5.2"]])), "r").found[0]!.severity).toBe("low");
});

const SBOM = JSON.stringify({ bomFormat: "CycloneDX", components: [{ name: "openssl", version: "3.0.11-1" }, { name: "bash", version: "5.2" }] }); // prettier-ignore
const waiver = (id: string, more: object = {}) => ({ id, reason: "not reached from outside", until: "2026-12-31T00:00:00Z", ...more }); // prettier-ignore

/** A tested version with a bill of materials, a policy, and the report. */
function setup(vulnerabilities: object, report: unknown = trivy(ROWS)) {
  const build = { sbom: { uri: storedUri("1.0.0"), sha256: sha256(SBOM), format: "CycloneDX" } };
  const tests = [{ suite: "s", result: "passed" as const, at: "2026-10-02T00:00:00Z" }];
  const root = project([record("web", "1.0.0", { build, lifecycle: { state: "tested", tests } })], { schema: 1, vulnerabilities }); // prettier-ignore
  write(join(root, "catalog/web/sboms/1.0.0.json"), SBOM);
  write(join(root, "report.json"), report);
  const BY = ["--by", "ops@example.com"];
  return {
    root,
    scan: () => fleetImage(root, "scan", "web", "1.0.0", "--report", join(root, "report.json")),
    approve: (...args: string[]) => fleetImage(root, "approve", "web", "1.0.0", ...BY, ...args),
  };
}

test("without a policy nothing is held, and a scan is recorded all the same", async () => {
  const { scan, approve, root } = setup({});
  expect(await scan()).toMatchObject({ code: 0, error: "" });
  expect((await fleetImage(root, "verify")).out).toContain("sound");
  expect((await approve()).code).toBe(0);
});

test("what is as bad as policy.json says holds the approval, until it is gone or waived", async () => {
  const { scan, approve, root } = setup({ hold: "high" });
  expect((await approve()).error).toContain("was never scanned, and policy.json holds what is high");
  const { code, out } = await scan();
  expect(code).toBe(2);
  expect(out).toContain("web 1.0.0: 1 critical, 1 high, 1 medium, 1 low; 2 hold an approval");
  expect(out).toContain("holds: CVE-2026-2 (critical) in openssl 3.0.11-1, fixed in 3.0.13-1");
  const refused = await approve();
  expect(refused.error).toContain("CVE-2026-3 (high) in openssl 3.0.11-1. Build a version without them, or waive each");
  write(join(root, "report.json"), trivy(ROWS.slice(3)));
  expect((await scan()).code).toBe(0);
  expect((await approve()).code).toBe(0);
});

test.each([
  ["all of them", [waiver("CVE-2026-2"), waiver("CVE-2026-3", { image: "web" })], 0],
  ["one of two", [waiver("CVE-2026-2")], 1],
  ["for another image", [waiver("CVE-2026-2"), waiver("CVE-2026-3", { image: "base" })], 1],
  ["that has ended", [waiver("CVE-2026-2"), waiver("CVE-2026-3", { until: "2026-11-20T00:00:00Z" })], 1],
] as const)("a waiver is only what it says: %s", async (_name, waivers, code) => {
  const { scan, approve } = setup({ hold: "high", waivers });
  const { out } = await scan();
  expect(out).toContain("waived until 2026-12-31T00:00:00Z: CVE-2026-2");
  expect((await approve()).code).toBe(code);
});

test("a waiver is of the vulnerability, by whichever name", async () => {
  const { scan } = setup({ hold: "critical", waivers: [waiver("CVE-2026-2")] }, grype(ROWS));
  expect((await scan()).out).toContain("waived until 2026-12-31T00:00:00Z: GHSA-CVE-2026-2");
});

test.each([
  ["a waiver without a reason", { waivers: [{ id: "CVE-1", until: "2026-12-31T00:00:00Z" }] }, "vulnerabilities.waivers[0].reason"],
  ["a waiver without an end", { waivers: [{ id: "CVE-1", reason: "x" }] }, "vulnerabilities.waivers[0].until"],
  ["a severity that is none", { hold: "bad" }, "vulnerabilities.hold"],
])("%s is no policy", async (_name, vulnerabilities, message) => {
  expect((await setup(vulnerabilities).scan()).error).toContain(message);
}); // prettier-ignore

test("a scan grows old, and does not say what a stricter policy wants to know", async () => {
  const { scan, approve, root } = setup({ hold: "critical" }, trivy(ROWS.slice(3)));
  await scan();
  expect((await approve("--now", "2026-11-26T00:00:01Z")).error).toContain("was last scanned at 2026-11-19T00:00:00Z, and policy.json allows P7D"); // prettier-ignore
  write(join(root, "catalog/policy.json"), { schema: 1, vulnerabilities: { hold: "medium" } });
  expect((await approve()).error).toContain("was scanned when policy.json held what is critical, and now medium");
});

test.each([
  ["of other packages", trivy([["CVE-1", "LOW", "curl", "8.0"]]), "names curl 8.0, which is not in the bill of materials"],
  ["of another version of one", trivy([["CVE-1", "LOW", "bash", "5.1"]]), "names bash 5.1, which is not in the bill of materials"],
  ["from a time to come", trivy(ROWS, "2199-01-01T00:00:00Z"), "which is later than now"],
  ["that is none", { packages: [] }, "must be a report of Trivy"],
])("a report %s", async (_name, report, message) => {
  const { scan, root } = setup({ hold: "high" }, report);
  const before = snapshot(root);
  const run = await scan();
  expect(run.code).toBe(1);
  expect(run.error).toContain(message);
  expect(snapshot(root)).toEqual(before);
}); // prettier-ignore

test("without a bill of materials there is nothing to hold a report against", async () => {
  const root = project([record("web", "1.0.0")]);
  write(join(root, "report.json"), trivy(ROWS));
  const run = await fleetImage(root, "scan", "web", "1.0.0", "--report", join(root, "report.json"));
  expect(run.error).toContain("has no bill of materials in the catalog; ingest it with --sbom");
});
