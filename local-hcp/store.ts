/**
 * The records on disk: one JSON file each, written beside its place and renamed, so that a kill never leaves half a one.
 * Archives, states and the folders of runs lie next to them.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { SettingError } from "./faults";
import { type Base, ID_PREFIXES, type Kind, type Records } from "./model";

const LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** An id of the form that HCP Terraform gives, e.g. `run-` and 16 letters and digits. */
export const newId = (prefix: string): string =>
  `${prefix}-${Array.from(randomBytes(16), (byte) => LETTERS[byte % LETTERS.length]).join("")}`;

/** Writes a file whole. */
export function writeFile(file: string, content: string | Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, content, { mode: 0o600 });
  renameSync(draft, file);
}

export class Store {
  readonly #dir: string;
  readonly #now: () => Date;
  readonly #records = new Map<Kind, Map<string, Records[Kind]>>();
  #serial = 0;

  constructor(dir: string, now: () => Date) {
    this.#dir = dir;
    this.#now = now;
    for (const kind of Object.keys(ID_PREFIXES) as Kind[]) {
      const found = readAll<Records[Kind]>(join(dir, kind)).sort((a, b) => a.serial - b.serial);
      this.#records.set(kind, new Map(found.map((record) => [record.id, record])));
      this.#serial = Math.max(this.#serial, found.at(-1)?.serial ?? 0);
    }
  }

  /** The time, as the API writes it. */
  now(): string {
    return this.#now().toISOString();
  }

  /** A path below the stand-in's folder. */
  path(...parts: readonly string[]): string {
    return join(this.#dir, ...parts);
  }

  create<K extends Kind>(kind: K, fields: Omit<Records[K], keyof Base>): Records[K] {
    this.#serial += 1;
    const base: Base = { id: newId(ID_PREFIXES[kind]), serial: this.#serial, createdAt: this.now() };
    return this.#put(kind, { ...base, ...fields } as Records[K]);
  }

  get<K extends Kind>(kind: K, id: string): Records[K] | undefined {
    return this.#of(kind).get(id);
  }

  /** A record that must be there: others point to it. */
  need<K extends Kind>(kind: K, id: string): Records[K] {
    const record = this.get(kind, id);
    if (!record) throw new Error(`the stand-in's ${kind} ${id} is gone from ${this.#dir}`);
    return record;
  }

  /** In order of creation. */
  all<K extends Kind>(kind: K): Records[K][] {
    return [...this.#of(kind).values()];
  }

  update<K extends Kind>(kind: K, id: string, change: Partial<Records[K]>): Records[K] {
    return this.#put(kind, { ...this.need(kind, id), ...change });
  }

  remove(kind: Kind, id: string): void {
    this.#of(kind).delete(id);
    rmSync(this.path(kind, `${id}.json`), { force: true });
  }

  #put<K extends Kind>(kind: K, record: Records[K]): Records[K] {
    writeFile(this.path(kind, `${record.id}.json`), `${JSON.stringify(record, null, 1)}\n`);
    this.#of(kind).set(record.id, record);
    return record;
  }

  #of<K extends Kind>(kind: K): Map<string, Records[K]> {
    return this.#records.get(kind) as Map<string, Records[K]>;
  }
}

function readAll<T extends Base>(folder: string): T[] {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => readRecord<T>(join(folder, name)));
}

/** @throws SettingError for a file that somebody else wrote, or a broken disk: nothing is thrown away */
function readRecord<T extends Base>(file: string): T {
  const why = (what: string) =>
    new SettingError(
      `the stand-in for HCP Terraform cannot read its record ${file}: ${what}; put the file back, or forget everything with --reset`,
    );
  let record: unknown;
  try {
    record = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw why((error as Error).message);
  }
  const { id, serial } = (record ?? {}) as Partial<Base>;
  if (typeof id !== "string" || basename(file) !== `${id}.json` || !Number.isInteger(serial))
    throw why(`it holds no record with the id ${basename(file, ".json")}`);
  return record as T;
}
