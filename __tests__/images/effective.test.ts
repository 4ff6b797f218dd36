import { join } from "node:path";
import { judgeImage } from "../../images/allowed";
import type { ImageRecord, Lookup } from "../../images/catalog";
import { effectiveState } from "../../images/effective";
import { fleetImage, NOW, project, record, write } from "./support";

const lookupOf = (records: readonly ImageRecord[]): Lookup => (image, version) =>
  records.find((entry) => entry.image === image && entry.version === version); // prettier-ignore

const REVOKED = { state: "revoked", since: "2026-11-19T08:00:00Z", was: "approved", reason: "CVE-2026-1234" } as const;
const base = (lifecycle: Partial<ImageRecord["lifecycle"]> = {}) => record("base", "2.3.1", { lifecycle });
const middle = record("java", "5.0.0", { base: { image: "base", version: "2.3.1" } });
const web = (lifecycle: Partial<ImageRecord["lifecycle"]> = {}) =>
  record("web", "1.0.0", { base: { image: "java", version: "5.0.0" }, lifecycle });

const stateOf = (records: readonly ImageRecord[]) => effectiveState(records.at(-1)!, lookupOf(records), NOW);

test("a revoked base makes every image built on it unusable, and says why in plain words", () => {
  expect(stateOf([base(REVOKED), middle, web()])).toEqual({
    state: "revoked",
    why: "revoked because base 2.3.1, which it is built on, was revoked on 2026-11-19T08:00:00Z: CVE-2026-1234",
    ended: false,
  });
});

const before = "2026-11-20T11:59:59Z";
const later = "2026-11-20T12:00:01Z";

test.each([
  ["nothing happened", {}, {}, "approved"],
  ["a base revoked without inheritance", { ...REVOKED, inherit: false }, {}, "approved"],
  ["a base whose revocation is still to come", { revokeAt: later, reason: "x" }, {}, "approved"],
  ["a base whose revocation has come", { revokeAt: before, reason: "x" }, {}, "revoked"],
  ["a base that was revoked and then deleted", { ...REVOKED, state: "deleted", was: "revoked" }, {}, "revoked"],
  ["a base that was only deleted", { state: "deleted", was: "deprecated" }, {}, "approved"],
  ["a deprecated base", { state: "deprecated" }, {}, "approved"],
  ["its own end of life is to come", {}, { notAfter: later }, "approved"],
  ["its own end of life has come", {}, { notAfter: before }, "deprecated"],
  ["its own revocation has come", {}, { revokeAt: before, reason: "x" }, "revoked"],
  ["it was deleted, and its base revoked", REVOKED, { state: "deleted" }, "deleted"],
] as const)("effective state when %s", (_name, ofBase, ofWeb, state) => {
  expect(stateOf([base(ofBase), middle, web(ofWeb)]).state).toBe(state);
});

test("an ancestor that is missing or is its own counts as revoked", () => {
  expect(stateOf([middle, web()]).why).toContain("base 2.3.1, which is not in the catalog");
  const circle = record("base", "2.3.1", { base: { image: "java", version: "5.0.0" } });
  expect(stateOf([circle, middle, web()]).state).toBe("revoked");
});

describe("what a release may name", () => {
  const judge = (root: string, environment = "prod", now = NOW) =>
    judgeImage(join(root, "catalog"), environment, { image: "web", version: "1.0.0" }, "releases/prod/web.json slots.live.version", now); // prettier-ignore

  test("an approved version", () => {
    expect(judge(project([base(), middle, web()])).value).toMatchObject({ state: "approved", warnings: [] }); // prettier-ignore
  });

  test("not one whose base is revoked", () => {
    const verdict = judge(project([base(REVOKED), middle, web()])).value!;
    expect(verdict.state).toBe("revoked");
    expect(verdict.refusal).toBe(
      "web 1.0.0 is revoked because base 2.3.1, which it is built on, was revoked on 2026-11-19T08:00:00Z: CVE-2026-1234; release another version",
    );
  });

  test("the policy says how far it must have come; without a word it must be approved", () => {
    const policy = { schema: 1, channels: { dev: { min: "built" } } };
    const root = project([base(), middle, web({ state: "built" })], policy);
    expect(judge(root, "dev").value!.refusal).toBeUndefined();
    expect(judge(root, "prod").value!.refusal).toContain("web 1.0.0 is built, and prod needs approved");
  });

  test("past its end of life it warns, or is refused where the policy wants that", () => {
    const records = [base(), middle, web({ notAfter: before, replacement: "1.1.0" })];
    expect(judge(project(records)).value).toMatchObject({
      state: "deprecated",
      warnings: [`web 1.0.0 is deprecated, past its end of life, ${before}; use 1.1.0`],
    });
    const strict = { schema: 1, channels: { prod: { min: "approved", afterEndOfLife: "refuse" } } };
    expect(judge(project(records, strict)).value!.refusal).toContain("past its end of life");
  });

  test("only what was promoted, where the policy wants that", async () => {
    const policy = { schema: 1, channels: { prod: { min: "approved", promotedOnly: true } } };
    const root = project([base(), middle, web()], policy);
    expect(judge(root).value!.refusal).toContain("web 1.0.0 was never promoted to channel prod");
    expect((await fleetImage(root, "promote", "web", "1.0.0", "prod", "--by", "ops")).code).toBe(0);
    expect(judge(root).value!.refusal).toBeUndefined();
  });

  test("a broken policy is an error, not a default", () => {
    const root = project([base(), middle, web()]);
    write(join(root, "catalog/policy.json"), { schema: 1, chanels: {} });
    expect(judge(root).problems![0]!.message).toContain('does not know "chanels"');
  });
});
