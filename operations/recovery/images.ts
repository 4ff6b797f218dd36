/** Whether the images of what is released are in a place, and how they get there. */
import { InvalidInputError } from "../../constructs/contract/problem";
import type { Arch, Cloud, Environment, Service } from "../../constructs/contract/spec";
import { imageId, type Artifact, type ImageRecord } from "../../images/catalog";
import { quote, sig } from "../../images/cloud-commands";
import { recordFile, versionOf, type Catalog } from "../../images/load";
import { readRelease, type SlotRelease } from "../../releases/file";
import type { Destination } from "./destination";

export interface ImageCoverage {
  readonly service: string;
  readonly slot: string;
  readonly image: string;
  readonly version: string;
  readonly arch: Arch;
  /** Its id in the destination; null where it is missing. */
  readonly id: string | null;
  /** What is in the way of copying it, in words; undefined when the commands below do it. */
  readonly problem?: string;
  /** The clouds' own commands that bring it there. */
  readonly copy: readonly string[];
  /** The record to change afterwards, and what to add to its artifacts. */
  readonly record: string;
  readonly add?: Artifact;
}

/** What an id looks like until the copy has one. */
const NEW_ID: Readonly<Record<Cloud, string>> = {
  aws: "ami-00000000000000000",
  google: "projects/images/global/images/not-built-yet",
  azure:
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/images/providers/Microsoft.Compute/galleries/fleet/images/image/versions/0.0.0",
};

interface Way {
  readonly commands: readonly string[];
  /** Id afterwards, where it is known before. */
  readonly id?: string;
  readonly problem?: string;
}

/** From an image in another region of the same cloud. */
const WAYS: Readonly<Record<Cloud, (from: Artifact, record: ImageRecord, region: string) => Way>> = {
  // A copy has an id of its own (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/CopyingAMIs.html).
  aws: ({ region: source, id }, { image, version }, region) => ({
    commands: [
      ["aws", "ec2", "copy-image", "--region", region, "--source-region", source, "--source-image-id", id, "--name", `${image}-${version}`, "--encrypted", "--copy-image-tags"],
      ["aws", "ec2", "wait", "image-available", "--region", region, "--image-ids", "THE-NEW-ID"],
    ].map((words) => words.map(quote).join(" ")),
  }), // prettier-ignore
  google: () => ({ commands: [], problem: "images of Google Cloud are global: there is one for another architecture only" }),
  // A version of a gallery is one object that is replicated: its id stays (https://learn.microsoft.com/cli/azure/sig/image-version).
  azure: (from, _record, region) => {
    const replica = ["--add", "publishingProfile.targetRegions", `name=${region}`, "regionalReplicaCount=1"];
    const words = sig("update", from, ...replica);
    return words.length > 0
      ? { commands: [words.map(quote).join(" ")], id: from.id }
      : { commands: [], problem: "a managed image stays in its region; publish it to a gallery, or build it there" };
  },
}; // prettier-ignore

/**
 * @param from region that a copy is made from where it has the image
 * @throws InvalidInputError when a release or its version cannot be read
 */
export const coverage = (
  environment: Environment,
  services: readonly Service[],
  catalog: Catalog,
  releases: string,
  to: Destination,
  from?: string,
): ImageCoverage[] =>
  services.flatMap((service) =>
    slotsIn(environment, service, releases).map(([slot, { version }]) =>
      cover(service, slot, versionOf(catalog, service.image, version), catalog.folder, to, from),
    ),
  );

function slotsIn(environment: Environment, service: Service, releases: string): [string, SlotRelease][] {
  const read = readRelease(releases, environment, service);
  if (read.problems) throw new InvalidInputError(read.problems);
  return Object.entries(read.value.slots as Record<string, SlotRelease | null>).flatMap(([slot, content]) =>
    content ? [[slot, content] as [string, SlotRelease]] : [],
  );
}

function cover(
  { name, machine: { arch } }: Service,
  slot: string,
  record: ImageRecord,
  catalog: string,
  { cloud, region }: Destination,
  source: string | undefined,
): ImageCoverage {
  const { image, version } = record;
  const common = { service: name, slot, image, version, arch, record: recordFile(catalog, record) };
  const id = imageId(record, cloud, region, arch);
  if (id !== undefined) return { ...common, id, copy: [] };
  const place = cloud === "google" ? "global" : region;
  const there = record.artifacts.filter((artifact) => artifact.cloud === cloud && artifact.arch === arch);
  const from = there.find((artifact) => artifact.region === source) ?? there[0];
  const way: Way = from
    ? WAYS[cloud](from, record, region)
    : { commands: [], problem: `there is no ${arch} image for ${cloud} anywhere; build it there` };
  return {
    ...common,
    id: null,
    ...(way.problem === undefined ? {} : { problem: way.problem }),
    copy: way.commands,
    add: { cloud, region: place, arch, id: way.id ?? NEW_ID[cloud] },
  };
}

/** Records as they would be once everything is there, by file: what a rehearsal releases. */
export function completed(catalog: Catalog, images: readonly ImageCoverage[]): ReadonlyMap<string, ImageRecord> {
  const records = new Map<string, ImageRecord>();
  for (const { image, version, record, add } of images) {
    if (!add) continue;
    const before = records.get(record) ?? versionOf(catalog, image, version);
    const isThere = before.artifacts.some(({ cloud, region, arch }) => cloud === add.cloud && region === add.region && arch === add.arch); // prettier-ignore
    if (!isThere) records.set(record, { ...before, artifacts: [...before.artifacts, add] });
  }
  return records;
}
