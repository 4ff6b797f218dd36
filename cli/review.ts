/** `npx fleet review`: says whether plans keep their contract, and keeps a pull request's comment up to date. */
import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { admit } from "../review/admit";
import { openCatalog } from "../review/images";
import { readConfiguration } from "../review/read/configuration";
import { readPlan } from "../review/read/plan";
import { UnusableFile } from "../review/read/scan-file";
import { html } from "../review/render/html";
import { json } from "../review/render/json";
import { markdown } from "../review/render/markdown";
import { text } from "../review/render/text";
import { review as reviewPlans } from "../review/review";
import type { Review } from "../review/model";
import type { Command } from "./command";
import { historyIn, otherWorkspace } from "./review/history";
import { postCommand } from "./review/post";
import { UsageError } from "./review/usage";

const FORMATS: Readonly<Record<string, (review: Review, link?: string) => string>> = {
  text,
  md: (found, link) => markdown(found, link === undefined ? {} : { link }),
  json,
  html,
};

/** As cdktf names it. */
const CONFIGURATION = "cdk.tf.json";

const USAGE = `usage: npx fleet review --plan FILE [--config FILE] [--plan FILE [--config FILE] ...] [options]
       npx fleet review admit FILE [--trusted FILE]   may this cdk.tf.json be planned with credentials?
       npx fleet review post --review FILE --repository OWNER/NAME --pull-request N [options]

  --plan FILE      a plan as JSON: terraform show -json <plan> > plan.json; one for each stack
  --config FILE    the same stack's cdk.tf.json, in the same order as the plans
                   (the cdk.tf.json beside each plan, where there is one)
  --catalog DIR    the image catalog                    (images/catalog)
  --releases DIR   what runs, and what ran before       (releases)
  --format FORMAT  ${Object.keys(FORMATS).join(", ")}                  (text)
  --out FILE       write there instead of to standard output
  --expect-bump    a plan that brings no new image, or more than the image, needs a human
  --head SHA       the commit that the plans were made from
  --link URL       where the whole review is, for a comment that must be cut

exit code: 0 contract held, 2 needs a human or not judged, 1 error`;

const EXIT: Readonly<Record<Review["result"], number>> = {
  "contract held": 0,
  "not judged": 2,
  "needs a human": 2,
  error: 1,
};

const OPTIONS = {
  plan: { type: "string", multiple: true },
  config: { type: "string", multiple: true },
  catalog: { type: "string", default: join("images", "catalog") },
  releases: { type: "string", default: "releases" },
  format: { type: "string" },
  json: { type: "boolean", default: false },
  out: { type: "string" },
  "expect-bump": { type: "boolean", default: false },
  head: { type: "string" },
  link: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

function options(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function judgePlans(args: readonly string[]): number {
  const { plan = [], config = [], catalog, releases, json: asJson, out, head, link, help, ...rest } = options(args);
  const format = rest.format ?? (asJson ? "json" : "text");
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const render = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (!render) throw new UsageError(`--format must be one of ${Object.keys(FORMATS).join(", ")}, got "${format}"`);
  if (plan.length === 0) throw new UsageError("--plan is missing");
  if (config.length > 0 && config.length !== plan.length)
    throw new UsageError(
      `--config must be given once for each of the ${plan.length} plans, or not at all; got ${config.length}`,
    );
  if (head !== undefined && !/^[0-9a-f]{7,64}$/.test(head))
    throw new UsageError(`--head must be a commit in hex digits, got "${head}"`);
  const inputs = plan.map((file, index) => {
    const configuration = config[index] ?? besidePlan(file);
    const read = configuration === undefined ? {} : { configuration: readConfiguration(configuration) };
    const workspace = otherWorkspace(dirname(configuration ?? file), read.configuration?.stack);
    return { facts: readPlan(file), ...read, ...(workspace === undefined ? {} : { workspace }) };
  });
  const found = reviewPlans(inputs, {
    catalog: openCatalog(catalog),
    now: new Date(),
    expectBump: rest["expect-bump"],
    history: historyIn(releases),
    ...(head === undefined ? {} : { head }),
  });
  const rendered = render(found, link);
  if (out === undefined) process.stdout.write(rendered);
  else write(out, rendered);
  return EXIT[found.result];
}

/** The stack's own configuration, where the plan's JSON was written into the stack's folder. */
function besidePlan(plan: string): string | undefined {
  const file = join(dirname(plan), CONFIGURATION);
  return existsSync(file) ? file : undefined;
}

function write(file: string, content: string): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw new UnusableFile(`${file} cannot be written: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}`);
  }
}

function admitOne(args: readonly string[]): number {
  const [file, flag, trusted] = args;
  if (file === undefined || (flag !== undefined && (flag !== "--trusted" || trusted === undefined)) || args.length > 3)
    throw new UsageError("admit takes one file, and --trusted FILE");
  admit(file, trusted);
  return 0;
}

async function run(args: readonly string[]): Promise<number> {
  try {
    if (["post", "admit"].includes(args[0] ?? "") && args.some((arg) => arg === "--help" || arg === "-h")) {
      console.log(USAGE);
      return 0;
    }
    if (args[0] === "post") return await postCommand(args.slice(1));
    return args[0] === "admit" ? admitOne(args.slice(1)) : judgePlans(args);
  } catch (error) {
    if (error instanceof UsageError) console.error(`fleet review: ${error.message}\n\n${USAGE}`);
    else if (error instanceof UnusableFile) console.error(`fleet review: ${error.message}`);
    else throw error;
    return 1;
  }
}

export const review: Command = { summary: "says whether terraform plans keep their contract", run };
