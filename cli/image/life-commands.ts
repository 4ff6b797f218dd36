/** Commands that move a version through its life. */
import { cloudCommands, type CloudEvent } from "../../images/cloud-commands";
import { approve, deprecate, restore, revoke } from "../../images/lifecycle";
import { descendants, lookupIn, versionOf, type Catalog } from "../../images/load";
import type { ImageRecord } from "../../images/catalog";
import { named } from "../../images/refuse";
import { recordToWrite } from "./build-commands";
import { BY, type ImageCommand, type Input, type Outcome } from "./command";
import { IN_USE, used } from "./fleet-view";
import { refuseUnsigned } from "./provenance-command";

const VERSION = ["image", "version"];

const find = (catalog: Catalog, input: Input) => versionOf(catalog, input.arg("image"), input.arg("version"));

function written(input: Input, record: ImageRecord, text: string, notes: readonly string[] = []): Outcome {
  return {
    text: [`${named(record.image, record.version)} ${text}`, ...notes].join("\n"),
    json: record,
    write: [recordToWrite(input.folder, record)],
  };
}

const native = (event: CloudEvent, record: ImageRecord): string[] => [
  "",
  "the same in the clouds:",
  ...cloudCommands(event, record).map((line) => `  ${line}`),
];

export const approveCommand: ImageCommand = {
  summary: "Approves a tested version for production.",
  args: VERSION,
  options: BY,
  run(input) {
    const catalog = input.catalog();
    const record = approve(find(catalog, input), catalog.policy, lookupIn(catalog), input.act());
    refuseUnsigned(catalog, record);
    return written(input, record, "is approved");
  },
};

export const deprecateCommand: ImageCommand = {
  summary: "Marks an approved version as one to leave; it may still run.",
  args: VERSION,
  options: {
    "not-after": { value: "TIME", help: "its end of life" },
    replacement: { value: "VERSION", help: "version to use instead" },
    ...BY,
  },
  run(input) {
    const catalog = input.catalog();
    const [image, replacement] = [input.arg("image"), input.text("replacement")];
    if (replacement !== undefined) versionOf(catalog, image, replacement);
    const facts = { notAfter: input.time("not-after"), replacement };
    const record = deprecate(find(catalog, input), facts, input.act());
    return written(input, record, "is deprecated", native("deprecate", record));
  },
};

/** Who is hit by a revocation, and what can be done in the clouds without breaking what runs. */
function impact(catalog: Catalog, record: ImageRecord, input: Input): string[] {
  const inherits = record.lifecycle.inherit !== false;
  const hit = [record, ...(inherits ? descendants(catalog, record) : [])];
  const running = used(catalog, input);
  const lines = hit.flatMap(({ image, version }) => [
    ...[...catalog.images.get(image)!.channels.values()]
      .filter((channel) => channel.version === version)
      .map(
        ({ channel }) =>
          `${named(image, version)} is in channel ${channel}: npx fleet image rollback ${image} ${channel}`,
      ),
    ...(running.get(named(image, version)) ?? []).map((where) => `${named(image, version)} is in use: ${where}`),
  ]);
  const children = hit
    .slice(1)
    .map(({ image, version }) => `${named(image, version)} is built on it and revoked with it`);
  const blocked = running.has(named(record.image, record.version));
  const commands = blocked
    ? ["", "move first: disabling an image that a group still boots stops its healing and scaling"]
    : native("revoke", record);
  return [...children, ...lines, ...(record.lifecycle.revokeAt === undefined ? commands : [])];
}

export const revokeCommand: ImageCommand = {
  summary: "Forbids a version, and with it everything built on it.",
  args: VERSION,
  options: {
    at: { value: "TIME", help: "from when; now unless given" },
    "no-inherit": { help: "leave alone what is built on it" },
    ...IN_USE,
    ...BY,
  },
  run(input) {
    const catalog = input.catalog();
    const at = input.time("at");
    const record = revoke(find(catalog, input), { at, inherit: !input.on("no-inherit") }, input.act());
    const text = `${at === undefined ? "is revoked" : `will be revoked on ${at}`}: ${record.lifecycle.reason}`;
    return written(input, record, text, impact(catalog, record, input));
  },
};

export const restoreCommand: ImageCommand = {
  summary: "Takes a revocation or deprecation back.",
  args: VERSION,
  options: BY,
  run(input) {
    const before = find(input.catalog(), input);
    const record = restore(before, input.act());
    const event = before.lifecycle.state === "deprecated" ? "undeprecate" : "restore";
    const scheduled = before.lifecycle.revokeAt !== undefined;
    return written(input, record, `is ${record.lifecycle.state} again`, scheduled ? [] : native(event, record));
  },
};
