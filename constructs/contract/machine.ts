/** What the three clouds' machines have in common, as plain values. */
import type { Cloud, PlacementOn, Service } from "./spec";
import { MACHINE_TYPES } from "./release";
import { drainSettings } from "./times";

export const machineType = (cloud: Cloud, { machine }: Service): string =>
  machine[cloud].type ?? MACHINE_TYPES[cloud][machine.arch];

/** The user data of a machine: one NAME=value line per setting, sorted. */
export const bootText = (cloud: Cloud, service: Service): string =>
  Object.entries({ ...service.machine.boot, ...drainSettings(cloud, service) })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");

export const bootBase64 = (cloud: Cloud, service: Service): string =>
  Buffer.from(bootText(cloud, service)).toString("base64");

/** What the costs of machines and their disks are split by. A service keeps both for life; machines are told them at boot too. */
export const costLabels = ({ name, machine: { boot } }: Service) => ({
  environment: boot.ENVIRONMENT ?? "",
  service: name,
});

/** How a machine proves that it serves. Whatever holds one of these settings is named by all of them. */
export const healthContract = ({ port, health }: Service) => ({ port, ...health });

/** Where machines run. A group that spans other zones is another group. */
export const networkShape = ({ cidr, zones }: PlacementOn<Cloud>) => ({ cidr, zones });

/** Whole minutes within which a new group must be healthy: booting, being checked, and half as much again for the cloud. */
export const gateMinutes = ({ health }: Service): number =>
  Math.ceil((1.5 * (health.bootSec + health.healthyThreshold * health.intervalSec)) / 60) + 5;

/** Port that the traffic entry listens on. */
export const entryPort = (tls: boolean): number => (tls ? 443 : 80);
