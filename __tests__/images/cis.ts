/** The list of CIS controls (images/packer/base/files/cis), and the tables of docs/cis.md that show it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKER } from "./on-machine";

export const LIST = join(PACKER, "base/files/cis");

export interface Control {
  /** As in the list: one number, or a range of the last part of it. */
  readonly number: string;
  readonly level: string;
  readonly status: string;
  readonly what: string;
  /** The check where it is met, else the reason. */
  readonly rest: string;
}

/** A line is split at its first four bars: a check may hold more. */
const fields = (line: string): string[] => /^(.*?) \| (.*?) \| (.*?) \| (.*?) \| (.*)$/.exec(line)?.slice(1) ?? [line];

export const controls: readonly Control[] = readFileSync(LIST, "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map(fields)
  .map(([number = "", level = "", status = "", what = "", rest = ""]) => ({ number, level, status, what, rest }));

/** Every number that a line stands for: of `1.7.2-4` 1.7.2, 1.7.3 and 1.7.4. */
export function numbers({ number }: Pick<Control, "number">): string[] {
  const [, parent = "", first = "", last = first] = /^(.*\.)(\d+)(?:-(\d+))?$/.exec(number) ?? [];
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, index) => `${parent}${Number(first) + index}`);
}

export const is = (status: string) => controls.filter((control) => control.status === status);
const count = (some: readonly Control[]) => some.flatMap(numbers).length;
const ofLevel = (level: string, some = controls) => some.filter((control) => control.level === level);
const row = (...cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(...head), row(...head.map(() => "---")), ...rows.map((cells) => row(...cells))].join("\n");

/** What stands between the markers of docs/cis.md, before Prettier. */
export function rendered(): string {
  const [met, notMet] = [is("met"), is("not met")];
  const counts = (level: string) => `${count(ofLevel(level, met))} of ${count(ofLevel(level))} of level ${level}`;
  return [
    `Met are ${counts("1")} and ${counts("2")}.`,
    "## Not met",
    table(["control", "level", "what it wants", "why not"], notMet.map(({ number, level, what, rest }) => [number, level, what, rest])),
    "## Met",
    table(["control", "level", "what is so", "check"], met.map(({ number, level, what, rest }) => [number, level, what, `\`${rest}\``])),
  ].join("\n\n"); // prettier-ignore
}
