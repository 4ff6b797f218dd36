/** `npx fleet <command>`: finds the command and gives it the rest of the line. */
import { existsSync } from "node:fs";
import { COMMANDS } from "./commands";

const [name = "--help", ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;

/** Commands that look for releases, catalog and stacks where they run, and would say wrong things elsewhere. */
const IN_PROJECT = ["deploy", "destroy", "drift", "image", "inventory", "parity", "recover", "release"];

const usage = () =>
  [
    "usage: npx fleet <command> [options]",
    "",
    ...Object.entries(COMMANDS).map(([key, { summary }]) => `  ${key.padEnd(10)}${summary}`),
    "",
    "npx fleet <command> --help says more.",
  ].join("\n");

async function main(): Promise<number> {
  if (command && IN_PROJECT.includes(name) && !existsSync("cdktf.json")) {
    console.error(`fleet ${name}: must run in the project's folder, the one with cdktf.json; this is ${process.cwd()}`);
    return 1;
  }
  if (command) return command.run(args);
  const asked = name === "--help" || name === "-h";
  (asked ? console.log : console.error)(asked ? usage() : `fleet: there is no command "${name}"\n\n${usage()}`);
  return asked ? 0 : 1;
}

void main().then((code) => (process.exitCode = code));
