/** What checkov found, held against the reasons. Pure. */
import type { Option, Reason } from "./reasons";

export interface Failure {
  readonly check: string;
  readonly type: string;
  readonly name: string;
  readonly stack: string;
  /** What the fleet of the stack leaves out. */
  readonly without: readonly Option[];
}

const covers = (reason: Reason, { check, type, name, without }: Failure): boolean =>
  reason.check === check &&
  reason.type === type &&
  (reason.only?.includes(name) ?? true) &&
  (reason.without === undefined || without.includes(reason.without));

const described = ({ check, type, only, without }: Reason): string =>
  [check, type, ...(only ?? []), ...(without ? [`without ${without}`] : [])].join(" ");

export const unexplained = (failures: readonly Failure[], reasons: readonly Reason[]): string[] =>
  failures
    .filter((failure) => !reasons.some((reason) => covers(reason, failure)))
    .map(({ check, type, name, stack }) => `${check} ${stack} ${type}.${name}`);

/** Reasons, or names in them, that no failure needs. */
export const stale = (failures: readonly Failure[], reasons: readonly Reason[]): string[] =>
  reasons
    .flatMap((reason) => (reason.only ? reason.only.map((name) => ({ ...reason, only: [name] })) : [reason]))
    .filter((reason) => !failures.some((failure) => covers(reason, failure)))
    .map(described);
