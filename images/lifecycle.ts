/** The state machine of a version's life: which move leads where, and what it demands. */
import type { ImageRecord, Lookup, State } from "./catalog";
import { reached, stamp } from "./clock";
import { effectiveState } from "./effective";
import type { Policy } from "./policy";
import type { Act } from "./promotion";
import { statementsOf } from "./provenance/statement";
import { named, refuse } from "./refuse";
import { vulnerable, type Scan } from "./vulnerabilities";
import { without } from "./without";

type Lifecycle = ImageRecord["lifecycle"];
export type TestResult = NonNullable<Lifecycle["tests"]>[number];

interface Move {
  /** Where each state goes; `was` is the state before. A state that is not here cannot make the move. */
  readonly to: Partial<Record<State, State | "was">>;
  readonly needsReason: boolean;
}

export const MOVES = {
  pass: { to: { built: "tested" }, needsReason: false },
  fail: { to: { tested: "built" }, needsReason: false },
  approve: { to: { tested: "approved" }, needsReason: false },
  deprecate: { to: { approved: "deprecated" }, needsReason: false },
  revoke: {
    to: { built: "revoked", tested: "revoked", approved: "revoked", deprecated: "revoked" },
    needsReason: true,
  },
  restore: { to: { revoked: "was", deprecated: "approved" }, needsReason: true },
  // A version that failed its tests must not be kept for ever: it never ran anywhere.
  delete: {
    to: { built: "deleted", tested: "deleted", deprecated: "deleted", revoked: "deleted" },
    needsReason: false,
  },
} as const satisfies Record<string, Move>;
export type MoveName = keyof typeof MOVES;

/** Facts that belong to one state and are left behind with it. */
const LEFT_BEHIND = ["reason", "was", "replacement", "notAfter", "revokeAt", "inherit"] as const;

/** The record after a move; build, artifacts and base stay as they are. @throws InvalidInputError when the move is not allowed */
function move(record: ImageRecord, name: MoveName, act: Act, facts: Partial<Lifecycle> = {}): ImageRecord {
  const { lifecycle } = record;
  const path = `${name} ${named(record.image, record.version)}`;
  const { to, needsReason }: Move = MOVES[name];
  const target = to[lifecycle.state];
  if (target === undefined)
    refuse(path, `is ${lifecycle.state}; this can only be done to a version that is ${Object.keys(to).join(" or ")}`);
  if (needsReason && act.reason === undefined) refuse(path, "needs a reason; give one with --reason");
  const state = target === "was" ? (lifecycle.was ?? "built") : target;
  return {
    ...record,
    lifecycle: {
      ...without(lifecycle, ...LEFT_BEHIND),
      state,
      since: stamp(act.now),
      by: act.by,
      ...(act.reason !== undefined && { reason: act.reason }),
      ...facts,
    },
  };
}

/** Last result of each suite: a later run replaces an earlier one. */
const lastResults = (tests: readonly TestResult[]) => new Map(tests.map((test) => [test.suite, test.result]));

const passed = (tests: readonly TestResult[], { required }: Policy): boolean => {
  const results = lastResults(tests);
  return (
    results.size > 0 &&
    [...results.values()].every((result) => result === "passed") &&
    required.suites.every((suite) => results.get(suite) === "passed")
  );
};

/** The record with one more test result; it becomes tested, or stops being so, as the results say. */
export function addTest(record: ImageRecord, test: TestResult, policy: Policy, act: Act): ImageRecord {
  const { state, tests = [] } = record.lifecycle;
  if (state === "revoked" || state === "deleted")
    refuse(`test ${named(record.image, record.version)}`, `is ${state}; tests no longer count`);
  const all = [...tests, test];
  const added = { ...record, lifecycle: { ...record.lifecycle, tests: all } };
  const turn = passed(all, policy) ? "pass" : "fail";
  return state in MOVES[turn].to ? move(added, turn, act) : added;
}

/** @throws InvalidInputError when tests, base, evidence or approver are not as the policy wants */
export function approve(record: ImageRecord, policy: Policy, lookup: Lookup, act: Act): ImageRecord {
  const path = `approve ${named(record.image, record.version)}`;
  const approved = move(record, "approve", act);
  const { state, why } = effectiveState(record, lookup, act.now);
  if (state === "revoked") refuse(path, `is ${why}`);
  if (!passed(record.lifecycle.tests ?? [], policy))
    refuse(path, `has not passed ${policy.required.suites.join(", ") || "any suite"}; run the tests and record them`);
  const base = record.base && lookup(record.base.image, record.base.version);
  const baseState = base && effectiveState(base, lookup, act.now);
  if (base && baseState?.state !== "approved")
    refuse(
      path,
      `is built on ${named(base.image, base.version)}, which is ${baseState?.why || baseState?.state}; rebuild it on an approved base`,
    );
  const has = { sbom: record.build.sbom !== undefined, provenance: statementsOf(record).length > 0 };
  for (const evidence of ["sbom", "provenance"] as const)
    if (policy.required[evidence] && !has[evidence])
      refuse(path, `has no ${evidence}, which policy.json requires; ingest it with --${evidence}`);
  const danger = vulnerable(record, policy, act.now);
  if (danger !== undefined) refuse(path, danger);
  if (policy.required.secondPerson && record.lifecycle.by === act.by)
    refuse(path, `was tested by ${act.by}; policy.json wants somebody else to approve`);
  return approved;
}

/** The record with what a scanner found; where it is in its life stays. @throws InvalidInputError when it is gone */
export function addScan(record: ImageRecord, scan: Scan): ImageRecord {
  if (record.lifecycle.state === "deleted") refuse(`scan ${named(record.image, record.version)}`, "is deleted");
  return { ...record, lifecycle: { ...record.lifecycle, scan } };
}

export interface Deprecation {
  readonly notAfter?: string | undefined;
  readonly replacement?: string | undefined;
}

export function deprecate(record: ImageRecord, { notAfter, replacement }: Deprecation, act: Act): ImageRecord {
  return move(record, "deprecate", act, { ...(notAfter && { notAfter }), ...(replacement && { replacement }) });
}

export interface Revocation {
  /** When; now unless given. */
  readonly at?: string | undefined;
  /** Whether it also holds for what is built on it. */
  readonly inherit: boolean;
}

/** Revoked now or from a time on. A version that is to be revoked keeps its state until then. */
export function revoke(record: ImageRecord, { at, inherit }: Revocation, act: Act): ImageRecord {
  const revoked = move(record, "revoke", act, { was: record.lifecycle.state, ...(!inherit && { inherit }) });
  if (at === undefined) return revoked;
  if (reached(at, act.now))
    refuse(
      `revoke ${named(record.image, record.version)}`,
      `--at must be in the future, got ${at}; leave it out for now`,
    );
  const lifecycle: Lifecycle = { ...record.lifecycle, reason: act.reason!, revokeAt: at };
  return { ...record, lifecycle: inherit ? lifecycle : { ...lifecycle, inherit } };
}

/** Back to the state before the revocation, scheduled or not, or from deprecated to approved. */
export function restore(record: ImageRecord, act: Act): ImageRecord {
  if (record.lifecycle.revokeAt === undefined) return move(record, "restore", act);
  if (act.reason === undefined)
    refuse(`restore ${named(record.image, record.version)}`, "needs a reason; give one with --reason");
  return { ...record, lifecycle: { ...without(record.lifecycle, "revokeAt", "inherit"), reason: act.reason } };
}

/** The record as it would be if a scheduled revocation whose time has come had been written down. */
export function settled(record: ImageRecord, now: Date): ImageRecord {
  const { revokeAt, ...lifecycle } = record.lifecycle;
  if (revokeAt === undefined || !reached(revokeAt, now) || !(lifecycle.state in MOVES.revoke.to)) return record;
  return { ...record, lifecycle: { ...lifecycle, state: "revoked", since: revokeAt, was: lifecycle.state } };
}

/** The tombstone of a version whose images are gone. It remembers a revocation, which still holds for what was built on it. */
export function bury(record: ImageRecord, act: Act): ImageRecord {
  const { state, reason, inherit } = settled(record, act.now).lifecycle;
  const revoked = state === "revoked";
  return move(settled(record, act.now), "delete", revoked ? { ...act, reason } : act, {
    was: state,
    ...(revoked && inherit === false && { inherit }),
  });
}
