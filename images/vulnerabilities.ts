/** Whether what a scanner found holds an approval: severity against policy.json, and waivers that have a reason and an end. */
import type { ImageRecord } from "./catalog";
import { after, reached, stamp } from "./clock";
import type { Policy } from "./policy";
import { named, refuse } from "./refuse";
import type { Packages } from "./sbom";
import { SEVERITIES, type Report, type Severity, type Vulnerability } from "./scan-report";

export type Scan = NonNullable<ImageRecord["lifecycle"]["scan"]>;
type Finding = Scan["findings"][number];
type Waiver = Policy["vulnerabilities"]["waivers"][number];

const atLeast = (severity: Severity, least: Severity) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);

/** What a record keeps of a report: how many there are, and each that the policy may hold an approval for. */
export function scanOf(
  record: ImageRecord,
  report: Report,
  packages: Packages,
  reportSha256: string,
  policy: Policy,
  now: Date,
): Scan {
  const path = `scan ${named(record.image, record.version)}`;
  const alien = report.found.find((each) => !packages.get(each.package)?.includes(each.version));
  if (alien)
    refuse(
      path,
      `the report names ${alien.package} ${alien.version}, which is not in the bill of materials of this version; scan that very file`,
    );
  const at = report.at === undefined ? now : new Date(report.at);
  if (Number.isNaN(at.getTime()) || at > now)
    refuse(path, `the report says that it was made at ${report.at}, which is later than now, ${stamp(now)}`);
  const from = policy.vulnerabilities.hold ?? "high";
  const count = (severity: Severity) => report.found.filter((each) => each.severity === severity).length;
  return {
    tool: report.tool,
    at: stamp(at),
    reportSha256,
    from,
    counts: { critical: count("critical"), high: count("high"), medium: count("medium"), low: count("low") },
    findings: report.found.filter(({ severity }) => atLeast(severity, from)).map(finding),
  };
}

const finding = ({ aliases, ...each }: Vulnerability): Finding => ({
  ...each,
  ...(aliases.length > 0 && { aliases: [...aliases] }),
});

/** The waiver of a finding that still holds. */
const waiverOf = ({ image }: ImageRecord, { id, aliases = [] }: Finding, { vulnerabilities }: Policy, now: Date): Waiver | undefined =>
  vulnerabilities.waivers.find(
    (waiver) =>
      [id, ...aliases].includes(waiver.id) &&
      (waiver.image === undefined || waiver.image === image) &&
      !reached(waiver.until, now),
  ); // prettier-ignore

export interface Judged {
  readonly finding: Finding;
  /** Why it does not hold an approval, and until when. */
  readonly waiver: Waiver | undefined;
}

/** What the last scan found that the policy holds an approval for, waived or not. */
export const judgedFindings = (record: ImageRecord, policy: Policy, now: Date): Judged[] => {
  const { hold } = policy.vulnerabilities;
  if (hold === undefined) return [];
  return (record.lifecycle.scan?.findings ?? [])
    .filter(({ severity }) => atLeast(severity, hold))
    .map((each) => ({ finding: each, waiver: waiverOf(record, each, policy, now) }));
};

export const inWords = ({ id, severity, package: name, version, fixed }: Finding): string =>
  `${id} (${severity}) in ${name} ${version}${fixed ? `, fixed in ${fixed}` : ""}`;

/** Why a version's vulnerabilities are in the way of an approval; undefined when they are not. */
export function vulnerable(record: ImageRecord, policy: Policy, now: Date): string | undefined {
  const { hold, maxAge } = policy.vulnerabilities;
  if (hold === undefined) return undefined;
  const { scan } = record.lifecycle;
  const again = `scan its bill of materials: npx fleet image scan ${record.image} ${record.version} --report FILE`;
  if (!scan) return `was never scanned, and policy.json holds what is ${hold}; ${again}`;
  if (reached(stamp(after(scan.at, maxAge)), now))
    return `was last scanned at ${scan.at}, and policy.json allows ${maxAge}; ${again}`;
  if (!atLeast(hold, scan.from))
    return `was scanned when policy.json held what is ${scan.from}, and now ${hold}; ${again}`;
  const held = judgedFindings(record, policy, now).filter(({ waiver }) => !waiver);
  if (held.length === 0) return undefined;
  const shown = held.slice(0, 5).map(({ finding: each }) => inWords(each));
  const others = held.length - shown.length;
  return `has ${shown.join("; ")}${others > 0 ? `; and ${others} more` : ""}. Build a version without them, or waive each in vulnerabilities.waivers of policy.json, with a reason and an end`;
}
