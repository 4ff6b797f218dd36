import { encode } from "@msgpack/msgpack";
import { fromJson, fromMsgpack, toMsgpack, UNKNOWN } from "../../local-cloud/protocol/values";
import { expand } from "../../local-cloud/schemas/compact";
import { awsPolicyEqual, jsonEqual, normaliseJson, normalisePolicy } from "../../local-cloud/rules/json";

const block = expand({
  text: "s O",
  number: "f O",
  list: ["L* OB", { c: { x: "s O" } }],
  set: "Ss O",
});

test.each([
  ["absent attributes are null and absent blocks are empty", {}, { text: null, number: null, list: [], set: null }],
  [
    "numbers that a double cannot hold",
    { number: "123456789012345678901234567890" },
    {
      text: null,
      number: "123456789012345678901234567890",
      list: [],
      set: null,
    },
  ],
  [
    "unknown values, also in lists",
    { text: UNKNOWN, list: [{ x: UNKNOWN }], set: UNKNOWN },
    {
      text: UNKNOWN,
      number: null,
      list: [{ x: UNKNOWN }],
      set: UNKNOWN,
    },
  ],
])("%s survive the wire", (_, value, expected) => {
  expect(fromMsgpack(toMsgpack(value, block))).toEqual(expected);
});

test("large integers come in as decimal texts", () => {
  expect(fromMsgpack(encode(2n ** 63n - 1n, { useBigInt64: true }))).toBe("9223372036854775807");
  expect(fromMsgpack(encode(42))).toBe(42);
});

test.each([
  ['{"a": 18446744073709551615}', { a: "18446744073709551615" }],
  ['{"a": "12345678901234567890"}', { a: "12345678901234567890" }],
  ['{"a": [1, 2.5, -3e2], "b": "q\\"1\\""}', { a: [1, 2.5, -300], b: 'q"1"' }],
])("JSON keeps its digits: %s", (text, expected) => {
  expect(fromJson(text)).toEqual(expected);
});

test("JSON texts are compared by meaning", () => {
  expect(jsonEqual('{"a":1,"b":[1,2]}', '{ "b": [1, 2], "a": 1 }')).toBe(true);
  expect(jsonEqual('{"b":[1,2]}', '{"b":[2,1]}')).toBe(false);
  expect(jsonEqual("no json", "no json")).toBe(true);
  expect(awsPolicyEqual('{"Action":["b","a"],"Resource":"*"}', '{"Action":["a","b"],"Resource":["*"]}')).toBe(true);
  expect(awsPolicyEqual('{"Action":"a"}', '{"Action":"b"}')).toBe(false);
  expect(normaliseJson('{ "b": 1, "a": 2 }')).toBe('{"a":2,"b":1}');
  expect(normalisePolicy('{"Version":"2012-10-17","Statement":[]}')).toBe('{"Version":"2012-10-17","Statement":[]}');
});
