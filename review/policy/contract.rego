# Made by review/policy/contract.ts: do not edit.
package fleet.contract

group := {
	"aws_autoscaling_group": "aws",
	"google_compute_instance_group_manager": "google",
	"azurerm_linux_virtual_machine_scale_set": "azure"
}

compute := {
	"aws_launch_template": [
		"name_prefix"
	],
	"aws_autoscaling_group": [
		"name_prefix"
	],
	"aws_autoscaling_policy": [
		"autoscaling_group_name"
	],
	"aws_autoscaling_schedule": [
		"autoscaling_group_name"
	],
	"google_compute_instance_template": [
		"name",
		"disk",
		"effective_labels"
	],
	"google_compute_instance_group_manager": [
		"name",
		"base_instance_name"
	],
	"google_compute_autoscaler": [
		"name"
	],
	"terraform_data": [
		"triggers_replace"
	],
	"azurerm_linux_virtual_machine_scale_set": [
		"name"
	],
	"azurerm_monitor_autoscale_setting": [
		"name",
		"target_resource_id"
	],
	"azurerm_monitor_data_collection_rule_association": [
		"target_resource_id"
	]
}

pointers := {
	"google_compute_backend_service": [
		"backend"
	]
}

entry := [
	"aws_lb_target_group",
	"aws_security_group",
	"aws_vpc_security_group_ingress_rule",
	"aws_vpc_security_group_egress_rule",
	"google_compute_health_check",
	"google_compute_health_check",
	"google_compute_firewall",
	"azurerm_lb_probe",
	"azurerm_network_security_group",
	"azurerm_network_security_rule"
]

entryPointers := {
	"aws_lb_listener_rule": [
		"action"
	],
	"aws_cloudwatch_metric_alarm": [
		"dimensions",
		"metric_query",
		"evaluation_periods"
	],
	"google_compute_backend_service": [
		"backend",
		"health_checks",
		"connection_draining_timeout_sec"
	],
	"azurerm_lb_rule": [
		"probe_id",
		"backend_port"
	]
}

weights := {
	"aws_lb_listener_rule": [
		"action"
	],
	"google_compute_url_map": [
		"default_route_action",
		"default_service"
	],
	"azurerm_lb_rule": [
		"backend_address_pool_ids"
	]
}

limits := {
	"aws_autoscaling_group": [
		"max_size",
		"min_size"
	],
	"aws_autoscaling_policy": [
		"target_tracking_configuration"
	],
	"aws_cloudwatch_metric_alarm": [
		"threshold"
	],
	"google_compute_autoscaler": [
		"autoscaling_policy"
	],
	"google_monitoring_alert_policy": [
		"conditions"
	],
	"azurerm_monitor_autoscale_setting": [
		"profile"
	],
	"azurerm_monitor_scheduled_query_rules_alert_v2": [
		"criteria"
	]
}

configuration := {
	"aws_ssm_parameter": [
		"value",
		"insecure_value",
		"version"
	],
	"aws_secretsmanager_secret": [],
	"aws_efs_access_point": [],
	"aws_vpc_security_group_egress_rule": [],
	"google_compute_project_metadata_item": [
		"value"
	],
	"google_secret_manager_secret": [],
	"google_secret_manager_secret_iam_member": [],
	"google_project_iam_member": [],
	"google_storage_bucket_iam_member": [],
	"google_sql_user": [],
	"google_compute_firewall": [],
	"azurerm_key_vault_secret": [
		"value",
		"version",
		"versionless_id"
	],
	"azurerm_role_assignment": [],
	"azurerm_network_security_rule": [],
	"azurerm_key_vault": [],
	"azurerm_monitor_diagnostic_setting": [],
	"azurerm_private_endpoint": []
}

rights := {
	"aws_iam_role_policy": [
		"policy"
	]
}

configurationNames := {
	"aws_iam_role_policy": "[.]access_machines$",
	"aws_vpc_security_group_egress_rule": "[.]firewall_(database|files)_out$",
	"google_compute_firewall": "[.]access_(database|files)_out$",
	"google_project_iam_member": "[.]access_database_login$",
	"azurerm_role_assignment": "[.]access_(objects|secrets)$",
	"azurerm_network_security_rule": "[.]firewall_(database|files)_out$",
	"azurerm_key_vault": "[.]configuration_secrets_",
	"azurerm_monitor_diagnostic_setting": "[.]configuration_secrets_",
	"azurerm_private_endpoint": "[.]configuration_secrets_"
}

wayIn := [
	"aws_iam_role_policy",
	"google_compute_firewall"
]

refusedStates := [
	"revoked",
	"deleted"
]

imageIds := [
	"^ami-([0-9a-f]{8}|[0-9a-f]{17})$",
	"^projects/[a-z][-a-z0-9:.]{4,61}/global/images/[a-z]([-a-z0-9]{0,61}[a-z0-9])?$",
	"(?i)^/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]+/providers/Microsoft[.]Compute/(images/[^/]+|galleries/[^/]+/images/[^/]+/versions/[0-9]+[.][0-9]+[.][0-9]+)$"
]

variables := {
	"live": "release",
	"blue": "blue",
	"green": "green"
}

trafficVariable := "traffic"

wayInName := "_break_glass_"
