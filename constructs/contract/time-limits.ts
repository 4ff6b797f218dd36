/** Times that do not fit each other: what a machine needs to leave must be what its cloud gives it. */
import { machineProblems, type MachineLimit } from "./limits";
import type { Problem } from "./problem";
import type { Fleet } from "./spec";
import { AZURE_ROOM_SEC, lastRequestSec, machineDrainSec } from "./times";

const PAGE =
  "(https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-terminate-notification)";

/** AWS and Google Cloud wait longer than any service may ask for. */
const MACHINES: readonly MachineLimit[] = [
  {
    clouds: ["azure"],
    path: ({ service }) =>
      lastRequestSec("azure", service) > AZURE_ROOM_SEC ? "health.intervalSec" : "traffic.drainSec",
    wrong: ({ service }) => {
      const { health, traffic } = service;
      if (machineDrainSec("azure", service) <= AZURE_ROOM_SEC) return undefined;
      const last = lastRequestSec("azure", service);
      const checks = `${health.unhealthyThreshold} checks every ${health.intervalSec} s`;
      return last > AZURE_ROOM_SEC
        ? `and health.unhealthyThreshold make ${checks}: on Azure requests begin for ${last} s on a machine that goes, which has ${AZURE_ROOM_SEC} s; ` +
            `lower one of them ${PAGE}`
        : `must be at most ${AZURE_ROOM_SEC - last} on Azure, got ${traffic.drainSec}: a machine that goes has ${AZURE_ROOM_SEC} s, and requests begin ` +
            `on it for ${last} of them (${checks}); lower it, health.intervalSec or health.unhealthyThreshold ${PAGE}`;
    },
  },
];

/** Times that a cloud does not give. */
export const timeProblems = (fleet: Fleet): Problem[] => machineProblems(fleet, MACHINES);
