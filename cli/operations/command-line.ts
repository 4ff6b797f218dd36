/** The form of a command on stacks: data for the parser and the help, and a function that decides. */
import { InvalidInputError } from "../../constructs/contract/problem";
import { refuse } from "../../images/refuse";
import { UnusableFile } from "../../review/read/scan-file";
import type { Command } from "../command";
import { Flags, help, instant, parse, type Options, oneOf } from "../options";

export interface Form {
  /** What stands after `npx fleet`. */
  readonly name: string;
  readonly summary: string;
  /** Positional arguments, as the usage shows them. */
  readonly args: string;
  /** Most positional arguments. */
  readonly most: number;
  readonly options: Options;
  /** What the exit codes mean. */
  readonly exit: string;
  run(line: Line): Promise<Said>;
}

export interface Said {
  readonly text: string;
  /** Exit code. */
  readonly code: number;
}

/** The command line, read. */
export class Line extends Flags {
  readonly args: readonly string[];

  constructor(args: readonly string[], flags: Readonly<Record<string, unknown>>) {
    super(flags);
    this.args = args;
  }

  /** One of known words, the first unless given. @throws InvalidInputError on any other word */
  oneOf<W extends string>(flag: string, known: readonly [W, ...W[]]): W {
    return oneOf(flag, this.text(flag) ?? known[0], known);
  }

  /** `--now`, or the clock. @throws InvalidInputError when it is no time with an offset */
  get now(): Date {
    return instant("--now", this.text("now")) ?? new Date();
  }
}

export const NOW: Options = {
  now: { value: "TIME", help: "the time to decide by, such as 2026-11-20T12:00:00Z; the clock unless given" },
};
export const CATALOG: Options = {
  catalog: { value: "DIR", help: "folder of the catalog, images/catalog unless given" },
};
export const RELEASES: Options = {
  releases: { value: "DIR", help: "folder of the releases, releases unless given" },
};
export const CHOICE: Options = {
  env: { value: "E", help: "every synthesized stack of this environment" },
  all: { help: "every synthesized stack" },
  output: { value: "DIR", help: "folder of the last synth, cdktf.out unless given" },
};

const HELP: Options = { help: { help: "print this" } };

function read(form: Form, line: readonly string[]): Line {
  const path = `fleet ${form.name}`;
  const { values, positionals } = parse(path, { ...form.options, ...HELP }, line, true);
  const extra = positionals[form.most];
  if (extra !== undefined) refuse(path, `does not know what to do with "${extra}"; npx ${path} --help says more`);
  return new Line(positionals, values);
}

const usage = ({ name, args, summary, options, exit }: Form): string =>
  [help(`fleet ${name} ${args}`, summary, { ...options, ...HELP }), "", `exit code: ${exit}`].join("\n");

/** A command from its form: input that is wrong is one message, never a stack trace. */
export const commandOf = (form: Form): Command => ({
  summary: form.summary,
  async run(line) {
    try {
      const input = read(form, line);
      if (input.on("help")) {
        console.log(usage(form));
        return 0;
      }
      const { text, code } = await form.run(input);
      console.log(text);
      return code;
    } catch (error) {
      if (!(error instanceof InvalidInputError) && !(error instanceof UnusableFile)) throw error;
      console.error(error.message);
      return 1;
    }
  },
});
