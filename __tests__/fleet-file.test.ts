import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { declaredFleet } from "../constructs/contract/fleet-file";
import { copyProject, PROJECT } from "../cli/project-copy";
import { InvalidInputError } from "../constructs/contract/problem";
import { newFolder } from "./support/synth";
import { run } from "./support/terraform";

const root = newFolder();
const project = join(root, "project");
beforeAll(() => copyProject(project));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SLIP = 'export const fleet = {\n  environments: [{ name: "prod", ]\n};\n';
const SAID = 'fleet.ts:2:34: Expected identifier but found "]"';

test("a syntax error is one message with file, line and column, for the synth and for every command that needs the fleet", async () => {
  for (const part of ["cli", "hcp", "operations", "review", "local-cloud", "system"])
    cpSync(join(PROJECT, part), join(project, part), { recursive: true });
  writeFileSync(join(project, "fleet.ts"), SLIP);
  const synth = await run(process.execPath, ["--import", "tsx", "main.ts"], { cwd: project });
  expect([synth.code, synth.stderr]).toEqual([1, `The fleet cannot be built; nothing was written.\n\n  ${SAID}\n\n`]);
  const fleet = (...args: string[]) => run(process.execPath, ["cli/fleet.cjs", ...args], { cwd: project });
  expect(await fleet("release", "status")).toMatchObject({ code: 1, stdout: "", stderr: `${SAID}\n` });
  const bench = await run(process.execPath, ["--import", "tsx", "cli/bench.ts"], { cwd: project });
  expect([bench.code, bench.stdout, bench.stderr]).toEqual([1, "", `${SAID}\n`]);
  const deploy = await fleet("deploy", "--all", "--auto-approve");
  expect([deploy.code, deploy.stderr]).toEqual([1, expect.stringContaining(`  ${SAID}\n`)]);
  expect(deploy.stderr).not.toContain("    at ");
}, 120_000);

const thrown = (error: Error & { requireStack?: string[]; code?: string }, stack = "", more: object = {}) =>
  Object.assign(error, { stack: `${error.message}${stack}` }, more);
const at = (file: string) => join(process.cwd(), file);

test.each<[string, () => unknown, string]>([
  ["one that throws", () => { throw thrown(new TypeError("Cannot read properties of undefined (reading 'all')"), `\n    at Array.map (<anonymous>)\n    at ${at("node_modules/zod/index.js")}:1:1\n    at <anonymous> (${at("fleet.ts")}:3:44)`); }, "fleet.ts:3:44: TypeError: Cannot read properties of undefined (reading 'all')"],
  ["a file that is not there", () => { throw thrown(new Error("Cannot find module './prod'\nRequire stack:\n- x"), "", { code: "MODULE_NOT_FOUND", requireStack: [at("fleet.ts"), at("main.ts")] }); }, "fleet.ts: Cannot find module './prod'"],
  ["a file of its own with a slip", () => { throw new Error(`Transform failed with 1 error:\n${at("parts/slip.ts")}:1:10: ERROR: Unexpected ";"`); }, 'parts/slip.ts:1:11: Unexpected ";"'],
  ["something that is no error", () => { throw "no"; }, "fleet.ts: throws no"],
  ["no fleet", () => ({ flete: {} }), "fleet.ts: must export the fleet: export const fleet: FleetSpec = {…}"],
])("%s", (_name, load, message) => {
  expect(() => declaredFleet(load)).toThrow(new InvalidInputError([{ path: message.slice(0, message.indexOf(": ")), message: message.slice(message.indexOf(": ") + 2) }]));
}); // prettier-ignore
