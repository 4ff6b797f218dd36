import fc from "fast-check";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { STATES, type ImageRecord } from "../../images/catalog";
import type { Channel } from "../../images/channel";
import { ancestors } from "../../images/effective";
import { lookupIn, type Catalog } from "../../images/load";
import { policySchema } from "../../images/policy";
import { prune } from "../../images/prune";
import { named } from "../../images/refuse";
import { fleetImage, NOW, project, record, snapshot, write } from "./support";

const name = ({ image, version }: ImageRecord) => named(image, version);

/** A catalog of three layers, each built on some version of the one before, in any mix of states and ages. */
const anyCatalog = fc
  .record({
    states: fc.array(fc.constantFrom(...STATES), { minLength: 12, maxLength: 12 }),
    bases: fc.array(fc.nat(3), { minLength: 8, maxLength: 8 }),
    ages: fc.array(fc.constantFrom("2026-01-01T00:00:00Z", "2026-11-19T00:00:00Z"), { minLength: 12, maxLength: 12 }),
    newest: fc.integer({ min: 1, max: 3 }),
    channel: fc.nat(11),
    previous: fc.nat(11),
    used: fc.subarray([...Array(12).keys()]),
  })
  .map(({ states, bases, ages, newest, channel, previous, used }) => {
    const records = states.map((state, index) => {
      const [layer, minor] = [Math.floor(index / 4), index % 4];
      const since = ages[index]!;
      return record(["base", "java", "web"][layer]!, `1.${minor}.0`, {
        ...(layer > 0 && { base: { image: ["base", "java"][layer - 1]!, version: `1.${bases[index - 4]}.0` } }),
        build: { at: since },
        lifecycle: { state, since, reason: "some" },
      });
    });
    const pointer = (index: number, before: number): [string, Channel] => {
      const { image, version } = records[index]!;
      const old = { version: records[before]!.version, since: NOW.toISOString(), until: NOW.toISOString() };
      return [image, { schema: 1, image, channel: "prod", version, pinned: false, since: NOW.toISOString(), by: "x", previous: [old], promoted: [] }]; // prettier-ignore
    };
    const [image, value] = pointer(channel, previous);
    const images = new Map(
      ["base", "java", "web"].map((key) => [
        key,
        {
          versions: new Map(records.filter((r) => r.image === key).map((r) => [r.version, r])),
          channels: new Map(key === image ? [["prod", value]] : []),
        },
      ]),
    );
    const policy = policySchema.parse({ schema: 1, keep: { newest, minAge: "P30D" } });
    const catalog: Catalog = { folder: "catalog", policy, images };
    return { catalog, channel: value, used: new Map(used.map((index) => [name(records[index]!), ["somewhere"]])) };
  });

test("never selects an image in use, in a channel, on its way back, approved, young, or the base of a kept one", () => {
  fc.assert(
    fc.property(anyCatalog, ({ catalog, channel, used }) => {
      const verdicts = prune(catalog, used, NOW);
      const going = verdicts.filter(({ keep }) => keep.length === 0).map(({ record: r }) => r);
      const kept = verdicts.filter(({ keep }) => keep.length > 0).map(({ record: r }) => r);
      const doomed = new Set(going.map(name));
      for (const version of [channel.version, ...channel.previous.map((p) => p.version)])
        expect(doomed).not.toContain(named(channel.image, version));
      for (const key of used.keys()) expect(doomed).not.toContain(key);
      for (const survivor of kept)
        for (const base of ancestors(survivor, lookupIn(catalog)).records) expect(doomed).not.toContain(name(base));
      for (const { lifecycle, build } of going) {
        expect(["built", "tested", "deprecated", "revoked"]).toContain(lifecycle.state);
        expect(build.at).toBe("2026-01-01T00:00:00Z");
      }
    }),
    { numRuns: 500 },
  );
});

test("selects something when nothing speaks for it: the property above is not empty", () => {
  const hits = fc.sample(anyCatalog, { numRuns: 200, seed: 7 }).map(
    ({ catalog, used }) =>
    prune(catalog, used, NOW).filter(({ keep }) => keep.length === 0).length, // prettier-ignore
  );
  expect(hits.filter((n) => n > 0).length).toBeGreaterThan(50);
});

describe("the command", () => {
  const old = { build: { at: "2026-01-01T00:00:00Z" }, lifecycle: { state: "deprecated", since: "2026-02-01T00:00:00Z" } } as const; // prettier-ignore
  const records = ["1.0.0", "1.1.0", "1.2.0"].map((version) => record("web", version, old));
  const policy = { schema: 1, keep: { newest: 1 } };
  const setup = (used: unknown = {}) => {
    const root = project(records, policy);
    write(join(root, "state.json"), used);
    return root;
  };
  const going = async (root: string) =>
    (JSON.parse((await fleetImage(root, "prune", "--in-use", join(root, "state.json"), "--json")).out) as { versions: { version: string; verdict: string }[] }).versions
      .filter(({ verdict }) => verdict === "delete")
      .map(({ version }) => version); // prettier-ignore

  test("says what may go and prints the clouds' own commands, and deletes nothing", async () => {
    const root = setup();
    const before = snapshot(root);
    const run = await fleetImage(root, "prune", "--in-use", join(root, "state.json"));
    expect(run.code).toBe(2);
    const id = records[0]!.artifacts[0]!.id;
    expect(run.out).toContain(
      `aws ec2 deregister-image --region us-east-1 --image-id ${id} --delete-associated-snapshots`,
    );
    expect(run.out).toContain("gcloud compute images delete web-v1-0-0 --project my-images --quiet");
    expect(run.out).toContain("az sig image-version delete --subscription 00000000-0000-0000-0000-000000000001 --resource-group images --gallery-name fleet --gallery-image-definition web --gallery-image-version 1.0.0"); // prettier-ignore
    expect(snapshot(root)).toEqual(before);
  });

  test("--record leaves tombstones, which are not chosen again and keep a version from being built twice", async () => {
    const root = setup();
    expect((await fleetImage(root, "prune", "--in-use", join(root, "state.json"), "--record", "--by", "ops")).code).toBe(0); // prettier-ignore
    expect(await going(root)).toEqual([]);
    expect((await fleetImage(root, "show", "web", "1.0.0")).out).toContain("deleted on 2026-11-20T12:00:00Z");
    expect((await fleetImage(root, "verify")).code).toBe(0);
  });

  test.each([
    ["in a Terraform state", (id: string) => ({ values: { image_id: id } })],
    ["in a URL", (id: string) => [`https://www.googleapis.com/compute/v1/${id}`]],
    ["in capital letters", (id: string) => ({ image: id.toUpperCase().replace("AMI-", "ami-") })],
  ])("keeps an image whose id stands %s", async (_name, content) => {
    for (const { id } of records[0]!.artifacts) expect(await going(setup(content(id)))).toEqual(["1.1.0"]);
  });

  test("keeps what a release names", async () => {
    const root = setup();
    write(join(root, "releases/prod/web.json"), { slots: { blue: { version: "1.1.0" }, green: null } });
    expect(await going(root)).toEqual(["1.0.0"]);
  });

  test("keeps what a rollout is about, and the release to go back to", async () => {
    const record = (history: readonly string[], rollout: object | null) => {
      const root = setup();
      write(join(root, "releases/prod/web.rollout.json"), {
        history: history.map((version) => ({ version })),
        rollout,
      });
      return going(root);
    };
    expect(await record(["9.0.0", "1.1.0"], null)).toEqual(["1.0.0"]);
    expect(await record(["9.0.0"], { from: { version: "1.1.0" }, to: { version: "9.1.0" } })).toEqual(["1.0.0"]);
  });

  test.each([
    ["without any source", []],
    ["with a source that is not there", ["--in-use", "nowhere.json"]],
    ["with an empty source", ["--in-use", "EMPTY"]],
    ["with a broken source", ["--in-use", "BROKEN"]],
    ["with an unknown cloud", ["--in-use", "STATE", "--emit", "gcp"]],
  ])("refuses %s", async (_name, args) => {
    const root = setup();
    const files: Record<string, string> = { EMPTY: "", BROKEN: '{"values":', STATE: "{}" };
    for (const [file, content] of Object.entries(files)) write(join(root, file), content);
    const run = await fleetImage(root, "prune", ...args.map((arg) => (arg in files ? join(root, arg) : arg)));
    expect(run).toMatchObject({ code: 1, out: "" });
  });

  test.each([
    ["a list in UTF-16, as PowerShell's > writes it", (id: string) => Buffer.from(`\ufeff${id}\r\n`, "utf16le")],
    ["a state behind the wrapper of setup-terraform", (id: string) => Buffer.from(`[command]/x/terraform-bin show -json\n{"id":"${id}"}\n`)], // prettier-ignore
  ])("keeps what runs by %s", async (_name, bytes) => {
    const root = setup();
    const list = join(root, "list.txt");
    writeFileSync(list, bytes(records[0]!.artifacts[0]!.id));
    const run = await fleetImage(root, "prune", "--in-use", list, "--json");
    const { versions } = JSON.parse(run.out) as { versions: { version: string; verdict: string }[] };
    const verdicts = Object.fromEntries(versions.map(({ version, verdict }) => [version, verdict]));
    expect([verdicts["1.0.0"] === "delete", verdicts["1.1.0"]]).toEqual([false, "delete"]);
  });

  test("refuses when a release or the releases cannot be read", async () => {
    const root = setup();
    write(join(root, "releases/prod/web.json"), "{");
    expect((await fleetImage(root, "prune", "--in-use", join(root, "state.json"))).error).toContain(
      "is not readable JSON",
    );
    const gone = ["prune", "--in-use", join(root, "state.json"), "--releases", join(root, "none")];
    expect((await fleetImage(root, ...gone)).code).toBe(1);
  });
});
