/** What a scanner found: reports of Trivy, Grype and OSV-Scanner, in JSON. */
import { z } from "zod";
import { parseJson } from "../constructs/contract/json-text";
import { refuse } from "./refuse";

/** Least first. What has no severity yet counts as low: nobody has said that it is more. */
export const SEVERITIES = ["low", "medium", "high", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Vulnerability {
  readonly id: string;
  /** Other names of the same one, such as the CVE of an advisory. */
  readonly aliases: readonly string[];
  readonly severity: Severity;
  readonly package: string;
  readonly version: string;
  /** Version that has it no more. */
  readonly fixed?: string;
}

export interface Report {
  readonly tool: "trivy" | "grype" | "osv-scanner";
  /** When the scanner looked; undefined where the report does not say it. */
  readonly at: string | undefined;
  readonly found: readonly Vulnerability[];
}

const WORDS: Readonly<Record<string, Severity>> = { critical: "critical", high: "high", medium: "medium", moderate: "medium" }; // prettier-ignore
const severityOf = (word: string | undefined): Severity => WORDS[word?.toLowerCase() ?? ""] ?? "low";

/** https://www.first.org/cvss/v4.0/specification-document#Qualitative-Severity-Rating-Scale */
const severityOfScore = (score: number): Severity =>
  score >= 9 ? "critical" : score >= 7 ? "high" : score >= 4 ? "medium" : "low";

const text = z.string();
const maybe = z.string().optional();
const fixedIn = (version: string | undefined) => (version ? { fixed: version } : {});

/** https://trivy.dev/latest/docs/configuration/reporting/#json */
const trivy = z
  .looseObject({
    SchemaVersion: z.number(),
    CreatedAt: maybe,
    Results: z
      .array(
        z.looseObject({
          Vulnerabilities: z
            .array(
              z.looseObject({
                VulnerabilityID: text,
                PkgName: text,
                InstalledVersion: text,
                FixedVersion: maybe,
                Severity: maybe,
              }),
            ) // prettier-ignore
            .nullish(),
        }),
      )
      .nullish(),
  })
  .transform(
    ({ CreatedAt, Results }): Report => ({
      tool: "trivy",
      at: CreatedAt,
      found: (Results ?? []).flatMap(({ Vulnerabilities }) =>
        (Vulnerabilities ?? []).map((each) => ({
          id: each.VulnerabilityID,
          aliases: [],
          severity: severityOf(each.Severity),
          package: each.PkgName,
          version: each.InstalledVersion,
          ...fixedIn(each.FixedVersion),
        })),
      ),
    }),
  );

/** https://github.com/anchore/grype/blob/main/grype/presenter/models/document.go */
const grype = z
  .looseObject({
    descriptor: z.looseObject({ name: z.literal("grype"), timestamp: maybe }),
    matches: z.array(
      z.looseObject({
        vulnerability: z.looseObject({
          id: text,
          severity: maybe,
          fix: z.looseObject({ versions: z.array(text).nullish() }).nullish(),
        }),
        relatedVulnerabilities: z.array(z.looseObject({ id: text })).nullish(),
        artifact: z.looseObject({ name: text, version: text }),
      }),
    ),
  })
  .transform(
    ({ descriptor, matches }): Report => ({
      tool: "grype",
      at: descriptor.timestamp,
      found: matches.map(({ vulnerability, relatedVulnerabilities, artifact }) => ({
        id: vulnerability.id,
        aliases: (relatedVulnerabilities ?? []).map(({ id }) => id),
        severity: severityOf(vulnerability.severity),
        package: artifact.name,
        version: artifact.version,
        ...fixedIn(vulnerability.fix?.versions?.[0]),
      })),
    }),
  );

/** https://google.github.io/osv-scanner/output/#json */
const osv = z
  .looseObject({
    results: z.array(
      z.looseObject({
        packages: z.array(
          z.looseObject({
            package: z.looseObject({ name: text, version: text }),
            groups: z.array(z.looseObject({ ids: z.array(text).min(1), aliases: z.array(text).nullish(), max_severity: maybe })), // prettier-ignore
          }),
        ),
      }),
    ),
  })
  .transform(
    ({ results }): Report => ({
      tool: "osv-scanner",
      at: undefined,
      found: results.flatMap(({ packages }) =>
        packages.flatMap(({ package: { name, version }, groups }) =>
          groups.map(({ ids, aliases, max_severity }) => ({
            id: ids[0]!,
            aliases: [...new Set([...ids.slice(1), ...(aliases ?? [])])].filter((alias) => alias !== ids[0]),
            severity: severityOfScore(Number(max_severity ?? 0)),
            package: name,
            version,
          })),
        ),
      ),
    }),
  );

const byName = (a: Vulnerability, b: Vulnerability) =>
  SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || (`${a.id} ${a.package}` < `${b.id} ${b.package}` ? -1 : 1); // prettier-ignore

/**
 * A report, worst first, each vulnerability of a package once.
 * @throws InvalidInputError when it is none of the three: a report that cannot be read must not look like one that found nothing
 */
export function readReport(json: string, file: string): Report {
  let input: unknown;
  try {
    input = parseJson(json);
  } catch (error) {
    return refuse(file, `is not readable JSON: ${(error as Error).message}`);
  }
  const read = [trivy, grype, osv].map((form) => form.safeParse(input)).find(({ success }) => success)?.data;
  if (!read)
    return refuse(
      file,
      "must be a report of Trivy (trivy sbom --format json), Grype (grype sbom:FILE -o json) or OSV-Scanner (osv-scanner --format json)",
    );
  const once = new Map(read.found.map((each) => [`${each.id} ${each.package} ${each.version}`, each]));
  return { ...read, found: [...once.values()].sort(byName) };
}
