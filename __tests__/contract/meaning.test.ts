import fc from "fast-check";
import { changedPaths, sameMeaning } from "../../constructs/contract/meaning";
import { changedAttributes } from "../../constructs/contract/plan";

const PROJECT = "projects/example-prod";
const SUBNET = `${PROJECT}/regions/us-central1/subnetworks/prod`;
const VAULT = "/subscriptions/0000-A/resourceGroups/Prod/providers/Microsoft.KeyVault/vaults/Web";
const policy = (action: unknown, resource: unknown) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: resource }] });

describe("the same in other words", () => {
  test.each<[string, unknown, unknown]>([
    ["a link in full", SUBNET, `https://www.googleapis.com/compute/v1/${SUBNET}`],
    ["a link of the newer host", SUBNET, `https://compute.googleapis.com/compute/beta/${SUBNET}`],
    ["a resource name", SUBNET, `//compute.googleapis.com/${SUBNET}`],
    ["a partial link", SUBNET, "regions/us-central1/subnetworks/prod"],
    ["a partial link and a full one", "global/networks/n", `https://www.googleapis.com/compute/v1/${PROJECT}/global/networks/n`], // prettier-ignore
    ["an Azure id in other letters", VAULT, VAULT.toLowerCase()],
    ["a log group's ARN", "arn:aws:logs:eu-west-1:1:log-group:/a", "arn:aws:logs:eu-west-1:1:log-group:/a:*"],
    ["JSON with other order and spaces", '{"b":1,"a":[1,2]}', '{ "a": [1, 2], "b": 1 }'],
    ["JSON below JSON", { settings: '{"b":{"d":1,"c":2}}' }, { settings: '{"b":{"c":2,"d":1}}' }],
    ["a policy's single value in a list", policy("s3:GetObject", "*"), policy(["s3:GetObject"], ["*"])],
    ["a policy's list in another order", policy(["a:B", "c:D"], "*"), policy(["c:D", "a:B"], "*")],
    ["a number as text", 8080, "8080"],
    ["a flag as text", true, "true"],
    ["one port as a range", "80", "80-80"],
    ["what was not set and what is empty", null, ""],
    ["a block that is not set", [{ a: null, b: [] }], undefined],
  ])("%s", (_, a, b) => {
    expect([sameMeaning(a, b), sameMeaning(b, a)]).toEqual([true, true]);
    expect(changedPaths({ at: [a] }, { at: [b] })).toEqual([]);
  });
});

describe("not the same", () => {
  test.each<[string, unknown, unknown]>([
    ["another project", SUBNET, SUBNET.replace("prod/", "staging/")],
    ["a name and a link that ends with it", "prod", SUBNET],
    ["another region of a partial link", SUBNET, "regions/us-west1/subnetworks/prod"],
    ["an ARN in other letters", "arn:aws:iam::1:role/Web", "arn:aws:iam::1:role/web"],
    ["another host", `https://evil.example/compute/v1/${SUBNET}`, SUBNET],
    ["JSON with a list in another order", "[1,2]", "[2,1]"],
    ["a policy with one more action", policy(["a:B"], "*"), policy(["a:B", "*"], "*")],
    ["a policy's condition", '{"Statement":[{"Condition":{"Bool":{"x":"true"}}}]}', '{"Statement":[{}]}'],
    ["a flag that was taken back", true, false],
    ["a number and none", 0, 1],
    ["text that looks like JSON", "{a", "{ a"],
    ["a range", "80", "80-81"],
  ])("%s", (_, a, b) => {
    expect([sameMeaning(a, b), sameMeaning(b, a)]).toEqual([false, false]);
    expect(changedPaths({ at: [a] }, { at: [b] })).toEqual(["at.0"]);
  });
});

test("JSON means the same however its names are sorted, and something else once a leaf differs", () => {
  const sorted = (value: unknown, by: number): unknown =>
    Array.isArray(value)
      ? value.map((one) => sorted(one, by))
      : typeof value === "object" && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .sort(([a], [b]) => (a < b ? -by : by))
              .map(([name, inner]) => [name, sorted(inner, by)]),
          )
        : value;
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.string(), (value, extra) => {
      const [up, down] = [1, -1].map((by) => JSON.stringify(sorted(value, by), null, by + 1));
      expect(sameMeaning(up, down)).toBe(true);
      expect(sameMeaning(up, JSON.stringify({ more: value, extra }))).toBe(false);
    }),
    { numRuns: 100 },
  );
});

test("an attribute that is only spelled otherwise did not change; one that is not known yet did", () => {
  const change = { before: { link: SUBNET, size: 1, late: 1 }, after: { link: `//compute.googleapis.com/${SUBNET}`, size: 2 } }; // prettier-ignore
  expect(
    changedAttributes({
      address: "a.b",
      type: "a",
      mode: "managed",
      change: { actions: ["update"], ...change, after_unknown: { late: true } },
    }),
  ).toEqual(["late", "size"]);
});
