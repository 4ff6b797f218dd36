/** Which versions are in use: named by a release, or by an id that stands in a state, a plan or a list from a cloud. */
import { readFileSync } from "node:fs";
import { jsonIn, parseJson } from "../constructs/contract/json-text";
import type { ImageRecord } from "./catalog";
import { allRecords, type Catalog } from "./load";
import { named, refuse } from "./refuse";
import type { Named } from "./released";

/** Where a version is in use, by `image version`. */
export type InUse = ReadonlyMap<string, readonly string[]>;

/** Image that a service boots; undefined when the fleet does not say. */
export type ImageOfService = (environment: string, service: string) => string | undefined;

/** Ids of images inside any text, in lower case because Azure's ignore it. */
const IDS = [
  /ami-[0-9a-f]{8,17}/g,
  /projects\/[^/\s"']+\/global\/images\/[a-z0-9-]+/g,
  /\/subscriptions\/[^/\s"]+\/resourcegroups\/[^/"\n]+\/providers\/microsoft\.compute\/(?:galleries\/[^/\s"]+\/images\/[^/\s"]+\/versions\/\d+\.\d+\.\d+|images\/[^/\s"',]+)/g,
];

export interface Source {
  readonly file: string;
  readonly ids: ReadonlySet<string>;
}

/**
 * The image ids in a file of any form.
 * @throws InvalidInputError when it cannot be read, is empty or is broken JSON: an export that failed must not free an image
 */
export function readSource(file: string): Source {
  let text: string;
  try {
    // Also UTF-16, as PowerShell's > writes it: read as UTF-8 it would hold no id, and every image would be free.
    text = jsonIn(readFileSync(file));
  } catch (error) {
    return refuse(file, `cannot be read (${(error as NodeJS.ErrnoException).code}), so nobody can say what is in use`);
  }
  if (text.trim() === "") refuse(file, "is empty, as after an export that failed; export it again");
  if (/^\s*[[{]/.test(text) || file.endsWith(".json"))
    try {
      parseJson(text);
    } catch (error) {
      refuse(file, `is broken JSON (${(error as Error).message}), so nobody can say what is in use; export it again`);
    }
  const plain = text.replaceAll("\\/", "/").toLowerCase();
  return { file, ids: new Set(IDS.flatMap((form) => plain.match(form) ?? [])) };
}

/** A release whose service the fleet does not know protects that version of every image. */
export function inUse(
  catalog: Catalog,
  released: readonly Named[],
  imageOfService: ImageOfService,
  sources: readonly Source[],
): InUse {
  const places = (record: ImageRecord): string[] => [
    ...released
      .filter(({ environment, service, version }) => {
        const image = imageOfService(environment, service);
        return version === record.version && (image === undefined || image === record.image);
      })
      .map(({ file, field }) => `${file} ${field}`),
    ...sources
      .filter(({ ids }) => record.artifacts.some(({ id }) => ids.has(id.toLowerCase())))
      .map(({ file }) => file),
  ];
  return new Map(
    allRecords(catalog)
      .map((record) => [named(record.image, record.version), places(record)] as const)
      .filter(([, found]) => found.length > 0),
  );
}
