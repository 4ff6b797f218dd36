/** Options of commands as data: for the parser and for the help. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { InvalidInputError } from "../constructs/contract/problem";
import { refuse } from "../images/refuse";

export interface Option {
  /** What stands for the value in the help; a switch has none. */
  readonly value?: string;
  readonly help: string;
  readonly many?: boolean;
}

export type Options = Readonly<Record<string, Option>>;

/** What a command line said of its options. */
export class Flags {
  private readonly flags: Readonly<Record<string, unknown>>;

  constructor(flags: Readonly<Record<string, unknown>>) {
    this.flags = flags;
  }

  text(flag: string): string | undefined {
    return this.flags[flag] as string | undefined;
  }

  /** @throws InvalidInputError when it is not given */
  needed(flag: string): string {
    return this.text(flag) ?? refuse(`--${flag}`, "is needed; --help says what it means");
  }

  on(flag: string): boolean {
    return this.flags[flag] === true;
  }

  many(flag: string): readonly string[] {
    return (this.flags[flag] as string[] | undefined) ?? [];
  }
}

/** One of known words. @throws InvalidInputError on any other */
export const oneOf = <W extends string>(flag: string, word: string, known: readonly W[]): W =>
  known.find((entry) => entry === word) ?? refuse(`--${flag}`, `must be one of ${known.join(", ")}, got "${word}"`);

/** The options as the parser of Node takes them. */
const parserOptions = (options: Options): NonNullable<ParseArgsConfig["options"]> =>
  Object.fromEntries(
    Object.entries(options).map(([flag, { value, many }]) => [
      flag,
      {
        type: value === undefined ? ("boolean" as const) : ("string" as const),
        multiple: many ?? false,
        ...(flag === "help" ? { short: "h" } : {}),
      },
    ]),
  );

/** Words that other commands or other tools have for an option. They mean the same; the help shows the one. */
const ALSO: Readonly<Record<string, string>> = { environment: "env", yes: "auto-approve" };

/** Two ways to ask for the same: `--json`, and `--format json`. */
function withOtherWords(options: Options): Options {
  const others = Object.entries(ALSO).flatMap(([word, flag]) => (options[flag] ? [[word, options[flag]]] : []));
  const json: Options = options.format && !options.json ? { json: { help: "" } } : {};
  const format: Options = options.json && !options.format ? { format: { value: "FORMAT", help: "" } } : {};
  return { ...(Object.fromEntries(others) as Options), ...json, ...format, ...options };
}

type Values = Readonly<Record<string, unknown>>;

/** What was given, in the words of the command's own options. @throws Error when it contradicts itself */
function inOwnWords(options: Options, given: Values): Values {
  const values: Record<string, unknown> = { ...given };
  const move = (word: string, flag: string, value: unknown) => {
    if (values[flag] !== undefined && values[flag] !== value) throw new Error(`--${word} and --${flag} mean the same; give one`);
    values[flag] = value;
  }; // prettier-ignore
  for (const [word, flag] of Object.entries(ALSO))
    if (options[flag] && !options[word] && given[word] !== undefined) move(word, flag, given[word]);
  if (!options.json && options.format && given.json === true) move("json", "format", "json");
  if (!options.format && options.json && given.format !== undefined) {
    if (given.format !== "json" && given.format !== "text")
      throw new Error(`--format must be one of text, json, got "${given.format as string}"`);
    if (given.format === "json") move("format", "json", true);
  }
  return values;
}

/** @throws Error with one line when the line has an option that the command does not know, or one without its value */
export function parseLine(options: Options, line: readonly string[], allowPositionals: boolean) {
  try {
    const known = parserOptions(withOtherWords(options));
    const { values, positionals } = parseArgs({ args: [...line], options: known, allowPositionals, strict: true });
    return { values: inOwnWords(options, values), positionals };
  } catch (error) {
    throw new Error((error as Error).message.split(/(?<=')\.|\n/)[0]!, { cause: error });
  }
}

/**
 * @param name of the command, such as `fleet image list`
 * @throws InvalidInputError when the line has an option that the command does not know, or one without its value
 */
export function parse(name: string, options: Options, line: readonly string[], allowPositionals: boolean) {
  try {
    return parseLine(options, line, allowPositionals);
  } catch (error) {
    const { message } = error as Error;
    throw new InvalidInputError([{ path: name, message: `${message}; npx ${name} --help lists the options` }]);
  }
}

/** The help of one command. */
export const help = (usage: string, summary: string, options: Options): string =>
  [
    `usage: npx ${usage} [options]`,
    "",
    summary,
    "",
    ...Object.entries(options).map(
      ([flag, { value, help: text, many }]) =>
        `  ${`--${flag}${value ? ` ${value}` : ""}`.padEnd(24)}${text}${many ? "; may be repeated" : ""}`,
    ),
  ].join("\n");

/**
 * RFC 3339 with an offset: a time without one means another moment on another machine.
 * @throws InvalidInputError when it is none
 */
export function instant(flag: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(time.getTime()))
    refuse(flag, `must be a time with an offset such as 2026-11-20T12:00:00Z, got "${text}"`);
  return time;
}
