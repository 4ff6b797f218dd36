/** `npx fleet <command>`: finds the command and gives it the rest of the line. */
import { COMMANDS } from "./commands";

const [name = "--help", ...args] = process.argv.slice(2);
const command = COMMANDS[name];

const usage = () =>
  [
    "usage: npx fleet <command> [options]",
    "",
    ...Object.entries(COMMANDS).map(([key, { summary }]) => `  ${key.padEnd(10)}${summary}`),
    "",
    "npx fleet <command> --help says more.",
  ].join("\n");

async function main(): Promise<number> {
  if (command) return command.run(args);
  const asked = name === "--help" || name === "-h";
  (asked ? console.log : console.error)(asked ? usage() : `fleet: there is no command "${name}"\n\n${usage()}`);
  return asked ? 0 : 1;
}

void main().then((code) => (process.exitCode = code));
