/** images/catalog/policy.json: what a version needs before it may go where, how old it may get, and what is kept. */
import { z } from "zod";
import { CLOUDS } from "../constructs/contract/spec";
import { ARCHS, imageName, PLACE, text, time } from "./catalog";
import { DURATION } from "./clock";
import { SEVERITIES } from "./scan-report";
import { provenanceRule } from "./provenance/rule";

const duration = z.string().regex(DURATION, "a length of time such as P30D or PT24H");
export const channelName = z
  .string()
  .regex(/^[a-z][a-z0-9]{1,9}$/, "2 to 10 lower-case letters and digits, starting with a letter");

const channelPolicy = z.strictObject({
  /** Least state of a version here. A deprecated version was approved once and still counts as such. */
  min: z.enum(["built", "tested", "approved"]),
  /** Channel that a version must have been in before. @default - none */
  from: channelName.optional(),
  /** Time that it must have been there. @default - none */
  soak: duration.optional(),
  /** Regions that a version must have an image in, per cloud; `global` on Google Cloud. @default - none */
  places: z
    .partialRecord(z.enum(CLOUDS), z.array(text).min(1))
    .default({})
    .superRefine((places, context) => {
      for (const cloud of CLOUDS)
        (places[cloud] ?? []).forEach((region, index) => {
          if (!PLACE[cloud].pattern.test(region))
            context.addIssue({
              code: "custom",
              path: [cloud, index],
              message: `must be written as ${PLACE[cloud].example}, got ${JSON.stringify(region)}`,
            });
        });
    }),
  /** Architectures that it must have there. @default x86_64 */
  archs: z.array(z.enum(ARCHS)).min(1).default(["x86_64"]),
  /** Whether a release may only name versions that were promoted to this channel. @default false */
  promotedOnly: z.boolean().default(false),
  /** What happens to a release once its version is past its end of life. @default "warn", so that nothing stops by itself */
  afterEndOfLife: z.enum(["warn", "refuse"]).default("warn"),
  /** Who must have signed how a version here was built. @default - what holds for all */
  provenance: provenanceRule.optional(),
});

export const policySchema = z.strictObject({
  schema: z.literal(1),
  /** Clouds that a build must have succeeded on to be a whole version. @default all three */
  clouds: z
    .array(z.enum(CLOUDS))
    .min(1)
    .default([...CLOUDS]),
  /** Channels by name. A channel governs the environment of the same name. @default - none */
  channels: z.record(channelName, channelPolicy).default({}),
  /** What a version needs before it is tested or approved. */
  required: z
    .strictObject({
      /** Test suites that must have passed. @default - any one */
      suites: z.array(text).default([]),
      /** A list of what is in the image. @default false */
      sbom: z.boolean().default(false),
      /** A statement of how it was built; `provenance` says who must have signed it. @default false */
      provenance: z.boolean().default(false),
      /** Whether somebody else must approve than the one who recorded the tests. @default false */
      secondPerson: z.boolean().default(false),
    })
    .prefault({}),
  /** Which vulnerabilities hold an approval. */
  vulnerabilities: z
    .strictObject({
      /** Least severity that holds one: a version must have been scanned, and have none of these. @default - none holds */
      hold: z.enum(SEVERITIES).optional(),
      /** Age from which a scan no longer counts: new ones become known every day. @default "P7D" */
      maxAge: duration.default("P7D"),
      /** What does not hold an approval for a while. */
      waivers: z
        .array(
          z.strictObject({
            /** Of the vulnerability, as the scanner names it, or one of its aliases. */
            id: text,
            /** Image that it is for. @default - all */
            image: imageName.optional(),
            reason: text,
            /** When it ends. */
            until: time,
          }),
        )
        .default([]),
    })
    .prefault({}),
  /** Who must have signed how any version was built. @default - nobody; a statement is kept and not checked */
  provenance: provenanceRule.optional(),
  /** Oldest that the version in a channel may be, by image; `*` for all others. @default - no limit */
  maxAge: z.record(text, duration).default({}),
  /** Time within which images are rebuilt once their base has a newer approved version. @default "P14D" */
  rebuildWithin: duration.default("P14D"),
  /** What `prune` always keeps. */
  keep: z
    .strictObject({
      /** Newest versions of each image. @default 5 */
      newest: z.int().min(1).max(1000).default(5),
      /** Earlier versions that a channel remembers, and that are therefore kept. @default 5 */
      channelPrevious: z.int().min(1).max(50).default(5),
      /** Everything younger than this. @default "P30D" */
      minAge: duration.default("P30D"),
    })
    .prefault({}),
});

export type Policy = z.output<typeof policySchema>;
export type ChannelPolicy = Policy["channels"][string];

/** What holds in a catalog without policy.json. */
export const DEFAULT_POLICY: Policy = policySchema.parse({ schema: 1 });

/** An environment that the policy does not name runs approved versions only. */
const STRICT: ChannelPolicy = channelPolicy.parse({ min: "approved" });

/** What holds in an environment. */
export const policyOf = (policy: Policy, environment: string): ChannelPolicy => policy.channels[environment] ?? STRICT;
