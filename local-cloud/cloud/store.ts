/**
 * What exists in the local cloud: an append-only journal of JSON lines, replayed at start.
 *
 * Every change is on disk before terraform hears of it. A last line that a crash left half-written is cut off.
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import type { Obj } from "../protocol/values";
import { diskProblem, withDisk, writeWhole } from "./disk";

/** One object of the cloud. */
export interface CloudObject {
  /** Tells it from all other objects, past ones included. */
  readonly key: string;
  readonly type: string;
  readonly id: string;
  /** Order of creation. */
  readonly serial: number;
  readonly attributes: Obj;
  /** For a machine group: what its machines run and whether they got healthy. */
  readonly machines?: { readonly image: string; readonly healthy: boolean };
  /** Terraform was not told yet that it exists: a crash now undoes it, or terraform would make it a second time. */
  readonly unheard?: boolean;
  /** Kept in the cloud by a create that failed without entering terraform's state. */
  readonly orphan?: boolean;
}

type Entry = { put: CloudObject } | { heard: string } | { gone: string } | { cloud: string } | { session: string };

/** Lines after which the journal is rewritten at the next start. */
const COMPACT_ABOVE = 2000;

/** The objects of one state folder. */
export class Store {
  /** Tells this cloud from every other; it goes into terraform's state beside each object. */
  cloudId = "";
  /** Goes up with every change. */
  revision = 0;
  readonly #objects = new Map<string, CloudObject>();
  readonly #gone = new Set<string>();
  /** Made since the last session began; a journal from before sessions were written says nothing. */
  #made: Set<string> | undefined;
  /** What terraform heard and the disk had no room for. */
  readonly #owed = new Set<string>();
  readonly #file: string;
  #fd: number;
  /** How much of the journal is replayed. */
  #length: number;
  #serial = 0;

  /** `shared`: another process may be writing; nothing of the journal is cut off or rewritten. */
  constructor(folder: string, options: { shared?: boolean } = {}) {
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, "journal.jsonl");
    const { entries, length } = readJournal(this.#file);
    for (const entry of entries) this.#replay(entry);
    this.#fd = openSync(this.#file, "a+");
    this.#length = length;
    if (options.shared) return;
    ftruncateSync(this.#fd, length);
    if (this.cloudId === "") this.#write({ cloud: randomUUID() });
    for (const { key, unheard } of this.all()) if (unheard) this.remove(key);
    if (entries.length > COMPACT_ABOVE) this.#compact();
  }

  get(key: string): CloudObject | undefined {
    return this.#objects.get(key);
  }

  /** Whether an object with this key ever existed here. */
  knew(key: string): boolean {
    return this.#objects.has(key) || this.#gone.has(key);
  }

  all(): CloudObject[] {
    return [...this.#objects.values()];
  }

  ofType(type: string): CloudObject[] {
    return this.all().filter((object) => object.type === type);
  }

  nextSerial(): number {
    this.#serial += 1;
    return this.#serial;
  }

  /** Takes in what another process appended, such as an autoscaler. */
  refresh(): void {
    if (fstatSync(this.#fd).size === this.#length) return;
    const { entries, length } = readJournal(this.#file, this.#length);
    for (const entry of entries) this.#replay(entry);
    this.#length += length;
  }

  put(object: CloudObject): void {
    this.#write({ put: object });
  }

  /** Terraform was told that a new object exists. */
  heard(key: string): void {
    if (this.#objects.get(key)?.unheard) this.#owed.add(key);
    this.#settle();
  }

  /** Terraform has its answer already: what cannot be written now is tried again with the next change. */
  #settle(): void {
    for (const key of this.#owed) {
      try {
        this.#append({ heard: key });
      } catch {
        return;
      }
      this.#owed.delete(key);
    }
  }

  remove(key: string): void {
    this.#write({ gone: key });
  }

  /** Begins a session: what is made from now on is told from what there was. */
  beginSession(): void {
    this.#write({ session: randomUUID() });
  }

  /** The keys of what was made since the last session began. */
  madeInLastSession(): string[] {
    return [...(this.#made ?? [])];
  }

  close(): void {
    this.#settle();
    closeSync(this.#fd);
  }

  #replay(entry: Entry): void {
    this.revision += 1;
    if ("cloud" in entry) this.cloudId = entry.cloud;
    else if ("session" in entry) this.#made = new Set();
    else if ("put" in entry) {
      if (!this.#objects.has(entry.put.key)) this.#made?.add(entry.put.key);
      this.#objects.set(entry.put.key, entry.put);
      this.#serial = Math.max(this.#serial, entry.put.serial);
    } else if ("heard" in entry) {
      const object = this.#objects.get(entry.heard);
      if (object) this.#objects.set(entry.heard, { ...object, unheard: false });
    } else {
      this.#objects.delete(entry.gone);
      this.#gone.add(entry.gone);
    }
  }

  #write(entry: Entry): void {
    this.#settle();
    withDisk(this.#file, () => this.#append(entry));
  }

  /** A line is there whole or not at all: what a full disk took only in part is cut off again. */
  #append(entry: Entry): void {
    this.refresh();
    const bytes = Buffer.from(`${JSON.stringify(entry)}\n`);
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
      fdatasyncSync(this.#fd);
    } catch (error) {
      ftruncateSync(this.#fd, this.#length);
      throw error;
    }
    this.#length += bytes.length;
    this.#replay(entry);
  }

  /** Writes what is left beside the journal and takes its place by one rename. */
  #compact(): void {
    const entries: Entry[] = [
      { cloud: this.cloudId },
      ...[...this.#gone].map((gone) => ({ gone })),
      ...this.all().map((put) => ({ put })),
    ];
    const draft = `${this.#file}.new`;
    try {
      writeWhole(draft, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    } catch (error) {
      rmSync(draft, { force: true });
      // A long journal is as good as a short one.
      if (diskProblem(error, draft)) return;
      throw error;
    }
    closeSync(this.#fd);
    renameSync(draft, this.#file);
    syncFolder(dirname(this.#file));
    this.#fd = openSync(this.#file, "a+");
    this.#length = fstatSync(this.#fd).size;
  }
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, "r");
  fsyncSync(fd);
  closeSync(fd);
}

/** The whole entries of a journal from a byte on, and how many bytes of the file they take. */
export function readJournal(file: string, from = 0): { entries: Entry[]; length: number } {
  const bytes = existsSync(file) ? readFileSync(file).subarray(from) : Buffer.alloc(0);
  const length = bytes.lastIndexOf(10) + 1;
  const lines = bytes.subarray(0, length).toString("utf8").split("\n").slice(0, -1);
  const entries = lines.map((line, i) => {
    try {
      return entryIn(line);
    } catch {
      throw new JournalError(
        `${file}, line ${i + 1}: not a journal entry. The file was changed by something else; ` +
          "restore it from a backup, or forget this local cloud with: npm run local -- --reset",
      );
    }
  });
  return { entries, length };
}

/** @throws Error when it is none */
function entryIn(line: string): Entry {
  const entry = JSON.parse(line) as Partial<Record<string, unknown>> | null;
  const [name = "", ...more] = Object.keys(entry ?? {});
  if (more.length > 0 || !isEntry(name, entry?.[name])) throw new Error("no entry");
  return entry as Entry;
}

const isEntry = (name: string, value: unknown): boolean =>
  name === "put"
    ? isCloudObject(value)
    : ["cloud", "session", "heard", "gone"].includes(name) && typeof value === "string";

function isCloudObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { key, type, id, serial, attributes } = value as Partial<Record<keyof CloudObject, unknown>>;
  return (
    [key, type, id].every((text) => typeof text === "string") &&
    /^(aws|google|azurerm)_/.test(String(type)) &&
    Number.isSafeInteger(serial) &&
    typeof attributes === "object" &&
    attributes !== null &&
    !Array.isArray(attributes)
  );
}

/** A journal that this program did not leave behind. */
export class JournalError extends Error {}
