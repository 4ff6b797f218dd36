/** The whole catalog from disk. One bad file is a problem with file and field; nothing is skipped in silence. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { InvalidInputError, type Problem } from "../constructs/contract/problem";
import { recordSchema, version as versionSchema, type ImageRecord } from "./catalog";
import { channelSchema, type Channel } from "./channel";
import { listNames, readJson, readJsonIfThere } from "./json-file";
import { DEFAULT_POLICY, policySchema, type Policy } from "./policy";
import { named, refuse } from "./refuse";
import { compareVersions } from "./version";

export interface Image {
  /** Versions by name, oldest first. */
  readonly versions: ReadonlyMap<string, ImageRecord>;
  readonly channels: ReadonlyMap<string, Channel>;
}

export interface Catalog {
  readonly folder: string;
  readonly policy: Policy;
  /** Images by name, sorted. */
  readonly images: ReadonlyMap<string, Image>;
}

export const recordFile = (folder: string, { image, version }: { image: string; version: string }): string =>
  join(folder, image, `${version}.json`);

export const channelFile = (folder: string, { image, channel }: { image: string; channel: string }): string =>
  join(folder, image, "channels", `${channel}.json`);

/** What is there, and everything that is wrong with the files one by one. */
export function readCatalog(folder: string): { readonly catalog: Catalog; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const take = <T>(read: { value?: T; problems?: readonly Problem[] } | undefined): T | undefined => {
    problems.push(...(read?.problems ?? []));
    return read?.value;
  };
  const policy = take(readJsonIfThere(join(folder, "policy.json"), policySchema)) ?? DEFAULT_POLICY;
  const images = new Map<string, Image>();
  for (const image of foldersIn(folder, "name the catalog with --catalog")) {
    const versions = new Map<string, ImageRecord>();
    const names = listNames(join(folder, image), ".json");
    problems.push(
      ...names
        .filter((name) => !versionSchema.safeParse(name).success)
        .map((name) => ({
          path: join(folder, image, `${name}.json`),
          message: "must be named MAJOR.MINOR.PATCH.json; rename or remove it",
        })),
    );
    for (const name of names.filter((n) => versionSchema.safeParse(n).success).sort(compareVersions)) {
      const record = take(readJson(join(folder, image, `${name}.json`), recordSchema));
      if (record) versions.set(name, record);
      problems.push(...misplaced(recordFile(folder, { image, version: name }), record, { image, version: name }));
    }
    const channels = new Map<string, Channel>();
    for (const name of listNames(join(folder, image, "channels"), ".json")) {
      const channel = take(readJson(join(folder, image, "channels", `${name}.json`), channelSchema));
      if (channel) channels.set(name, channel);
      problems.push(...misplaced(channelFile(folder, { image, channel: name }), channel, { image, channel: name }));
    }
    images.set(image, { versions, channels });
  }
  return { catalog: { folder, policy, images }, problems };
}

/** The catalog, whole or not at all. @throws InvalidInputError that lists every problem of every file */
export function loadCatalog(folder: string): Catalog {
  const { catalog, problems } = readCatalog(folder);
  if (problems.length > 0) throw new InvalidInputError(problems);
  return catalog;
}

/** Names of the folders in a folder, sorted. `hint` says how to name another. @throws InvalidInputError when there is none */
export function foldersIn(folder: string, hint: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch {
    return refuse(folder, `is not a folder that can be read; ${hint}`);
  }
}

function misplaced<T extends object>(file: string, value: T | undefined, place: Partial<T>): Problem[] {
  return Object.entries(place)
    .filter(([field, expected]) => value !== undefined && (value as Record<string, unknown>)[field] !== expected)
    .map(([field, expected]) => ({
      path: `${file} ${field}`,
      message: `must agree with the file's place in the catalog, "${String(expected)}", got ${JSON.stringify((value as Record<string, unknown>)[field])}`,
    }));
}

export const lookupIn =
  ({ images }: Catalog) =>
  (image: string, version: string): ImageRecord | undefined =>
    images.get(image)?.versions.get(version);

/** An image by name. @throws InvalidInputError that names the ones there are */
export const imageOf = (catalog: Catalog, image: string): Image =>
  catalog.images.get(image) ??
  refuse("image", `must be one of ${[...catalog.images.keys()].join(", ") || "none yet"}, got "${image}"`);

/** A version by name. @throws InvalidInputError that names the newest ones there are */
export const versionOf = (catalog: Catalog, image: string, version: string): ImageRecord =>
  imageOf(catalog, image).versions.get(version) ??
  refuse(
    "version",
    `must be a version of ${image}, such as ${[...imageOf(catalog, image).versions.keys()].slice(-5).join(", ") || "none yet"}, got "${version}"`,
  );

/** Every record, by image and then version. */
export const allRecords = ({ images }: Catalog): ImageRecord[] =>
  [...images.values()].flatMap(({ versions }) => [...versions.values()]);

/** Versions built directly on a version. */
export const builtOn = (catalog: Catalog, { image, version }: { image: string; version: string }): ImageRecord[] =>
  allRecords(catalog).filter(({ base }) => base?.image === image && base.version === version);

/** Versions built on a version, at any distance. */
export function descendants(catalog: Catalog, of: { image: string; version: string }): ImageRecord[] {
  const found = new Map<string, ImageRecord>();
  const walk = (at: { image: string; version: string }): void => {
    for (const child of builtOn(catalog, at)) {
      const name = named(child.image, child.version);
      if (found.has(name)) continue;
      found.set(name, child);
      walk(child);
    }
  };
  walk(of);
  return [...found.values()];
}
