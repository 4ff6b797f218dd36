import { describeRollouts } from "../support/rollout-story";
import { describeSlots } from "../support/slot-story";

const group = (slot: string, actions: string, [set, scaling, records]: readonly string[]) => [
  `azurerm_linux_virtual_machine_scale_set.${slot}_group[0] ${actions}${set}`,
  `azurerm_monitor_autoscale_setting.${slot}_scaling[0] ${actions}${scaling}`,
  `azurerm_monitor_data_collection_rule_association.${slot}_records[0] ${actions}${records}`,
];

const ROUTES = "azurerm_lb_rule.traffic_routes update";
const SIZE = "azurerm_monitor_autoscale_setting.green_scaling[0] update";

describe.each(["blueGreen", "canary"] as const)("%s", (strategy) => {
  describeSlots("azure", {
    strategy,
    ...(strategy === "canary" ? { capacity: 1 } : {}),
    shares:
      strategy === "canary"
        ? [
            { weight: 33, plan: [ROUTES] },
            { weight: 50, capacity: 2, plan: [SIZE] },
          ]
        : [],
    fill: group("green", "create", ["", "", ""]),
    shift: [ROUTES],
    bumpBlue: group("blue", "create/delete", [" name", " name target_resource_id", " target_resource_id"]),
    retireBlue: group("blue", "delete", ["", "", ""]),
  });
});

describeRollouts("azure");
