/** What no single file can show: whether the files of a catalog agree with each other. */
import type { Problem } from "../constructs/contract/problem";
import type { Artifact, ImageRecord } from "./catalog";
import { reached, stamp } from "./clock";
import { ancestors } from "./effective";
import { allRecords, channelFile, lookupIn, recordFile, type Catalog } from "./load";
import { missingPlaces } from "./promotion";
import { policyOf } from "./policy";
import { named } from "./refuse";
import { allowedIn } from "./allowed";

type Check = (catalog: Catalog, now: Date) => Problem[];

const uniqueIds: Check = (catalog) => {
  const owners = new Map<string, string>();
  return allRecords(catalog).flatMap((record) =>
    record.artifacts.flatMap(({ id }, index) => {
      const [key, owner] = [id.toLowerCase(), named(record.image, record.version)];
      const first = owners.get(key) ?? owner;
      owners.set(key, first);
      // One Azure id is valid in every region that the version is replicated to.
      if (first === owner) return [];
      return [
        { path: `${recordFile(catalog.folder, record)} artifacts[${index}].id`, message: `belongs to ${first} too` },
      ];
    }),
  );
};

const azureVersions: Check = (catalog) =>
  allRecords(catalog).flatMap((record) =>
    record.artifacts.flatMap(({ cloud, id }, index) => {
      const found = cloud === "azure" ? /\/versions\/([^/]+)$/i.exec(id)?.[1] : undefined;
      if (found === undefined || found === record.version) return [];
      return [
        {
          path: `${recordFile(catalog.folder, record)} artifacts[${index}].id`,
          message: `must end in the record's version, ${record.version}, got "${found}"`,
        },
      ];
    }),
  );

const bases: Check = (catalog) => {
  const lookup = lookupIn(catalog);
  return allRecords(catalog).flatMap((record) => {
    const { broken } = ancestors(record, lookup);
    return broken
      ? [{ path: `${recordFile(catalog.folder, record)} base`, message: `leads to ${broken}; correct it` }]
      : [];
  });
};

const replacements: Check = (catalog) => {
  const lookup = lookupIn(catalog);
  return allRecords(catalog)
    .filter(({ image, lifecycle }) => lifecycle.replacement && !lookup(image, lifecycle.replacement))
    .map((record) => ({
      path: `${recordFile(catalog.folder, record)} lifecycle.replacement`,
      message: `must be a version of ${record.image}, got "${record.lifecycle.replacement}"`,
    }));
};

const channels: Check = (catalog, now) => {
  const lookup = lookupIn(catalog);
  return [...catalog.images].flatMap(([image, { channels: pointers }]) =>
    [...pointers.values()].flatMap((channel) => {
      const path = channelFile(catalog.folder, { image, channel: channel.channel });
      const rule = policyOf(catalog.policy, channel.channel);
      const unknown = channel.previous
        .filter(({ version }) => !lookup(image, version))
        .map(({ version }) => ({ path: `${path} previous`, message: `names ${version}, which is not in the catalog` }));
      const late = [channel, ...channel.previous].slice(0, -1).filter((entry) => entry.first !== undefined);
      const notFirst = late.map(({ version }) => ({
        path: `${path} first`,
        message: `says that ${version} came in without its soak time as the first version, and there was one before it`,
      }));
      const record = lookup(image, channel.version);
      if (!record)
        return [
          ...unknown,
          { path: `${path} version`, message: `names ${channel.version}, which is not in the catalog` },
        ];
      const allowed = allowedIn({ name: channel.channel, policy: rule, channel }, record, lookup, now);
      const missing = missingPlaces(record, rule);
      return [
        ...unknown,
        ...notFirst,
        ...(allowed.ok
          ? []
          : [{ path: `${path} version`, message: `${allowed.reason}; roll back or promote another` }]),
        ...(missing.length === 0
          ? []
          : [{ path: `${path} version`, message: `${channel.version} has no image for ${missing.join(", ")}` }]),
      ];
    }),
  );
};

const policy: Check = ({ policy: { channels: rules }, folder }) =>
  Object.entries(rules).flatMap(([name, { from }]) => {
    const seen = new Set([name]);
    for (let at = from; at !== undefined; at = rules[at]?.from) {
      const path = `${folder}/policy.json channels.${name}.from`;
      if (!rules[at]) return [{ path, message: `must be another channel, got "${at}"` }];
      if (seen.has(at)) return [{ path, message: `leads back to "${at}"; nothing could ever be promoted` }];
      seen.add(at);
    }
    return [];
  });

/** What is said to have happened cannot be to come. @param clock what the machine's clock says, whatever the time to decide by is */
function ahead({ folder, images }: Catalog, clock: Date): Problem[] {
  const found = [...images.values()].flatMap(({ versions, channels: pointers }) => [
    ...[...versions.values()].flatMap((record) =>
      datesOf(record).map(([field, at]) => ({ path: `${recordFile(folder, record)} ${field}`, at })),
    ),
    ...[...pointers.values()].flatMap((channel) => [
      { path: `${channelFile(folder, channel)} since`, at: channel.since },
      ...channel.previous.flatMap(({ since, until }, index) => [
        { path: `${channelFile(folder, channel)} previous[${index}].since`, at: since },
        { path: `${channelFile(folder, channel)} previous[${index}].until`, at: until },
      ]),
    ]),
  ]);
  return found
    .filter(({ at }) => !reached(at, clock))
    .map(({ path, at }) => ({
      path,
      message: `must not be later than now, ${stamp(clock)}, got ${at}; nothing that has happened is to come`,
    }));
}

const datesOf = ({ build, lifecycle }: ImageRecord): readonly (readonly [string, string])[] => [
  ["build.at", build.at],
  ...(build.merged ?? []).map(({ at }, index) => [`build.merged[${index}].at`, at] as const),
  ["lifecycle.since", lifecycle.since],
  ...(lifecycle.scan ? [["lifecycle.scan.at", lifecycle.scan.at] as const] : []),
  ...(lifecycle.tests ?? []).map(({ at }, index) => [`lifecycle.tests[${index}].at`, at] as const),
];

const CHECKS: readonly Check[] = [policy, uniqueIds, azureVersions, bases, replacements, channels];

/**
 * Every disagreement; none when the catalog is sound.
 *
 * @param clock what the machine's clock says. @default the clock
 */
export const verify = (catalog: Catalog, now: Date, clock: Date = new Date()): Problem[] => [
  ...CHECKS.flatMap((check) => check(catalog, now)),
  ...ahead(catalog, clock),
];

/** A name of our templates, of whichever attempt. */
const nameForm = (name: string) => new RegExp(`/${name}(-b\\d+)?$`);

/** Advice that is no error: names by which people find images in a cloud's console. */
export const advice = (catalog: Catalog): Problem[] =>
  allRecords(catalog).flatMap((record) => {
    const expected = `${record.image}-v${record.version.replaceAll(".", "-")}`;
    return record.artifacts
      .filter(
        ({ cloud, arch, id }) =>
          cloud === "google" && !nameForm(`${expected}${arch === "x86_64" ? "" : "-arm64"}`).test(id),
      )
      .map(({ id }) => ({
        path: `${recordFile(catalog.folder, record)} artifacts`,
        message: `would be easier to find as ${expected}, got ${id}`,
      }));
  });

/** Facts of a version that must never change once they are committed. */
const writtenOnce = ({ base, build, artifacts }: ImageRecord): Record<string, string> =>
  Object.fromEntries(Object.entries({ base, build, artifacts }).map(([k, v]) => [k, canonical(v)]));

/** The same text for the same facts, in whatever order they stand. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, v: unknown) =>
    typeof v === "object" && v !== null && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v,
  ) ?? "none";

/**
 * A version without what may be added to it later: what another run of the same commit built, until it is decided about, and
 * copies of what is there in another place.
 */
function asBefore(before: ImageRecord, after: ImageRecord): ImageRecord {
  const open = ["built", "tested"].includes(before.lifecycle.state);
  const isCopy = ({ cloud, arch }: Artifact) => before.artifacts.some((a) => a.cloud === cloud && a.arch === arch);
  const ids = new Set(before.artifacts.map(({ id, region }) => `${region} ${id}`));
  const { merged, sbom, provenance, ...build } = after.build;
  const wasMerged = before.build.merged;
  return {
    ...after,
    build: {
      ...build,
      ...((open ? wasMerged : merged) && { merged: open ? wasMerged : merged }),
      ...(open && !before.build.sbom ? {} : sbom && { sbom }),
      ...(open && !before.build.provenance ? {} : provenance && { provenance }),
    },
    artifacts: after.artifacts.filter((a) => ids.has(`${a.region} ${a.id}`) || !(open || isCopy(a))),
  };
}

/** Facts of a version that differ between a commit and now. */
export const rewritten = (before: ImageRecord, after: ImageRecord): string[] => {
  const [old, now] = [writtenOnce(before), writtenOnce(asBefore(before, after))];
  return Object.keys(old).filter((key) => old[key] !== now[key]);
};
