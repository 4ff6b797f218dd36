/** `npx fleet parity`: every difference between two environments, and which of them are meant. */
import { resolveFleet } from "../constructs/contract/validate";
import { environmentsOf, parity as compare, type Difference, type Parity } from "../operations/parity/compare";
import type { Command } from "./command";
import { declared } from "./declared";
import { commandOf, RELEASES } from "./operations/command-line";
import { table } from "./table";

const LONGEST = 40;

/** A part that is a whole object is said to be there; its own props say nothing as long as the other side lacks it. */
function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return "there";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === "" ? '""' : text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function text({ a, b, differences }: Parity): string {
  const unwanted = differences.filter(({ wanted }) => wanted === undefined);
  const meant = differences.filter(({ wanted }) => wanted !== undefined);
  const part = (title: string, rows: readonly Difference[], ...why: readonly string[]) =>
    rows.length === 0
      ? []
      : [
          "",
          title,
          "",
          table(
            ["what", a, b, ...why],
            rows.map((row) => [row.path, show(row.a), show(row.b), ...(row.wanted === undefined ? [] : [row.wanted])]),
            "  ",
          ),
        ];
  return [
    `${a} and ${b}: ${unwanted.length} ${unwanted.length === 1 ? "difference" : "differences"} that nobody meant, ${meant.length} meant`,
    ...part("not meant", unwanted),
    ...part("meant", meant, "why"),
  ].join("\n");
}

/** @param load gives the fleet as fleet.ts declares it */
const parityOf = (load: () => unknown): Command =>
  commandOf({
    name: "parity",
    summary: "names every difference between two environments",
    args: "[A] [B]",
    most: 2,
    options: { ...RELEASES, json: { help: "print JSON" } },
    exit: "0 no difference, or only those that are meant; 2 others; 1 error",
    async run(line) {
      const [a, b] = environmentsOf(resolveFleet(load()), line.args);
      const found = compare(a, b, line.text("releases") ?? "releases");
      const unwanted = found.differences.some(({ wanted }) => wanted === undefined);
      const json = () => JSON.stringify({ schema: 1, result: unwanted ? "differs" : "same", ...found }, null, 2);
      return { text: line.on("json") ? json() : text(found), code: unwanted ? 2 : 0 };
    },
  });

export const parityCommand = (fleet: unknown): Command => parityOf(() => fleet);
export const parity = parityOf(declared);
