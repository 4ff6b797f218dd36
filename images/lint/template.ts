/** A Packer template, read by HashiCorp's own HCL parser. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { MOST_LEVELS, parseJson } from "../../constructs/contract/json-text";
import type { Problem } from "../../constructs/contract/problem";
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

/** Both are a template's: https://developer.hashicorp.com/packer/docs/templates/hcl_templates */
const ENDINGS = [".pkr.hcl", ".pkr.json"] as const;

/** The text of a file, without the mark that some editors begin UTF-8 with; or why there is none. */
export function readText(file: string): { text: string; problem?: undefined } | { text?: undefined; problem: Problem } {
  try {
    return { text: readFileSync(file, "utf8").replace(/^\uFEFF/, "") };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "EISDIR" ? "is a folder; a file must be there" : `cannot be read: ${message}`;
    return { problem: { path: file, message: why } };
  }
}

/** The files of a template; one that cannot be read or does not parse comes back as a problem, with line and column. */
export async function readTemplate(folder: string): Promise<{ template: Template; problems: Problem[] }> {
  const problems: Problem[] = [];
  const files: Template["files"][number][] = [];
  const names = ENDINGS.flatMap((ending) => listNames(folder, ending).map((name) => join(folder, name + ending)));
  if (names.length === 0)
    problems.push({ path: folder, message: `must be a folder with files *${ENDINGS.join(" or *")}, has none` });
  for (const file of names) {
    const { text, problem } = readText(file);
    if (problem) problems.push(problem);
    else
      try {
        files.push({ file, text, body: await parse(file, text) });
      } catch (error) {
        const form = file.endsWith(".json") ? "JSON" : "HCL";
        problems.push({ path: file, message: `is no ${form}: ${(error as Error).message}` });
      }
  }
  return { template: { folder, isBase: basename(folder) === "base", files }, problems };
}

async function parse(file: string, text: string): Promise<Body> {
  if (file.endsWith(".json")) {
    const value = parseJson(text);
    if (!isBody(value)) throw new Error("the outermost value must be an object");
    return value;
  }
  refuseDeep(text);
  // Loaded only here: the parser is a large WebAssembly module.
  const { parse: parseHcl } = await import("@cdktf/hcl2json");
  return (await parseHcl(basename(file), text)) as Body;
}

/** The parser is written in Go, and what overflows its stack ends the process. Brackets and signs are what it goes down by. */
function refuseDeep(text: string): void {
  let depth = 0;
  for (const [token] of text.matchAll(/[[({]|[\])}]|[-!?](?:\s*[-!])+/g)) {
    depth += /^[[({]/.test(token) ? 1 : /^[\])}]/.test(token) ? -1 : 0;
    if (depth > MOST_LEVELS || token.length > MOST_LEVELS)
      throw new Error(`it is nested deeper than ${MOST_LEVELS} levels`);
  }
}

const isBody = (value: unknown): value is Body => typeof value === "object" && value !== null && !Array.isArray(value);
export const bodies = (value: unknown): Body[] =>
  Array.isArray(value) ? value.filter(isBody) : isBody(value) ? [value] : [];

/** All blocks of a type in the template's files; `labels` is how many the type has. */
export const blocks = ({ files }: Template, type: string, labels: number): Block[] =>
  files.flatMap(({ file, body }) => labelled(body[type], labels).map((found) => ({ file, ...found })));

export function labelled(value: unknown, labels: number): { labels: string[]; body: Body }[] {
  if (labels === 0) return bodies(value).map((body) => ({ labels: [], body }));
  return bodies(value).flatMap((level) =>
    Object.entries(level).flatMap(([label, below]) =>
      labelled(below, labels - 1).map((found) => ({ labels: [label, ...found.labels], body: found.body })),
    ),
  );
}

/** Every string in a value with the path of names that leads to it; keys may be expressions and are strings too. */
export function strings(value: unknown, path: readonly string[] = []): { path: readonly string[]; text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((entry) => strings(entry, path));
  if (!isBody(value)) return [];
  return Object.entries(value).flatMap(([key, below]) => [
    ...(key.includes("${") ? [{ path, text: key }] : []),
    ...strings(below, [...path, key]),
  ]);
}
