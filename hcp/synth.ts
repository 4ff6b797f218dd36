/** Writes the stacks anew, as cdktf does: what is uploaded is what the project says now. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { JsonError, jsonIn, parseJson } from "../constructs/contract/json-text";
import { HcpError } from "./error";

const settings = z.object({ app: z.string().min(1) });

/** Nothing that a project synthesizes depends on them, and a project is code. */
const isToken = (name: string): boolean => /^(TF_TOKEN_|TFE_TOKEN$)/.test(name);

/**
 * Runs the command that cdktf.json names; what it says goes to standard error.
 * @throws HcpError when it fails
 */
export async function synth(project: string, out: string): Promise<void> {
  const file = join(project, "cdktf.json");
  let app: string;
  try {
    app = settings.parse(parseJson(jsonIn(readFileSync(file)))).app;
  } catch (error) {
    const where = error instanceof JsonError ? `is not readable JSON: ${error.message}` : "does not name an app";
    throw new HcpError(`${file} ${where}; run this in the project's folder`);
  }
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isToken(name)));
  const child = spawn(app, { cwd: project, shell: true, stdio: ["ignore", 2, 2], env: { ...env, CDKTF_OUTDIR: out } });
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new HcpError("the stacks cannot be synthesized; see above");
}
