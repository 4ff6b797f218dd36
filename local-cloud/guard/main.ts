/**
 * Stands before terraform where the shim saw something in the folder that the local cloud may not know.
 *
 * usage: main.ts <terraform> <arguments of terraform>. Says what is unknown instead of running it, or runs it.
 */
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { constants } from "node:os";
import { resolve } from "node:path";
import { elsewhere } from "./backend";
import { readConfiguration } from "./configuration";
import { judge, notToBeHad } from "./judge";

const NOT_FOUND = /Failed to query available provider packages|Failed to install provider|no available releases match/;

async function main([terraform = "terraform", ...args]: readonly string[]): Promise<number> {
  const folder = resolve(args.find((arg) => arg.startsWith("-chdir="))?.slice("-chdir=".length) ?? ".");
  const command = args.find((arg) => !arg.startsWith("-"));
  const { refusals, notes, others } = judge(await readConfiguration(folder));
  const foreign = elsewhere(folder, process.env.FLEET_STATE_DIR);
  const refused = [...(foreign ? [foreign] : []), ...refusals];
  if (refused.length > 0) return refuse(refused);
  if (command === "init") for (const note of notes) process.stderr.write(`local cloud: ${note}\n`);
  const watched = command === "init" && others.length > 0;
  const { code, errors } = await run(terraform, args, watched);
  if (code !== 0 && NOT_FOUND.test(errors)) return refuse([notToBeHad(others)]);
  process.stderr.write(errors);
  return code;
}

/** Says why, and keeps it for the wrapper: cdktf can lose what terraform says. */
function refuse(words: readonly string[]): number {
  const kept = process.env.LOCAL_CLOUD_WORDS;
  for (const line of new Set(words)) {
    process.stderr.write(`Error: ${line}\n\n`);
    if (kept) appendFileSync(kept, `${line}\n`);
  }
  return 1;
}

function run(terraform: string, args: readonly string[], watched: boolean): Promise<{ code: number; errors: string }> {
  return new Promise((done, fail) => {
    const child = spawn(terraform, args, { stdio: ["inherit", "inherit", watched ? "pipe" : "inherit"] });
    let errors = "";
    child.stderr?.on("data", (data) => (errors += String(data)));
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      // A terminal sends Ctrl-C to terraform as well, which takes a second one for "stop at once".
      process.on(signal, () => (signal !== "SIGINT" || !process.stdin.isTTY ? child.kill(signal) : undefined));
    }
    child.on("error", fail);
    child.on("close", (code, signal) => done({ code: code ?? 128 + (signal ? constants.signals[signal] : 0), errors }));
  });
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`local cloud: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
