/** Reads a JSON file against a schema; whatever is wrong comes back as problems that name file and field. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import type { z } from "zod";
import { jsonIn, parseJson } from "../constructs/contract/json-text";
import type { Problem } from "../constructs/contract/problem";
import { describeIssue, dottedPath } from "../constructs/contract/validate";

export function readJson<S extends z.ZodType>(
  file: string,
  schema: S,
):
  | { readonly value: z.output<S>; readonly problems?: undefined }
  | { readonly value?: undefined; readonly problems: readonly Problem[] } {
  let input: unknown;
  try {
    input = parseJson(jsonIn(readFileSync(file)));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return {
      problems: [
        {
          path: file,
          message: missing ? "is missing; create it" : `is not readable JSON: ${(error as Error).message}`,
        },
      ],
    };
  }
  const parsed = schema.safeParse(input);
  if (parsed.success) return { value: parsed.data };
  return {
    problems: parsed.error.issues.map((issue) => ({
      path: `${file} ${dottedPath(issue.path)}`.trim(),
      message: describeIssue(issue, input),
    })),
  };
}

/** As readJson, but undefined when there is no such file. */
export const readJsonIfThere = <S extends z.ZodType>(file: string, schema: S) =>
  existsSync(file) ? readJson(file, schema) : undefined;

/** The text that the catalog holds for a value: keys in the schema's order, so that the same facts are the same bytes. */
export const jsonText = <S extends z.ZodType>(schema: S, value: z.input<S>): string =>
  `${JSON.stringify(schema.parse(value), null, 2)}\n`;

/** Names of the files in a folder that end in `ending`, without it; none when there is no such folder. */
export function listNames(folder: string, ending: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => name.slice(0, -ending.length))
      .sort();
  } catch {
    return [];
  }
}
