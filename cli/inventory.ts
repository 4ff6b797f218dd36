/** `npx fleet inventory`: which image runs where, how old it is, and where it comes from. */
import { InvalidInputError } from "../constructs/contract/problem";
import { DURATION } from "../images/clock";
import { readJsonIfThere } from "../images/json-file";
import { loadCatalog } from "../images/load";
import { refuse } from "../images/refuse";
import { HcpError } from "../hcp/error";
import { readStack } from "../hcp/stacks";
import { readGroups } from "../operations/inventory/read";
import {
  inventory as join,
  inventoryCsv,
  type Inventory,
  type Released,
  type StackGroups,
} from "../operations/inventory/rows";
import { chooseStacks, nameOfFile, OUTPUT, stackFolder } from "../operations/stacks";
import { each, StackTerraform, TerraformFailed } from "../operations/terraform";
import { clean } from "../review/text";
import { anyRelease, releaseFile, type SlotRelease } from "../releases/file";
import { withoutCommands } from "../review/render/words";
import { clientOf } from "./hcp/client";
import { CATALOG, CHOICE, commandOf, NOW, RELEASES, type Line } from "./operations/command-line";
import { table } from "./table";

async function lookAt(output: string, stack: string): Promise<StackGroups> {
  const folder = stackFolder(output, stack);
  const terraform = new StackTerraform(folder);
  try {
    const { place } = readStack(stack, folder);
    // Where there is no workspace, terraform would make one.
    if (place) await clientOf(place).workspace();
    return { stack, groups: readGroups(await terraform.state()) };
  } catch (error) {
    if (!(error instanceof TerraformFailed) && !(error instanceof HcpError)) throw error;
    return refuse(stack, `cannot be looked at, so that nobody can say what runs there: ${error.message}`);
  } finally {
    terraform.close();
  }
}

function look(line: Line): Promise<StackGroups[]> | StackGroups[] {
  const files = [...line.many("state"), ...line.many("plan")];
  const output = line.text("output") ?? OUTPUT;
  const choice = { stacks: line.args, environment: line.text("env"), all: line.on("all") };
  if (files.length === 0) return each(chooseStacks(output, choice), (stack) => lookAt(output, stack));
  if (choice.stacks.length > 0 || choice.environment !== undefined || choice.all)
    refuse("--state", "says what to look at: name no stacks, --env or --all beside it");
  return files.map((file) => ({ stack: clean(nameOfFile(file)), groups: readGroups(file) }));
}

/** Of services whose strategy nobody asks: either form will do. @throws InvalidInputError when a file has neither */
const releasedIn =
  (folder: string): Released =>
  (environment, service, slot) => {
    const read = readJsonIfThere(releaseFile(folder, environment, service), anyRelease);
    if (read?.problems) throw new InvalidInputError(read.problems);
    return (read?.value.slots as Partial<Record<string, SlotRelease | null>> | undefined)?.[slot] ?? undefined;
  };

/** `30d` as well, because nobody remembers P30D. */
function limitOf(line: Line): string | undefined {
  const text = line.text("older-than");
  if (text === undefined) return undefined;
  const limit = text.replace(/^(\d{1,5})d$/, "P$1D");
  return DURATION.test(limit)
    ? limit
    : refuse("--older-than", `must be a length of time such as 30d or P30D, got "${text}"`);
}

function text({ rows, wanted, oldMachines }: Inventory): string {
  const unit = (value: string, word: string) => (value === "" ? "" : `${value} ${word}`);
  const lines = rows.map((row) => [
    row.environment,
    row.service,
    `${row.cloud} ${row.region}`.trim(),
    row.slot,
    `${row.image} ${row.version}`.trim() || row.image_id,
    row.state,
    row.git_sha.slice(0, 9),
    unit(row.age_days, "days"),
    unit(row.running_days, "days"),
    row.key,
    unit(row.weight, "%"),
    row.machines,
    row.note,
  ]);
  const heads = ["environment", "service", "where", "slot", "image", "state", "commit", "built", "runs", "key", "traffic", "machines", "note"]; // prettier-ignore
  const end =
    wanted.length === 0
      ? "nothing to look at"
      : `${wanted.length} of ${rows.length} groups to look at${oldMachines > 0 ? `, ${oldMachines} machines older than allowed` : ""}`;
  return withoutCommands([rows.length === 0 ? "nothing runs" : table(heads, lines), "", end].join("\n"));
}

const json = ({ rows, wanted, oldMachines }: Inventory): string =>
  JSON.stringify({ schema: 1, result: wanted.length > 0 ? "look" : "fine", oldMachines, rows, look: wanted }, null, 2);

const FORMATS = { text, csv: inventoryCsv, json } as const;

export const inventory = commandOf({
  name: "inventory",
  summary: "says which image runs where, how old it is, and where it comes from",
  args: "[stack...]",
  most: Number.POSITIVE_INFINITY,
  options: {
    ...CHOICE,
    state: { value: "FILE", help: "a state as JSON: `terraform show -json` in the stack's folder", many: true },
    plan: { value: "FILE", help: "a plan as JSON; what ran when it was made", many: true },
    "older-than": { value: "AGE", help: "oldest that an image may be, such as 30d; policy.json's maxAge unless given" },
    format: { value: "FORMAT", help: "text, csv or json; text unless given" },
    ...CATALOG,
    ...RELEASES,
    ...NOW,
  },
  exit: "0 fine; 2 images that are too old, revoked or unknown, groups left over, or machines that people may get into; 1 error",
  async run(line) {
    const format = line.oneOf("format", ["text", "csv", "json"]);
    const limit = limitOf(line);
    const catalog = loadCatalog(line.text("catalog") ?? "images/catalog");
    const found = join(await look(line), catalog, line.now, limit, releasedIn(line.text("releases") ?? "releases"));
    return { text: FORMATS[format](found), code: found.wanted.length > 0 ? 2 : 0 };
  },
});
