import { describeLife } from "../support/story";

describeLife("azure", {
  bump: [
    "azurerm_linux_virtual_machine_scale_set.live_group create/delete name",
    "azurerm_monitor_autoscale_setting.live_scaling create/delete name target_resource_id",
    "azurerm_monitor_data_collection_rule_association.live_records create/delete target_resource_id",
  ],
  imageCauses: [],
  limits: [
    "azurerm_monitor_autoscale_setting.live_scaling update",
    "azurerm_monitor_scheduled_query_rules_alert_v2.alarms_few update",
  ],
  gateError: /polling failed: .*healthy/i,
  retryError: /already exists/i,
  afterFailure: [
    "azurerm_linux_virtual_machine_scale_set.live_group create/delete name",
    "azurerm_monitor_autoscale_setting.live_scaling create/delete name target_resource_id",
    "azurerm_monitor_data_collection_rule_association.live_records create/delete target_resource_id",
  ],
  leavesOrphan: true,
  backNeedsEpoch: false,
});
