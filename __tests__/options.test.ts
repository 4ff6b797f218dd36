import { parse, type Options } from "../cli/options";

const env: Options = { env: { value: "NAME", help: "" } };
const json: Options = { json: { help: "" } };
const format: Options = { format: { value: "FORMAT", help: "" } };
const values = (options: Options, line: string) => ({ ...parse("fleet x", options, line.split(" "), false).values });

test.each<[string, Options, string, object]>([
  ["--environment is --env", env, "--environment prod", { env: "prod" }],
  ["--yes is --auto-approve", { "auto-approve": { help: "" } }, "--yes", { "auto-approve": true }],
  ["--format json is --json", json, "--format json", { json: true }],
  ["--format text is what it does anyway", json, "--format text", {}],
  ["--json is --format json", format, "--json", { format: "json" }],
  ["both, where they say the same", { ...format, ...env }, "--json --format json --env a --environment a", { format: "json", env: "a" }],
  ["a command that has both keeps both apart", { ...json, ...format }, "--json --format md", { json: true, format: "md" }],
])("%s", (_name, options, line, expected) => {
  expect(values(options, line)).toMatchObject(expected);
}); // prettier-ignore

test.each([
  [env, "--env a --environment b", "fleet x: --environment and --env mean the same; give one; npx fleet x --help lists the options"],
  [format, "--json --format md", "fleet x: --json and --format mean the same; give one; npx fleet x --help lists the options"],
  [json, "--format md", 'fleet x: --format must be one of text, json, got "md"; npx fleet x --help lists the options'],
  [json, "--environment prod", "fleet x: Unknown option '--environment'; npx fleet x --help lists the options"],
])("%j does not take %s", (options, line, message) => {
  expect(() => values(options, line)).toThrow(message);
}); // prettier-ignore
