/** What no single file can show: whether the files of a catalog agree with each other. */
import type { Problem } from "../constructs/contract/problem";
import type { ImageRecord } from "./catalog";
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

const CHECKS: readonly Check[] = [policy, uniqueIds, azureVersions, bases, replacements, channels];

/** Every disagreement; none when the catalog is sound. */
export const verify = (catalog: Catalog, now: Date): Problem[] => CHECKS.flatMap((check) => check(catalog, now));

/** Advice that is no error: names by which people find images in a cloud's console. */
export const advice = (catalog: Catalog): Problem[] =>
  allRecords(catalog).flatMap((record) => {
    const expected = `${record.image}-v${record.version.replaceAll(".", "-")}`;
    return record.artifacts
      .filter(({ cloud, id }) => cloud === "google" && !id.endsWith(`/${expected}`))
      .map(({ id }) => ({
        path: `${recordFile(catalog.folder, record)} artifacts`,
        message: `would be easier to find as ${expected}, got ${id}`,
      }));
  });

/** Facts of a version that must never change once they are committed. */
const writtenOnce = ({ base, build, artifacts }: ImageRecord): Record<string, string> =>
  Object.fromEntries(Object.entries({ base, build, artifacts }).map(([k, v]) => [k, JSON.stringify(v) ?? "none"]));

/** Facts of a version that differ between a commit and now. */
export const rewritten = (before: ImageRecord, after: ImageRecord): string[] => {
  const [old, now] = [writtenOnce(before), writtenOnce(after)];
  return Object.keys(old).filter((key) => old[key] !== now[key]);
};
