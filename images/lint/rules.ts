/** The house rules of a Packer template. Each is one function; lint.ts runs them all. */
import type { Problem } from "../../constructs/contract/problem";
import { ownIn } from "../../constructs/contract/own";
import { REQUIRED_DATA } from "../ingest";
import { compareVersions } from "../version";
import FIELDS from "./fields.json";
import FUNCTIONS from "./functions.json";
import { BETWEEN, broken } from "./between";
import { HOUSE } from "./between/house";
import { callsIn, namesIn } from "./expression";
import { blocks, bodies, labelled, strings, type Block, type Body, type Template } from "./template";
import { blocksAt, literalLocals } from "./value";

export type Rule = (template: Template) => Problem[];

const SOURCES = Object.keys(FIELDS);
const nameOf = ({ labels }: Block) => `source ${labels.join(".")}`;

/** `amazon-ebs.image`, whether it is written as a name, as a reference or with its type before it. */
const plainName = (name: string) => name.replace(/^\$\{(.*)\}$/, "$1").replace(/^source\./, "");

/** A text as it is; anything else as it is written. */
const words = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const list = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** Sources that builds name: in their list, and in blocks of their own, which may add fields. */
const inBuilds = (template: Template): { name: string; body: Body }[] =>
  blocks(template, "build", 0).flatMap(({ body }) => [
    ...list(body.sources).map((name) => ({ name: plainName(words(name)), body: {} })),
    ...labelled(body.source, 1).map(({ labels: [name = ""], body }) => ({ name: plainName(name), body })),
  ]);

/** Sources as they are built: https://developer.hashicorp.com/packer/docs/templates/hcl_templates/blocks/build/source */
const sources = (template: Template): Block[] => {
  const added = inBuilds(template);
  return blocks(template, "source", 2).flatMap((block) => {
    const builds = added.filter(({ name }) => name === block.labels.join("."));
    const fieldsOf = ({ body }: { body: Body }) => Object.entries(body).filter(([key]) => key !== "name");
    return (builds.length === 0 ? [{ body: {} }] : builds).map((build) => ({
      ...block,
      body: { ...block.body, ...Object.fromEntries(fieldsOf(build)) },
    }));
  });
};

/** Block types by the place that they stand in: https://developer.hashicorp.com/packer/docs/templates/hcl_templates/blocks */
const TOP = ["packer", "variable", "variables", "local", "locals", "data", "source", "build"];
const IN_BUILD = [
  ...["name", "description", "sources", "source", "provisioner", "error-cleanup-provisioner"],
  ...["post-processor", "post-processors", "hcp_packer_registry"],
];

const known: Rule = (template) => [
  ...template.files.flatMap(({ file, body }) => unknownIn(file, "a template", body, TOP)),
  ...blocks(template, "build", 0).flatMap(({ file, body }) => unknownIn(file, "build", body, IN_BUILD)),
];

const unknownIn = (file: string, place: string, body: Body, allowed: readonly string[]): Problem[] =>
  Object.keys(body)
    // Where HCL is written as JSON, a comment is this: https://github.com/hashicorp/hcl/blob/main/json/spec.md
    .filter((key) => !allowed.includes(key) && key !== "//")
    .map((key) => ({ path: file, message: `has ${key}, which ${place} does not know: ${allowed.join(", ")}` }));

const names: Rule = (template) => {
  const labelsOf = (type: string, labels: number) =>
    blocks(template, type, labels).map((block) => block.labels.join("."));
  const keysOf = (type: string) => blocks(template, type, 0).flatMap(({ body }) => Object.keys(body));
  const declared = new Set([
    ...[...labelsOf("variable", 1), ...keysOf("variables")].map((name) => `var.${name}`),
    ...[...labelsOf("local", 1), ...keysOf("locals")].map((name) => `local.${name}`),
    ...labelsOf("data", 2).map((name) => `data.${name}`),
  ]);
  return template.files.flatMap(({ file, body }) =>
    [...new Set(strings(body).flatMap(({ text }) => namesIn(text)))]
      .filter((name) => !declared.has(name))
      .map((name) => ({ path: file, message: `uses ${name}, which is not declared` })),
  );
};

/** First version of Packer with each function, 1.11.0 for all before: https://developer.hashicorp.com/packer/docs/templates/hcl_templates/functions */
const SINCE: Readonly<Record<string, string>> = FUNCTIONS;

/** What the second argument of convert is made of. */
const TYPES = ["list", "set", "map", "object", "tuple"];

/** A variable's type is no expression; its words look like calls. */
const isType = (path: readonly string[]) => path[0] === "variable" && path.length === 3 && path[2] === "type";

const functions: Rule = (template) => {
  const oldest = blocks(template, "packer", 0)
    .map(({ body }) => /^>= *(\d+\.\d+\.\d+)$/.exec(words(body.required_version))?.[1])
    .find((version) => version !== undefined);
  const wrong = (name: string): string | undefined => {
    const since = ownIn(SINCE, name) ?? (TYPES.includes(name) ? "1.11.0" : undefined);
    if (since === undefined) return `calls ${name}, which is no function of Packer`;
    return oldest !== undefined && compareVersions(since, oldest) > 0 && since !== "1.11.0"
      ? `calls ${name}, which Packer has since ${since}, and required_version takes ${oldest} too`
      : undefined;
  };
  return template.files.flatMap(({ file, body }) =>
    [
      ...new Set(
        strings(body)
          .filter(({ path }) => !isType(path))
          .flatMap(({ text }) => callsIn(text)),
      ),
    ]
      .map(wrong)
      .filter((message) => message !== undefined)
      .map((message) => ({ path: file, message })),
  );
};

const plugins: Rule = (template) => {
  const required = blocks(template, "packer", 0).flatMap((block) =>
    bodies(block.body.required_plugins).flatMap((body) =>
      Object.entries(body).map(([name, spec]) => ({ file: block.file, name, spec })),
    ),
  );
  if (required.length === 0)
    return [{ path: template.folder, message: "must require its plugins, each at one version" }];
  return required
    .filter(({ spec }) => !/^= \d+\.\d+\.\d+$/.test(String((spec as { version?: unknown }).version)))
    .map(({ file, name, spec }) => ({
      path: `${file} ${name}.version`,
      message: `must be one version such as "= 1.2.3", got ${JSON.stringify((spec as { version?: unknown }).version)}`,
    }));
};

const clouds: Rule = (template) => {
  const found = blocks(template, "source", 2);
  // A list that is computed cannot be judged here.
  const built = inBuilds(template).map(({ name }) => name);
  const computed = built.some((name) => /^\$\{|^(var|local)\./.test(name));
  const declared = found.map(({ labels }) => labels.join("."));
  return [
    ...SOURCES.filter((type) => !found.some(({ labels }) => labels[0] === type)).map((type) => ({
      path: template.folder,
      message: `must have a source ${type}; an image is for all clouds`,
    })),
    ...built
      .filter((name) => !declared.includes(name) && !computed)
      .map((name) => ({
        path: `${template.folder} build.sources`,
        message: `names source.${name}, which does not exist`,
      })),
    ...declared
      .filter((name) => !built.includes(name) && !computed)
      .map((name) => ({ path: `${template.folder} build.sources`, message: `leaves out source.${name}` })),
  ];
};

const fields: Rule = (template) =>
  sources(template).flatMap((block) => {
    const known = Object.entries(FIELDS).find(([type]) => type === block.labels[0])?.[1];
    if (!known) return [{ path: `${block.file} ${nameOf(block)}`, message: `must be one of ${SOURCES.join(", ")}` }];
    const used = Object.keys(block.body).flatMap((key) =>
      key === "dynamic" ? bodies(block.body[key]).flatMap(Object.keys) : [key],
    );
    const below = Object.entries(known.blocks).flatMap(([path, allowed]) =>
      blocksAt(block.body, path).flatMap((body) =>
        Object.keys(body)
          .filter((key) => key !== "dynamic" && !(allowed as string[]).includes(key))
          .map((key) => `${path}.${key}`),
      ),
    );
    return [...used.filter((key) => !known.fields.includes(key)), ...below].map((key) => ({
      path: `${block.file} ${nameOf(block)}`,
      message: `has ${key}, which plugin ${known.plugin} does not know`,
    }));
  });

/** What the plugin would refuse, and what it takes and should not. */
const between: Rule = (template) => {
  const locals = literalLocals(template);
  return sources(template).flatMap((block) => {
    const rules = [BETWEEN, HOUSE].flatMap((all) => ownIn(all, block.labels[0]!) ?? []);
    return broken(rules, block.body, locals).map((message) => ({ path: `${block.file} ${nameOf(block)}`, message }));
  });
};

/** Settings that look an image up by something else than its id. */
const LOOKUPS = ["source_ami_filter", "source_image_family"];
const VENDOR = ["image_publisher", "image_offer", "image_sku", "image_url"];

const pinnedSource: Rule = (template) =>
  sources(template).flatMap((block) =>
    [...LOOKUPS, ...(template.isBase ? [] : VENDOR)]
      .filter((key) => key in block.body)
      .map((key) => ({
        path: `${block.file} ${nameOf(block)}.${key}`,
        message: LOOKUPS.includes(key)
          ? "finds whatever is newest; name the source by id"
          : "names a vendor's image; an app image starts from a base of the catalog, by id",
      })),
  );

/** What each source must say, with the reason. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, { is?: unknown; why: string }>>>> = {
  "amazon-ebs": {
    imds_support: { is: "v2.0", why: "machines must refuse the old metadata service" },
    encrypt_boot: { is: true, why: "disks are encrypted" },
    tags: { why: "an image must say what it is" },
  },
  googlecompute: { image_labels: { why: "an image must say what it is" } },
  "azure-arm": {
    azure_tags: { why: "an image must say what it is" },
    shared_image_gallery_destination: { why: "scale sets boot from a gallery" },
    shared_gallery_image_version_exclude_from_latest: { is: true, why: "nothing may boot `latest`" },
  },
};

const settings: Rule = (template) =>
  sources(template).flatMap((block) => [
    ...Object.entries(Object.hasOwn(SETTINGS, block.labels[0]!) ? SETTINGS[block.labels[0]!]! : {})
      .filter(([key, { is }]) => (is === undefined ? !(key in block.body) : block.body[key] !== is))
      .map(([key, { is, why }]) => ({
        path: `${block.file} ${nameOf(block)}.${key}`,
        message: `must be ${is === undefined ? "there" : JSON.stringify(is)}, because ${why}; got ${JSON.stringify(block.body[key]) ?? "nothing"}`,
      })),
    ...Object.keys(block.body)
      .filter((key) => key.startsWith("managed_image_"))
      .map((key) => ({
        path: `${block.file} ${nameOf(block)}.${key}`,
        message: "must go: with a managed image, the manifest no longer names the gallery version",
      })),
  ]);

const manifest: Rule = (template) => {
  // Alone, or in a chain: https://developer.hashicorp.com/packer/docs/templates/hcl_templates/blocks/build/post-processor
  const chains = blocks(template, "build", 0).flatMap(({ body }) => [body, ...bodies(body["post-processors"])]);
  const found = chains.flatMap((chain) => bodies(chain["post-processor"])).flatMap((chain) => bodies(chain.manifest));
  const where = `${template.folder} post-processor manifest`;
  if (found.length === 0) return [{ path: where, message: "is missing; `fleet image ingest` reads it" }];
  const wanted = [...REQUIRED_DATA, "git_dirty", "google_project", "azure_regions", ...(template.isBase ? [] : ["base_image", "base_version"])]; // prettier-ignore
  return found.flatMap(({ custom_data, strip_time }) => [
    ...wanted
      .filter((key) => bodies(custom_data).every((data) => !(key in data)))
      .map((key) => ({ path: `${where}.custom_data`, message: `must hold ${key}` })),
    ...(strip_time === undefined
      ? []
      : [{ path: where, message: "must not set strip_time; it is when the image was built" }]),
  ]);
};

const seal: Rule = (template) =>
  blocks(template, "build", 0).flatMap(({ file, body }) => {
    const scripts = bodies(body.provisioner)
      .flatMap(({ shell }) => bodies(shell))
      .flatMap(({ scripts: all, script }) => [...list(all).map(words), ...list(script).map(words)]);
    const last = scripts.at(-1) ?? "none";
    return /(^|\/)seal\.sh$/.test(last)
      ? []
      : [{ path: `${file} provisioner`, message: `the last script must be seal.sh, got ${last}` }];
  });

const SECRET = /password|secret|token|access_key|private_key$/i;

/** What a value is of: of a variable's default or a local's expression, the variable or local. */
const subject = (path: readonly string[]): string =>
  (["variable", "local"].includes(path[0] ?? "") && path.length === 3 ? path[1] : path.at(-1)) ?? "";

const secrets: Rule = (template) =>
  template.files.flatMap(({ file, body }) =>
    strings(body)
      .filter(({ path, text }) => SECRET.test(subject(path)) && text !== "" && !text.startsWith("${"))
      .filter(({ path }) => path.at(-1) !== "http_tokens")
      .map(({ path }) => ({
        path: `${file} ${path.join(".")}`,
        message: "must not stand in the template; pass it as PKR_VAR_…",
      })),
  );

const latest: Rule = (template) =>
  template.files.flatMap(({ file, body }) =>
    strings(body)
      .filter(({ text }) => /(^|:)latest$/.test(text) || /:latest\b/.test(text))
      .map(({ path, text }) => ({ path: `${file} ${path.join(".")}`, message: `must be one version, got "${text}"` })),
  );

export const RULES: readonly Rule[] = [
  known,
  names,
  functions,
  plugins,
  clouds,
  fields,
  between,
  pinnedSource,
  settings,
  manifest,
  seal,
  secrets,
  latest,
];
