# Made by review/policy/contract.ts: do not edit.
package fleet.contract

clouds := [
	"aws",
	"google",
	"azure"
]

prefixes := {
	"aws": "aws_",
	"google": "google_",
	"azure": "azurerm_"
}

planes := {
	"aws": {
		"group": "aws_autoscaling_group",
		"image": "aws_launch_template",
		"compute": {
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
			]
		},
		"computeNames": {},
		"pointers": {},
		"entry": [
			"aws_lb_target_group",
			"aws_security_group",
			"aws_vpc_security_group_ingress_rule",
			"aws_vpc_security_group_egress_rule"
		],
		"entryPointers": {
			"aws_lb": [
				"idle_timeout"
			],
			"aws_lb_listener_rule": [
				"action"
			],
			"aws_cloudwatch_metric_alarm": [
				"dimensions",
				"metric_query",
				"evaluation_periods"
			]
		},
		"weights": {
			"aws_lb_listener_rule": [
				"action"
			]
		},
		"limits": {
			"aws_autoscaling_group": [
				"max_size",
				"min_size"
			],
			"aws_autoscaling_policy": [
				"target_tracking_configuration"
			],
			"aws_cloudwatch_metric_alarm": [
				"threshold"
			]
		},
		"configuration": {
			"aws_ssm_parameter": [
				"value",
				"insecure_value",
				"version"
			],
			"aws_secretsmanager_secret": [],
			"aws_efs_access_point": [],
			"aws_vpc_security_group_egress_rule": []
		},
		"rights": {
			"aws_iam_role_policy": [
				"policy"
			]
		},
		"configurationNames": {
			"aws_iam_role_policy": "[.]access_machines$",
			"aws_vpc_security_group_egress_rule": "[.]firewall_(database|files)_out$"
		},
		"wayIn": [
			"aws_iam_role_policy"
		],
		"groupType": "aws_autoscaling_group",
		"computeTypes": [
			"aws_launch_template",
			"aws_autoscaling_group",
			"aws_autoscaling_policy",
			"aws_autoscaling_schedule"
		],
		"made": {
			"foundation": {
				"aws_cloudwatch_log_group": "logs_machines|network_flow-records",
				"aws_default_security_group": "network_default",
				"aws_eip": "network_nat-[a-z0-9-]+-address",
				"aws_flow_log": "network_flow",
				"aws_iam_role": "network_flow-writer",
				"aws_iam_role_policy": "network_flow-writing",
				"aws_internet_gateway": "network_internet",
				"aws_kms_key": "alarms_key",
				"aws_nat_gateway": "network_nat-[a-z0-9-]+",
				"aws_route": "network_(private|public)-[a-z0-9-]+-out",
				"aws_route53_zone": "zone_zone",
				"aws_route_table": "network_(private|public)-[a-z0-9-]+-routes",
				"aws_route_table_association": "network_(private|public)-[a-z0-9-]+-association",
				"aws_security_group": "network_doors",
				"aws_sns_topic": "alarms_topic",
				"aws_sns_topic_subscription": "alarms_email",
				"aws_subnet": "network_(private|public)-[a-z0-9-]+",
				"aws_vpc": "network_vpc",
				"aws_vpc_endpoint": "network_door-(logs|s3|secretsmanager|ssm)",
				"aws_vpc_security_group_ingress_rule": "network_doors_in"
			},
			"persistent": {
				"aws_cloudwatch_log_group": "database_log-(postgresql|upgrade)",
				"aws_db_instance": "database_server",
				"aws_db_parameter_group": "database_settings",
				"aws_db_subnet_group": "database_subnets",
				"aws_efs_backup_policy": "files_backup",
				"aws_efs_file_system": "files_share",
				"aws_efs_file_system_policy": "files_tls",
				"aws_efs_mount_target": "files_target-[a-z0-9-]+",
				"aws_route53_record": "(database|files)_name",
				"aws_s3_bucket": "objects_bucket",
				"aws_s3_bucket_lifecycle_configuration": "objects_expiry",
				"aws_s3_bucket_ownership_controls": "objects_ownership",
				"aws_s3_bucket_policy": "objects_tls",
				"aws_s3_bucket_public_access_block": "objects_closed",
				"aws_s3_bucket_server_side_encryption_configuration": "objects_encryption",
				"aws_s3_bucket_versioning": "objects_versions",
				"aws_security_group": "(database|files)_clients",
				"aws_vpc_security_group_ingress_rule": "(database|files)_clients_in"
			},
			"service": {
				"aws_autoscaling_group": "(live|blue|green)_group",
				"aws_autoscaling_policy": "(live|blue|green)_scaling",
				"aws_cloudwatch_event_rule": "alarms_rollout",
				"aws_cloudwatch_event_target": "alarms_rollout_heard",
				"aws_cloudwatch_metric_alarm": "alarms_(too_few|(live|blue|green)_unhealthy)",
				"aws_efs_access_point": "files_folder",
				"aws_iam_instance_profile": "identity_profile",
				"aws_iam_role": "identity_role",
				"aws_iam_role_policy": "access_machines|(live|blue|green)_break_glass_session",
				"aws_launch_template": "(live|blue|green)_template",
				"aws_lb": "traffic_entry",
				"aws_lb_listener": "traffic_(listener|redirect)",
				"aws_lb_listener_rule": "traffic_(routes|(live|blue|green)_preview)",
				"aws_lb_target_group": "traffic_(live|blue|green)_targets",
				"aws_route53_record": "discovery_name",
				"aws_secretsmanager_secret": "configuration_secret_[A-Z][A-Z0-9_]*",
				"aws_security_group": "firewall_(entry|machines)",
				"aws_ssm_parameter": "configuration_[A-Z][A-Z0-9_]*",
				"aws_vpc_security_group_egress_rule": "firewall_(database|entry|files|machines|machines_plain)_out",
				"aws_vpc_security_group_ingress_rule": "firewall_(clients|clients_plain|machines_in)"
			}
		},
		"knownKinds": [
			"aws_autoscaling_group",
			"aws_autoscaling_policy",
			"aws_autoscaling_schedule",
			"aws_cloudwatch_event_rule",
			"aws_cloudwatch_event_target",
			"aws_cloudwatch_log_group",
			"aws_cloudwatch_metric_alarm",
			"aws_db_instance",
			"aws_db_parameter_group",
			"aws_db_subnet_group",
			"aws_default_security_group",
			"aws_efs_access_point",
			"aws_efs_backup_policy",
			"aws_efs_file_system",
			"aws_efs_file_system_policy",
			"aws_efs_mount_target",
			"aws_eip",
			"aws_flow_log",
			"aws_iam_instance_profile",
			"aws_iam_role",
			"aws_iam_role_policy",
			"aws_internet_gateway",
			"aws_kms_key",
			"aws_launch_template",
			"aws_lb",
			"aws_lb_listener",
			"aws_lb_listener_rule",
			"aws_lb_target_group",
			"aws_nat_gateway",
			"aws_route",
			"aws_route53_record",
			"aws_route53_zone",
			"aws_route_table",
			"aws_route_table_association",
			"aws_s3_bucket",
			"aws_s3_bucket_lifecycle_configuration",
			"aws_s3_bucket_ownership_controls",
			"aws_s3_bucket_policy",
			"aws_s3_bucket_public_access_block",
			"aws_s3_bucket_server_side_encryption_configuration",
			"aws_s3_bucket_versioning",
			"aws_secretsmanager_secret",
			"aws_security_group",
			"aws_sns_topic",
			"aws_sns_topic_subscription",
			"aws_ssm_parameter",
			"aws_subnet",
			"aws_vpc",
			"aws_vpc_endpoint",
			"aws_vpc_security_group_egress_rule",
			"aws_vpc_security_group_ingress_rule"
		],
		"imageId": "^ami-([0-9a-f]{8}|[0-9a-f]{17})$"
	},
	"google": {
		"group": "google_compute_instance_group_manager",
		"image": "google_compute_instance_template",
		"compute": {
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
			]
		},
		"computeNames": {
			"terraform_data": "(^|_)drain$"
		},
		"pointers": {
			"google_compute_backend_service": [
				"backend"
			]
		},
		"entry": [
			"google_compute_health_check",
			"google_compute_firewall"
		],
		"entryPointers": {
			"google_compute_backend_service": [
				"backend",
				"health_checks",
				"connection_draining_timeout_sec",
				"timeout_sec"
			]
		},
		"weights": {
			"google_compute_url_map": [
				"default_route_action",
				"default_service"
			]
		},
		"limits": {
			"google_compute_autoscaler": [
				"autoscaling_policy"
			],
			"google_monitoring_alert_policy": [
				"conditions"
			]
		},
		"configuration": {
			"google_compute_project_metadata_item": [
				"value"
			],
			"google_secret_manager_secret": [],
			"google_secret_manager_secret_iam_member": [],
			"google_project_iam_member": [],
			"google_storage_bucket_iam_member": [],
			"google_sql_user": [],
			"google_compute_firewall": []
		},
		"rights": {},
		"configurationNames": {
			"google_compute_firewall": "[.]access_(database|files)_out$",
			"google_project_iam_member": "[.]access_database_login$"
		},
		"wayIn": [
			"google_compute_firewall"
		],
		"groupType": "google_compute_region_instance_group_manager",
		"computeTypes": [
			"google_compute_region_instance_template",
			"google_compute_region_instance_group_manager",
			"google_compute_region_autoscaler",
			"terraform_data"
		],
		"made": {
			"foundation": {
				"google_compute_firewall": "network_(others_in|services_out)",
				"google_compute_global_address": "network_services",
				"google_compute_network": "network_network",
				"google_compute_router": "network_router",
				"google_compute_router_nat": "network_nat",
				"google_compute_subnetwork": "network_(entries|machines)",
				"google_dns_managed_zone": "zone_zone",
				"google_logging_project_bucket_config": "logs_records",
				"google_logging_project_sink": "logs_sink",
				"google_monitoring_notification_channel": "alarms_email-[0-9a-f]{8}",
				"google_service_networking_connection": "network_peering"
			},
			"persistent": {
				"google_dns_record_set": "(database|files)_name",
				"google_filestore_instance": "files_share",
				"google_sql_database_instance": "database_server",
				"google_storage_bucket": "objects_bucket"
			},
			"service": {
				"google_compute_address": "traffic_address",
				"google_compute_firewall": "access_(database|files)_out|firewall_(machines_in|machines_out|machines_plain_out|others_out)|(live|blue|green)_break_glass_ssh",
				"google_compute_forwarding_rule": "traffic_(entry|redirect)",
				"google_compute_health_check": "(live|blue|green)_health",
				"google_compute_project_metadata_item": "configuration_setting-[A-Z][A-Z0-9_]*",
				"google_compute_region_autoscaler": "(live|blue|green)_scaling",
				"google_compute_region_backend_service": "traffic_(live|blue|green)_backend",
				"google_compute_region_health_check": "traffic_health",
				"google_compute_region_instance_group_manager": "(live|blue|green)_group",
				"google_compute_region_instance_template": "(live|blue|green)_template",
				"google_compute_region_ssl_policy": "traffic_tls",
				"google_compute_region_target_http_proxy": "traffic_(http|redirect_http)",
				"google_compute_region_target_https_proxy": "traffic_https",
				"google_compute_region_url_map": "traffic_(routes|redirect_routes)",
				"google_dns_record_set": "discovery_name",
				"google_monitoring_alert_policy": "alarms_(rollout|too_few|unhealthy)",
				"google_project_iam_member": "access_(database_login|metrics|records)",
				"google_secret_manager_secret": "configuration_secret-[A-Z][A-Z0-9_]*",
				"google_secret_manager_secret_iam_member": "configuration_reader-[A-Z][A-Z0-9_]*",
				"google_service_account": "identity_account",
				"google_sql_user": "access_database_user",
				"google_storage_bucket_iam_member": "access_objects",
				"terraform_data": "(live|blue|green)_drain"
			}
		},
		"knownKinds": [
			"google_compute_address",
			"google_compute_autoscaler",
			"google_compute_backend_service",
			"google_compute_firewall",
			"google_compute_forwarding_rule",
			"google_compute_health_check",
			"google_compute_instance_group_manager",
			"google_compute_instance_template",
			"google_compute_network",
			"google_compute_project_metadata_item",
			"google_compute_router",
			"google_compute_router_nat",
			"google_compute_ssl_policy",
			"google_compute_subnetwork",
			"google_compute_target_http_proxy",
			"google_compute_target_https_proxy",
			"google_compute_url_map",
			"google_dns_managed_zone",
			"google_dns_record_set",
			"google_filestore_instance",
			"google_logging_project_bucket_config",
			"google_logging_project_sink",
			"google_monitoring_alert_policy",
			"google_monitoring_notification_channel",
			"google_project_iam_member",
			"google_secret_manager_secret",
			"google_secret_manager_secret_iam_member",
			"google_service_account",
			"google_service_networking_connection",
			"google_sql_database_instance",
			"google_sql_user",
			"google_storage_bucket",
			"google_storage_bucket_iam_member",
			"terraform_data"
		],
		"imageId": "^projects/[a-z][-a-z0-9:.]{4,61}/global/images/[a-z]([-a-z0-9]{0,61}[a-z0-9])?$"
	},
	"azure": {
		"group": "azurerm_linux_virtual_machine_scale_set",
		"image": "azurerm_linux_virtual_machine_scale_set",
		"compute": {
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
		},
		"computeNames": {},
		"pointers": {},
		"entry": [
			"azurerm_lb_probe",
			"azurerm_network_security_group",
			"azurerm_network_security_rule"
		],
		"entryPointers": {
			"azurerm_lb_rule": [
				"probe_id",
				"backend_port"
			]
		},
		"weights": {
			"azurerm_lb_rule": [
				"backend_address_pool_ids"
			]
		},
		"limits": {
			"azurerm_monitor_autoscale_setting": [
				"profile"
			],
			"azurerm_monitor_scheduled_query_rules_alert_v2": [
				"criteria"
			]
		},
		"configuration": {
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
		},
		"rights": {},
		"configurationNames": {
			"azurerm_role_assignment": "[.]access_(objects|secrets)$",
			"azurerm_network_security_rule": "[.]firewall_(database|files)_out$",
			"azurerm_key_vault": "[.]configuration_secrets_",
			"azurerm_monitor_diagnostic_setting": "[.]configuration_secrets_",
			"azurerm_private_endpoint": "[.]configuration_secrets_"
		},
		"wayIn": [],
		"groupType": "azurerm_linux_virtual_machine_scale_set",
		"computeTypes": [
			"azurerm_linux_virtual_machine_scale_set",
			"azurerm_monitor_autoscale_setting",
			"azurerm_monitor_data_collection_rule_association"
		],
		"made": {
			"foundation": {
				"azurerm_log_analytics_workspace": "log_sink_workspace",
				"azurerm_monitor_action_group": "alarms_channel",
				"azurerm_monitor_data_collection_rule": "log_sink_machines",
				"azurerm_monitor_diagnostic_setting": "log_sink_activity",
				"azurerm_nat_gateway": "network_nat",
				"azurerm_nat_gateway_public_ip_association": "network_nat_out",
				"azurerm_network_security_group": "network_endpoints_guard",
				"azurerm_network_security_rule": "network_endpoints_(in|others)",
				"azurerm_network_watcher_flow_log": "log_sink_flows",
				"azurerm_private_dns_zone": "zone_(database|files|internal|objects|vault)",
				"azurerm_private_dns_zone_virtual_network_link": "zone_(database|files|internal|objects|vault)_link",
				"azurerm_public_ip": "network_nat_address",
				"azurerm_resource_group": "network_group",
				"azurerm_resource_group_template_deployment": "network_nat",
				"azurerm_storage_account": "log_sink_flow_store",
				"azurerm_subnet": "network_(endpoints|machines)",
				"azurerm_subnet_nat_gateway_association": "network_machines_out",
				"azurerm_subnet_network_security_group_association": "network_endpoints_guarded",
				"azurerm_user_assigned_identity": "encryption_identity",
				"azurerm_virtual_network": "network_network"
			},
			"persistent": {
				"azurerm_postgresql_flexible_server": "database_server",
				"azurerm_postgresql_flexible_server_configuration": "database_tls",
				"azurerm_private_dns_a_record": "(database|files)_name_record",
				"azurerm_private_endpoint": "(database|files|objects)_private_endpoint",
				"azurerm_resource_group": "group",
				"azurerm_storage_account": "(files|objects)_account",
				"azurerm_storage_container": "objects_container",
				"azurerm_storage_management_policy": "objects_upkeep",
				"azurerm_storage_share": "files_share"
			},
			"service": {
				"azurerm_key_vault": "configuration_(secrets_)?vault",
				"azurerm_key_vault_secret": "configuration_[A-Z][A-Z0-9_]*",
				"azurerm_lb": "traffic_entry",
				"azurerm_lb_backend_address_pool": "traffic_(shared|(live|blue|green))_pool",
				"azurerm_lb_probe": "traffic_health",
				"azurerm_lb_rule": "traffic_routes",
				"azurerm_linux_virtual_machine_scale_set": "(live|blue|green)_group",
				"azurerm_monitor_autoscale_setting": "(live|blue|green)_scaling",
				"azurerm_monitor_data_collection_rule_association": "(live|blue|green)_records",
				"azurerm_monitor_diagnostic_setting": "configuration_(secrets_)?audit",
				"azurerm_monitor_metric_alert": "alarms_unhealthy",
				"azurerm_monitor_scheduled_query_rules_alert_v2": "alarms_(failed|few)",
				"azurerm_network_security_group": "firewall_machines",
				"azurerm_network_security_rule": "firewall_(clients|database_out|files_out|machines_out|machines_plain_out|others|others_out|probes)",
				"azurerm_private_dns_a_record": "discovery_name_record",
				"azurerm_private_endpoint": "configuration_(secrets_)?private_endpoint",
				"azurerm_public_ip": "traffic_address",
				"azurerm_resource_group": "group",
				"azurerm_role_assignment": "access_(configuration|objects|secrets)",
				"azurerm_user_assigned_identity": "identity_identity"
			}
		},
		"knownKinds": [
			"azurerm_key_vault",
			"azurerm_key_vault_secret",
			"azurerm_lb",
			"azurerm_lb_backend_address_pool",
			"azurerm_lb_probe",
			"azurerm_lb_rule",
			"azurerm_linux_virtual_machine_scale_set",
			"azurerm_log_analytics_workspace",
			"azurerm_monitor_action_group",
			"azurerm_monitor_autoscale_setting",
			"azurerm_monitor_data_collection_rule",
			"azurerm_monitor_data_collection_rule_association",
			"azurerm_monitor_diagnostic_setting",
			"azurerm_monitor_metric_alert",
			"azurerm_monitor_scheduled_query_rules_alert_v2",
			"azurerm_nat_gateway",
			"azurerm_nat_gateway_public_ip_association",
			"azurerm_network_security_group",
			"azurerm_network_security_rule",
			"azurerm_network_watcher_flow_log",
			"azurerm_postgresql_flexible_server",
			"azurerm_postgresql_flexible_server_configuration",
			"azurerm_private_dns_a_record",
			"azurerm_private_dns_zone",
			"azurerm_private_dns_zone_virtual_network_link",
			"azurerm_private_endpoint",
			"azurerm_public_ip",
			"azurerm_resource_group",
			"azurerm_resource_group_template_deployment",
			"azurerm_role_assignment",
			"azurerm_storage_account",
			"azurerm_storage_container",
			"azurerm_storage_management_policy",
			"azurerm_storage_share",
			"azurerm_subnet",
			"azurerm_subnet_nat_gateway_association",
			"azurerm_subnet_network_security_group_association",
			"azurerm_user_assigned_identity",
			"azurerm_virtual_network"
		],
		"imageId": "(?i)^/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]+/providers/Microsoft[.]Compute/(images/[^/]+|galleries/[^/]+/images/[^/]+/versions/[0-9]+[.][0-9]+[.][0-9]+)$"
	}
}

anchors := {
	"foundation": {
		"aws_vpc": "network_vpc",
		"google_compute_network": "network_network",
		"azurerm_virtual_network": "network_network"
	},
	"persistent": {
		"aws_db_instance": "database_server",
		"aws_efs_file_system": "files_share",
		"aws_s3_bucket": "objects_bucket",
		"google_filestore_instance": "files_share",
		"google_sql_database_instance": "database_server",
		"google_storage_bucket": "objects_bucket",
		"azurerm_postgresql_flexible_server": "database_server",
		"azurerm_storage_account": "(files|objects)_account"
	},
	"service": {
		"aws_autoscaling_group": "(live|blue|green)_group",
		"aws_launch_template": "(live|blue|green)_template",
		"google_compute_region_instance_template": "(live|blue|green)_template",
		"google_compute_region_instance_group_manager": "(live|blue|green)_group",
		"azurerm_linux_virtual_machine_scale_set": "(live|blue|green)_group"
	}
}

each := [
	"aws_sns_topic_subscription"
]

texts := {
	"azurerm_resource_group_template_deployment": {
		"attribute": "template_content",
		"form": "^\\{\"\\$schema\":\"https://schema\\.management\\.azure\\.com/schemas/2019-04-01/deploymentTemplate\\.json#\",\"contentVersion\":\"1\\.0\\.0\\.0\",\"resources\":\\[\\{\"apiVersion\":\"2025-03-01\",\"location\":\"[a-z0-9-]+\",\"name\":\"[a-z0-9-]+\",\"properties\":\\{\"publicIPAllocationMethod\":\"Static\"\\},\"sku\":\\{\"name\":\"StandardV2\"\\},\"type\":\"Microsoft\\.Network/publicIPAddresses\",\"zones\":\\[\"1\",\"2\",\"3\"\\]\\},\\{\"apiVersion\":\"2025-03-01\",\"dependsOn\":\\[\"\\[resourceId\\('Microsoft\\.Network/publicIPAddresses', '[a-z0-9-]+'\\)\\]\"\\],\"location\":\"[a-z0-9-]+\",\"name\":\"[a-z0-9-]+\",\"properties\":\\{\"publicIpAddresses\":\\[\\{\"id\":\"\\[resourceId\\('Microsoft\\.Network/publicIPAddresses', '[a-z0-9-]+'\\)\\]\"\\}\\]\\},\"sku\":\\{\"name\":\"StandardV2\"\\},\"type\":\"Microsoft\\.Network/natGateways\",\"zones\":\\[\"1\",\"2\",\"3\"\\]\\}\\]\\}$"
	}
}

single := [
	"aws_autoscaling_group",
	"google_compute_region_instance_group_manager",
	"azurerm_linux_virtual_machine_scale_set",
	"aws_launch_template",
	"google_compute_region_instance_template"
]

running := [
	"aws_autoscaling_group",
	"google_compute_region_instance_group_manager",
	"azurerm_virtual_machine_scale_set"
]

capacity := {
	"aws_autoscaling_group": {
		"size": "desired_capacity",
		"gate": "min_elb_capacity",
		"min": "min_size",
		"max": "max_size"
	},
	"google_compute_region_instance_group_manager": {
		"size": "target_size"
	},
	"google_compute_region_autoscaler": {
		"min": "autoscaling_policy.0.min_replicas",
		"max": "autoscaling_policy.0.max_replicas"
	},
	"azurerm_linux_virtual_machine_scale_set": {
		"size": "instances"
	},
	"azurerm_monitor_autoscale_setting": {
		"min": "profile.0.capacity.0.minimum",
		"max": "profile.0.capacity.0.maximum"
	}
}

refusedStates := [
	"revoked",
	"deleted"
]

variables := {
	"live": "release",
	"blue": "blue",
	"green": "green"
}

trafficVariable := "traffic"

wayInName := "_break_glass_"
