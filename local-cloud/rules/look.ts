/** Looks into an object by dotted paths, as the providers' SDK does: an absent value, a zero and an empty block are not set. */
import { isObject, type Obj, Unknown, type Value } from "../protocol/values";

export class Look {
  readonly #root: Obj;

  constructor(root: Obj) {
    this.#root = root;
  }

  /** The value at a path; a list or set on the way stands for its first item. */
  value(path: string): Value {
    let value: Value = this.#root;
    for (const step of path.split(".")) {
      if (Array.isArray(value)) value = value[0] ?? null;
      if (value instanceof Unknown) return value;
      value = isObject(value) ? (value[step] ?? null) : null;
    }
    return value;
  }

  /** Whether a plan knows the value at a path, or knows that there is none. */
  known(path: string): boolean {
    return !(this.value(path) instanceof Unknown);
  }

  /** A known text, or the text of a number or truth value; empty when there is none. */
  text(path: string): string {
    const value = this.value(path);
    return ["string", "number", "boolean"].includes(typeof value) ? String(value) : "";
  }

  /** Whether the path has a value that is known and not zero. */
  set(path: string): boolean {
    const value = this.value(path);
    return !(value instanceof Unknown) && !zero(value);
  }

  /** Whether the path is known to have no value. */
  unset(path: string): boolean {
    return zero(this.value(path));
  }

  /** Whether the path has one of the values. */
  is(path: string, ...values: string[]): boolean {
    return values.includes(this.text(path));
  }

  /** The texts in a list or set. */
  texts(path: string): string[] {
    const value = this.value(path);
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  }

  /** The items of a list or set of blocks. */
  items(path: string): Look[] {
    const value = this.value(path);
    return Array.isArray(value) ? value.filter(isObject).map((item) => new Look(item)) : [];
  }
}

function zero(value: Value): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === null || value === "" || value === 0 || value === false;
}
