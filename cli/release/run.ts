/** Runs one `fleet release` command line in a project. */
import { InvalidInputError } from "../../constructs/contract/problem";
import { refuseAnotherClock } from "../../images/clock";
import { writeAll } from "../../images/write";
import { runIn } from "../../releases/analysis";
import { gitUser } from "../image/git";
import { breakGlassCommand } from "./break-glass-command";
import { abortCommand, retireCommand, rollbackCommand, startCommand } from "./change-commands";
import { helpOf, Input, type ReleaseCommand, type World } from "./command";
import { renewCommand, setCommand } from "./edit-commands";
import { nextStepCommand } from "./next-command";
import { statusCommand } from "./status-command";

const COMMANDS: Readonly<Record<string, ReleaseCommand>> = {
  status: statusCommand,
  start: startCommand,
  next: nextStepCommand,
  abort: abortCommand,
  rollback: rollbackCommand,
  retire: retireCommand,
  renew: renewCommand,
  "break-glass": breakGlassCommand,
  set: setCommand,
};

const USAGE = [
  "usage: npx fleet release <command> [options]",
  "",
  ...Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(13)}${summary}`),
  "",
  "Nothing here calls a cloud: each command edits files, and says what to deploy.",
  "Exit code 0: done. 1: refused, nothing was written. 2: not yet, or there is something to look at.",
  "npx fleet release <command> --help says more.",
].join("\n");

/** What a command line printed, and its exit code. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** The surroundings of a project in a folder, with this machine's clock, disk and git. */
export const projectWorld = (folder: string, fleet: unknown): World => ({
  folder,
  fleet,
  now: () => new Date(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  command: runIn(folder),
  write: writeAll,
  user: gitUser,
});

/** @param line what follows `npx fleet release` */
export async function runRelease(line: readonly string[], world: World): Promise<Run> {
  const [name = "--help", ...rest] = line;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command)
    return ["--help", "-h"].includes(name)
      ? { code: 0, out: USAGE, error: "" }
      : { code: 1, out: "", error: `fleet release: there is no command "${name}"\n\n${USAGE}` };
  try {
    const input = new Input(name, command, rest, {
      ...world,
      write: (files) => {
        if (files.length > 0) refuseAnotherClock(input.around.now, world.now());
        world.write(files);
      },
    });
    if (input.on("help")) return { code: 0, out: helpOf(name, command), error: "" };
    const { text, json, write = [], warnings = [], findings = false } = await command.run(input);
    input.world.write(write);
    return {
      code: findings ? 2 : 0,
      out: input.on("json") ? JSON.stringify(json, null, 2) : text,
      error: warnings.join("\n"),
    };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { code: 1, out: "", error: error.message };
  }
}
