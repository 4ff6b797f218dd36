/** `npx fleet image <command>`: the image catalog. Commands decide; this prints, and writes what they decided. */
import { InvalidInputError } from "../constructs/contract/problem";
import { refuseAnotherClock } from "../images/clock";
import { writeAll } from "../images/write";
import type { Command } from "./command";
import { ingestCommand, testAddCommand } from "./image/build-commands";
import { pinCommand, promoteCommand, rollbackCommand, unpinCommand } from "./image/channel-commands";
import { exportCommand, lintCommand, verifyCommand } from "./image/check-commands";
import { helpOf, Input, type ImageCommand } from "./image/command";
import { approveCommand, deprecateCommand, restoreCommand, revokeCommand } from "./image/life-commands";
import { diffCommand, inventoryCommand, listCommand, showCommand } from "./image/look-commands";
import { orphansCommand } from "./image/orphan-command";
import { scanCommand } from "./image/scan-command";
import { statementCommand } from "./image/provenance-command";
import { outdatedCommand, planRebuildCommand, pruneCommand, staleCommand } from "./image/upkeep-commands";

const COMMANDS: Readonly<Record<string, ImageCommand>> = {
  ingest: ingestCommand,
  statement: statementCommand,
  "test add": testAddCommand,
  scan: scanCommand,
  approve: approveCommand,
  promote: promoteCommand,
  pin: pinCommand,
  unpin: unpinCommand,
  rollback: rollbackCommand,
  deprecate: deprecateCommand,
  revoke: revokeCommand,
  restore: restoreCommand,
  list: listCommand,
  show: showCommand,
  diff: diffCommand,
  inventory: inventoryCommand,
  outdated: outdatedCommand,
  stale: staleCommand,
  "plan-rebuild": planRebuildCommand,
  prune: pruneCommand,
  orphans: orphansCommand,
  export: exportCommand,
  verify: verifyCommand,
  lint: lintCommand,
};

const usage = () =>
  [
    "usage: npx fleet image <command> [options]",
    "",
    ...Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`),
    "",
    "Exit code 0: fine. 1: refused, nothing was written. 2: done, and there is something to look at.",
    "npx fleet image <command> --help says more.",
  ].join("\n");

/** `test add` is two words. */
function split(line: readonly string[]): { name: string; rest: readonly string[] } {
  const two = line.slice(0, 2).join(" ");
  return Object.hasOwn(COMMANDS, two)
    ? { name: two, rest: line.slice(2) }
    : { name: line[0] ?? "", rest: line.slice(1) };
}

const ASKS = ["--help", "-h", "help"];

/** What somebody asked to be explained: all commands, those that begin with a word, or `help <command>`; undefined for anything else. */
function helpFor(name: string, rest: readonly string[]): string | undefined {
  const about = (words: string) =>
    Object.entries(COMMANDS).flatMap(([known, command]) =>
      known === words || known.startsWith(`${words} `) ? [helpOf(known, command)] : [],
    );
  const end = rest.findIndex((arg) => arg.startsWith("-"));
  const words = rest.slice(0, end === -1 ? rest.length : end).join(" ");
  const asks = ASKS.includes(name) || rest.some((arg) => ASKS.includes(arg));
  if (name === "" || (ASKS.includes(name) && words === "")) return usage();
  const found = ASKS.includes(name) ? about(words) : asks || words === "" ? about(name) : [];
  return found.length === 0 ? undefined : found.join("\n\n");
}

async function run(line: readonly string[]): Promise<number> {
  const { name, rest } = split(line);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const help = helpFor(name, rest);
    (help ? console.log : console.error)(help ?? `fleet image: there is no command "${name}"\n\n${usage()}`);
    return help ? 0 : 1;
  }
  try {
    const input = new Input(name, command, rest);
    if (input.on("help")) {
      console.log(helpOf(name, command));
      return 0;
    }
    const { text, json, write = [], findings = false } = await command.run(input);
    if (write.length > 0) refuseAnotherClock(input.now, new Date());
    writeAll(write);
    console.log(input.on("json") ? JSON.stringify(json, null, 2) : text);
    return findings ? 2 : 0;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    console.error(error.message);
    return 1;
  }
}

export const image: Command = { summary: "the image catalog: what exists, and what may run", run };
