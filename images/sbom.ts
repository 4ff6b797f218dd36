/** What is in an image, from its bill of materials: CycloneDX or SPDX, in JSON. */
import { z } from "zod";
import { parseJson } from "../constructs/contract/json-text";
import { refuse } from "./refuse";

export type SbomFormat = "CycloneDX" | "SPDX";

/** Versions of each package by name; some packages are there in more than one. */
export type Packages = ReadonlyMap<string, readonly string[]>;

const named = (name: z.ZodType<string | undefined>, version: z.ZodType<string | undefined>) => ({ name, version });
const word = z.string().optional().catch(undefined);

const cycloneDx = z
  .looseObject({
    bomFormat: z.literal("CycloneDX"),
    components: z.array(z.looseObject(named(word, word)).catch({ name: undefined, version: undefined })).optional(),
  })
  .transform(({ components = [] }) => components.map(({ name, version }) => ({ name, version })));

/** The document lists itself as a package too, under the name that it describes; it has no version of a package. */
const spdx = z
  .looseObject({
    spdxVersion: z.string(),
    packages: z
      .array(z.looseObject({ name: word, versionInfo: word }).catch({ name: undefined, versionInfo: undefined }))
      .optional(),
  })
  .transform(({ packages = [] }) => packages.map(({ name, versionInfo }) => ({ name, version: versionInfo })));

const FORMS = { CycloneDX: cycloneDx, SPDX: spdx } as const;

/**
 * The form of a bill of materials and the packages in it. What has no name or no version is no package: files and the image itself.
 * @throws InvalidInputError when it is none
 */
export function readSbom(text: string, file: string): { readonly format: SbomFormat; readonly packages: Packages } {
  let input: unknown;
  try {
    input = parseJson(text);
  } catch {
    input = undefined;
  }
  for (const format of ["CycloneDX", "SPDX"] as const) {
    const { data } = FORMS[format].safeParse(input);
    if (data === undefined) continue;
    const found = new Map<string, string[]>();
    for (const { name, version } of data)
      if (name && version) found.set(name, [...new Set([...(found.get(name) ?? []), version])].sort());
    return { format, packages: new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1))) };
  }
  return refuse(file, "must be a CycloneDX or SPDX document in JSON");
}

export interface PackageChange {
  readonly name: string;
  /** Empty where it was not there. */
  readonly before: string;
  /** Empty where it is gone. */
  readonly after: string;
}

/** Packages that differ, by name. */
export const comparePackages = (before: Packages, after: Packages): PackageChange[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((name) => ({ name, before: (before.get(name) ?? []).join(", "), after: (after.get(name) ?? []).join(", ") }))
    .filter((change) => change.before !== change.after);

/** How many packages a change names one by one in a sentence. */
const SHOWN = 3;

export interface PackageSummary {
  /** Some of those that have another version. */
  readonly shown: readonly PackageChange[];
  /** In words: how many others have another version, how many are new, how many are gone. */
  readonly rest: string;
}

/** A change of packages in a sentence: "openssl 3.0.11 → 3.0.13, 4 packages more". */
export function summary(changes: readonly PackageChange[]): PackageSummary {
  const changed = changes.filter(({ before, after }) => before !== "" && after !== "");
  const [more, fewer] = [changes.filter(({ before }) => before === ""), changes.filter(({ after }) => after === "")];
  const many = (count: number, what: string) =>
    count === 0 ? [] : [`${count} ${count === 1 ? "package" : "packages"} ${what}`];
  const others = changed.length - SHOWN;
  const rest = [
    ...many(Math.max(others, 0), "changed too"),
    ...many(more.length, "more"),
    ...many(fewer.length, "fewer"),
  ];
  return { shown: changed.slice(0, SHOWN), rest: rest.join(", ") };
}
