/** Loads fleet.ts, which people edit: a slip in it is one message with file, line and column, never a bundler's stack trace. */
import { relative } from "node:path";
import { InvalidInputError } from "./problem";

/** `/project/fleet.ts:3:20: ERROR: Expected identifier but found "]"`: esbuild's message, whose columns count from 0. */
const SYNTAX = /^(.+?):(\d+):(\d+): ERROR: (.+)$/m;
/** The first place of a stack trace that is a file of the project. */
const PLACE = /^ +at (?:.*\()?(?:file:\/\/)?(\/(?:(?!\/node_modules\/)[^():])+):(\d+):(\d+)\)?$/m;

/**
 * @param load requires the file, whose export `fleet` is the fleet
 * @returns the fleet as it is declared, not checked
 * @throws InvalidInputError when the file cannot be read, or throws
 */
export function declaredFleet(load: () => unknown): unknown {
  let loaded: unknown;
  try {
    loaded = load();
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    throw new InvalidInputError([problemOf(error)]);
  }
  const { fleet } = loaded as { fleet?: unknown };
  if (fleet !== undefined) return fleet;
  throw new InvalidInputError([{ path: "fleet.ts", message: "must export the fleet: export const fleet: FleetSpec = {…}" }]); // prettier-ignore
}

function problemOf(error: unknown): { path: string; message: string } {
  if (!(error instanceof Error)) return { path: "fleet.ts", message: `throws ${String(error)}` };
  const { message, stack = "", name } = error;
  const [, file, line, column, what] = SYNTAX.exec(message) ?? [];
  if (file) return { path: `${shown(file)}:${line}:${Number(column) + 1}`, message: what! };
  const [first = name] = message.split("\n");
  const [, at, row, place] = PLACE.exec(stack) ?? [];
  if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") {
    const { requireStack: [from] = [] } = error as { requireStack?: string[] };
    return { path: from ? shown(from) : "fleet.ts", message: first };
  }
  return { path: at ? `${shown(at)}:${row}:${place}` : "fleet.ts", message: `${name}: ${first}` };
}

const shown = (file: string): string => relative(process.cwd(), file);
