/**
 * Stand-ins of the three metadata services, answering whom they let in as the clouds do: what a machine is told of itself, and
 * that it is about to go.
 *
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html,
 * https://cloud.google.com/compute/docs/metadata/overview,
 * https://learn.microsoft.com/azure/virtual-machines/linux/scheduled-events
 */
import type { Answer, Cloud, Request } from "./on-machine";

export interface ScheduledEvent {
  readonly EventId: string;
  readonly EventType: "Freeze" | "Reboot" | "Redeploy" | "Preempt" | "Terminate";
  readonly Resources: readonly string[];
  readonly EventStatus: "Scheduled" | "Started";
  /** When it begins at the latest, as Azure writes it: `Mon, 19 Sep 2016 18:29:47 GMT`; empty once it has begun. */
  readonly NotBefore: string;
}

/** A metadata service, and what to change of it while a machine asks. */
export interface Metadata {
  readonly answer: Answer;
  /** Another status for everything but tokens: the service is away. */
  status?: number;
  userData: string | undefined;
  /** AWS: a notice of interruption, and what the Auto Scaling group is about to do. */
  spot: boolean;
  lifecycle: string;
  /** Google: whether a machine on Spot has to go. */
  preempted: boolean;
  /** Azure: the events of the whole placement group, and which of them were consented to. */
  events: ScheduledEvent[];
  readonly consents: string[];
  /** Azure: takes no consent. */
  deaf: boolean;
}

export const GROUP = "web-1-4-0-0a1b2c3d";
/** What Azure calls this machine, and another of its set. */
export const OWN = `${GROUP}_7`;
export const OTHER = `${GROUP}_8`;

const GOOGLE = "/computeMetadata/v1";
const EVENTS = "/metadata/scheduledevents?api-version=2020-07-01";
type Paths = Readonly<Record<string, string | undefined>>;

/** Path by path, what a machine reads; nothing is there where there is no text. */
const PATHS: Record<Cloud, (now: Metadata, group: string) => Paths> = {
  aws: ({ userData, spot, lifecycle }, group) => ({
    "/latest/user-data": userData,
    "/latest/dynamic/instance-identity/document": `{"region": "us-east-1", "accountId": "111111111111", "instanceId": "i-0abc"}`,
    "/latest/meta-data/tags/instance/fleet-group": group,
    "/latest/meta-data/spot/instance-action": spot ? `{"action": "terminate", "time": "2026-11-20T12:00:00Z"}` : undefined,
    "/latest/meta-data/autoscaling/target-lifecycle-state": lifecycle,
  }),
  google: ({ userData, preempted }, group) => ({
    [`${GOOGLE}/instance/attributes/user-data`]: userData,
    [`${GOOGLE}/instance/zone`]: "projects/1/zones/us-central1-a",
    [`${GOOGLE}/instance/id`]: "4711",
    [`${GOOGLE}/instance/attributes/created-by`]: `projects/1/regions/us-central1/instanceGroupManagers/${group}`,
    [`${GOOGLE}/project/project-id`]: "example-prod",
    [`${GOOGLE}/instance/preempted`]: preempted ? "TRUE" : "FALSE",
  }),
  azure: ({ userData, events }, group) => ({
    "/metadata/instance/compute/userData?api-version=2021-01-01&format=text": Buffer.from(userData ?? "").toString("base64"),
    "/metadata/instance/compute?api-version=2021-01-01": `{"location": "westeurope", "subscriptionId": "sub-1", "vmScaleSetName": "${group}", "vmId": "0a-1b", "name": "${OWN}"}`,
    [EVENTS]: JSON.stringify({ DocumentIncarnation: 1, Events: events }),
  }),
}; // prettier-ignore

const LETS_IN: Record<Cloud, { header: string; value: string; or: number }> = {
  aws: { header: "x-aws-ec2-metadata-token", value: "t0ken", or: 401 },
  google: { header: "metadata-flavor", value: "Google", or: 403 },
  azure: { header: "metadata", value: "true", or: 400 },
};

/** Azure takes the id of any event that it has; what was consented to begins. */
function consent(now: Metadata, { body }: Request): number {
  if (now.deaf) return 503;
  const { StartRequests: asked } = JSON.parse(body) as { StartRequests: readonly { EventId: string }[] };
  const begun = asked.map(({ EventId }) => now.events.find((event) => event.EventId === EventId));
  if (begun.some((event) => event === undefined)) return 400;
  now.events = now.events.map((event) =>
    begun.includes(event) ? { ...event, EventStatus: "Started", NotBefore: "" } : event,
  );
  now.consents.push(...asked.map(({ EventId }) => EventId));
  return 200;
}

export function metadataOf(cloud: Cloud, userData?: string, group = GROUP): Metadata {
  const now: Metadata = {
    userData,
    spot: false,
    lifecycle: "InService",
    preempted: false,
    events: [],
    consents: [],
    deaf: false,
    answer: (request) => {
      const { method, url, headers } = request;
      if (cloud === "aws" && method === "PUT" && url === "/latest/api/token")
        return headers["x-aws-ec2-metadata-token-ttl-seconds"] ? { body: "t0ken" } : { status: 400 };
      const { header, value, or } = LETS_IN[cloud];
      if (headers[header] !== value) return { status: or };
      if (now.status) return { status: now.status };
      if (cloud === "azure" && method === "POST" && url === EVENTS) return { status: consent(now, request) };
      const body = PATHS[cloud](now, group)[url!];
      return body === undefined ? { status: 404 } : { body };
    },
  };
  return now;
}

/** The word that the machine is about to go, and that it is not. */
export const LEAVE: Record<Cloud, (now: Metadata, leaves: boolean) => void> = {
  aws: (now, leaves) => (now.lifecycle = leaves ? "Terminated" : "InService"),
  google: (now, leaves) => (now.preempted = leaves),
  azure: (now, leaves) => (now.events = leaves ? [event("E-1", [OWN])] : []),
};

export const event = (
  EventId: string,
  Resources: readonly string[],
  EventType: ScheduledEvent["EventType"] = "Terminate",
  inSec = 0,
): ScheduledEvent => ({
  EventId,
  EventType,
  Resources,
  EventStatus: "Scheduled",
  NotBefore: new Date(Date.now() + 1000 * inSec).toUTCString(),
});
