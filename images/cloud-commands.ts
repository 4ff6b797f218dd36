/** The clouds' own commands that carry a decision of the catalog out. They are printed, never run. */
import type { Cloud } from "../constructs/contract/spec";
import type { Artifact, ImageRecord } from "./catalog";

export type CloudEvent = "deprecate" | "revoke" | "restore" | "undeprecate" | "delete";

/** Quoted for a shell when it has to be. */
export const quote = (word: string): string =>
  /^[A-Za-z0-9_./:@=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

type Printer = (artifact: Artifact, record: ImageRecord) => readonly string[];

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

const excluded = (yes: boolean) => ["--set", `publishingProfile.excludeFromLatest=${yes}`];
const until = ({ lifecycle }: ImageRecord) => lifecycle.notAfter ?? lifecycle.since;

const PRINTERS: Record<CloudEvent, Record<Cloud, Printer>> = {
  deprecate: {
    aws: (a, record) => ec2("enable-image-deprecation", a, "--deprecate-at", until(record)),
    google: (a, { lifecycle }) =>
      gcloud(
        "deprecate",
        a,
        "--state=DEPRECATED",
        ...(lifecycle.notAfter ? [`--obsolete-on=${lifecycle.notAfter}`] : []),
      ),
    azure: (a, record) => sig("update", a, ...excluded(true), `publishingProfile.endOfLifeDate=${until(record)}`),
  },
  revoke: {
    aws: (a) => ec2("disable-image", a),
    google: (a) => gcloud("deprecate", a, "--state=OBSOLETE"),
    azure: (a) => sig("update", a, ...excluded(true)),
  },
  restore: {
    aws: (a) => ec2("enable-image", a),
    google: (a) => gcloud("deprecate", a, "--state=ACTIVE"),
    azure: (a) => sig("update", a, ...excluded(false)),
  },
  undeprecate: {
    aws: (a) => ec2("disable-image-deprecation", a),
    google: (a) => gcloud("deprecate", a, "--state=ACTIVE"),
    azure: (a) => sig("update", a, ...excluded(false)),
  },
  delete: {
    aws: (a) => ec2("deregister-image", a, "--delete-associated-snapshots"),
    google: (a) => gcloud("delete", a, "--quiet"),
    azure: (a) => sig("delete", a),
  },
};

/** One line per thing to do; an Azure version that is in many regions is one thing. */
export const cloudCommands = (event: CloudEvent, record: ImageRecord, clouds?: readonly Cloud[]): string[] => [
  ...new Set(
    record.artifacts
      .filter(({ cloud }) => clouds?.includes(cloud) ?? true)
      .map((artifact) => PRINTERS[event][artifact.cloud](artifact, record).map(quote).join(" "))
      .filter((line) => line !== ""),
  ),
];
