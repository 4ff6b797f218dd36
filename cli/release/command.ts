/** The form of a `fleet release` command: data for the parser and the help, and a function that decides. */
import { isAbsolute, join } from "node:path";
import type { Fleet } from "../../constructs/contract/spec";
import { resolveFleet } from "../../constructs/contract/validate";
import { refuse } from "../../images/refuse";
import type { FileToWrite } from "../../images/write";
import type { RunCommand } from "../../releases/analysis";
import { epoch } from "../../releases/file";
import type { Surroundings } from "../../releases/subject";
import { Flags, help, instant, parse, type Options } from "../options";

/** Everything that a command finds around it. */
export interface World {
  /** Folder of the project. */
  readonly folder: string;
  /** The fleet as fleet.ts declares it. @throws InvalidInputError when that cannot be read */
  readonly fleet: unknown;
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
  /** Runs the user's analysis. */
  readonly command: RunCommand;
  write(files: readonly FileToWrite[]): void;
  /** Who works here. */
  user(): string;
}

/** What a command says and does. Files are written only after it has decided everything. */
export interface Outcome {
  readonly text: string;
  /** The same for programs. */
  readonly json: unknown;
  readonly write?: readonly FileToWrite[];
  /** What was found besides, for standard error. */
  readonly warnings?: readonly string[];
  /** Whether there is something to wait for or to look at: exit code 2. */
  readonly findings?: boolean;
}

export interface ReleaseCommand {
  readonly summary: string;
  readonly options?: Options;
  run(input: Input): Outcome | Promise<Outcome>;
}

const COMMON: Options = {
  env: { value: "NAME", help: "the environment; needed where there are several" },
  service: { value: "NAME", help: "the service; needed where there are several" },
  releases: { value: "DIR", help: "folder of the releases, releases unless given" },
  catalog: { value: "DIR", help: "folder of the catalog, images/catalog unless given" },
  now: {
    value: "TIME",
    help: "the time to look at, such as 2026-11-20T12:00:00Z; nothing is written with it",
  },
  "dry-run": { help: "say what would be written, and write nothing" },
  json: { help: "print JSON" },
  help: { help: "print this" },
};

export const BY: Options = {
  by: { value: "WHO", help: "who does it; git's user.email unless given" },
};

/** The command line, read. */
export class Input extends Flags {
  readonly world: World;
  readonly around: Surroundings;

  constructor(name: string, command: ReleaseCommand, line: readonly string[], world: World) {
    super(parse(`fleet release ${name}`, { ...command.options, ...COMMON }, line, false).values);
    this.world = world;
    this.around = {
      releases: this.path(this.text("releases") ?? "releases"),
      catalog: this.path(this.text("catalog") ?? "images/catalog"),
      now: instant("--now", this.text("now")) ?? world.now(),
      by: () => (this.text("by") ?? world.user()) || refuse("--by", "is needed, because git has no user.email here"),
    };
  }

  /** @throws InvalidInputError that lists every problem of fleet.ts */
  get fleet(): Fleet {
    return resolveFleet(this.world.fleet);
  }

  /** A path in the project; as short as the project's own folder allows, because messages show it. */
  path(file: string): string {
    return isAbsolute(file) ? file : join(this.world.folder, file);
  }

  /** @throws InvalidInputError when it is none that a release file may hold */
  epoch(): string | undefined {
    const text = this.text("epoch");
    const read = epoch.optional().safeParse(text);
    return read.success ? read.data : refuse("--epoch", `must be ${read.error.issues[0]!.message}, got "${text}"`);
  }

  /** @throws InvalidInputError when it is no whole number */
  whole(flag: string): number | undefined {
    const text = this.text(flag);
    if (text !== undefined && !/^\d{1,9}$/.test(text)) refuse(`--${flag}`, `must be a whole number, got "${text}"`);
    return text === undefined ? undefined : Number(text);
  }
}

export const helpOf = (name: string, command: ReleaseCommand): string =>
  help(`fleet release ${name}`, command.summary, { ...command.options, ...COMMON });
