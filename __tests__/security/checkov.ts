/** Runs checkov over synthesized fleets: https://www.checkov.io, from PyPI. */
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { z } from "zod";
import { PROJECT } from "../../cli/project-copy";
import type { Stack } from "../support/synth";
import { run } from "../support/terraform";
import { FLEETS } from "./fleets";
import type { Failure } from "./judge";

const found = z.object({ check_id: z.string(), resource: z.string(), file_path: z.string() });
const report = z.object({ results: z.object({ passed_checks: z.array(found), failed_checks: z.array(found) }) });
type Found = z.output<typeof found>;

/** CHECKOV names the program, as in CHECKOV=.venv/bin/checkov; else it is looked for on PATH. */
export function checkovProgram(): string | undefined {
  const named = process.env.CHECKOV;
  if (!named) {
    const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
    return folders.map((folder) => join(folder, "checkov")).find(existsSync);
  }
  const program = resolve(PROJECT, named);
  if (!existsSync(program)) throw new Error(`CHECKOV is ${named}, and there is no such file`);
  return program;
}

export interface Scan {
  readonly failures: readonly Failure[];
  /** `<fleet>/stacks/<stack>` that at least one check looked at. */
  readonly looked: ReadonlySet<string>;
  /** Checks that stopped with an error of their own. */
  readonly broken: ReadonlySet<string>;
}

/** @throws when checkov prints no report, with all that it said. */
export async function scan(program: string, root: string): Promise<Scan> {
  const options = ["--framework", "terraform_json", "--output", "json", "--compact", "--skip-download"];
  const { stdout, stderr } = await run(program, ["--directory", root, ...options], {
    cwd: root,
    env: { LOG_LEVEL: "WARNING" },
  });
  const parsed = report.safeParse(asJson(stdout));
  if (!parsed.success) throw new Error(`checkov printed no report:\n${stdout.slice(0, 2000)}\n${stderr.slice(-4000)}`);
  const { passed_checks, failed_checks } = parsed.data.results;
  const stacks = new Map<string, Stack>();
  const stackAt = (folder: string): Stack => {
    const known = stacks.get(folder) ?? (JSON.parse(readFileSync(join(root, folder, "cdk.tf.json"), "utf8")) as Stack);
    stacks.set(folder, known);
    return known;
  };
  return {
    failures: failed_checks.map((entry) => failure(entry, stackAt(folderOf(entry)))),
    looked: new Set([...passed_checks, ...failed_checks].map(folderOf)),
    broken: new Set([...stderr.matchAll(/Failed to run check (\w+)/g)].map(([, check]) => check!)),
  };
}

const folderOf = ({ file_path }: Found): string => file_path.replace(/^\//, "").replace(/\/cdk\.tf\.json$/, "");

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** In JSON, most checks print `resource.<name>` without the type. */
function failure(entry: Found, { resource }: Stack): Failure {
  const [first, name] = entry.resource.split(".") as [string, string];
  const types = first === "resource" ? Object.keys(resource).filter((type) => resource[type]?.[name]) : [first];
  const [type] = types;
  if (type === undefined || types.length > 1)
    throw new Error(
      `${entry.check_id} in ${entry.file_path}: ${entry.resource} may be ${types.join(" or ") || "nothing"}`,
    );
  const folder = folderOf(entry);
  const { without } = FLEETS[folder.split("/")[0]!]!;
  return { check: entry.check_id, type, name, stack: folder, without };
}
