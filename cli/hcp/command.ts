/** The form of a `fleet hcp` command, and what all of them share. */
import { resolve } from "node:path";
import type { Client } from "../../hcp/client";
import { choose, placeOf, readStacks, type Stack } from "../../hcp/stacks";
import type { Started } from "../../hcp/started";
import { statusOf } from "../../hcp/status";
import { synth } from "../../hcp/synth";
import type { Token } from "../../hcp/token";
import { openCatalog } from "../../review/images";
import { review, type Input } from "../../review/review";
import type { Review } from "../../review/model";
import { historyIn } from "../review/history";
import { Flags, help, parseLine, type Options } from "../options";
import { clientOf, tokenOf } from "./client";

export class UsageError extends Error {}

export interface HcpCommand {
  readonly summary: string;
  /** What stands for its arguments in the help; a command without takes none. */
  readonly args?: string;
  readonly options: Options;
  /** @returns the exit code */
  run(input: CommandLine): Promise<number>;
}

export const COMMON: Options = {
  json: { help: "print JSON; progress goes to standard error in any case" },
  help: { help: "print this" },
};

export const OF_STACKS: Options = {
  all: { help: "every stack whose state is in HCP Terraform" },
  changed: { help: "those whose files differ from what their workspace's state came from" },
  stacks: { value: "DIR", help: "folder that cdktf writes to (cdktf.out)" },
  "skip-synth": { help: "take what is there, do not synthesize first" },
};

export const OF_RUNS: Options = {
  catalog: { value: "DIR", help: "the image catalog (images/catalog)" },
  timeout: { value: "MINUTES", help: "longest time to wait for a run (120)" },
};

/** A command line, read, with what the command needs of the world. */
export class CommandLine extends Flags {
  readonly args: readonly string[];
  readonly started: Started;
  readonly signal: AbortSignal;
  private readonly tokens = new Map<string, Token>();

  constructor(command: HcpCommand, line: readonly string[], started: Started, signal: AbortSignal) {
    const { values, positionals } = parse(command, line);
    super(values);
    this.args = positionals;
    this.started = started;
    this.signal = signal;
  }

  /** A whole number of at least 1. @throws UsageError */
  number(name: string, fallback: number): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    if (!/^[1-9]\d{0,5}$/.test(text))
      throw new UsageError(`--${name} must be a whole number of at least 1, got "${text}"`);
    return Number(text);
  }

  get timeoutMs(): number {
    return this.number("timeout", 120) * 60_000;
  }

  /** Every stack whose state is in HCP Terraform. @throws HcpError when there is none */
  async stacksOnHcp(): Promise<readonly Stack[]> {
    const stacks = await this.allStacks();
    const chosen = stacks.filter(({ place }) => place);
    if (chosen.length === 0) placeOf(stacks[0] ?? { name: "this project", folder: "", variables: {} });
    return chosen;
  }

  private async allStacks(): Promise<readonly Stack[]> {
    const out = this.text("stacks") ?? "cdktf.out";
    if (!this.on("skip-synth")) await synth(".", resolve(out));
    return readStacks(out);
  }

  /** The stacks that the command line names. @throws UsageError when it names none, and `orAll` does not say it for it */
  async stacks(orAll = false): Promise<readonly Stack[]> {
    if (this.args.length === 0 && !orAll && !this.on("all") && !this.on("changed"))
      throw new UsageError("name stacks, or give --all or --changed");
    if (this.args.length > 0 && this.on("all")) throw new UsageError("name stacks or give --all, not both");
    const chosen = this.args.length > 0 ? choose(await this.allStacks(), this.args) : await this.stacksOnHcp();
    chosen.forEach(placeOf);
    return this.on("changed") ? this.onlyChanged(chosen) : chosen;
  }

  private async onlyChanged(stacks: readonly Stack[]): Promise<readonly Stack[]> {
    const statuses = await Promise.all(stacks.map((stack) => statusOf(stack, this.client(stack))));
    return stacks.filter((_, index) => statuses[index]!.upload !== "current");
  }

  /** The workspace of a stack, with the token of its host. */
  client = (stack: Stack): Client => {
    const place = placeOf(stack);
    const token = this.tokens.get(place.hostname) ?? tokenOf(place);
    this.tokens.set(place.hostname, token);
    return clientOf(place, token, this.signal);
  };

  /** Reviews plans together. */
  review = (inputs: readonly Input[]): Review => {
    const head = this.text("head");
    if (head !== undefined && !/^[0-9a-f]{7,64}$/.test(head))
      throw new UsageError(`--head must be a commit in hex digits, got "${head}"`);
    return review(inputs, {
      catalog: openCatalog(this.text("catalog") ?? "images/catalog"),
      now: new Date(),
      expectBump: this.on("expect-bump"),
      history: historyIn("releases"),
      ...(head !== undefined && { head }),
    });
  };

  /** Progress: what a program reads from standard output stays whole. */
  say = (line: string): void => console.error(line);
}

function parse({ options, args }: HcpCommand, line: readonly string[]) {
  try {
    return parseLine({ ...options, ...COMMON }, line, args !== undefined);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

export const helpOf = (name: string, { summary, args, options }: HcpCommand): string =>
  help(`fleet hcp ${name}${args ? ` ${args}` : ""}`, summary, { ...options, ...COMMON });
