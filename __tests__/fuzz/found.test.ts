/** What fuzzing once found, smallest input first. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { JsonError, parseJson } from "../../constructs/contract/json-text";
import { sameMeaning } from "../../constructs/contract/meaning";
import { InvalidInputError } from "../../constructs/contract/problem";
import { resolveFleet } from "../../constructs/contract/validate";
import { READERS } from "../../fuzz/readers";
import { planted, type Plant } from "../../fuzz/readers/planted";
import { Api } from "../../hcp/api";
import { archive, filesIn } from "../../hcp/archive";
import { Client } from "../../hcp/client";
import { HcpError } from "../../hcp/error";
import { LogReader } from "../../hcp/log";
import { lintTemplates } from "../../images/lint/lint";
import { JournalError, Store } from "../../local-cloud/cloud/store";
import { list } from "../../local-cloud/cloud/listing";
import { misfit } from "../../local-cloud/protocol/fits";
import { Catalog } from "../../local-cloud/schemas/catalog";
import { fromJson, fromMsgpack, UNKNOWN } from "../../local-cloud/protocol/values";
import { readDrift } from "../../operations/drift/read";
import { admit } from "../../review/admit";
import { readPlan } from "../../review/read/plan";
import { UnusableFile } from "../../review/read/scan-file";
import { review } from "../../review/review";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "found-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

test.each([
  ["deeper than anything walks through", nested(9_000), "line 1, column 501: it is nested deeper than 500 levels"],
  ["a name twice", '{"a":1,\n"b":{"c":1,"c":2}}', "line 2, column 12: a name is there twice"],
  ["a name twice, written in two ways", '{"a":1,"\\u0061":2}', "line 1, column 8: a name is there twice"],
  ["__proto__ twice", '{"__proto__":1,"__proto__":1}', "line 1, column 16: a name is there twice"],
])("JSON that is %s is refused", (_what, text, message) => {
  expect(() => parseJson(text)).toThrow(JsonError);
  expect(() => parseJson(text)).toThrow(message);
});

test("JSON as deep as files are, with colons and brackets in its texts, is read", () => {
  for (const text of [nested(500), '{"a:":"{[:\\"","__proto__":{"a":[{"b":1},{"b":2}]}}', '"a\\\\"'])
    expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)));
});

test.each([
  ["10n", 10n],
  ["a symbol", Symbol("s")],
  ["a function", () => 1],
  ["a circle", Object.assign([], { 0: {} }).map(() => { const circle: unknown[] = []; circle.push(circle); return circle; })], // prettier-ignore
  ["a book", "a".repeat(100_000)],
])("a fleet with %s in it is refused in words", (_what, value) => {
  let message = "";
  try {
    resolveFleet({ environments: [{ name: value, services: value, placements: value }] });
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    ({ message } = error as Error);
  }
  expect(message).not.toBe("");
  expect(Math.max(...message.split("\n").map((line) => line.length))).toBeLessThan(3_000);
});

const PLAN = READERS.find(({ name }) => name === "plan")!;
const PLANT: Plant = { plan: 0, type: 0, looksOwn: false, actions: 2, name: "main", inModule: false, deposed: false, letter: 0, disguise: "none" }; // prettier-ignore
const CONTEXT = { catalog: () => undefined, now: new Date("2026-11-21T00:00:00Z"), expectBump: false };

test.each([
  ["an action that is not said", (change: { actions: string[] }) => void (change.actions = [])],
  ["nothing and a deletion", (change: { actions: string[] }) => void (change.actions = ["no-op", "delete"])],
  ["a deletion and nothing", (change: { actions: string[] }) => void (change.actions = ["delete", "no-op"])],
])("%s is an action that needs a human", (_what, edit) => {
  const plan = JSON.parse(String(PLAN.inputs().build({ seed: 0, steps: [] }))) as {
    resource_changes: { change: { actions: string[] } }[];
  };
  plan.resource_changes.push({ ...structuredClone(plan.resource_changes[0]!), ...{ address: "aws_vpc.a", type: "aws_vpc", name: "a", mode: "managed" } }); // prettier-ignore
  edit(plan.resource_changes.at(-1)!.change);
  const { stacks } = review([{ facts: readPlan(file("plan.json", JSON.stringify(plan))) }], CONTEXT);
  expect(stacks[0]!.findings.map(({ rule }) => rule)).toContain("unknown-action");
});

test.each(["actions twice", "change twice", "name twice", "list twice"] as const)(
  "a plan with %s is refused",
  (disguise) => {
    const text = String(PLAN.inputs().build({ seed: 0, steps: [] }));
    for (const letter of [0, 1]) {
      const at = file("plan.json", planted([text], { ...PLANT, disguise, letter }));
      expect(() => readPlan(at)).toThrow(UnusableFile);
      expect(() => readPlan(at)).toThrow("a name is there twice");
    }
  },
);

test.each(["constructor", "toString", "__proto__"])(
  "an object of type %s, to which every table answers, is foreign",
  (type) => {
    const plan = JSON.parse(String(PLAN.inputs().build({ seed: 0, steps: [] }))) as { resource_changes: object[] };
    const change = (actions: string[]) => ({ actions, before: { a: 1 }, after: { a: 2 }, replace_paths: [["name"]] });
    for (const actions of [["update"], ["create", "delete"]]) {
      const foreign = {
        address: `${type}.live_group`,
        type,
        name: "live_group",
        mode: "managed",
        change: change(actions),
      };
      const text = JSON.stringify({
        ...plan,
        resource_changes: [...plan.resource_changes, foreign],
        resource_drift: [foreign],
      });
      expect(review([{ facts: readPlan(file("plan.json", text)) }], CONTEXT).result).toBe("needs a human");
      expect(readDrift(file("drift.json", text), "stack").findings).toHaveLength(1);
    }
  },
);

test("JSON without end in a text of a plan is compared as a text", () => {
  expect(sameMeaning(nested(9_000), nested(9_000).replace("[", " ["))).toBe(false);
});

test("a destroyed database among 10,000 changes is seen", () => {
  const text = String(PLAN.inputs().build({ seed: 0, steps: [] }));
  const plan = JSON.parse(planted([text], PLANT)) as { resource_changes: { address: string; name: string }[] };
  const change = { actions: ["no-op"], before: {}, after: {} };
  const crowd = Array.from({ length: 10_000 }, (_, index) => ({ ...{ address: `aws_lb.a${index}`, name: `a${index}` }, type: "aws_lb", mode: "managed", change })); // prettier-ignore
  plan.resource_changes.splice(1, 0, ...crowd);
  const { result } = review([{ facts: readPlan(file("plan.json", JSON.stringify(plan))) }], CONTEXT);
  expect(result).toBe("needs a human");
});

test("a section that stands twice is not let in: Terraform reads both", () => {
  const good = '{"resource":{"aws_lb":{}}}';
  const both = '{"resource":{"null_resource":{"a":{"provisioner":{"local-exec":{}}}}},"resource":{"aws_lb":{}}}';
  expect(() => admit(file("good.json", good), file("trusted.json", good))).not.toThrow();
  expect(() => admit(file("both.json", both), file("trusted.json", good))).toThrow(UnusableFile);
});

test("a provider called like what every object has is refused by its name", () => {
  const good = '{"terraform":{"required_providers":{}}}';
  const bad = '{"terraform":{"required_providers":{"constructor":{"source":"evil/evil"}}}}';
  expect(() => admit(file("bad.json", bad), file("trusted.json", good))).toThrow('requires a provider "constructor"');
});

test("what stands in a template where a name should be is shown as it is written", async () => {
  const at = join(folder, "web");
  mkdirSync(at);
  writeFileSync(join(at, "a.pkr.json"), '{"build":{"sources":[{"a":1}],"provisioner":{"shell":{"script":{"a":1}}}}}');
  const found = (await lintTemplates([at])).map(({ message }) => message).join("\n");
  expect(found).toContain('names source.{"a":1}, which does not exist');
  expect(found).not.toContain("[object Object]");
});

test.each(["a {\n", "a = [", "a = ${", "a = -", "a = !"])(
  "a template of %j without end is refused, and ends no process",
  async (piece) => {
    const at = join(folder, "web");
    mkdirSync(at);
    writeFileSync(join(at, "a.pkr.hcl"), piece + piece.replace("a = ", "").repeat(9_000));
    const [found] = await lintTemplates([at]);
    expect(found!.message).toBe("is no HCL: it is nested deeper than 500 levels");
  },
);

test("a source called like what every object has is none that is known", async () => {
  const at = join(folder, "web");
  mkdirSync(at);
  writeFileSync(join(at, "a.pkr.json"), '{"source":{"constructor":{"a":{"b":1}},"__proto__":{"a":{"b":1}}}}');
  const found = await lintTemplates([at]);
  expect(found.map(({ path }) => path)).toContain(`${join(at, "a.pkr.json")} source constructor.a`);
});

test.each([
  "null",
  "5",
  "[]",
  "{}",
  '{"put":null}',
  '{"put":{"key":"a"}}',
  '{"gone":1}',
  '{"gone":"a","heard":"a"}',
  '{"lost":"a"}',
])("%s is no entry of a journal", (line) => {
  file("journal.jsonl", `{"cloud":"a"}\n${line}\n`);
  expect(() => new Store(folder)).toThrow(JournalError);
  expect(() => new Store(folder)).toThrow("line 2: not a journal entry");
});

test("a group of more machines than any cloud has is listed", () => {
  const put = {
    key: "a",
    type: "aws_autoscaling_group",
    id: "a",
    serial: 1,
    attributes: { name: "a", desired_capacity: 2 ** 53 },
  };
  file("journal.jsonl", `{"cloud":"a"}\n${JSON.stringify({ put })}\n`);
  const store = new Store(folder);
  expect(list(store).groups[0]!.size).toBe(2 ** 53);
  expect(list(store).machines).toHaveLength(10_000);
  store.close();
});

test.each([
  [{ name: {} }, "name, which must be of type string"],
  [{ tags: [] }, "tags, which must be of type map"],
  [{ tags: { a: 1 } }, "tags.a, which must be of type string"],
  [{ ingress: [{ from_port: true }] }, "ingress.0.from_port, which must be of type int"],
  [{ ingress: [5] }, "ingress.0, which must be an object"],
  [{ toString: "x" }, "toString, which the schema does not know"],
])("a message of terraform with %j does not fit", (value, words) => {
  const { block } = new Catalog("aws").resource("aws_security_group")!;
  expect(misfit(value as never, block)).toBe(words);
  expect(misfit({ name: UNKNOWN, tags: { a: "b", c: null }, ingress: [{ from_port: 80, cidr_blocks: ["a"] }] }, block)).toBeUndefined(); // prettier-ignore
});

test("a list that says it holds four thousand million values takes no memory", () => {
  expect(() => fromMsgpack(new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff]))).toThrow(/length/);
  expect(() => fromMsgpack(new Uint8Array([0xdf, 0xff, 0xff, 0xff, 0xff]))).toThrow(/length/);
  expect(fromMsgpack(new Uint8Array([0xdd, 0, 0, 0, 1, 0xc3]))).toEqual([true]);
});

test("a state that is nested without end is refused in words", () => {
  expect(() => fromJson(nested(9_000))).toThrow("a value is nested deeper than 100 levels");
  expect(() => fromJson('{"a":')).toThrow("a value is no JSON");
  expect(fromJson('{"a":"[[[["}')).toEqual({ a: "[[[[" });
});

test("an archive with a broken header is refused in one line", () => {
  const tar = gunzipSync(archive([{ path: "cdk.tf.json", bytes: Buffer.from("{}") }]));
  tar[0] = 1;
  expect(() => filesIn(gzipSync(tar))).toThrow(
    /^the configuration that was uploaded is no archive: [^\n]*checksum failure$/,
  );
});

describe("HCP Terraform", () => {
  const real = globalThis.fetch;
  afterEach(() => void (globalThis.fetch = real));
  const host = { hostname: "app.terraform.io", address: "https://app.terraform.io" };
  const api = new Api({ host, token: { value: "t", from: "TFE_TOKEN" }, wire: { sleep: () => Promise.resolve() } });
  const client = new Client(api, { hostname: host.hostname, organization: "o", workspace: "w" });
  const answers = (...bodies: string[]) =>
    void (globalThis.fetch = () => Promise.resolve(new Response(bodies.length > 1 ? bodies.shift() : bodies[0])));

  test.each([1, 3, -1, 1.5])("a list whose first page is followed by page %s is not followed", async (next) => {
    answers(JSON.stringify({ data: [], meta: { pagination: { "next-page": next } } }));
    await expect(client.runs("ws-1")).rejects.toThrow(`gave page ${next} to follow page 1 of a list`);
  });

  test("a log without an address is an error in words", async () => {
    const run = { id: "run-1", attributes: {}, relationships: { plan: { data: { type: "plans", id: "plan-1" } } } };
    answers(JSON.stringify({ data: { id: "plan-1", attributes: { status: "finished", "log-read-url": "nowhere" } } }));
    await expect(new LogReader(client, "plan").more(run as never)).rejects.toThrow(HcpError);
  });

  test("a log that never ends is not read for ever", async () => {
    const run = { id: "run-1", attributes: {}, relationships: { plan: { data: { type: "plans", id: "plan-1" } } } };
    const [logUrl, bytes] = [() => "https://archivist.terraform.io/log", () => Buffer.alloc(40 << 20, "x")];
    const reader = new LogReader({ logUrl, api: { bytes } } as never, "plan");
    await expect(reader.more(run as never)).rejects.toThrow("larger than 64 MB");
  });
});
