/** The project's own files, which are the seeds. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const PROJECT = join(__dirname, "../..");
export const CATALOG = join(PROJECT, "images/catalog");
export const NOW = new Date("2026-11-21T00:00:00Z");

export const textOf = (path: string): string => readFileSync(join(PROJECT, path), "utf8");

/** Files of a folder by the end of their names. */
export const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(join(PROJECT, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

export function put(file: string, content: string | Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
