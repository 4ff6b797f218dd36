/** A Packer template, read by HashiCorp's own HCL parser. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Problem } from "../../constructs/contract/validate";
import { listNames } from "../json-file";

/** Blocks and attributes; blocks are lists, and expressions are strings in ${…}. */
export type Body = Readonly<Record<string, unknown>>;

export interface Block {
  readonly file: string;
  /** Labels, such as amazon-ebs and image. */
  readonly labels: readonly string[];
  readonly body: Body;
}

export interface Template {
  readonly folder: string;
  /** Whether it is the one template that may name a vendor's image. */
  readonly isBase: boolean;
  readonly files: readonly { readonly file: string; readonly text: string; readonly body: Body }[];
}

const ENDING = ".pkr.hcl";

/** The files of a template; one that does not parse comes back as a problem with line and column. */
export async function readTemplate(folder: string): Promise<{ template: Template; problems: Problem[] }> {
  // Loaded only here: the parser is a large WebAssembly module.
  const { parse } = await import("@cdktf/hcl2json");
  const problems: Problem[] = [];
  const files: Template["files"][number][] = [];
  const names = listNames(folder, ENDING).map((name) => join(folder, name + ENDING));
  if (names.length === 0) problems.push({ path: folder, message: `must hold *${ENDING} files, got none` });
  for (const file of names) {
    const text = readFileSync(file, "utf8");
    try {
      files.push({ file, text, body: (await parse(basename(file), text)) as Body });
    } catch (error) {
      problems.push({ path: file, message: `is no HCL: ${(error as Error).message}` });
    }
  }
  return { template: { folder, isBase: basename(folder) === "base", files }, problems };
}

const isBody = (value: unknown): value is Body => typeof value === "object" && value !== null && !Array.isArray(value);
export const bodies = (value: unknown): Body[] =>
  Array.isArray(value) ? value.filter(isBody) : isBody(value) ? [value] : [];

/** All blocks of a type in the template's files; `labels` is how many the type has. */
export const blocks = ({ files }: Template, type: string, labels: number): Block[] =>
  files.flatMap(({ file, body }) => labelled(body[type], labels).map((found) => ({ file, ...found })));

function labelled(value: unknown, labels: number): { labels: string[]; body: Body }[] {
  if (labels === 0) return bodies(value).map((body) => ({ labels: [], body }));
  return bodies(value).flatMap((level) =>
    Object.entries(level).flatMap(([label, below]) =>
      labelled(below, labels - 1).map((found) => ({ labels: [label, ...found.labels], body: found.body })),
    ),
  );
}

/** Every string in a value with the path of names that leads to it. */
export function strings(value: unknown, path: readonly string[] = []): { path: readonly string[]; text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((entry) => strings(entry, path));
  return isBody(value) ? Object.entries(value).flatMap(([key, below]) => strings(below, [...path, key])) : [];
}
