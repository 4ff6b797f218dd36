/** Texts with `{attribute}` places, the form in which id and address formats are written down as data. */
import { createHash } from "node:crypto";
import type { Obj } from "../protocol/values";

/** Fills `{name}`; `{a|b}` takes the first that is set. `{hexN}` and `{uuid}` come from the seed. */
export function fill(template: string, values: Obj, seed: string): string {
  return template.replace(/\{([\w|]+)\}/g, (_, names: string) => {
    if (names === "uuid") return uuid(`${seed}${template}`);
    const hexLength = /^hex(\d+)$/.exec(names)?.[1];
    if (hexLength) return hex(`${seed}${template}`, Number(hexLength));
    const found = names
      .split("|")
      .find((name) => values[name] !== null && values[name] !== undefined && values[name] !== "");
    return found ? String(values[found]) : "";
  });
}

/** Hexadecimal digits that depend on the seed alone. */
export const hex = (seed: string, length: number): string =>
  createHash("sha256").update(seed).digest("hex").slice(0, length);

/** A version 4 UUID that depends on the seed alone. */
export function uuid(seed: string): string {
  const digits = hex(seed, 32);
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `a${digits.slice(17, 20)}`];
  return [...parts, digits.slice(20, 32)].join("-");
}
