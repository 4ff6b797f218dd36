import { STATES, type ImageRecord, type State } from "../../images/catalog";
import { addTest, approve, bury, deprecate, MOVES, restore, revoke, type MoveName } from "../../images/lifecycle";
import { DEFAULT_POLICY, policySchema } from "../../images/policy";
import { ACT, NOW, record } from "./support";

const PASSED = { suite: "image-test", result: "passed", at: "2026-11-19T08:00:00Z" } as const;
const because = { ...ACT, reason: "because" };
const at = (state: State, more: Partial<ImageRecord["lifecycle"]> = {}) =>
  record("web", "1.0.0", { lifecycle: { state, reason: "earlier", was: "approved", tests: [PASSED], ...more } });
const none = () => undefined;

const DO: Record<MoveName, (from: ImageRecord) => ImageRecord> = {
  pass: (from) => addTest({ ...from, lifecycle: { ...from.lifecycle, tests: [] } }, PASSED, DEFAULT_POLICY, ACT),
  fail: (from) => addTest(from, { ...PASSED, result: "failed" }, DEFAULT_POLICY, ACT),
  approve: (from) => approve(from, DEFAULT_POLICY, none, ACT),
  deprecate: (from) => deprecate(from, {}, ACT),
  revoke: (from) => revoke(from, { inherit: true }, because),
  restore: (from) => restore(from, because),
  delete: (from) => bury(from, ACT),
};

/** The whole machine: each state's answer to each move, `-` where it is refused, `=` where nothing moves. */
const TABLE: Record<MoveName, Record<State, State | "-" | "=">> = {
  pass:      { built: "tested",  tested: "=",       approved: "=",          deprecated: "=",        revoked: "-",        deleted: "-" },
  fail:      { built: "=",       tested: "built",   approved: "=",          deprecated: "=",        revoked: "-",        deleted: "-" },
  approve:   { built: "-",       tested: "approved", approved: "-",         deprecated: "-",        revoked: "-",        deleted: "-" },
  deprecate: { built: "-",       tested: "-",       approved: "deprecated", deprecated: "-",        revoked: "-",        deleted: "-" },
  revoke:    { built: "revoked", tested: "revoked", approved: "revoked",    deprecated: "revoked",  revoked: "-",        deleted: "-" },
  restore:   { built: "-",       tested: "-",       approved: "-",          deprecated: "approved", revoked: "approved", deleted: "-" },
  delete:    { built: "deleted", tested: "deleted", approved: "-",          deprecated: "deleted",  revoked: "deleted",  deleted: "-" },
}; // prettier-ignore

const cases = (Object.keys(MOVES) as MoveName[]).flatMap((move) =>
  STATES.map((state) => [move, state, TABLE[move][state]] as const),
);

test.each(cases)("%s from %s leads to %s", (move, state, expected) => {
  const from = at(state);
  if (expected === "-") return void expect(() => DO[move](from)).toThrow(state);
  const to = DO[move](from);
  expect(to.lifecycle.state).toBe(expected === "=" ? state : expected);
  expect({ ...to, lifecycle: from.lifecycle }).toEqual(from);
});

test("a version is tested when every suite passed last time and every required one ran", () => {
  const policy = policySchema.parse({ schema: 1, required: { suites: ["smoke", "cis"] } });
  const run = (suites: readonly [string, "passed" | "failed"][]) =>
    suites.reduce(
      (version, [suite, result]) => addTest(version, { suite, result, at: PASSED.at }, policy, ACT),
      record("web", "1.0.0", { lifecycle: { state: "built" } }),
    ).lifecycle.state;
  expect(run([["smoke", "passed"]])).toBe("built");
  expect(run([["smoke", "passed"], ["cis", "passed"]])).toBe("tested"); // prettier-ignore
  expect(run([["smoke", "passed"], ["cis", "passed"], ["cis", "failed"]])).toBe("built"); // prettier-ignore
  expect(run([["smoke", "failed"], ["cis", "passed"], ["smoke", "passed"]])).toBe("tested"); // prettier-ignore
});

describe("approval", () => {
  const tested = record("web", "1.0.0", {
    base: { image: "base", version: "2.0.0" },
    lifecycle: { state: "tested", tests: [PASSED] },
  });
  const base = (state: State) => record("base", "2.0.0", { lifecycle: { state, reason: "CVE" } });

  test.each(["built", "tested", "deprecated", "revoked", "deleted"] as const)("not on a base that is %s", (state) => {
    expect(() => approve(tested, DEFAULT_POLICY, () => base(state), ACT)).toThrow(state);
  });

  test("on an approved base, with the evidence and the second person that the policy wants", () => {
    const lookup = () => base("approved");
    expect(approve(tested, DEFAULT_POLICY, lookup, ACT).lifecycle.state).toBe("approved");
    const wants = (required: object) => policySchema.parse({ schema: 1, required });
    expect(() => approve(tested, wants({ sbom: true }), lookup, ACT)).toThrow("has no sbom");
    expect(() => approve(tested, wants({ suites: ["cis"] }), lookup, ACT)).toThrow("has not passed cis");
    const same = { ...ACT, by: tested.lifecycle.by };
    expect(() => approve(tested, wants({ secondPerson: true }), lookup, same)).toThrow("somebody else");
  });
});

test("a revocation needs a reason; a scheduled one leaves the state until its time and can be taken back", () => {
  const version = record("web", "1.0.0");
  expect(() => revoke(version, { inherit: true }, ACT)).toThrow("needs a reason");
  expect(() => revoke(version, { inherit: true, at: "2026-11-19T00:00:00Z" }, because)).toThrow(
    "must be in the future",
  );
  const planned = revoke(version, { inherit: true, at: "2026-12-01T00:00:00Z" }, because);
  expect(planned.lifecycle).toMatchObject({ state: "approved", revokeAt: "2026-12-01T00:00:00Z", reason: "because" });
  expect(restore(planned, because).lifecycle.revokeAt).toBeUndefined();
  const then = { now: new Date("2026-12-02T00:00:00Z"), by: "ops" };
  expect(bury(planned, then).lifecycle).toMatchObject({ state: "deleted", was: "revoked", reason: "because" });
});

test("restore goes back to the state before, and forgets the rest", () => {
  const deprecated = deprecate(record("web", "1.0.0"), { notAfter: "2027-01-01T00:00:00Z" }, ACT);
  const revoked = revoke(deprecated, { inherit: false }, because);
  expect(revoked.lifecycle).toMatchObject({ state: "revoked", was: "deprecated", inherit: false });
  expect(restore(revoked, because).lifecycle).toEqual({ state: "deprecated", since: "2026-11-20T12:00:00Z", by: ACT.by, reason: "because" }); // prettier-ignore
  expect(NOW.toISOString()).toBe("2026-11-20T12:00:00.000Z");
});
