/**
 * Terraform's states in the local cloud's folder. Terraform writes a state in place: a full disk leaves half a one.
 *
 * At the end of each session whole states are copied aside; at the next start a half one is replaced by the last whole one.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "./cloud/disk";
import { isObject, type Obj, type Value } from "./protocol/values";
import type { Store } from "./cloud/store";

const ENDING = ".tfstate";
const KEPT = "kept-states";

interface State {
  readonly text: string;
  readonly serial: number;
  /** `<type> <id>` of what it holds. */
  readonly objects: readonly string[];
}

/** Puts back whole states where terraform left half ones; what no state knows of the last session goes. Returns what was done, in words. */
export function recoverStates(dir: string, store: Store): string[] {
  const folder = join(dir, "state");
  const broken = names(folder).filter((name) => existsSync(join(folder, name)) && !read(join(folder, name)));
  const done = broken.flatMap((name) => {
    const file = join(folder, name);
    const last = [join(dir, KEPT, name), `${file}.backup`]
      .flatMap((one) => read(one) ?? [])
      .sort((a, b) => b.serial - a.serial)[0];
    const empty = readFileSync(file).length === 0;
    // An empty state that never was another one is what terraform makes while it locks.
    if (empty && !last) return [];
    if (!empty) copyFileSync(file, `${file}.broken`);
    if (last) replace(file, last.text);
    else rmSync(file);
    return [
      `${file} was not whole, as after a full disk. ` +
        (last
          ? `Its last whole version is back (serial ${last.serial})`
          : "There is no whole version of it: it begins anew") +
        (empty ? "." : `; the broken one is in ${file}.broken.`),
    ];
  });
  if (done.length > 0) forgetUnknown(folder, store);
  return done;
}

/** Terraform would make a second time what was made in the broken session and no state knows. */
function forgetUnknown(folder: string, store: Store): void {
  const known = new Set(names(folder).flatMap((name) => read(join(folder, name))?.objects ?? []));
  for (const key of store.madeInLastSession()) {
    const object = store.get(key);
    if (object && !known.has(`${object.type} ${object.id}`)) store.remove(key);
  }
}

/** Copies whole states aside. A disk that is full has no room for it: then the copy from before stays. */
export function keepStates(dir: string): void {
  const folder = join(dir, "state");
  for (const name of names(folder)) {
    const state = read(join(folder, name));
    const kept = join(dir, KEPT, name);
    if (!state || read(kept)?.text === state.text) continue;
    try {
      mkdirSync(join(dir, KEPT), { recursive: true });
      replace(kept, state.text);
    } catch {
      return;
    }
  }
}

const names = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(ENDING)) : [];

function read(file: string): State | undefined {
  try {
    const text = readFileSync(file, "utf8");
    const { serial, resources } = JSON.parse(text) as Obj;
    if (typeof serial !== "number") return undefined;
    return { text, serial, objects: list(resources).flatMap(objectsOf) };
  } catch {
    return undefined;
  }
}

const list = (value: Value | undefined): Obj[] => (Array.isArray(value) ? value.filter(isObject) : []);
const objectsOf = ({ type, instances }: Obj): string[] =>
  list(instances).flatMap(({ attributes }) =>
    isObject(attributes ?? null) ? [`${String(type)} ${String((attributes as Obj).id)}`] : [],
  );

/** Beside its place first, and on the disk before it takes it. */
function replace(file: string, text: string): void {
  const draft = `${file}.new`;
  try {
    writeWhole(draft, text);
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}
