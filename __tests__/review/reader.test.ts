import fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonError, parseJson } from "../../constructs/contract/json-text";
import { plannedVariables } from "../../hcp/overrides";
import { readDrift } from "../../operations/drift/read";
import { readPlans } from "../../releases/evidence";
import { readConfiguration } from "../../review/read/configuration";
import { readPlan } from "../../review/read/plan";
import { Scanner } from "../../review/read/scanner";
import { review } from "../../review/review";
import { html } from "../../review/render/html";
import { json } from "../../review/render/json";
import { markdown } from "../../review/render/markdown";
import { text } from "../../review/render/text";
import { CONTEXT, judged, NEW, OLD } from "./lab";

const folder = mkdtempSync(join(tmpdir(), "fleet-review-"));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
function written(content: string | Buffer, name = `plan-${count++}.json`): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const change = (over: object = {}, address = "aws_launch_template.live_template") => ({
  address,
  mode: "managed",
  type: "aws_launch_template",
  name: "live_template",
  change: {
    actions: ["create", "delete"],
    before: { image_id: OLD, name_prefix: "web-1-" },
    after: { image_id: NEW, name_prefix: "web-2-" },
    after_unknown: { id: true },
    replace_paths: [["name_prefix"]],
    ...over,
  },
});
const plan = (...changes: object[]) => ({
  format_version: "1.2",
  applyable: true,
  complete: true,
  errored: false,
  variables: {},
  resource_changes: changes,
});
const error = (content: string | Buffer) => {
  try {
    readPlan(written(content));
    return "no error";
  } catch (caught) {
    return (caught as Error).message.replace(folder, "");
  }
};

describe("what is no plan is refused with one reason", () => {
  const whole = JSON.stringify(plan(change()));
  test.each([
    ["an empty file", "", /plan-\d+.json is empty; write it with: terraform show -json/],
    ["a truncated plan", whole.slice(0, -20), /ends in the middle, after \d+ bytes/],
    ["a plan cut inside a string", whole.slice(0, 60), /ends in the middle/],
    [
      "a malformed value",
      whole.replace('"managed"', "managed"),
      /is not JSON: a value is malformed at byte 162 \(line 1, column 163: a value is missing\)/,
    ],
    [
      "a malformed value in a later line",
      JSON.stringify(plan(change()), null, 2).replace('"managed"', "managed"),
      /is not JSON: a value is malformed at byte \d+ \(line 10, column 15: a value is missing\)/,
    ],
    [
      "a missing comma in a later line",
      '{\n"format_version": "1.2"\n  "errored": true}',
      /at byte 28 \(line 3, column 3\)/,
    ],
    ["two plans", `${whole}\n[command]x\n${whole}`, /there is more after its end at byte \d+ \(line 3, column 1\)/],
    ["words of a wrapper only", "[command]/usr/bin/terraform-bin show -json plan\n", /ends in the middle/],
    [
      "words behind a wrapper",
      "[command]/usr/bin/terraform-bin show\nNo state.",
      /does not start with \{ at byte 37 \(line 2, column 1\)/,
    ],
    ["brackets that do not match", whole.replace(/\]\}$/, "}}"), /is not JSON: a bracket does not match at byte \d+/],
    ["a missing comma", '{"format_version":"1.2" "errored":true}', /is not JSON/],
    ["something after the end", `${whole}{}`, /there is more after its end/],
    ["a list", "[]", /does not start with \{/],
    ["words", "Terraform will perform", /does not start with \{/],
    ["a saved plan", Buffer.from("PK\u0003\u0004 binary"), /is a saved plan, not its JSON/],
    ["a state", '{"format_version":"1.0","values":{}}', /is the JSON of a state/],
    ["a state file", '{"version":4,"lineage":"x","resources":[]}', /is a state file/],
    ["the log of plan -json", '{"@level":"info"}\n{"@level":"info"}', /is the log of terraform plan -json/],
    ["a configuration", '{"resource":{},"terraform":{}}', /is a configuration, not a plan; give it with --config/],
    ["other JSON", "{}", /it has no format_version/],
    [
      "an unknown major version",
      JSON.stringify({ ...plan(), format_version: "2.0" }),
      /has format_version "2.0", and this review knows 1.x only; a newer terraform wrote it: plan with a terraform 1.x/,
    ],
    ...["0.1", "0.2"].map((old): [string, string, RegExp] => [
      `version ${old}`,
      JSON.stringify({ ...plan(), format_version: old }),
      /knows 1.x only; a terraform before 1.1 wrote it: plan anew with terraform 1.1 or later, 1.11 for this project, and write/,
    ]),
    ["changes of another form", JSON.stringify(plan({ address: "x" })), /is not a plan: resource_changes\[0\]/],
  ])("%s", (_name, content, message) => expect(error(content)).toMatch(message));

  test("a folder and a file that is not there", () => {
    expect(() => readPlan(folder)).toThrow(/cannot be read: EISDIR/);
    expect(() => readPlan(join(folder, "nowhere"))).toThrow(/cannot be read: ENOENT/);
  });

  test("configurations likewise", () => {
    expect(() => readConfiguration(written(""))).toThrow(/is empty; give the stack's cdk.tf.json/);
    expect(() => readConfiguration(written("x"))).toThrow(/is not JSON/);
    expect(() => readConfiguration(written(JSON.stringify(plan())))).toThrow(/is a plan; give it with --plan/);
    expect(() => readConfiguration(written("{}"))).toThrow(/is not a configuration/);
  });
});

describe("what is a plan is read", () => {
  test("with unknown members of a newer minor version, a byte order mark and a final newline", () => {
    const file = written(
      `\ufeff${JSON.stringify({ ...plan(change()), format_version: "1.9", news: [{ a: ["}"] }] }, null, 2)}\n`,
    );
    expect(readPlan(file).changes).toHaveLength(1);
  });

  const whole = JSON.stringify(plan(change()));
  const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16();
  test.each([
    ["UTF-16 as PowerShell's > writes it", Buffer.from(`\ufeff${whole}\r\n`, "utf16le")],
    ["UTF-16 without a mark", Buffer.from(whole, "utf16le")],
    ["UTF-16, the other way round", utf16be(`\ufeff${whole}`)],
    ["a mark", `\ufeff${whole}`],
    ["lines that end as on Windows", JSON.stringify(plan(change()), null, 2).replaceAll("\n", "\r\n")],
    ["the first line of setup-terraform's wrapper", `[command]/opt/terraform-bin show -json plan\n${whole}\n`],
    [
      "all lines of the wrapper, of every version and runner",
      `::debug::x {"a"\r\n\n##[debug]y\r\n[command]/opt/terraform-bin show -json plan\r\n${whole}\r\n\r\n::debug::Terraform exited with code 0.\r\n::debug::stdout: ${whole}\n::set-output name=exitcode::0\n`,
    ],
    ["a mark and the wrapper", `\ufeff[command]x\n${whole}\n::debug::x`],
    ["UTF-16 and the wrapper", Buffer.from(`\ufeff[command]x\r\n${whole}\r\n`, "utf16le")],
  ])("with %s, by every reader of plans", (_name, content) => {
    const file = written(content);
    expect(readPlan(file).changes).toHaveLength(1);
    expect(readDrift(file, "x").findings).toEqual([]);
    expect(readPlans([`a=${file}`], ["a"]).get("a")?.resource_changes).toHaveLength(1);
    expect(plannedVariables(file)).toEqual({});
  });

  test("and what is not JSON is said by line and column, nothing of it shown", () => {
    for (const [text, said] of [
      ['{\n  "version": "1.0.0",\n}', "line 3, column 1: a comma too many before }"],
      ['{\n  "a": 1\n  "b": 2\n}', "line 3, column 3: a comma is missing"],
      ["{ a: 1 }", "line 1, column 3: a name in double quotes, or }, is missing"],
      ["{ 'a': 1 }", "line 1, column 3: names and texts stand in double quotes"],
      ['{ "a": 1 // x\n}', "line 1, column 10: JSON has no comments"],
      ['{ "a": "x\n}', "line 1, column 8: a text is not closed in its line"],
      ['{ "a" 1 }', "line 1, column 7: a colon is missing"],
      ['{ "a": [1, 2 }', "line 1, column 14: a bracket does not match"],
      ['{ "a": s3cret }', "line 1, column 8: a value is missing"],
      ['{ "a": 01 }', "line 1, column 8: a value is missing"],
      ["{", "line 1, column 2: it ends in the middle"],
      ["", "line 1, column 1: it is empty"],
      ["{}\n{}", "line 2, column 1: there is more after its end"],
    ] as const)
      expect(() => parseJson(text)).toThrow(new Error(said));
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom("", ",", "}", '"', "x", "\n", "\\"), (json, place, put) => {
        const at = place % (json.length + 1);
        const text = json.slice(0, at) + put + json.slice(at + 1);
        let fails = false;
        try {
          JSON.parse(text);
        } catch {
          fails = true;
        }
        const parsed = () => void parseJson(text);
        if (fails) expect(parsed).toThrow(JsonError);
        else expect(parsed).not.toThrow();
      }),
    );
  });

  test("in HCP Terraform's redacted form, and what that does not say is said", () => {
    const file = written(
      JSON.stringify({ plan_format_version: "1.2", resource_changes: [change()], provider_schemas: {} }),
    );
    expect(judged(file).about("redacted")).toMatch(/holds no variables, and does not say whether planning finished/);
  });

  test("the same in chunks of any size", () => {
    const source = Buffer.from(
      JSON.stringify({
        a: 1,
        list: ['x\\"', { b: "}]" }, 3, null, "é🟢"],
        skipped: { deep: [[["\\"]]] },
        inner: { kept: true },
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sizes) => {
        const found: unknown[] = [];
        const scanner = new Scanner({
          a: { whole: (value) => void found.push(value) },
          list: { each: (value) => void found.push(value) },
          inner: { inside: { kept: { whole: (value) => void found.push(value) } } },
        });
        for (let at = 0, turn = 0; at < source.length; turn++) {
          const size = sizes[turn % sizes.length]!;
          scanner.push(Buffer.from(source.subarray(at, at + size)));
          at += size;
        }
        scanner.end();
        expect(found).toEqual([1, 'x\\"', { b: "}]" }, 3, null, "é🟢", true]);
      }),
    );
  });

  test("any JSON object comes through as JSON.parse reads it", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.integer({ min: 1, max: 64 }), (object, size) => {
        const found: Record<string, unknown> = {};
        const source = Buffer.from(JSON.stringify(object));
        const scanner = new Scanner(
          Object.fromEntries(
            Object.keys(object).map((name) => [
              name,
              { whole: (value: unknown) => void Object.defineProperty(found, name, { value, enumerable: true }) },
            ]),
          ),
        );
        for (let at = 0; at < source.length; at += size) scanner.push(Buffer.from(source.subarray(at, at + size)));
        scanner.end();
        expect(JSON.stringify(found)).toBe(JSON.stringify(object));
      }),
    );
  });
});

describe("what must not be printed", () => {
  const everything = (...changes: object[]) => {
    const file = written(
      JSON.stringify({
        ...plan(...changes),
        variables: { token: { value: "v4riable-secret" } },
        configuration: { root_module: { variables: { token: { sensitive: true } } } },
        output_changes: { o: { actions: ["update"], before: "x", after: "0utput-secret", after_sensitive: true } },
      }),
    );
    const found = review([{ facts: readPlan(file) }], { ...CONTEXT });
    return [markdown(found), text(found), json(found), html(found)].join("\n");
  };

  test("sensitive values, and addresses that hold one", () => {
    const secret = { password: "s3cret-value", image_id: NEW, name_prefix: "web-2-" };
    const output = everything(
      change({ after: secret, after_sensitive: { password: true } }),
      ...["s3cret-value", "v4riable-secret", "0utput-secret", "x-s3cret-value-y"].map((index) =>
        change({}, `aws_launch_template.live_template["${index}"]`),
      ),
      change({ actions: ["delete"] }, 'aws_launch_template.live_template["s3cret\\"value"]'),
    );
    expect(output).not.toMatch(/s3cret-value|v4riable-secret|0utput-secret/);
    expect(output).toContain("[(hidden)]");
    expect(output).toContain("An address that contains a secret value");
  });

  test.each(["records", "true", "2", "80", "1.0", "", "live", "name_prefix", "prod", "web", "1234"])(
    "nothing else, though a sensitive value is %j",
    (secret) => {
      const output = everything(
        change({ after: { ...change().change.after, note: secret }, after_sensitive: { note: true } }),
        change({ actions: ["update"] }, 'aws_route53_record.live_records["true"]'),
        change({ actions: ["update"] }, 'module.prod.aws_route53_record.production_web["blue"]'),
        change({ actions: ["update"] }, "aws_route53_record.z1234_2[80]"),
      );
      expect(output).not.toContain("hidden");
      expect(output).toContain("aws_route53_record.live_records");
    },
  );

  test("what a set of blocks, which is marked as a whole, has in clear from the configuration", () => {
    const name = "records-1-0-0-";
    const file = written(
      JSON.stringify({
        ...plan(
          change({
            before: { image_id: OLD, name_prefix: name, extension: [{ name: "records", key: "k3y-in-block" }] },
            before_sensitive: { extension: true },
            after: { image_id: NEW, name_prefix: name, extension: [{ name: "records", key: "k3y-in-block" }] },
            after_sensitive: { extension: true },
          }),
          change({}, 'aws_launch_template.other["k3y-in-block"]'),
          change({}, 'aws_launch_template.other["records"]'),
        ),
        configuration: {
          root_module: {
            resources: [{ expressions: { extension: [{ name: { constant_value: "records" }, key: {} }] } }],
          },
        },
      }),
    );
    const output = markdown(review([{ facts: readPlan(file) }], CONTEXT));
    expect(output).not.toContain("k3y-in-block");
    expect(output).toContain('aws_launch_template.other["records"]');
  });

  test("keys of a map that is sensitive as a whole", () => {
    const output = everything(
      change({
        before: { image_id: OLD, settings: { "planted-key": "a" }, tags: { clear: "a" } },
        after: { image_id: OLD, settings: { "planted-key": "b" }, tags: { clear: "b" } },
        after_sensitive: { settings: true },
      }),
    );
    expect(output).not.toContain("planted-key");
    expect(output).toMatch(/change in .*settings/);
  });

  test("with very many secrets the others are still shown, and none of them is", () => {
    const many = Array.from({ length: 20_000 }, (_, at) => `s3cret-${at}-value`);
    const output = everything(
      change({ after: { image_id: "x-s3cret-77-value", password: many }, after_sensitive: { password: true } }),
      change({}, 'aws_launch_template.other["calm"]'),
    );
    expect(output).not.toContain("s3cret-77-value");
    expect(output).toContain('other["calm"]');
  });

  test("a value below a mask that covers its parent, and a name that holds a secret", () => {
    const output = everything(
      change({
        before: { image_id: OLD, name_prefix: "web-hunter2hunter2-" },
        before_sensitive: true,
        after: { image_id: NEW, name_prefix: "web-hunter2hunter2-" },
        after_sensitive: { image_id: true },
      }),
      change(
        { actions: ["no-op"], before: { name: "hunter2hunter2" }, before_sensitive: { name: true }, after: null },
        "aws_launch_template.other",
      ),
    );
    expect(output).not.toMatch(/hunter2/);
    expect(output).not.toContain(NEW);
  });

  test("attributes outside of the allow-list, whatever their value", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z_]{3,12}$/), (attribute) => {
        const known = ["image_id", "name", "name_prefix", "instance_type", "tag_specifications"].includes(attribute);
        fc.pre(!known);
        expect(
          everything(change({ after: { image_id: NEW, name_prefix: "web-2-", [attribute]: "unlisted-value" } })),
        ).not.toContain("unlisted-value");
      }),
      { numRuns: 20 },
    );
  });

  test("values of 10 MB", () => {
    const big = "x".repeat(10 * 1024 * 1024);
    const output = everything(
      change(
        { after: { image_id: NEW, name_prefix: big, user_data: big } },
        `aws_launch_template.live_template["${big}"]`,
      ),
    );
    expect(output.length).toBeLessThan(60_000);
  });
});
