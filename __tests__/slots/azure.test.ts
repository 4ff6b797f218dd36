import { describeSlots } from "../support/slot-story";

const group = (slot: string, actions: string, [set, scaling]: readonly string[]) => [
  `azurerm_linux_virtual_machine_scale_set.${slot}_group[0] ${actions}${set}`,
  `azurerm_monitor_autoscale_setting.${slot}_scaling[0] ${actions}${scaling}`,
];

describeSlots("azure", {
  strategy: "blueGreen",
  weights: [],
  fill: group("green", "create", ["", ""]),
  shift: ["azurerm_lb_rule.traffic_routes update"],
  bumpBlue: group("blue", "create/delete", [" name", " name target_resource_id"]),
  retireBlue: group("blue", "delete", ["", ""]),
});
