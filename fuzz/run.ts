/**
 * `npm run fuzz -- --minutes N --seed S [--reader NAME] [--inputs N]`: gives every reader of foreign bytes spoiled inputs, in
 * processes of their own, so that one that hangs or runs out of memory is seen. Exit code 0: no fault. 1: a fault, with the
 * smallest input for it.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { removeScratch, scratchFolder } from "../system/scratch";
import type { Fault, Reader } from "./reader";
import { READERS } from "./readers";

const MOST_MS = 5_000;
const MOST_MEGABYTES = 300;
/** A process each, so that what one of them leaves behind is not mistaken for what an input needs. */
const BATCH = 25_000;
const PROJECT = join(__dirname, "..");

const USAGE = `usage: npm run fuzz -- [options]

  --minutes N     how long, shared by all readers (1)
  --inputs N      how many inputs a reader, instead of a time
  --seed S        chooses the inputs: the same seed, the same inputs (1)
  --reader NAME   only this one: ${READERS.map(({ name }) => name).join(", ")}`;

interface Batch {
  readonly inputs: number;
  readonly fault?: Fault;
}

/** Runs one batch, and watches the input at hand: one that stays is a hang. */
async function batch(reader: Reader, seed: number, count: number): Promise<Batch> {
  const folder = scratchFolder("fleet-fuzz");
  mkdirSync(join(folder, "work"));
  const args = [`--max-old-space-size=${MOST_MEGABYTES}`, "--import", "tsx", join(__dirname, "child.ts")];
  const child = spawn(process.execPath, [...args, reader.name, String(seed), String(count), folder], { cwd: PROJECT });
  let [out, errors, since, last, hangs] = ["", "", Date.now(), "", false];
  child.stdout.on("data", (chunk: Buffer) => (out += String(chunk)));
  child.stderr.on("data", (chunk: Buffer) => (errors = (errors + String(chunk)).slice(-4_000)));
  const atHand = () => firstLine(join(folder, "current.json"));
  const watch = setInterval(() => {
    const now = atHand();
    if (now !== last || now === "") [last, since] = [now, Date.now()];
    else if (Date.now() - since > MOST_MS) {
      hangs = true;
      child.kill("SIGKILL");
    }
  }, 500);
  const code = await new Promise<number | null>((done) => child.on("close", done));
  clearInterval(watch);
  const { inputs = 0, recipe } = parsed(atHand());
  removeScratch(folder);
  if (hangs) return { inputs, fault: { recipe, why: `it took longer than ${MOST_MS / 1000} s` } };
  if (code !== 0) return { inputs, fault: { recipe, why: `the process ended with ${code ?? "a signal"}, its memory limited to ${MOST_MEGABYTES} MB:\n${errors}` } }; // prettier-ignore
  // Nothing is left to wait for, and the answer did not come.
  if (out === "") return { inputs, fault: { recipe, why: "it never ended" } };
  return JSON.parse(out) as Batch;
}

/** What was written last: a longer line of before may go on behind it. */
const firstLine = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8").split("\n", 1)[0]! : "");

const parsed = (line: string): { inputs?: number; recipe?: unknown } =>
  line === "" ? {} : (JSON.parse(line) as { inputs: number; recipe: unknown });

/** Says what was found, and where the input is. */
function tell({ name, inputs }: Reader, seed: number, { recipe, why }: Fault): void {
  console.log(`${name}: FAULT with seed ${seed}\n${why}\nrecipe: ${JSON.stringify(recipe)}`);
  if (recipe === undefined) return;
  const file = join(mkdtempSync(join(tmpdir(), "fleet-fuzz-fault-")), name);
  writeFileSync(file, inputs().build(recipe));
  console.log(`input: ${file}`);
}

interface Share {
  /** Inputs, or time, of one reader. */
  readonly inputs: number | undefined;
  readonly ms: number;
}

/** @returns whether no fault was found */
async function fuzzOne(reader: Reader, seed: number, share: Share): Promise<boolean> {
  const start = Date.now();
  const isOver = (done: number) => (share.inputs === undefined ? Date.now() - start >= share.ms : done >= share.inputs);
  let [done, at, isClean] = [0, seed, true];
  for (; isClean && !isOver(done); at++) {
    const { inputs, fault } = await batch(reader, at, Math.min(BATCH, (share.inputs ?? Infinity) - done));
    done += inputs;
    if (fault) tell(reader, at, fault);
    isClean = fault === undefined;
  }
  const seconds = Math.round((Date.now() - start) / 1000);
  console.log(`${reader.name.padEnd(14)} ${String(done).padStart(8)} inputs ${String(seconds).padStart(6)} s  ${isClean ? "no fault" : "a fault"}`); // prettier-ignore
  return isClean;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "1" },
      inputs: { type: "string" },
      seed: { type: "string", default: "1" },
      reader: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [minutes, seed, inputs] = [values.minutes, values.seed, values.inputs ?? "1"].map(Number);
  const readers = READERS.filter(({ name }) => values.reader === undefined || name === values.reader);
  const isWrong = readers.length === 0 || !(minutes! > 0) || !Number.isSafeInteger(seed) || !(inputs! > 0);
  if (values.help || isWrong) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  const share = { inputs: values.inputs === undefined ? undefined : inputs, ms: (minutes! * 60_000) / readers.length };
  let isClean = true;
  for (const reader of readers) isClean = (await fuzzOne(reader, seed!, share)) && isClean;
  return isClean ? 0 : 1;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(`fuzz: ${(error as Error).message}\n\n${USAGE}`);
    process.exitCode = 1;
  },
);
