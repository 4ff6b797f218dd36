/** A copy of the project to try things in: the files of a checkout, with the installed packages linked in. */
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

export const PROJECT = resolve(__dirname, "..");

/** What makes up a fleet; state, output and packages stay behind. */
const PARTS = [
  "cdktf.json",
  "constructs",
  "fleet.ts",
  "images",
  "main.ts",
  "package.json",
  "releases",
  "stacks",
  "tsconfig.json",
];

/** Copies the project into `folder`, which is created. */
export function copyProject(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const part of PARTS) cpSync(join(PROJECT, part), join(folder, part), { recursive: true });
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"), "junction");
}
