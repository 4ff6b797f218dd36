/** `npx fleet hcp`: stacks on HCP Terraform. */
import { InvalidInputError } from "../constructs/contract/problem";
import { HcpError } from "../hcp/error";
import { Started } from "../hcp/started";
import { UnusableFile } from "../review/read/scan-file";
import type { Command } from "./command";
import { apply } from "./hcp/apply";
import { CommandLine, helpOf, UsageError, type HcpCommand } from "./hcp/command";
import { exportCommand } from "./hcp/export";
import { plan } from "./hcp/plan";
import { runTask } from "./hcp/run-task";
import { status } from "./hcp/status";

const COMMANDS: Readonly<Record<string, HcpCommand>> = {
  plan,
  apply,
  status,
  export: exportCommand,
  "run-task": runTask,
};

const INTERRUPTED = 130;

const usage = (): string =>
  [
    "usage: npx fleet hcp <command> [options]",
    "",
    ...Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary.split("\n")[0]}`),
    "",
    "npx fleet hcp <command> --help says more. docs/hcp-terraform.md says how it fits together.",
  ].join("\n");

async function run(args: readonly string[]): Promise<number> {
  const [name = "--help", ...line] = args;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return guarded(name, command, line);
  const isAsked = name === "--help" || name === "-h";
  (isAsked ? console.log : console.error)(isAsked ? usage() : `fleet hcp: there is no command "${name}"\n\n${usage()}`);
  return isAsked ? 0 : 1;
}

async function guarded(name: string, command: HcpCommand, line: readonly string[]): Promise<number> {
  const started = new Started();
  const interrupt = new AbortController();
  const onSignal = () => {
    if (interrupt.signal.aborted) process.exit(INTERRUPTED);
    interrupt.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  try {
    const read = new CommandLine(command, line, started, interrupt.signal);
    if (!read.on("help")) return await command.run(read);
    console.log(helpOf(name, command));
    return 0;
  } catch (error) {
    if (interrupt.signal.aborted) return await cleanUp(started);
    const isExpected = [HcpError, UsageError, UnusableFile, InvalidInputError].some((kind) => error instanceof kind);
    if (!isExpected) throw error;
    const more = error instanceof UsageError ? `; npx fleet hcp ${name} --help lists the options` : "";
    console.error(`fleet hcp ${name}: ${(error as Error).message}${more}`);
    return 1;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
  }
}

async function cleanUp(started: Started): Promise<number> {
  console.error("interrupted: ending what was started; once more to leave it as it is");
  const said = await started.undoAll();
  console.error(said.length > 0 ? said.join("\n") : "nothing is left running");
  return INTERRUPTED;
}

export const hcp: Command = { summary: "stacks on HCP Terraform: upload, plan, review, apply", run };
