import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fleetImage, project, record, snapshot } from "./support";

const POLICY = {
  schema: 1,
  channels: {
    dev: { min: "built" },
    staging: { min: "tested", from: "dev" },
    prod: { min: "approved", from: "staging", soak: "PT24H", places: { aws: ["us-east-1"], google: ["global"] } },
  },
  keep: { channelPrevious: 2 },
};
const BY = ["--by", "ops@example.com"];

const versions = ["1.0.0", "1.1.0", "1.2.0", "1.10.0"];
const setup = () => project(versions.map((version) => record("web", version)), POLICY); // prettier-ignore
const at = (day: number) => ["--now", `2026-11-${String(day).padStart(2, "0")}T12:00:00Z`];
const channel = (root: string, name: string) =>
  JSON.parse(readFileSync(join(root, `catalog/web/channels/${name}.json`), "utf8")) as { version: string; previous: { version: string }[]; promoted: string[] }; // prettier-ignore

/** Takes a version through all channels, a day and more in each. */
async function release(root: string, version: string, day: number): Promise<void> {
  for (const [index, name] of ["dev", "staging", "prod"].entries()) {
    const run = await fleetImage(root, "promote", "web", version, name, ...BY, ...at(day + index * 2));
    expect(run.error).toBe("");
  }
}

test("a version goes from channel to channel, and the way back is remembered", async () => {
  const root = setup();
  await release(root, "1.0.0", 1);
  await release(root, "1.1.0", 6);
  await release(root, "1.2.0", 11);
  await release(root, "1.10.0", 16);
  expect(channel(root, "prod")).toMatchObject({ version: "1.10.0", previous: [{ version: "1.2.0" }, { version: "1.1.0" }] }); // prettier-ignore
  // 1.0.0 may still run somewhere: it was promoted, though it is no longer among the two that are kept.
  expect(channel(root, "prod").promoted).toEqual(versions);
  expect((await fleetImage(root, "rollback", "web", "prod", ...BY)).out).toBe("web prod: 1.10.0 → 1.2.0");
  expect(channel(root, "prod").promoted).toEqual(versions);
  expect((await fleetImage(root, "verify")).code).toBe(0);
});

test("rollback passes over what was revoked meanwhile, and says so when nothing is left", async () => {
  const root = setup();
  await release(root, "1.0.0", 1);
  await release(root, "1.1.0", 6);
  await release(root, "1.2.0", 11);
  await fleetImage(root, "revoke", "web", "1.1.0", "--reason", "CVE-2026-1", ...BY);
  expect((await fleetImage(root, "rollback", "web", "prod", ...BY, "--to", "1.1.0")).error).toContain("CVE-2026-1");
  expect((await fleetImage(root, "rollback", "web", "prod", ...BY, "--to", "1.10.0")).error).toContain("must go to one of 1.1.0, 1.0.0"); // prettier-ignore
  expect((await fleetImage(root, "rollback", "web", "prod", ...BY)).out).toBe("web prod: 1.2.0 → 1.0.0");
  await fleetImage(root, "revoke", "web", "1.2.0", "--reason", "CVE-2026-2", ...BY);
  expect((await fleetImage(root, "rollback", "web", "prod", ...BY)).error).toContain("CVE-2026-2");
});

test("a pinned channel moves only after unpin", async () => {
  const root = setup();
  await fleetImage(root, "promote", "web", "1.0.0", "dev", ...BY);
  expect((await fleetImage(root, "pin", "web", "dev", "--reason", "freeze", ...BY)).code).toBe(0);
  const refused = await fleetImage(root, "promote", "web", "1.1.0", "dev", ...BY);
  expect(refused).toMatchObject({ code: 1, error: "channel dev: is pinned to 1.0.0 (freeze); unpin it first" });
  expect((await fleetImage(root, "pin", "web", "dev", ...BY)).error).toContain("pinned already");
  expect((await fleetImage(root, "unpin", "web", "dev", ...BY)).code).toBe(0);
  expect((await fleetImage(root, "promote", "web", "1.1.0", "dev", ...BY)).code).toBe(0);
});

describe("a promotion is refused, and no file changes,", () => {
  const records = [
    record("web", "1.0.0"),
    record("web", "1.1.0", { lifecycle: { state: "built" } }),
    record("web", "1.2.0", { lifecycle: { notAfter: "2026-11-01T00:00:00Z" } }),
    { ...record("web", "1.3.0"), artifacts: record("web", "1.3.0").artifacts.slice(0, 1) },
  ];
  test.each([
    ["when the state does not do", ["1.1.0", "staging"], "web 1.1.0 is built, and staging needs tested"],
    ["when it was not in the channel before", ["1.0.0", "prod"], "was never in channel staging"],
    [
      "when it has not been there long enough",
      ["1.0.0", "prod"],
      "wait until 2026-11-21T12:00:00Z",
      ["dev", "staging"],
    ],
    ["after its end of life", ["1.2.0", "dev"], "is past its end of life"],
    [
      "when an image is missing somewhere",
      ["1.3.0", "prod"],
      "has no image for google global x86_64",
      ["dev", "staging"],
    ],
    ["when the channel is newer", ["1.0.0", "dev"], "use rollback to go back", [], "1.1.0"],
    ["when it is there already", ["1.0.0", "dev"], "already points at 1.0.0", ["dev"]],
    ["to a channel that nobody knows", ["1.0.0", "live"], 'must be one of dev, staging, prod, got "live"'],
    ["for a version that nobody knows", ["9.0.0", "dev"], "must be a version of web"],
  ] as const)("%s", async (_name, [version, name], message, through: readonly string[] = [], other?: string) => {
    const root = project(records, POLICY);
    for (const step of through) await fleetImage(root, "promote", "web", version, step, ...BY);
    if (other !== undefined) await fleetImage(root, "promote", "web", other, name, ...BY);
    const before = snapshot(root);
    const run = await fleetImage(root, "promote", "web", version, name, ...BY);
    expect(run).toMatchObject({ code: 1, out: "" });
    expect(run.error).toContain(message);
    expect(snapshot(root)).toEqual(before);
  });
});

describe("the first version of a channel", () => {
  const begin = (root: string, ...more: string[]) =>
    fleetImage(root, "promote", "web", "1.0.0", "prod", ...BY, ...at(3), ...more);
  async function staged(): Promise<string> {
    const root = setup();
    for (const name of ["dev", "staging"]) await fleetImage(root, "promote", "web", "1.0.0", name, ...BY, ...at(3));
    return root;
  }

  test("need not wait for the soak time: a way that is printed, and recorded with who, when and why", async () => {
    const root = await staged();
    const early = await begin(root);
    expect(early.error).toContain("wait until 2026-11-04T12:00:00Z; the first version of a channel may come at once, which is recorded: npx fleet image promote web 1.0.0 prod --first --reason TEXT"); // prettier-ignore
    expect((await begin(root, "--first")).error).toBe("--reason: is needed with --first, and is recorded");
    expect((await begin(root, "--first", "--reason", "nothing runs yet")).out).toBe("web prod: nothing → 1.0.0");
    const begun = { version: "1.0.0", by: "ops@example.com", since: "2026-11-03T12:00:00Z", first: "nothing runs yet" };
    expect(channel(root, "prod")).toMatchObject(begun);
    expect((await fleetImage(root, "verify")).code).toBe(0);
    await fleetImage(root, "pin", "web", "prod", "--reason", "freeze", ...BY);
    expect(channel(root, "prod")).toMatchObject({ first: "nothing runs yet", reason: "freeze" });
    await fleetImage(root, "unpin", "web", "prod", ...BY);
    await release(root, "1.1.0", 6);
    expect(channel(root, "prod")).toMatchObject({ version: "1.1.0", previous: [{ first: "nothing runs yet" }] });
    expect(channel(root, "prod")).not.toHaveProperty("first");
    expect((await fleetImage(root, "verify")).code).toBe(0);
  });

  test("is no way for a second one, and gives up nothing but time", async () => {
    const root = await staged();
    await begin(root, "--first", "--reason", "nothing runs yet");
    const reason = ["--first", "--reason", "haste"];
    for (const name of ["dev", "staging"]) await fleetImage(root, "promote", "web", "1.1.0", name, ...BY, ...at(4));
    const second = await fleetImage(root, "promote", "web", "1.1.0", "prod", ...BY, ...at(4), ...reason);
    expect(second.error).toBe("--first: is for a channel that never had a version, and prod is at 1.0.0; leave it out");
    const plain = await fleetImage(root, "promote", "web", "1.1.0", "prod", ...BY, ...at(4));
    expect(plain.error).toMatch(/wait until 2026-11-05T12:00:00Z$/);
    const file = join(root, "catalog/web/channels/prod.json");
    const forged = { ...channel(root, "prod"), previous: [{ version: "1.1.0", since: "2026-11-01T12:00:00Z", until: "2026-11-03T12:00:00Z" }] }; // prettier-ignore
    writeFileSync(file, JSON.stringify(forged));
    expect((await fleetImage(root, "verify")).error + (await fleetImage(root, "verify")).out).toContain("1.0.0 came in without its soak time as the first version, and there was one before it"); // prettier-ignore
    const other = setup();
    await fleetImage(other, "promote", "web", "1.0.0", "dev", ...BY, ...at(3));
    const skipped = await fleetImage(other, "promote", "web", "1.0.0", "prod", ...BY, ...at(3), ...reason);
    expect(skipped.error).toContain("was never in channel staging; promote it there first");
  });
});

test("export gives the ids of a channel, and refuses one that points at something revoked", async () => {
  const root = setup();
  await fleetImage(root, "promote", "web", "1.0.0", "dev", ...BY);
  const first = await fleetImage(root, "export", "--channel", "dev");
  expect(JSON.parse(first.out)).toMatchObject({ web: { version: "1.0.0", state: "approved", not_after: null } });
  expect((await fleetImage(root, "export", "--channel", "dev")).out).toBe(first.out);
  await fleetImage(root, "revoke", "web", "1.0.0", "--reason", "CVE", ...BY);
  expect((await fleetImage(root, "export", "--channel", "dev")).error).toContain("roll back or promote another");
});
