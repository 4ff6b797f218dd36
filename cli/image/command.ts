/** The form of a `fleet image` command: data for the parser and the help, and a function that decides. */
import { loadCatalog, type Catalog } from "../../images/load";
import { refuse } from "../../images/refuse";
import type { Act } from "../../images/promotion";
import type { FileToWrite } from "../../images/write";
import { Flags, help, instant, oneOf, parse, type Options } from "../options";
import { gitUser } from "./git";

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
  readonly options?: Options;
  run(input: Input): Outcome | Promise<Outcome>;
}

export const COMMON: Options = {
  catalog: { value: "DIR", help: "folder of the catalog, images/catalog unless given" },
  releases: { value: "DIR", help: "folder of the releases, releases unless given" },
  now: {
    value: "TIME",
    help: "the time to look at, such as 2026-11-20T12:00:00Z; nothing is written with it",
  },
  json: { help: "print JSON" },
  help: { help: "print this" },
};

export const BY: Options = {
  by: { value: "WHO", help: "who does it; git's user.email unless given" },
  reason: { value: "TEXT", help: "why" },
};

/** The command line, read. */
export class Input extends Flags {
  private readonly positionals: Readonly<Record<string, string>>;
  readonly rest: readonly string[];
  readonly now: Date;

  constructor(name: string, command: ImageCommand, line: readonly string[]) {
    const options = { ...command.options, ...COMMON };
    const { values, positionals } = parse(`fleet image ${name}`, options, line, true);
    super(values);
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

  /** A comma-separated list of known words. @throws InvalidInputError on any other word */
  words<W extends string>(flag: string, known: readonly W[]): readonly W[] | undefined {
    return this.text(flag)
      ?.split(",")
      .map((word) => this.oneOf(flag, word, known));
  }

  oneOf<W extends string>(flag: string, word: string, known: readonly W[]): W {
    return oneOf(flag, word, known);
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

export const usageOf = (name: string, { args }: ImageCommand): string =>
  [name, ...args.map((arg) => (arg.endsWith("?") ? `[${arg.slice(0, -1)}]` : arg.endsWith("*") ? `<${arg.slice(0, -1)}>...` : `<${arg}>`))].join(" "); // prettier-ignore

export const helpOf = (name: string, command: ImageCommand): string =>
  help(`fleet image ${usageOf(name, command)}`, command.summary, { ...command.options, ...COMMON });
