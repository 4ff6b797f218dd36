import { plan } from "../../local-cloud/rules";
import type { ProviderSettings } from "../../local-cloud/engine/request";
import { validate } from "../../local-cloud/rules";
import { type Obj, Unknown, UNKNOWN } from "../../local-cloud/protocol/values";
import type { TypeSchema } from "../../local-cloud/schemas/catalog";
import { type CompactAttribute, expand } from "../../local-cloud/schemas/compact";

const SETTINGS: ProviderSettings = {
  region: "us-east-1",
  project: "demo",
  defaultTags: { team: "a" },
  ignoreTags: [],
  ignoreTagPrefixes: [],
  defaultLabels: { team: "a" },
  attributionLabel: false,
  attributionProactive: false,
  features: {},
};

const schema = (attributes: Record<string, CompactAttribute>, more: Partial<TypeSchema> = {}): TypeSchema => ({
  name: "aws_example",
  provider: "aws",
  version: 0,
  block: expand({ id: "s OC", ...attributes }),
  framework: false,
  allowed: {},
  updatable: true,
  region: false,
  tagsAll: false,
  exactlyOneOf: [],
  ...more,
});

/** Plans as terraform asks for it: computed attributes without configuration come in with their prior value. */
function planned(type: TypeSchema, prior: Obj | null, config: Obj) {
  const full: Obj = Object.fromEntries([...type.block.keys()].map((name) => [name, config[name] ?? null]));
  const proposed: Obj = { ...full };
  for (const [name, attribute] of type.block) {
    if (attribute.computed && (config[name] ?? null) === null) proposed[name] = prior?.[name] ?? null;
    if (attribute.block) proposed[name] = config[name] ?? [];
  }
  const result = plan({ schema: type, prior, proposed, config: full, settings: SETTINGS });
  return { value: result.planned, replace: result.requiresReplace.map((path) => path.join(".")).sort() };
}

describe("a new object", () => {
  test.each<[string, CompactAttribute, Obj, unknown]>([
    ["takes a default", ["s O", { def: "x" }], {}, "x"],
    ["takes the configuration before the default", ["s O", { def: "x" }], { a: "y" }, "y"],
    ["turns a default into the attribute's type", ["s O", { def: 300 }], {}, "300"],
    ["does not know a computed value", "s C", {}, UNKNOWN],
    ["does not know an optional and computed value", "i OC", {}, UNKNOWN],
    ["knows an optional and computed value that is set", "i OC", { a: 3 }, 3],
    ["leaves an optional value out", "b O", {}, null],
    ["keeps an empty text", "s O", { a: "" }, ""],
    ["keeps an unknown value", "s O", { a: UNKNOWN }, UNKNOWN],
    ["does not know a computed block", ["L* OCB", { c: { x: "s O" } }], {}, UNKNOWN],
    ["fills defaults in blocks", ["L* OB", { c: { x: ["i O", { def: 1 }] } }], { a: [{ x: null }] }, [{ x: 1 }]],
    [
      "does not know computed values in blocks",
      ["L* OB", { c: { x: "s OC" } }],
      { a: [{ x: null }] },
      [{ x: UNKNOWN }],
    ],
    ["does not know a set with an unknown element", "Ss O", { a: ["x", UNKNOWN] }, UNKNOWN],
    ["does not know a map with an unknown element", "Ms O", { a: { x: "x", y: UNKNOWN } }, UNKNOWN],
    ["knows the others of a list with an unknown element", "Ls O", { a: ["x", UNKNOWN] }, ["x", UNKNOWN]],
    ["never plans what is only written", "s OW", { a: "secret" }, null],
  ])("%s", (_, attribute, config, expected) => {
    expect(planned(schema({ a: attribute }), null, config).value.a).toEqual(expected);
  });

  test("loses the refinement of an unknown value, as the SDK's texts do", () => {
    expect(planned(schema({ a: "s O" }), null, { a: new Unknown() }).value.a).toBe(UNKNOWN);
  });
});

describe("a changed object", () => {
  test.each<[string, CompactAttribute, Obj, Obj, unknown, string[]]>([
    ["is updated", "s O", { a: "x" }, { a: "y" }, "y", []],
    ["is replaced where the flag says so", "s OF", { a: "x" }, { a: "y" }, "y", ["a", "id"]],
    ["is replaced for a value that is not known yet", "s RF", { a: "x" }, { a: UNKNOWN }, UNKNOWN, ["a", "id"]],
    ["keeps a computed value", "s OC", { a: "x" }, {}, "x", []],
    ["loses an optional value", "s O", { a: "x" }, {}, null, []],
    ["does not tell absent from zero", "b O", { a: false }, {}, false, []],
    ["counts a list as a whole when it grows", "Ls OF", { a: ["x"] }, { a: ["x", "y"] }, ["x", "y"], ["a", "id"]],
    ["counts a map as a whole", "Ms OF", { a: { x: "1" } }, { a: { x: "2" } }, { x: "2" }, ["a", "id"]],
    [
      "names the attribute inside a list",
      ["L* OB", { c: { x: "s OF" } }],
      { a: [{ x: "1" }] },
      { a: [{ x: "2" }] },
      [{ x: "2" }],
      ["a.0.x", "id"],
    ],
    [
      "cannot name what is inside a set",
      ["S* OB", { c: { x: "s OF" } }],
      { a: [{ x: "1" }] },
      { a: [{ x: "2" }] },
      [{ x: "2" }],
      ["a", "id"],
    ],
  ])("%s", (_, attribute, prior, config, expected, replace) => {
    const result = planned(schema({ a: attribute }), { id: "i", ...prior }, config);
    expect(result.value.a).toEqual(expected);
    expect(result.replace).toEqual(replace);
  });

  test("a set does not care for the order, and keeps what is computed in its elements", () => {
    const type = schema({ a: ["S* OB", { c: { x: "s O", y: "s C" } }], b: "s O" });
    const prior = {
      id: "i",
      a: [
        { x: "1", y: "p" },
        { x: "2", y: "q" },
      ],
      b: "x",
    };
    const config = {
      a: [
        { x: "2", y: null },
        { x: "1", y: null },
      ],
      b: "y",
    };
    expect(planned(type, prior, config).value.a).toEqual(prior.a);
  });

  test("an unchanged object is planned as it is", () => {
    const type = schema({ a: "s O", b: ["L* OB", { c: { x: "s O" } }] });
    const prior = { id: "i", a: "", b: [{ x: null }] };
    expect(planned(type, prior, { b: [{ x: null }] }).value).toEqual(prior);
  });
});

describe("general rules of the providers", () => {
  const aws = schema({ tags: "Ms O", tags_all: "Ms OC", region: "s OC" }, { region: true, tagsAll: true });
  const google = schema(
    { project: "s OCF", labels: "Ms O", terraform_labels: "Ms C", effective_labels: "Ms C" },
    { provider: "google", name: "google_example" },
  );
  const azure = schema({ location: "s RFDT" }, { provider: "azurerm", name: "azurerm_example" });

  test.each<[string, TypeSchema, Obj | null, Obj, Obj]>([
    ["aws region and tags", aws, null, { tags: { a: "1" } }, { region: "us-east-1", tags_all: { a: "1", team: "a" } }],
    ["aws tags that are not known", aws, null, { tags: { a: UNKNOWN } }, { tags_all: UNKNOWN }],
    [
      "aws default tags that changed",
      aws,
      { id: "i", tags: null, region: "us-east-1", tags_all: { team: "b" } },
      {},
      { tags_all: { team: "a" } },
    ],
    [
      "google project and labels",
      google,
      null,
      { labels: { a: "1" } },
      { project: "demo", terraform_labels: { a: "1", team: "a" }, effective_labels: { a: "1", team: "a" } },
    ],
    [
      "google labels set outside",
      google,
      {
        id: "i",
        project: "demo",
        labels: { a: "1" },
        terraform_labels: { a: "1", team: "a" },
        effective_labels: { a: "1", team: "a", out: "x" },
      },
      { labels: {} },
      { effective_labels: { team: "a", out: "x" } },
    ],
    ["azure location", azure, null, { location: "West Europe" }, { location: "westeurope" }],
  ])("%s", (_, type, prior, config, expected) => {
    expect(planned(type, prior, config).value).toMatchObject(expected);
  });

  test("a location that only looks different is no change", () => {
    const result = planned(azure, { id: "i", location: "westeurope" }, { location: "West Europe" });
    expect(result).toEqual({ value: { id: "i", location: "westeurope" }, replace: [] });
  });

  test("another region is a replacement", () => {
    const prior = { id: "i", region: "eu-west-1", tags: null, tags_all: {} };
    expect(planned(aws, prior, { region: "us-east-1" }).replace).toEqual(["id", "region"]);
  });
});

describe("validation", () => {
  const type = schema({
    a: ["s O", { con: ["b"] }],
    b: "s O",
    c: ["s O", { one: ["c", "d"] }],
    d: ["s O", { one: ["c", "d"] }],
    e: ["s O", { req: ["b"] }],
  });
  test.each<[string, Obj, string[]]>([
    ["accepts one of a group", { c: "x" }, []],
    ["refuses two of a group", { c: "x", d: "y" }, ["Invalid combination of arguments"]],
    ["refuses none of a group", {}, ["Invalid combination of arguments"]],
    ["waits for what is not known", { c: UNKNOWN }, []],
    ["refuses a conflict", { a: "x", b: "y", c: "z" }, ["Conflicting configuration arguments"]],
    ["refuses a missing companion", { c: "x", e: "y" }, ["Missing required argument"]],
  ])("%s", (_, config, summaries) => {
    expect([...new Set(validate(type, config).map(({ summary }) => summary))]).toEqual(summaries);
  });
});
