/** Commands that check the catalog and the templates, and that hand facts to other tools. */
import { join } from "node:path";
import { ARCHS, recordSchema } from "../../images/catalog";
import { exportChannel, packerVariables } from "../../images/export";
import { lookupIn, readCatalog, versionOf, allRecords } from "../../images/load";
import { lintTemplates } from "../../images/lint/lint";
import { catalogProblems } from "../../images/provenance/kept";
import { refuse } from "../../images/refuse";
import { sbomProblems } from "../../images/sbom-store";
import { templateSha256 } from "../../images/template";
import { advice, rewritten, verify } from "../../images/verify";
import { parseJson } from "../../constructs/contract/json-text";
import type { Problem } from "../../constructs/contract/problem";
import type { ImageCommand, Input } from "./command";
import { filesAt, gitState } from "./git";

const lines = (problems: readonly Problem[]) => problems.map(({ path, message }) => `${path}: ${message}`);

/** A record as it stood at a commit; undefined where it was none. */
function recordIn(text: string) {
  try {
    return recordSchema.safeParse(parseJson(text)).data;
  } catch {
    return undefined;
  }
}

/** Build facts that differ from those at a commit, and versions that have gone. */
function changedSince(commit: string, input: Input): Problem[] {
  const lookup = lookupIn(readCatalog(input.folder).catalog);
  return [...filesAt(commit, input.folder)].flatMap(([name, text]) => {
    if (!/^[^/]+\/\d+\.\d+\.\d+\.json$/.test(name)) return [];
    const path = join(input.folder, name);
    const before = recordIn(text);
    if (!before) return [];
    const after = lookup(before.image, before.version);
    if (!after)
      return [{ path, message: `is gone since ${commit}; a version is never removed, its state becomes deleted` }];
    return rewritten(before, after).map((fact) => ({
      path: `${path} ${fact}`,
      message: `has changed since ${commit}; facts of a build are written once, build a new version`,
    }));
  });
}

export const verifyCommand: ImageCommand = {
  summary: "Checks every file of the catalog, and whether the files agree.",
  args: [],
  options: { against: { value: "COMMIT", help: "also that no build fact has changed since this commit" } },
  run(input) {
    const { catalog, problems } = readCatalog(input.folder);
    const against = input.text("against");
    const all = [
      ...problems,
      ...(problems.length > 0 ? [] : verify(catalog, input.now)),
      ...sbomProblems(catalog),
      ...catalogProblems(catalog),
      ...(against === undefined ? [] : changedSince(against, input)),
    ];
    const hints = advice(catalog);
    const count = allRecords(catalog).length;
    return {
      text: [
        ...lines(all),
        ...lines(hints).map((line) => `note: ${line}`),
        all.length === 0 ? `${count} versions of ${catalog.images.size} images: sound` : `${all.length} problems`,
      ].join("\n"),
      json: { versions: count, problems: all, notes: hints },
      findings: all.length > 0,
    };
  },
};

export const lintCommand: ImageCommand = {
  summary: "Checks Packer templates against the house rules.",
  args: ["folders*"],
  async run(input) {
    const folders = input.rest.length > 0 ? input.rest : ["images/packer/base", "images/packer/web"];
    const found = await lintTemplates(folders);
    return {
      text: found.length === 0 ? `${folders.join(", ")}: clean` : lines(found).join("\n"),
      json: found,
      findings: found.length > 0,
    };
  },
};

export const exportCommand: ImageCommand = {
  summary: "Prints the image ids of a channel, or the variables of a Packer build.",
  args: ["image?"],
  options: {
    channel: { value: "NAME", help: "ids of every image in this channel" },
    packer: { value: "VERSION", help: "variables to build this new version of <image>" },
    base: { value: "IMAGE@VERSION", help: "approved version that it is built on" },
    arch: { value: "ARCH", help: "architecture to build for, x86_64 unless given" },
    attempt: {
      value: "NUMBER",
      help: "which build of the version it is; names of the second end in -b2. 1 unless given",
    },
    "aws-region": { value: "REGION", help: "region that the AWS build runs in" },
    template: { value: "DIR", help: "folder of the template, images/packer/<image> unless given" },
  },
  run(input) {
    const [channel, version] = [input.text("channel"), input.text("packer")];
    if ((channel === undefined) === (version === undefined)) refuse("--channel", "or --packer is needed, and only one");
    const catalog = input.catalog();
    const value =
      version === undefined ? exportChannel(catalog, channel!, input.now) : variablesOf(catalog, version, input);
    return { text: JSON.stringify(value, null, 2), json: value };
  },
};

function variablesOf(catalog: ReturnType<Input["catalog"]>, version: string, input: Input) {
  const image = input.optionalArg("image") ?? refuse("fleet image export", "--packer needs <image> before it");
  const name = input.text("base");
  const base = name?.split("@");
  if (base && base.length !== 2) refuse("--base", `must be IMAGE@VERSION, got "${name}"`);
  const template = input.text("template") ?? `images/packer/${image}`;
  const { sha, dirty } = gitState(template);
  return packerVariables(
    catalog,
    {
      image,
      version,
      base: base && versionOf(catalog, base[0]!, base[1]!),
      arch: input.oneOf("arch", input.text("arch") ?? "x86_64", ARCHS),
      awsRegion: input.text("aws-region"),
      attempt: attemptOf(input),
    },
    { gitSha: sha, gitDirty: dirty, template, templateSha256: templateSha256(template) },
    input.now,
  );
}

function attemptOf(input: Input): number {
  const text = input.text("attempt") ?? "1";
  return /^[1-9]\d?$/.test(text)
    ? Number(text)
    : refuse("--attempt", `must be a whole number from 1 to 99, got "${text}"`);
}
