/**
 * Every time of a machine that leaves, of three clouds, derived from `traffic.drainSec` and the health check: nothing else holds one.
 *
 * `traffic.drainSec` is R, the longest request. Requests still begin on a machine for L seconds after it was told, or taken out:
 * until then it must take them, and the last of them ends R later. So whatever waits, waits L + R. docs/operations.md has the table.
 */
import { CLOUDS, type Cloud, type Service } from "./spec";

/** Seconds until a machine has heard that it goes: it asks every 5, and an answer may take as long. */
const NOTICE_SEC = 10;
/** Seconds from a probe's verdict until no new flow comes; no page gives a figure: an assumption. */
const AZURE_DATA_PATH_SEC = 10;
/**
 * Seconds for which an application load balancer still sends to a target that was taken out. No page gives a figure; users saw up to
 * 19: https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2366
 */
const AWS_LAG_SEC = 30;
/**
 * Seconds until every proxy of a regional load balancer on Google Cloud knows of a change. No page gives a bound; users saw 8 to 60, and
 * more in a large rollout: https://github.com/kubernetes/ingress-gce/issues/769
 */
export const GOOGLE_PROPAGATION_SEC = 180;

/**
 * Seconds that the cloud gives a machine at the most, where it counts them from the word and not from the end of its own draining.
 *
 * Google: what a guest has to shut down: https://cloud.google.com/compute/docs/shutdownscript#limitations
 * Azure: https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-terminate-notification
 */
const MOST_SEC = { google: 90, azure: 900 } as const;
const LEAST_NOTICE_MIN = 5;
/** Seconds of these that are not the machine's own: it hears of its end, and stops what is left or gives its consent. */
const AROUND_SEC = NOTICE_SEC + 10;

/** Most seconds that a machine on Azure has for itself. */
export const AZURE_ROOM_SEC = MOST_SEC.azure - AROUND_SEC;

/** Most seconds that a machine waits, whatever the service: `fleet-drain` refuses more, and its unit allows them. */
export const MACHINE_MOST_SEC = 900;

/** L: how long requests still begin on a machine, in seconds. On Azure its probe fails, and the entry must notice. */
export const lastRequestSec = (cloud: Cloud, { health }: Service): number =>
  ({
    aws: AWS_LAG_SEC,
    google: GOOGLE_PROPAGATION_SEC,
    azure: health.intervalSec * health.unhealthyThreshold + AZURE_DATA_PATH_SEC,
  })[cloud];

/** L + R: how long a cloud, or Terraform, keeps a machine that is out of traffic, in seconds. */
export const drainSec = (cloud: Cloud, service: Service): number =>
  lastRequestSec(cloud, service) + service.traffic.drainSec;

/** The longest of these, of the clouds that a service runs on: how long a slot that lost its traffic must stay, in seconds. */
export const idleSec = (service: Service): number =>
  Math.max(
    ...CLOUDS.filter((cloud) => service.placements?.some((id) => id.startsWith(`${cloud}-`)) ?? true).map((cloud) =>
      drainSec(cloud, service),
    ),
  );

/**
 * What the machine waits once it heard that it goes, in seconds. AWS and Google Cloud shut a machine down when their own draining has
 * ended, so that on Google Cloud, which gives 90 seconds then, a shorter time loses nothing but requests that began on connections
 * which a proxy kept (https://docs.cloud.google.com/load-balancing/docs/enabling-connection-draining).
 */
export const machineDrainSec = (cloud: Cloud, service: Service): number =>
  Math.min(drainSec(cloud, service), cloud === "google" ? MOST_SEC.google - AROUND_SEC : MACHINE_MOST_SEC);

/** What a machine is told of it, by the names that `fleet-drain` reads: all of the wait, and when it closes idle connections. */
export const drainSettings = (cloud: Cloud, service: Service) => {
  const all = machineDrainSec(cloud, service);
  return { DRAIN_SEC: all, DRAIN_IDLE_SEC: Math.max(0, all - service.traffic.drainSec) };
};
export const DRAIN_NAMES: readonly (keyof ReturnType<typeof drainSettings>)[] = ["DRAIN_SEC", "DRAIN_IDLE_SEC"];

/** Whole minutes of Azure's notice, 5 to 15: the machine's own waiting and its consent fit in. */
export const noticeMinutes = (service: Service): number =>
  Math.max(LEAST_NOTICE_MIN, Math.ceil((machineDrainSec("azure", service) + AROUND_SEC) / 60));

/** Time for which a machine that leaves may fail its health path, in seconds. Nothing that repairs may believe in it sooner. */
const failingSec = (cloud: "google" | "azure", service: Service): number =>
  cloud === "google" ? MOST_SEC.google : noticeMinutes(service) * 60;

/**
 * Checks after which a machine is *repaired*, never while it leaves: they take longer than leaving does.
 *
 * Not for AWS: there one check is for both, and what leaves is `Terminating`, which is checked no more
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html).
 */
export function repairChecks(cloud: "google" | "azure", service: Service): { intervalSec: number; failures: number } {
  const { health } = service;
  // https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-health-extension#extension-schema-for-binary-health-states,
  // https://cloud.google.com/compute/docs/reference/rest/v1/healthChecks
  const most = { google: { intervalSec: 300, failures: 10 }, azure: { intervalSec: 60, failures: 24 } }[cloud];
  const longer = failingSec(cloud, service) + 1;
  const intervalSec = Math.max(Math.min(health.intervalSec, most.intervalSec), Math.ceil(longer / most.failures));
  return { intervalSec, failures: Math.max(health.unhealthyThreshold, Math.ceil(longer / intervalSec)) };
}

/**
 * Seconds for which an entry waits for an answer: longer than the longest request, and never less than its default. On Azure, longer
 * than any service may ask for: the rule there is no part of the step that a change of the machines is.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#connection-idle-timeout,
 * https://cloud.google.com/load-balancing/docs/backend-service#timeout-setting,
 * https://learn.microsoft.com/azure/load-balancer/load-balancer-tcp-reset
 */
export const answerSec = (cloud: Cloud, { traffic }: Service): number =>
  Math.max({ aws: 60, google: 30, azure: 960 }[cloud], traffic.drainSec + 5);
