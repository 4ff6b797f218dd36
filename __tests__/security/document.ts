/** Reads docs/security.md as a reader does: by its headings and tables. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const text = readFileSync(join(__dirname, "../../docs/security.md"), "utf8");

/** What stands below a heading, up to the next one of any level. */
export function section(title: string): string {
  const [, ...parts] = text.split(/^#+ /m);
  const found = parts.find((part) => part.startsWith(`${title}\n`));
  if (found === undefined) throw new Error(`docs/security.md has no heading "${title}"`);
  return found;
}

/** Rows of a section's tables, each cell without the blanks that align it. */
export const rows = (part: string): string[][] =>
  part
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))
    .filter((cells) => !/^-+$/.test(cells[0]!))
    .slice(1);

/** All that stands in backquotes in the first column of a section's tables. */
export const firstColumn = (part: string): string[] =>
  rows(part).flatMap(([first]) => [...first!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
