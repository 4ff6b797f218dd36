/** Everything that decides what an Azure machine and its set are, except the image. Pure: the constructs spread it. */
import type { LinuxVirtualMachineScaleSetConfig } from "@cdktf/provider-azurerm/lib/linux-virtual-machine-scale-set";
import { bootBase64, costLabels, gateMinutes, healthContract, machineType, networkShape } from "../contract/machine";
import { goJson } from "../contract/names";
import type { PlacementOn, Service } from "../contract/spec";
import { noticeMinutes, repairChecks } from "../contract/times";
import { NO_LOGIN_KEY, NO_LOGIN_USER } from "./no-login";

/**
 * Two extensions make the health gate. The first tells Azure how a machine feels, for automatic repair; the second
 * runs after it and ends only when the machine answers, so that creating the set waits for healthy machines and fails
 * without them. A load-balancer probe is no gate, and ties the set to the rule so that the rule cannot move
 * (https://github.com/hashicorp/terraform-provider-azurerm/issues/4769).
 *
 * All three ask for the same: status 200. Version 1.0 of the first is the one that does; from 2.0 on it wants a body too, and
 * without it a machine that serves is repaired for ever
 * (https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-health-extension#binary-versus-rich-health-states).
 * The probe takes nothing else either (https://learn.microsoft.com/azure/load-balancer/load-balancer-custom-probe-overview), so
 * the gate reads the status line.
 */
function healthExtensions(service: Service) {
  const { port, health } = service;
  const repair = repairChecks("azure", service);
  const probe = {
    protocol: "http",
    port,
    requestPath: health.path,
    intervalInSeconds: repair.intervalSec,
    numberOfProbes: repair.failures,
  };
  const answers = `curl -si -m 10 http://127.0.0.1:${port}${health.path} | head -n 1 | grep -q " 200"`;
  return [
    {
      name: "app-health",
      publisher: "Microsoft.ManagedServices",
      type: "ApplicationHealthLinux",
      typeHandlerVersion: "1.0",
      autoUpgradeMinorVersion: true,
      settings: goJson(probe),
    },
    {
      name: "ready-gate",
      publisher: "Microsoft.Azure.Extensions",
      type: "CustomScript",
      typeHandlerVersion: "2.1",
      autoUpgradeMinorVersion: true,
      provisionAfterExtensions: ["app-health"],
      settings: goJson({
        commandToExecute: `timeout ${health.bootSec} sh -c 'until ${answers}; do sleep 5; done'`,
      }),
    },
  ];
}

/**
 * Time that a new machine has before it is repaired, in minutes: version 1.0 knows no machine that is still starting, and says that
 * one is healthy after as many checks as make it sick. Azure takes
 * 10 to 90 (https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-automatic-instance-repairs#grace-period).
 */
const repairMinutes = (service: Service): number => {
  const { intervalSec, failures } = repairChecks("azure", service);
  return Math.min(90, Math.max(10, gateMinutes(service) + Math.ceil((intervalSec * failures) / 60)));
};

/**
 * The agent that sends the machine's records and metrics to the sink. It comes as an extension because Azure offers it in no
 * other way; the records carry the id of the scale set, and with it version and key.
 */
const AGENT = {
  name: "records",
  publisher: "Microsoft.Azure.Monitor",
  type: "AzureMonitorLinuxAgent",
  typeHandlerVersion: "1.0",
  autoUpgradeMinorVersion: true,
};

export function launch(service: Service, placement: PlacementOn<"azure">) {
  const { azure, diskGb } = service.machine;
  const set = {
    computerNamePrefix: service.name,
    sku: machineType("azure", service),
    adminUsername: NO_LOGIN_USER,
    disablePasswordAuthentication: true,
    adminSshKey: [{ username: NO_LOGIN_USER, publicKey: NO_LOGIN_KEY }],
    userData: bootBase64("azure", service),
    // Nothing rolls by itself, not even after an accidental change of the model.
    upgradeMode: "Manual",
    overprovision: false,
    singlePlacementGroup: false,
    zones: placement.zones,
    zoneBalance: placement.zones.length > 1,
    secureBootEnabled: azure.trustedLaunch,
    vtpmEnabled: azure.trustedLaunch,
    encryptionAtHostEnabled: azure.encryptionAtHost,
    provisionVmAgent: true,
    extensionOperationsEnabled: true,
    extensionsTimeBudget: `PT${Math.min(gateMinutes(service) + 10, 120)}M`,
    extension: healthExtensions(service),
    osDisk: {
      caching: "ReadOnly",
      storageAccountType: azure.diskType,
      diskSizeGb: diskGb,
      ...(azure.diskEncryptionSetId ? { diskEncryptionSetId: azure.diskEncryptionSetId } : {}),
    },
    automaticInstanceRepair: { enabled: true, gracePeriod: `PT${repairMinutes(service)}M`, action: "Replace" },
    terminationNotification: {
      enabled: true,
      timeout: `PT${noticeMinutes(service)}M`,
    },
    scaleIn: { rule: "OldestVM" },
    timeouts: { create: `${gateMinutes(service) + 20}m`, delete: "60m" },
  } satisfies Partial<LinuxVirtualMachineScaleSetConfig>;
  return {
    set,
    agent: AGENT,
    tags: costLabels(service),
    health: healthContract(service),
    drainSec: service.traffic.drainSec,
    network: networkShape(placement),
    // A running machine does not join another pool: with another load balancer, or another choice of pools, it is another set.
    exposure: service.traffic.exposure,
    ...(service.strategy === "canary" ? { pools: "own and shared" } : {}),
  };
}
