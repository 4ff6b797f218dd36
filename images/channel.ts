/** images/catalog/<image>/channels/<channel>.json: which version a channel points at, and which ones before. */
import { z } from "zod";
import { imageName, text, time, version } from "./catalog";
import { channelName } from "./policy";

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
  /** Versions before this one, latest first. */
  previous: z.array(z.strictObject({ version, since: time, until: time, reason: text.optional() })),
});

export type Channel = z.output<typeof channelSchema>;

/** Whether a version is in a channel now or was there before. */
export const everIn = (channel: Channel | undefined, wanted: string): boolean =>
  channel !== undefined && [channel, ...channel.previous].some((entry) => entry.version === wanted);
