/** Managed instance groups of Google Cloud: their machines, autohealing, autoscaling, and what terraform waits for. */
import type { CloudObject } from "../../cloud/store";
import { lastPart } from "../../cloud/links";
import type { Obj } from "../../protocol/values";
import type { Gate, Group, HealthCheck, Pool, Scaling } from "../model";
import { goSeconds } from "./durations";
import { GOOGLE } from "./google-facts";
import { block, map, number, type Objects, serviceOf, slotOf, text, texts } from "./look";

export const MANAGERS = ["google_compute_region_instance_group_manager", "google_compute_instance_group_manager"];
const TEMPLATES = ["google_compute_region_instance_template", "google_compute_instance_template"];
const AUTOSCALERS = ["google_compute_region_autoscaler", "google_compute_autoscaler"];

/** Both scopes of one name are told apart by the whole link. */
type CheckOf = (link: string) => HealthCheck | undefined;

export function group(object: CloudObject, cloud: Objects, pools: readonly Pool[], checkOf: CheckOf): Group {
  const { attributes, key } = object;
  const template = cloud.find(text(block(attributes, "version"), "instance_template"), ...TEMPLATES)?.attributes;
  const healing = block(attributes, "auto_healing_policies");
  const check = checkOf(text(healing, "health_check"));
  const [mine] = pools.filter(({ groups }) => groups.includes(key));
  const name = text(attributes, "name");
  const labels = serviceOf(map(template, "effective_labels"), name);
  const scaling = scalingOf(object, cloud);
  const size = number(attributes, "target_size") ?? 0;
  return {
    id: key,
    cloud: "google",
    name,
    service: labels.service,
    region: text(attributes, "region") || text(attributes, "zone").replace(/-[a-z]$/, ""),
    slot: slotOf(name, labels.short),
    version: versionIn(text(map(template, "effective_labels"), "version")),
    image: object.machines?.image || text(block(template, "disk"), "source_image"),
    size: scaling ? Math.min(Math.max(size, scaling.min), scaling.max) : size,
    zones: zones(attributes),
    port: check?.port ?? mine?.port ?? 80,
    healthPath: check?.path ?? mine?.check?.path ?? "/",
    userData: text(map(template, "metadata"), "user-data"),
    launch: GOOGLE.launchSec.value,
    healing: {
      by: check ?? "pools",
      // Without a check, a machine that does not run is the only one that is made anew.
      graceSec: check ? (number(healing, "initial_delay_sec") ?? 0) : Number.POSITIVE_INFINITY,
      graceEndsEarly: GOOGLE.graceEndsEarly.value,
      reaction: GOOGLE.reactionSec.value,
      order: GOOGLE.repairOrder.value,
      share: GOOGLE.repairShare.value,
    },
    scaleIn: GOOGLE.scaleIn.value,
    retirement: {
      pools: GOOGLE.leavesPools.value,
      notice: { seconds: GOOGLE.shutdownSec.value, latency: [0, 0], consent: true, collective: false },
      margin: GOOGLE.marginSec.value,
      end: "killed",
    },
    ...(scaling && scaling.targetPercent > 0 ? { scaling } : {}),
  };
}

/** A label takes no dots: `1-2-0` is 1.2.0. */
const versionIn = (label: string): string => label.replace(/^(\d+)-(\d+)-(\d+)/, "$1.$2.$3");

function zones(attributes: Obj): string[] {
  const named = [...texts(attributes, "distribution_policy_zones"), text(attributes, "zone")].filter(Boolean);
  // https://docs.cloud.google.com/compute/docs/instance-groups/regional-migs: three zones of the region.
  const chosen = ["a", "b", "c"].map((zone) => `${text(attributes, "region")}-${zone}`);
  return named.length > 0 ? named.map(lastPart) : chosen;
}

/** The limits, of which the fewest hold whatever the mode; without a target, or switched off, nothing scales. */
function scalingOf(object: CloudObject, cloud: Objects): Scaling | undefined {
  const policy = cloud
    .of(...AUTOSCALERS)
    .filter(({ attributes }) => cloud.find(text(attributes, "target"), ...MANAGERS) === object)
    .map(({ attributes }) => block(attributes, "autoscaling_policy"))
    .find((found) => found !== undefined);
  if (!policy || text(policy, "mode") === "OFF") return undefined;
  return {
    min: number(policy, "min_replicas") ?? 0,
    max: number(policy, "max_replicas") ?? 0,
    targetPercent: (number(block(policy, "cpu_utilization"), "target") ?? 0) * 100,
    warmupSec: number(policy, "cooldown_period") ?? GOOGLE.warmupSec.value,
    outAfterSec: GOOGLE.outAfterSec.value,
    inAfterSec: /^ONLY/.test(text(policy, "mode")) ? Number.POSITIVE_INFINITY : GOOGLE.inAfterSec.value,
    cooldownSec: 0,
  };
}

/** A group without machines, as one without `target_size` is, passes at once. The words are the provider's. */
export function gates({ key, attributes }: CloudObject): Gate[] {
  const wanted = number(attributes, "target_size") ?? 0;
  if (attributes.wait_for_instances !== true || wanted === 0) return [];
  const counts = block(attributes, "auto_healing_policies") ? GOOGLE.gateCounts.value : "launched";
  const gate = (on: "create" | "update"): Gate => {
    const timeout = text(map(attributes, "timeouts"), on);
    return {
      object: key,
      on: [on],
      groups: [key],
      counts,
      wanted,
      exactly: false,
      pollSec: GOOGLE.gatePollSec.value,
      timeoutSec: goSeconds(timeout) ?? GOOGLE.gateTimeoutSec.value,
      error: `timeout while waiting for state to become 'created' (last state: 'creating', timeout: ${timeout || "15m0s"})`,
    };
  };
  return [gate("create"), gate("update")];
}
