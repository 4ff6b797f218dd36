/** `npx fleet drift`: what changed behind Terraform's back, and whether it matters. */
import { HcpError } from "../hcp/error";
import { refresh } from "../hcp/refresh";
import { readStack } from "../hcp/stacks";
import { neverDeployed, readDrift } from "../operations/drift/read";
import { exitCode, json, markdown, text, type DriftReport } from "../operations/drift/render";
import { chooseStacks, nameOfFile, OUTPUT, stackFolder } from "../operations/stacks";
import { each, StackTerraform, TerraformFailed } from "../operations/terraform";
import { refuse } from "../images/refuse";
import { UnusableFile } from "../review/read/scan-file";
import { clientOf } from "./hcp/client";
import { CHOICE, commandOf, type Line } from "./operations/command-line";

/** What goes wrong in one stack only. */
const EXPECTED = [TerraformFailed, UnusableFile, HcpError];
const FORMATS = { text, md: markdown, json } as const;

async function lookAt(output: string, stack: string): Promise<DriftReport[number]> {
  const folder = stackFolder(output, stack);
  const terraform = new StackTerraform(folder);
  try {
    const read = readStack(stack, folder);
    if (!read.place) {
      if (!(await terraform.hasState())) return neverDeployed(stack);
      return readDrift(await terraform.plan("-refresh-only"), stack);
    }
    const file = terraform.file("plan.json");
    await refresh(clientOf(read.place), read, file);
    return readDrift(file, stack);
  } catch (error) {
    if (!EXPECTED.some((kind) => error instanceof kind)) throw error;
    return { stack, error: (error as Error).message };
  } finally {
    terraform.close();
  }
}

function look(line: Line): Promise<DriftReport> | DriftReport {
  const files = line.many("plan");
  const output = line.text("output") ?? OUTPUT;
  const choice = { stacks: line.args, environment: line.text("env"), all: line.on("all") };
  if (files.length === 0) {
    const stacks = chooseStacks(output, choice);
    return each(stacks, (stack) => lookAt(output, stack));
  }
  if (choice.stacks.length > 0 || choice.environment !== undefined || choice.all)
    refuse("--plan", "says what to look at: name no stacks, --env or --all beside it");
  return files.map((file) => readDrift(file, nameOfFile(file)));
}

export const drift = commandOf({
  name: "drift",
  summary: "says what changed behind terraform's back, and whether it matters",
  args: "[stack...]",
  most: Number.POSITIVE_INFINITY,
  options: {
    ...CHOICE,
    plan: { value: "FILE", help: "a plan as JSON, made elsewhere: `terraform show -json`, a health assessment", many: true }, // prettier-ignore
    format: { value: "FORMAT", help: "text, md or json; text unless given" },
  },
  exit: "0 no drift, or only what a running cloud does; 2 drift to look at; 1 error",
  async run(line) {
    const format = line.oneOf("format", ["text", "md", "json"]);
    const report = await look(line);
    return { text: FORMATS[format](report), code: exitCode(report) };
  },
});
