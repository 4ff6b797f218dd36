/** Uniform scale sets of Azure: their machines, health, repair, scaling, and what terraform waits for. */
import type { CloudObject } from "../../cloud/store";
import type { Obj } from "../../protocol/values";
import type { Gate, Group, HealthCheck, Pool, Range, Retirement, Scaling, ScaleInOrder } from "../model";
import { AZURE } from "./azure-facts";
import { goSeconds, isoSeconds } from "./durations";
import { block, blocks, decoded, firstCheck, map, number, type Objects, serviceOf, slotOf, text, texts } from "./look";

export const SETS = ["azurerm_linux_virtual_machine_scale_set", "azurerm_windows_virtual_machine_scale_set"];

/** The probe that a link names. */
type CheckOf = (probe: string) => HealthCheck | undefined;

/** By its labels, or by the resource group, which is called after the service and the location. */
export function serviceIn(attributes: Obj): string {
  const group = text(attributes, "resource_group_name");
  return serviceOf(map(attributes, "tags"), group.replace(`-${text(attributes, "location")}`, "")).service;
}

export function group(object: CloudObject, cloud: Objects, pools: readonly Pool[], checkOf: CheckOf): Group {
  const { key, attributes } = object;
  const name = text(attributes, "name");
  const [mine] = pools.filter(({ groups, check }) => check && groups.includes(key));
  const repair = block(attributes, "automatic_instance_repair");
  const health = extensionHealth(attributes) ?? checkOf(text(attributes, "health_probe_id"));
  const scaling = scalingOf(object, cloud);
  const size = number(attributes, "instances") ?? 0;
  const tags = map(attributes, "tags");
  const zones = texts(attributes, "zones");
  const rule = text(block(attributes, "scale_in"), "rule");
  return {
    id: key,
    cloud: "azure",
    name,
    service: serviceIn(attributes),
    region: text(attributes, "location"),
    slot: slotOf(name, text(tags, "service") || name),
    version: text(tags, "version"),
    image: object.machines?.image || text(attributes, "source_image_id"),
    size: scaling ? Math.min(Math.max(size, scaling.min), scaling.max) : size,
    zones:
      zones.length > 0
        ? zones.map((zone) => `${text(attributes, "location")}-${zone}`)
        : [text(attributes, "location")],
    port: health?.port ?? mine?.check?.port ?? 80,
    healthPath: health?.path ?? mine?.check?.path ?? "/",
    userData: decoded(text(attributes, "user_data")),
    launch: AZURE.launchSec.value,
    ...(repair?.enabled === true && health
      ? {
          healing: {
            by: health,
            graceSec: isoSeconds(text(repair, "grace_period")) ?? AZURE.graceSec.value,
            graceEndsEarly: AZURE.graceEndsEarly.value,
            reaction: AZURE.reactionSec.value,
            order: AZURE.repairOrder.value,
            share: AZURE.repairShare.value,
          },
        }
      : {}),
    scaleIn: SCALE_IN[rule] ?? AZURE.scaleIn.value,
    retirement: retirement(attributes),
    ...(scaling && scaling.targetPercent > 0 ? { scaling } : {}),
  };
}

/** https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-scale-in-policy: zones are balanced first. */
const SCALE_IN: Partial<Record<string, ScaleInOrder>> = {
  OldestVM: "zone-balance-oldest",
  NewestVM: "zone-balance-newest",
};

function retirement(attributes: Obj): Retirement {
  const notice = block(attributes, "termination_notification");
  return {
    pools: AZURE.leavesPools.value,
    ...(notice?.enabled === true
      ? {
          notice: {
            seconds: isoSeconds(text(notice, "timeout")) ?? AZURE.noticeSec.value,
            latency: AZURE.noticeLatencySec.value,
            consent: true,
            collective: AZURE.noticeCollective.value,
          },
        }
      : {}),
    margin: AZURE.marginSec.value,
    end: AZURE.end.value,
  };
}

// Health

const extensions = (attributes: Obj): Obj[] =>
  attributes.extension_operations_enabled === false ? [] : blocks(attributes, "extension");

/** What the health extension asks, and which answers it takes. */
function extensionHealth(attributes: Obj): HealthCheck | undefined {
  const extension = extensions(attributes).find((one) => text(one, "type").startsWith("ApplicationHealth"));
  if (!extension) return undefined;
  const settings = parsed(text(extension, "settings"));
  const pass: Range[] =
    Number.parseFloat(text(extension, "type_handler_version")) < AZURE.healthStates.value ? [[200, 200]] : [];
  const intervalSec = number(settings, "intervalInSeconds") ?? AZURE.healthIntervalSec.value;
  const probes = number(settings, "numberOfProbes") ?? AZURE.healthProbes.value;
  const protocol = text(settings, "protocol").toLowerCase() === "tcp" ? "tcp" : "http";
  return {
    protocol,
    port: number(settings, "port") ?? 80,
    path: text(settings, "requestPath") || "/",
    pass,
    intervalSec,
    timeoutSec: intervalSec,
    firstPasses: probes,
    healthyAfter: probes,
    unhealthyAfter: probes,
    firstDelay: firstCheck(intervalSec, AZURE.firstProbeSec.value),
  };
}

function parsed(json: string): Obj | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Obj) : undefined;
  } catch {
    return undefined;
  }
}

// Scaling

function scalingOf(object: CloudObject, cloud: Objects): Scaling | undefined {
  const setting = cloud
    .of("azurerm_monitor_autoscale_setting")
    .find(({ attributes }) => cloud.find(text(attributes, "target_resource_id"), ...SETS) === object)?.attributes;
  const profile = block(setting, "profile");
  const capacity = block(profile, "capacity");
  if (!capacity || setting?.enabled === false) return undefined;
  const [out] = blocks(profile, "rule").filter((rule) => text(block(rule, "scale_action"), "direction") === "Increase");
  const [back] = blocks(profile, "rule").filter(
    (rule) => text(block(rule, "scale_action"), "direction") === "Decrease",
  );
  const window = (rule: Obj | undefined) => isoSeconds(text(block(rule, "metric_trigger"), "time_window")) ?? 300;
  const action = block(out, "scale_action");
  return {
    min: number(capacity, "minimum") ?? 0,
    max: number(capacity, "maximum") ?? 0,
    targetPercent: number(block(out, "metric_trigger"), "threshold") ?? 0,
    lowPercent: number(block(back, "metric_trigger"), "threshold") ?? 0,
    warmupSec: 0,
    outAfterSec: window(out),
    inAfterSec: back ? window(back) : Number.POSITIVE_INFINITY,
    cooldownSec: isoSeconds(text(action, "cooldown")) ?? 300,
    step: number(action, "value") ?? 1,
  };
}

// Terraform

/** A script that asks the machine itself until it answers, for so long: `timeout 300 sh -c 'until curl … http://127.0.0.1:8080/healthz …'`. */
function askingScript(attributes: Obj): { extension: Obj; seconds: number } | undefined {
  for (const extension of extensions(attributes)) {
    const script = text(parsed(text(extension, "settings")), "commandToExecute");
    const [, seconds] = /\btimeout (\d+)/.exec(script) ?? [];
    if (/^CustomScript/.test(text(extension, "type")) && /https?:\/\/(127\.0\.0\.1|localhost)\b/.test(script))
      return { extension, seconds: Number(seconds ?? Number.POSITIVE_INFINITY) };
  }
  return undefined;
}

/** The words are Azure's: https://github.com/Azure/azure-quickstart-templates/issues/3558; 124 is what `timeout` ends with. */
export function gates({ key, id, attributes }: CloudObject): Gate[] {
  const wanted = number(attributes, "instances") ?? 0;
  const asks = askingScript(attributes);
  const budget = isoSeconds(text(attributes, "extensions_time_budget")) ?? AZURE.budgetSec.value;
  const terraform = goSeconds(text(map(attributes, "timeouts"), "create")) ?? Number.POSITIVE_INFINITY;
  const [, most] = AZURE.launchSec.value;
  const subscription = /^\/subscriptions\/([^/]+)/.exec(id)?.[1] ?? "";
  const because = asks
    ? `the Azure API returned the following error:\n\nStatus: "VMExtensionProvisioningError"\nCode: ""\nMessage: "VM has reported a ` +
      `failure when processing extension '${text(asks.extension, "name")}' (publisher '${text(asks.extension, "publisher")}' and type ` +
      `'${text(asks.extension, "type")}'). Error message: 'Enable failed: failed to execute command: command terminated with exit ` +
      `status=124'. {have} of ${wanted} machines were ready."`
    : `the machines did not start: {have} of ${wanted}`;
  if (wanted === 0) return [];
  return [
    {
      object: key,
      on: ["create"],
      groups: [key],
      counts: asks ? AZURE.gateCounts.value : "launched",
      wanted,
      exactly: false,
      pollSec: AZURE.gatePollSec.value,
      timeoutSec: Math.min(terraform, asks ? Math.min(budget, most + asks.seconds) : budget),
      error:
        `creating Linux Virtual Machine Scale Set (Subscription: "${subscription}"\n` +
        `Resource Group Name: "${text(attributes, "resource_group_name")}"\n` +
        `Virtual Machine Scale Set Name: "${text(attributes, "name")}"): polling after CreateOrUpdate: polling failed: ${because}`,
    },
  ];
}
