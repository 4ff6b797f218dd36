import { join } from "node:path";
import { PROJECT } from "../cli/project-copy";
import { run } from "./support/terraform";

const fleet = (cwd: string, ...args: readonly string[]) =>
  run(process.execPath, [join(PROJECT, "cli/fleet.cjs"), ...args], { cwd });

test("a command outside of the project's folder says so, instead of what it does not find there", async () => {
  const { code, stdout, text } = await fleet(join(PROJECT, "docs"), "release", "status");
  expect([code, stdout]).toEqual([1, ""]);
  expect(text).toContain("fleet release: must run in the project's folder, the one with cdktf.json; this is ");
});

test.each(["fly", "constructor"])("there is no command %s", async (name) => {
  const { code, text } = await fleet(PROJECT, name);
  expect([code, text]).toEqual([1, expect.stringContaining(`fleet: there is no command "${name}" usage: npx fleet`)]);
});
