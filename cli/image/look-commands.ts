/** Commands that only look. */
import { comparePackages } from "../../images/sbom";
import { STATES, type ImageRecord } from "../../images/catalog";
import { diff, gitRange } from "../../images/diff";
import { ancestors, effectiveState } from "../../images/effective";
import { COLUMNS, csv, inventory } from "../../images/inventory";
import { allRecords, builtOn, imageOf, lookupIn, versionOf, type Catalog } from "../../images/load";
import { named, refuse } from "../../images/refuse";
import { readReleases } from "../../images/released";
import { table } from "../table";
import type { ImageCommand, Input } from "./command";
import { imageOfService } from "./fleet-view";
import { packagesOf } from "./packages";

const channelsOf = (catalog: Catalog, { image, version }: ImageRecord): string[] =>
  [...catalog.images.get(image)!.channels.values()].filter((c) => c.version === version).map((c) => c.channel);

function rowOf(catalog: Catalog, record: ImageRecord, now: Date) {
  const { state, why } = effectiveState(record, lookupIn(catalog), now);
  const { image, version, base, build } = record;
  return {
    image,
    version,
    state,
    ...(why !== "" && { why }),
    base: base ? named(base.image, base.version) : "",
    built: build.at,
    channels: channelsOf(catalog, record),
  };
}

export const listCommand: ImageCommand = {
  summary: "Lists versions with their effective state.",
  args: ["image?"],
  options: {
    channel: { value: "NAME", help: "only those in this channel" },
    state: { value: "STATE", help: "only those in this state" },
    uses: { value: "IMAGE@VERSION", help: "only those built on it, at any distance" },
  },
  run(input) {
    const catalog = input.catalog();
    const [image, channel, state] = [input.optionalArg("image"), input.text("channel"), input.text("state")];
    if (image !== undefined) imageOf(catalog, image);
    if (state !== undefined) input.oneOf("state", state, STATES);
    const base = usesOf(catalog, input);
    const rows = allRecords(catalog)
      .filter((record) => image === undefined || record.image === image)
      .filter((record) => !base || ancestors(record, lookupIn(catalog)).records.includes(base))
      .map((record) => rowOf(catalog, record, input.now))
      .filter((row) => (state === undefined || row.state === state) && (channel === undefined || row.channels.includes(channel))); // prettier-ignore
    return {
      text: table(
        ["image", "version", "state", "base", "built", "channels"],
        rows.map((row) => [row.image, row.version, row.state, row.base, row.built, row.channels.join(", ")]),
      ),
      json: rows,
    };
  },
};

function usesOf(catalog: Catalog, input: Input): ImageRecord | undefined {
  const uses = input.text("uses");
  if (uses === undefined) return undefined;
  const [, image, version] = /^([^@]+)@([^@]+)$/.exec(uses) ?? refuse("--uses", `must be IMAGE@VERSION, got "${uses}"`);
  return versionOf(catalog, image!, version!);
}

export const showCommand: ImageCommand = {
  summary: "Shows one version and what it may be used for.",
  args: ["image", "version"],
  options: { tree: { help: "also what it is built on, and what is built on it" } },
  run(input) {
    const catalog = input.catalog();
    const record = versionOf(catalog, input.arg("image"), input.arg("version"));
    const row = rowOf(catalog, record, input.now);
    const { build, artifacts, lifecycle } = record;
    const facts = [
      ["state", row.why?.startsWith(row.state) ? row.why : [row.state, row.why].filter(Boolean).join(", ")],
      ["since", `${lifecycle.since} by ${lifecycle.by}`],
      ["base", row.base || "none"],
      ["channels", row.channels.join(", ") || "none"],
      ["built", `${build.at}, run ${build.runUuid}, packer ${build.packer}`],
      ["commit", build.gitSha + (build.dirty ? " with changes that were not committed" : "")],
      ...(lifecycle.notAfter ? [["end of life", lifecycle.notAfter]] : []),
      ...(lifecycle.revokeAt ? [["revoked from", `${lifecycle.revokeAt}: ${lifecycle.reason}`]] : []),
      ...(lifecycle.tests ?? []).map(({ suite, result, at }) => ["test", `${suite} ${result} at ${at}`]),
      ...artifacts.map(({ cloud, region, arch, id }) => ["image", `${cloud} ${region} ${arch} ${id}`]),
    ];
    const text = [named(record.image, record.version), ...facts.map(([k, v]) => `  ${k!.padEnd(13)}${v}`)];
    const above = ancestors(record, lookupIn(catalog)).records;
    const tree = [
      "",
      ...[...above].reverse().map((ancestor, depth) => branch(catalog, ancestor, depth, input.now)),
      ...below(catalog, record, above.length, input.now),
    ];
    return { text: [...text, ...(input.on("tree") ? tree : [])].join("\n"), json: { ...row, record } };
  },
};

const branch = (catalog: Catalog, record: ImageRecord, depth: number, now: Date): string =>
  `${"  ".repeat(depth)}${named(record.image, record.version)}  ${effectiveState(record, lookupIn(catalog), now).state}`;

/** Stops at a circle, which `verify` reports. */
function below(
  catalog: Catalog,
  record: ImageRecord,
  depth: number,
  now: Date,
  seen = new Set<ImageRecord>(),
): string[] {
  if (seen.has(record)) return [];
  seen.add(record);
  return [
    branch(catalog, record, depth, now),
    ...builtOn(catalog, record).flatMap((child) => below(catalog, child, depth + 1, now, seen)),
  ];
}

const NO_PACKAGES =
  "packages: not known of both versions; ingest with --sbom, or give those that are kept elsewhere with --sbom-before and --sbom-after";

export const diffCommand: ImageCommand = {
  summary: "Says what changed between two versions of an image, down to its packages.",
  args: ["image", "before", "after"],
  options: {
    "sbom-before": { value: "FILE", help: "bill of materials of the first, where the catalog does not keep it" },
    "sbom-after": { value: "FILE", help: "bill of materials of the second" },
  },
  run(input) {
    const catalog = input.catalog();
    const [before, after] = (["before", "after"] as const).map((arg) =>
      versionOf(catalog, input.arg("image"), input.arg(arg)),
    ) as [ImageRecord, ImageRecord];
    const changes = diff(before, after);
    const [old, now] = [packagesOf(input, before, "sbom-before"), packagesOf(input, after, "sbom-after")];
    const packages = old && now ? comparePackages(old, now) : undefined;
    const lines = packages?.length
      ? table(
          ["package", before.version, after.version],
          packages.map((p) => [p.name, p.before || "none", p.after || "none"]),
        )
      : packages
        ? "packages: the same"
        : NO_PACKAGES;
    const log = `git log ${gitRange(before, after)} -- ${after.build.template}`;
    return {
      text: [
        table(
          ["fact", before.version, after.version],
          changes.map((change) => [change.fact, change.before, change.after]),
        ),
        "",
        lines,
        "",
        log,
      ].join("\n"),
      json: { changes, packages: packages ?? null, gitRange: gitRange(before, after) },
    };
  },
};

export const inventoryCommand: ImageCommand = {
  summary: "Lists what is released where, with where it comes from.",
  args: [],
  options: { csv: { help: "print comma-separated values" } },
  run(input) {
    const rows = inventory(input.catalog(), readReleases(input.releases), imageOfService, input.now);
    const text = input.on("csv") ? csv(COLUMNS, rows) : table([...COLUMNS], rows.map((row) => COLUMNS.map((c) => row[c]))); // prettier-ignore
    return { text, json: rows };
  },
};
