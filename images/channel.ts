/** images/catalog/<image>/channels/<channel>.json: which version a channel points at, and which ones before. */
import { z } from "zod";
import { imageName, text, time, version } from "./catalog";
import { channelName } from "./policy";
import { compareVersions } from "./version";

/** Why it came in as the channel's first version without the time in the channel before. @default - it had that time */
const first = text.optional();

export const channelSchema = z.strictObject({
  schema: z.literal(1),
  image: imageName,
  channel: channelName,
  version,
  /** A pinned channel moves only after `unpin`. */
  pinned: z.boolean(),
  since: time,
  by: text,
  reason: text.optional(),
  first,
  /** Versions before this one, latest first. */
  previous: z.array(z.strictObject({ version, since: time, until: time, reason: text.optional(), first })),
  /** Every version that was ever in it, also those that `previous` no longer has: what runs somewhere must stay allowed. */
  promoted: z.array(version).default([]),
});

export type Channel = z.output<typeof channelSchema>;

/** Whether a version is in a channel now or was there before. */
export const everIn = (channel: Channel | undefined, wanted: string): boolean =>
  channel !== undefined && everyOf(channel).includes(wanted);

/** Every version that is in a channel or was, each once, oldest first. */
export const everyOf = ({ version: now, previous, promoted }: Channel): string[] =>
  [...new Set([...promoted, ...previous.map((entry) => entry.version), now])].sort(compareVersions);
