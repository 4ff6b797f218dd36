/** The form of a `fleet image` command: data for the parser and the help, and a function that decides. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { InvalidInputError } from "../../constructs/contract/validate";
import { loadCatalog, type Catalog } from "../../images/load";
import { refuse } from "../../images/refuse";
import type { Act } from "../../images/promotion";
import type { FileToWrite } from "../../images/write";
import { gitUser } from "./git";

export interface Option {
  /** What stands for the value in the help; a switch has none. */
  readonly value?: string;
  readonly help: string;
  readonly many?: boolean;
}

/** What a command says and does. Files are written only after it has decided everything. */
export interface Outcome {
  readonly text: string;
  /** The same for programs. */
  readonly json: unknown;
  readonly write?: readonly FileToWrite[];
  /** Whether there is something for a human to look at: exit code 2. */
  readonly findings?: boolean;
}

export interface ImageCommand {
  readonly summary: string;
  /** Positional arguments by name, all of them needed unless they end in `?`; one that ends in `*` takes the rest. */
  readonly args: readonly string[];
  readonly options?: Readonly<Record<string, Option>>;
  run(input: Input): Outcome | Promise<Outcome>;
}

export const COMMON: Readonly<Record<string, Option>> = {
  catalog: { value: "DIR", help: "folder of the catalog, images/catalog unless given" },
  releases: { value: "DIR", help: "folder of the releases, releases unless given" },
  now: { value: "TIME", help: "the time to decide by, such as 2026-11-20T12:00:00Z; the clock unless given" },
  json: { help: "print JSON" },
  help: { help: "print this" },
};

export const BY: Readonly<Record<string, Option>> = {
  by: { value: "WHO", help: "who does it; git's user.email unless given" },
  reason: { value: "TEXT", help: "why" },
};

/** The command line, read. */
export class Input {
  private readonly positionals: Readonly<Record<string, string>>;
  private readonly flags: Readonly<Record<string, unknown>>;
  readonly rest: readonly string[];
  readonly now: Date;

  constructor(name: string, command: ImageCommand, line: readonly string[]) {
    const options = { ...command.options, ...COMMON };
    const { values, positionals } = parse(name, options, line);
    this.flags = values;
    const names = command.args.filter((arg) => !arg.endsWith("*"));
    const needed = names.filter((arg) => !arg.endsWith("?"));
    const usage = `usage: npx fleet image ${usageOf(name, command)}`;
    if (!this.on("help")) {
      const missing = needed[positionals.length];
      if (missing !== undefined) refuse(`fleet image ${name}`, `needs <${missing}>; ${usage}`);
      const extra = names.length === command.args.length ? positionals[names.length] : undefined;
      if (extra !== undefined) refuse(`fleet image ${name}`, `does not know what to do with "${extra}"; ${usage}`);
    }
    this.positionals = Object.fromEntries(
      names.flatMap((arg, index) => {
        const value = positionals[index];
        return value === undefined ? [] : [[arg.replace("?", ""), value]];
      }),
    );
    this.rest = positionals.slice(names.length);
    this.now = instant("--now", this.text("now")) ?? new Date();
  }

  arg(name: string): string {
    return this.positionals[name]!;
  }

  optionalArg(name: string): string | undefined {
    return this.positionals[name];
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

  /** A comma-separated list of known words. @throws InvalidInputError on any other word */
  words<W extends string>(flag: string, known: readonly W[]): readonly W[] | undefined {
    return this.text(flag)
      ?.split(",")
      .map((word) => this.oneOf(flag, word, known));
  }

  oneOf<W extends string>(flag: string, word: string, known: readonly W[]): W {
    return (
      known.find((entry) => entry === word) ?? refuse(`--${flag}`, `must be one of ${known.join(", ")}, got "${word}"`)
    );
  }

  /** A time in the form that the catalog writes. @throws InvalidInputError when it is none */
  time(flag: string): string | undefined {
    return instant(`--${flag}`, this.text(flag))
      ?.toISOString()
      .replace(/\.\d+Z$/, "Z");
  }

  get folder(): string {
    return this.text("catalog") ?? "images/catalog";
  }

  get releases(): string {
    return this.text("releases") ?? "releases";
  }

  /** @throws InvalidInputError that lists every problem of every file */
  catalog(): Catalog {
    return loadCatalog(this.folder);
  }

  act(): Act {
    return { now: this.now, by: this.text("by") ?? gitUser(), reason: this.text("reason") };
  }
}

/** RFC 3339 with an offset: a time without one means another moment on another machine. */
function instant(flag: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(time.getTime()))
    refuse(flag, `must be a time with an offset such as 2026-11-20T12:00:00Z, got "${text}"`);
  return time;
}

function parse(name: string, options: Readonly<Record<string, Option>>, line: readonly string[]) {
  const known: NonNullable<ParseArgsConfig["options"]> = Object.fromEntries(
    Object.entries(options).map(([flag, { value, many }]) => [
      flag,
      { type: value === undefined ? ("boolean" as const) : ("string" as const), multiple: many ?? false },
    ]),
  );
  try {
    return parseArgs({ args: [...line], options: known, allowPositionals: true, strict: true });
  } catch (error) {
    const [message] = (error as Error).message.split(/(?<=')\.|\n/);
    throw new InvalidInputError([
      { path: `fleet image ${name}`, message: `${message}; npx fleet image ${name} --help lists the options` },
    ]);
  }
}

export const usageOf = (name: string, { args }: ImageCommand): string =>
  [name, ...args.map((arg) => (arg.endsWith("?") ? `[${arg.slice(0, -1)}]` : arg.endsWith("*") ? `<${arg.slice(0, -1)}>...` : `<${arg}>`))].join(" "); // prettier-ignore

export function help(name: string, command: ImageCommand): string {
  const options = Object.entries({ ...command.options, ...COMMON }).map(
    ([flag, { value, help: text, many }]) =>
      `  ${`--${flag}${value ? ` ${value}` : ""}`.padEnd(24)}${text}${many ? "; may be repeated" : ""}`,
  );
  return [`usage: npx fleet image ${usageOf(name, command)} [options]`, "", command.summary, "", ...options].join("\n");
}
