/** The clouds' own commands that carry a decision of the catalog out. They are printed, never run. */
import type { Cloud } from "../constructs/contract/spec";
import type { Artifact, ImageRecord } from "./catalog";
import { after, stamp } from "./clock";

export type CloudEvent = "deprecate" | "revoke" | "restore" | "undeprecate" | "delete";

/** Quoted for a shell when it has to be. */
export const quote = (word: string): string =>
  /^[A-Za-z0-9_./:@=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** What has to be run, in this order; nothing where a cloud has nothing to say. */
type Printer = (artifact: Artifact, record: ImageRecord) => readonly (readonly string[])[];

const ec2 = (action: string, { region, id }: Artifact, ...rest: string[]) => [
  "aws", "ec2", action, "--region", region, "--image-id", id, ...rest,
]; // prettier-ignore

function gcloud(action: string, { id }: Artifact, ...rest: string[]): string[] {
  const [, project, , , name] = id.split("/");
  return ["gcloud", "compute", "images", action, name!, "--project", project!, ...rest];
}

/** A managed image has no publishing profile: all that can be done to it is to delete it. */
export function sig(action: string, { id }: Artifact, ...rest: string[]): string[] {
  const [, , subscription, , group, , , kind, gallery, , definition, , version] = id.split("/");
  if (kind?.toLowerCase() === "images") return action === "delete" ? ["az", "image", "delete", "--ids", id] : [];
  const place = ["--subscription", subscription!, "--resource-group", group!, "--gallery-name", gallery!];
  const which = ["--gallery-image-definition", definition!, "--gallery-image-version", version!];
  return ["az", "sig", "image-version", action, ...place, ...which, ...rest];
}

/**
 * A command is read and run later, and AWS takes no time that has passed by then:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageDeprecation.html
 */
const TO_RUN_IT = "P1D";

/** When AWS is to call a version deprecated: at its end of life, or as soon as somebody has run the command. */
function deprecateAt({ lifecycle: { notAfter, since } }: ImageRecord): string {
  const soon = after(since, TO_RUN_IT);
  return notAfter !== undefined && Date.parse(notAfter) > soon.getTime() ? notAfter : stamp(soon);
}

const END_OF_LIFE = "publishingProfile.endOfLifeDate";
/** The version stays out of `latest` in every state, as our templates make it. */
const endOfLife = (a: Artifact, time: string) =>
  sig("update", a, "--set", "publishingProfile.excludeFromLatest=true", `${END_OF_LIFE}=${time}`);
const noEndOfLife = (a: Artifact) => sig("update", a, "--remove", END_OF_LIFE);

const PRINTERS: Record<CloudEvent, Record<Cloud, Printer>> = {
  deprecate: {
    aws: (a, record) => [ec2("enable-image-deprecation", a, "--deprecate-at", deprecateAt(record))],
    google: (a, { lifecycle: { notAfter, since } }) => [
      gcloud(
        "deprecate",
        a,
        "--state=DEPRECATED",
        ...(notAfter && Date.parse(notAfter) > Date.parse(since) ? [`--obsolete-on=${notAfter}`] : []),
      ),
    ],
    azure: (a, { lifecycle: { notAfter, since } }) => [endOfLife(a, notAfter ?? since)],
  },
  revoke: {
    aws: (a) => [ec2("disable-image", a)],
    google: (a) => [gcloud("deprecate", a, "--state=OBSOLETE")],
    azure: (a, { lifecycle }) => [endOfLife(a, lifecycle.since)],
  },
  restore: {
    aws: (a) => [ec2("enable-image", a)],
    google: (a) => [gcloud("deprecate", a, "--state=ACTIVE")],
    azure: (a) => [noEndOfLife(a)],
  },
  undeprecate: {
    aws: (a) => [ec2("disable-image-deprecation", a)],
    google: (a) => [gcloud("deprecate", a, "--state=ACTIVE")],
    azure: (a) => [noEndOfLife(a)],
  },
  delete: { aws: deletion, google: deletion, azure: deletion },
};

/**
 * What removes an image. Our templates protect theirs on AWS, and a protected one cannot be deregistered:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-deregistration-protection.html
 */
function deletion(a: Artifact): readonly (readonly string[])[] {
  if (a.cloud === "google") return [gcloud("delete", a, "--quiet")];
  if (a.cloud === "azure") return [sig("delete", a)];
  return [
    ec2("disable-image-deregistration-protection", a),
    ec2("deregister-image", a, "--delete-associated-snapshots"),
  ];
}

/** What a cloud cannot do, as a comment before its commands. */
const LIMITS: Partial<Record<CloudEvent, Partial<Record<Cloud, string>>>> = {
  revoke: {
    azure:
      "Azure cannot disable a version: it shows the end of life, and only what reads this catalog refuses it. Once nothing boots it, delete it with prune",
  },
};

const printed = (commands: readonly (readonly string[])[]): string[] =>
  commands.filter((words) => words.length > 0).map((words) => words.map(quote).join(" "));

/** The commands that remove images, one a line. */
export const deletionCommands = (artifacts: readonly Artifact[]): string[] => [
  ...new Set(artifacts.flatMap((artifact) => printed(deletion(artifact)))),
];

/** One line per thing to do, and a comment where a cloud cannot; an Azure version that is in many regions is one thing. */
export const cloudCommands = (event: CloudEvent, record: ImageRecord, clouds?: readonly Cloud[]): string[] => [
  ...new Set(
    record.artifacts
      .filter(({ cloud }) => clouds?.includes(cloud) ?? true)
      .flatMap((artifact) => {
        const lines = printed(PRINTERS[event][artifact.cloud](artifact, record));
        const limit = lines.length > 0 ? LIMITS[event]?.[artifact.cloud] : undefined;
        return [...(limit === undefined ? [] : [`# ${limit}`]), ...lines];
      }),
  ),
];
