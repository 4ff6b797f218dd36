/** What a folder of terraform asks for: types, and providers with their sources and versions; local modules too. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { isObject, type Obj, type Value } from "../protocol/values";

export interface UsedType {
  readonly kind: "resource" | "data source";
  readonly type: string;
  readonly file: string;
  /** The provider's local name, where the block says another one than its type does. */
  readonly provider?: string;
}

export interface UsedProvider {
  /** The name by which the module calls it. */
  readonly name: string;
  readonly file: string;
  readonly source?: string;
  readonly version?: string;
}

export interface Configuration {
  readonly types: readonly UsedType[];
  readonly providers: readonly UsedProvider[];
}

const KINDS = { resource: "resource", data: "data source" } as const;

/** Reads the folder and every module of it that is on this machine; a file that is no terraform is terraform's to refuse. */
export async function readConfiguration(root: string): Promise<Configuration> {
  const types: UsedType[] = [];
  const providers: UsedProvider[] = [];
  const seen = new Set<string>();
  const open = [root, ...installedModules(root)];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if (seen.has(folder) || !existsSync(folder)) continue;
    seen.add(folder);
    for (const { name, content } of await filesOf(folder)) {
      const file = relative(root, join(folder, name));
      types.push(...usedTypes(content, file));
      providers.push(...usedProviders(content, file));
      for (const { source } of blocks(content.module).flatMap(({ body }) => bodies(body))) {
        if (typeof source === "string" && /^\.\.?\//.test(source)) open.push(join(folder, source));
      }
    }
  }
  return { types, providers };
}

async function filesOf(folder: string): Promise<{ name: string; content: Obj }[]> {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((one) => one.isFile() && /\.tf(\.json)?$/.test(one.name))
    .map((one) => one.name);
  const read = async (name: string): Promise<Value> => {
    try {
      const text = readFileSync(join(folder, name), "utf8");
      if (name.endsWith(".json")) return JSON.parse(text) as Value;
      // A megabyte of WebAssembly, which only configurations in HCL need.
      const { parse } = await import("@cdktf/hcl2json");
      return (await parse(name, text)) as Value;
    } catch {
      return null;
    }
  };
  const contents = await Promise.all(names.map(async (name) => ({ name, content: await read(name) })));
  return contents.flatMap(({ name, content }) => (isObject(content) ? [{ name, content }] : []));
}

/** Modules of a registry, where `terraform init` put them. */
function installedModules(root: string): string[] {
  const file = join(root, process.env.TF_DATA_DIR ?? ".terraform", "modules/modules.json");
  try {
    const { Modules } = JSON.parse(readFileSync(file, "utf8")) as { Modules: { Dir: string }[] };
    return Modules.map(({ Dir }) => (isAbsolute(Dir) ? Dir : join(root, Dir)));
  } catch {
    return [];
  }
}

function usedTypes(content: Obj, file: string): UsedType[] {
  return (["resource", "data"] as const).flatMap((block) =>
    blocks(content[block]).flatMap(({ name: type, body }) =>
      blocks(body).flatMap(({ body: inner }) => {
        const [provider] = bodies(inner).flatMap((one) => (typeof one.provider === "string" ? [one.provider] : []));
        const local = provider && /[\w-]+/.exec(provider)?.[0];
        return [{ kind: KINDS[block], type, file, ...(local ? { provider: local } : {}) }];
      }),
    ),
  );
}

function usedProviders(content: Obj, file: string): UsedProvider[] {
  const required = bodies(content.terraform)
    .flatMap((terraform) => bodies(terraform.required_providers))
    .flatMap((entries) => Object.entries(entries))
    .map(([name, entry]): UsedProvider => {
      if (typeof entry === "string") return { name, file, version: entry };
      const { source, version } = bodies(entry)[0] ?? {};
      return {
        ...{ name, file },
        ...(typeof source === "string" ? { source } : {}),
        ...(typeof version === "string" ? { version } : {}),
      };
    });
  return [...required, ...blocks(content.provider).map(({ name }) => ({ name, file }))];
}

const blocks = (value: Value | undefined): { name: string; body: Value }[] =>
  bodies(value).flatMap((one) => Object.entries(one).map(([name, body]) => ({ name, body })));
/** A block may stand alone or in a list. */
const bodies = (value: Value | undefined): Obj[] => (Array.isArray(value) ? value : [value ?? null]).filter(isObject);
