/** Fuzzes one reader with one batch of inputs, in a process that may be killed. Prints what it found as JSON. */
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fuzz } from "./reader";
import { READERS } from "./readers";

const [name, seed, count, folder = ""] = process.argv.slice(2);
const reader = READERS.find((one) => one.name === name)!;
const START = process.resourceUsage().maxRSS;

async function main(): Promise<void> {
  // Whoever watches sees the input at hand here, also of a process that hangs or was killed.
  const at = openSync(join(folder, "current.json"), "w");
  const read = await reader.open(join(folder, "work"));
  let inputs = 0;
  const before = (recipe: unknown) => {
    inputs++;
    const bytes = Buffer.from(`${JSON.stringify({ inputs, recipe })}\n`);
    writeSync(at, bytes, 0, bytes.length, 0);
  };
  const fault = await fuzz(reader, read, { seed: Number(seed), count: Number(count), before });
  closeSync(at);
  const megabytes = Math.round((process.resourceUsage().maxRSS - START) / 1024);
  process.stdout.write(JSON.stringify({ inputs, megabytes, fault }));
}

void main();
