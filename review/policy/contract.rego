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
		"followers": {},
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
			"google_compute_backend_service": [
				"name"
			],
			"google_compute_url_map": [
				"name"
			],
			"google_compute_target_http_proxy": [
				"name"
			],
			"google_compute_forwarding_rule": [
				"name"
			],
			"terraform_data": [
				"triggers_replace"
			]
		},
		"computeNames": {
			"google_compute_backend_service": "(^|_)live_backend$",
			"google_compute_url_map": "(^|_)warm_routes$",
			"google_compute_target_http_proxy": "(^|_)warm_http$",
			"google_compute_forwarding_rule": "(^|_)warm_entry$",
			"terraform_data": "(^|_)(drain|warm_up)$"
		},
		"pointers": {
			"google_compute_backend_service": [
				"backend"
			]
		},
		"followers": {
			"google_compute_url_map": [
				"default_service"
			],
			"google_compute_forwarding_rule": [
				"labels",
				"terraform_labels",
				"effective_labels"
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
			"google_compute_region_backend_service",
			"google_compute_region_url_map",
			"google_compute_region_target_http_proxy",
			"google_compute_forwarding_rule",
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
				"google_compute_forwarding_rule": "traffic_(entry|redirect|warm_entry)",
				"google_compute_health_check": "(live|blue|green)_health",
				"google_compute_project_metadata_item": "configuration_setting-[A-Z][A-Z0-9_]*",
				"google_compute_region_autoscaler": "(live|blue|green)_scaling",
				"google_compute_region_backend_service": "traffic_(live|blue|green)_backend",
				"google_compute_region_health_check": "traffic_health",
				"google_compute_region_instance_group_manager": "(live|blue|green)_group",
				"google_compute_region_instance_template": "(live|blue|green)_template",
				"google_compute_region_ssl_policy": "traffic_tls",
				"google_compute_region_target_http_proxy": "traffic_(http|redirect_http|warm_http)",
				"google_compute_region_target_https_proxy": "traffic_https",
				"google_compute_region_url_map": "traffic_(routes|redirect_routes|warm_routes)",
				"google_dns_record_set": "discovery_name",
				"google_monitoring_alert_policy": "alarms_(rollout|too_few|unhealthy)",
				"google_project_iam_member": "access_(database_login|metrics|records)",
				"google_secret_manager_secret": "configuration_secret-[A-Z][A-Z0-9_]*",
				"google_secret_manager_secret_iam_member": "configuration_reader-[A-Z][A-Z0-9_]*",
				"google_service_account": "identity_account",
				"google_sql_user": "access_database_user",
				"google_storage_bucket_iam_member": "access_objects",
				"terraform_data": "live_drain|traffic_warm_up"
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
		"followers": {},
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

given := {
	"aws_vpc_security_group_ingress_rule": {
		"held": [
			"cidr_ipv4",
			"cidr_ipv6",
			"prefix_list_id",
			"referenced_security_group_id",
			"ip_protocol",
			"from_port",
			"to_port"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"firewall_clients": {
				"ip_protocol": [
					"tcp"
				],
				"from_port": [
					"80",
					"443"
				],
				"to_port": [
					"80",
					"443"
				],
				"cidr_ipv4": [
					"0.0.0.0/0",
					"~[0-9.]+/(1[2-9]|20)"
				]
			},
			"firewall_clients_plain": {
				"ip_protocol": [
					"tcp"
				],
				"from_port": [
					"80"
				],
				"to_port": [
					"80"
				],
				"cidr_ipv4": [
					"0.0.0.0/0",
					"~[0-9.]+/(1[2-9]|20)"
				]
			},
			"firewall_machines_in": {
				"ip_protocol": [
					"tcp"
				],
				"from_port": [
					"~[0-9]+"
				],
				"to_port": [
					"~[0-9]+"
				],
				"referenced_security_group_id": [
					"~sg-[0-9a-z]+"
				]
			},
			"network_doors_in": {
				"ip_protocol": [
					"tcp"
				],
				"from_port": [
					"443"
				],
				"to_port": [
					"443"
				],
				"cidr_ipv4": [
					"~[0-9.]+/(1[2-9]|20)"
				]
			},
			"database_clients_in": {
				"ip_protocol": [
					"tcp"
				],
				"from_port": [
					"5432"
				],
				"to_port": [
					"5432"
				],
				"cidr_ipv4": [
					"~[0-9.]+/(1[2-9]|20)"
				]
			},
			"files_clients_in": {
				"ip_protocol": [
					"tcp"
				],
				"from_port": [
					"2049"
				],
				"to_port": [
					"2049"
				],
				"cidr_ipv4": [
					"~[0-9.]+/(1[2-9]|20)"
				]
			}
		}
	},
	"aws_vpc_security_group_egress_rule": {
		"held": [
			"cidr_ipv4",
			"cidr_ipv6",
			"prefix_list_id",
			"referenced_security_group_id",
			"ip_protocol",
			"from_port",
			"to_port"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"firewall_entry_out": {
				"ip_protocol": [
					"tcp"
				],
				"from_port": [
					"1"
				],
				"to_port": [
					"65535"
				],
				"cidr_ipv4": [
					"~[0-9.]+/(1[2-9]|20)"
				]
			},
			"firewall_machines_out": {
				"ip_protocol": [
					"tcp"
				],
				"from_port": [
					"443"
				],
				"to_port": [
					"443"
				],
				"cidr_ipv4": [
					"0.0.0.0/0"
				]
			},
			"firewall_machines_plain_out": {
				"ip_protocol": [
					"tcp"
				],
				"from_port": [
					"80"
				],
				"to_port": [
					"80"
				],
				"cidr_ipv4": [
					"~[0-9.]+/(1[2-9]|20)"
				]
			},
			"firewall_database_out": {
				"ip_protocol": [
					"tcp"
				],
				"from_port": [
					"5432"
				],
				"to_port": [
					"5432"
				],
				"cidr_ipv4": [
					"~[0-9.]+/(1[2-9]|20)"
				]
			},
			"firewall_files_out": {
				"ip_protocol": [
					"tcp"
				],
				"from_port": [
					"2049"
				],
				"to_port": [
					"2049"
				],
				"cidr_ipv4": [
					"~[0-9.]+/(1[2-9]|20)"
				]
			}
		}
	},
	"aws_security_group": {
		"held": [
			"ingress",
			"egress"
		],
		"needs": [],
		"defaults": {},
		"names": {
			".*": {}
		}
	},
	"aws_default_security_group": {
		"held": [
			"ingress",
			"egress"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"network_default": {}
		}
	},
	"aws_iam_role": {
		"held": [
			"assume_role_policy.Statement",
			"managed_policy_arns",
			"inline_policy"
		],
		"needs": [
			"assume_role_policy.Statement.Condition.StringEquals.aws:SourceAccount"
		],
		"defaults": {},
		"names": {
			"identity_role": {
				"assume_role_policy.Statement.Effect": [
					"Allow"
				],
				"assume_role_policy.Statement.Action": [
					"sts:AssumeRole"
				],
				"assume_role_policy.Statement.Principal.Service": [
					"ec2.amazonaws.com"
				]
			},
			"network_flow-writer": {
				"assume_role_policy.Statement.Effect": [
					"Allow"
				],
				"assume_role_policy.Statement.Action": [
					"sts:AssumeRole"
				],
				"assume_role_policy.Statement.Principal.Service": [
					"vpc-flow-logs.amazonaws.com"
				],
				"assume_role_policy.Statement.Condition.StringEquals.aws:SourceAccount": [
					"~[0-9]{12}"
				]
			}
		}
	},
	"aws_iam_role_policy": {
		"held": [
			"policy.Statement"
		],
		"needs": [
			"policy.Statement@Metrics.Condition.StringEquals.cloudwatch:namespace",
			"policy.Statement@Files.Condition.StringEquals.elasticfilesystem:AccessPointArn",
			"policy.Statement@Key.Condition.StringEquals.kms:ViaService",
			"policy.Statement@Session.Condition.DateLessThan.aws:CurrentTime"
		],
		"defaults": {},
		"names": {
			"access_machines": {
				"policy.Statement@Records.Effect": [
					"Allow"
				],
				"policy.Statement@Records.Action": [
					"logs:CreateLogStream",
					"logs:PutLogEvents"
				],
				"policy.Statement@Records.Resource": [
					"~arn:aws[a-z-]*:logs:[a-z0-9-]+:[0-9]{12}:log-group:/[^/]+/machines:log-stream:[^/*]+/[*]"
				],
				"policy.Statement@Metrics.Effect": [
					"Allow"
				],
				"policy.Statement@Metrics.Action": [
					"cloudwatch:PutMetricData"
				],
				"policy.Statement@Metrics.Resource": [
					"*"
				],
				"policy.Statement@Metrics.Condition.StringEquals.cloudwatch:namespace": [
					"~[^/*]+/[^/*]+"
				],
				"policy.Statement@Settings.Effect": [
					"Allow"
				],
				"policy.Statement@Settings.Action": [
					"ssm:GetParameter",
					"ssm:GetParameters",
					"ssm:GetParametersByPath"
				],
				"policy.Statement@Settings.Resource": [
					"~arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[^/*]+/[^/*]+(/[*])?"
				],
				"policy.Statement@Secrets.Effect": [
					"Allow"
				],
				"policy.Statement@Secrets.Action": [
					"secretsmanager:GetSecretValue"
				],
				"policy.Statement@Secrets.Resource": [
					"~arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:/[^/*]+/[^/*]+/[^/*]+"
				],
				"policy.Statement@Database.Effect": [
					"Allow"
				],
				"policy.Statement@Database.Action": [
					"rds-db:connect"
				],
				"policy.Statement@Database.Resource": [
					"~arn:aws[a-z-]*:rds-db:[a-z0-9-]+:[0-9]{12}:dbuser:[^/*]+/[^/*]+"
				],
				"policy.Statement@ListObjects.Effect": [
					"Allow"
				],
				"policy.Statement@ListObjects.Action": [
					"s3:ListBucket"
				],
				"policy.Statement@ListObjects.Resource": [
					"~arn:aws[a-z-]*:s3:::[^/*]+"
				],
				"policy.Statement@Objects.Effect": [
					"Allow"
				],
				"policy.Statement@Objects.Action": [
					"s3:GetObject",
					"s3:PutObject",
					"s3:DeleteObject",
					"s3:AbortMultipartUpload"
				],
				"policy.Statement@Objects.Resource": [
					"~arn:aws[a-z-]*:s3:::[^/*]+/[*]"
				],
				"policy.Statement@Files.Effect": [
					"Allow"
				],
				"policy.Statement@Files.Action": [
					"elasticfilesystem:ClientMount",
					"elasticfilesystem:ClientWrite"
				],
				"policy.Statement@Files.Resource": [
					"~arn:aws[a-z-]*:elasticfilesystem:[a-z0-9-]+:[0-9]{12}:file-system/[^*]+"
				],
				"policy.Statement@Files.Condition.StringEquals.elasticfilesystem:AccessPointArn": [
					"~arn:aws[a-z-]*:elasticfilesystem:[a-z0-9-]+:[0-9]{12}:access-point/[^*]+"
				],
				"policy.Statement@Key.Effect": [
					"Allow"
				],
				"policy.Statement@Key.Action": [
					"kms:Decrypt",
					"kms:GenerateDataKey"
				],
				"policy.Statement@Key.Resource": [
					"~arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[^*]+"
				],
				"policy.Statement@Key.Condition.StringEquals.kms:ViaService": [
					"~(s3|secretsmanager)[.][a-z0-9-]+[.]amazonaws[.]com"
				]
			},
			"(live|blue|green)_break_glass_session": {
				"policy.Statement@Session.Effect": [
					"Allow"
				],
				"policy.Statement@Session.Action": [
					"ssm:UpdateInstanceInformation",
					"ssmmessages:CreateControlChannel",
					"ssmmessages:CreateDataChannel",
					"ssmmessages:OpenControlChannel",
					"ssmmessages:OpenDataChannel"
				],
				"policy.Statement@Session.Resource": [
					"*"
				],
				"policy.Statement@Session.Condition.DateLessThan.aws:CurrentTime": [
					"~[0-9T:Z-]+"
				]
			},
			"network_flow-writing": {
				"policy.Statement.Effect": [
					"Allow"
				],
				"policy.Statement.Action": [
					"logs:CreateLogGroup",
					"logs:CreateLogStream",
					"logs:PutLogEvents",
					"logs:DescribeLogStreams",
					"logs:DescribeLogGroups"
				],
				"policy.Statement.Resource": [
					"~arn:aws[a-z-]*:logs:[a-z0-9-]+:[0-9]{12}:log-group:.+"
				]
			}
		}
	},
	"aws_iam_instance_profile": {
		"held": [
			"role"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"identity_profile": {
				"role": [
					"~[A-Za-z0-9-]+-[0-9]{18}[0-9a-f]{8}"
				]
			}
		}
	},
	"aws_launch_template": {
		"held": [
			"key_name",
			"network_interfaces",
			"security_group_names",
			"iam_instance_profile"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"(live|blue|green)_template": {
				"iam_instance_profile.arn": [
					"~arn:aws[a-z-]*:iam::[0-9]{12}:instance-profile/.+"
				]
			}
		}
	},
	"aws_lb_listener_rule": {
		"held": [
			"action.type",
			"action.redirect",
			"action.fixed_response",
			"action.authenticate_cognito",
			"action.authenticate_oidc"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"traffic_(routes|(live|blue|green)_preview)": {
				"action.type": [
					"forward"
				]
			}
		}
	},
	"aws_secretsmanager_secret": {
		"held": [
			"policy"
		],
		"needs": [],
		"defaults": {},
		"names": {
			".*": {}
		}
	},
	"aws_efs_access_point": {
		"held": [
			"posix_user",
			"root_directory.path"
		],
		"needs": [
			"posix_user.uid",
			"root_directory.path"
		],
		"defaults": {},
		"names": {
			"files_folder": {
				"posix_user.uid": [
					"10001"
				],
				"posix_user.gid": [
					"10001"
				],
				"root_directory.path": [
					"~/[a-z0-9-]+"
				]
			}
		}
	},
	"aws_kms_key": {
		"held": [
			"policy.Statement"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"alarms_key": {
				"policy.Statement@Owner.Effect": [
					"Allow"
				],
				"policy.Statement@Owner.Action": [
					"kms:*"
				],
				"policy.Statement@Owner.Principal.AWS": [
					"~arn:aws[a-z-]*:iam::[0-9]{12}:root"
				],
				"policy.Statement@Owner.Resource": [
					"*"
				],
				"policy.Statement.Effect": [
					"Allow"
				],
				"policy.Statement.Action": [
					"kms:Decrypt",
					"kms:GenerateDataKey*"
				],
				"policy.Statement.Principal.Service": [
					"cloudwatch.amazonaws.com",
					"events.amazonaws.com"
				],
				"policy.Statement.Resource": [
					"*"
				],
				"policy.Statement.Condition.StringEquals.aws:SourceAccount": [
					"~[0-9]{12}"
				]
			}
		}
	},
	"aws_sns_topic": {
		"held": [
			"policy.Statement"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"alarms_topic": {
				"policy.Statement.Effect": [
					"Allow"
				],
				"policy.Statement.Action": [
					"sns:Publish"
				],
				"policy.Statement.Principal.Service": [
					"cloudwatch.amazonaws.com",
					"events.amazonaws.com"
				],
				"policy.Statement.Resource": [
					"~arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[^*]+"
				],
				"policy.Statement.Condition.StringEquals.aws:SourceAccount": [
					"~[0-9]{12}"
				]
			}
		}
	},
	"aws_vpc_endpoint": {
		"held": [
			"policy.Statement"
		],
		"needs": [
			"policy.Statement.Condition.StringEquals.aws:PrincipalAccount"
		],
		"defaults": {},
		"names": {
			"network_door-s3": {},
			"network_door-(logs|secretsmanager|ssm)": {
				"policy.Statement.Effect": [
					"Allow"
				],
				"policy.Statement.Action": [
					"*"
				],
				"policy.Statement.Principal": [
					"*"
				],
				"policy.Statement.Resource": [
					"*"
				],
				"policy.Statement.Condition.StringEquals.aws:PrincipalAccount": [
					"~[0-9]{12}"
				]
			}
		}
	},
	"aws_s3_bucket_policy": {
		"held": [
			"policy.Statement"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"objects_tls": {
				"policy.Statement@TlsOnly.Effect": [
					"Deny"
				],
				"policy.Statement@TlsOnly.Action": [
					"s3:*"
				],
				"policy.Statement@TlsOnly.Principal": [
					"*"
				],
				"policy.Statement@TlsOnly.Resource": [
					"~arn:aws[a-z-]*:s3:::[^*]+(/[*])?"
				],
				"policy.Statement@TlsOnly.Condition.Bool.aws:SecureTransport": [
					"false"
				]
			}
		}
	},
	"aws_efs_file_system_policy": {
		"held": [
			"policy.Statement"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"files_tls": {
				"policy.Statement@TlsOnly.Effect": [
					"Deny"
				],
				"policy.Statement@TlsOnly.Action": [
					"*"
				],
				"policy.Statement@TlsOnly.Principal.AWS": [
					"*"
				],
				"policy.Statement@TlsOnly.Resource": [
					"~arn:aws[a-z-]*:elasticfilesystem:[a-z0-9-]+:[0-9]{12}:file-system/.+"
				],
				"policy.Statement@TlsOnly.Condition.Bool.aws:SecureTransport": [
					"false"
				]
			}
		}
	},
	"aws_s3_bucket_public_access_block": {
		"held": [
			"block_public_acls",
			"block_public_policy",
			"ignore_public_acls",
			"restrict_public_buckets"
		],
		"needs": [
			"block_public_acls",
			"block_public_policy",
			"ignore_public_acls",
			"restrict_public_buckets"
		],
		"defaults": {},
		"names": {
			"objects_closed": {
				"block_public_acls": [
					"true"
				],
				"block_public_policy": [
					"true"
				],
				"ignore_public_acls": [
					"true"
				],
				"restrict_public_buckets": [
					"true"
				]
			}
		}
	},
	"aws_s3_bucket": {
		"held": [
			"acl",
			"grant",
			"policy"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"objects_bucket": {}
		}
	},
	"aws_db_instance": {
		"held": [
			"publicly_accessible"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"database_server": {
				"publicly_accessible": [
					"false"
				]
			}
		}
	},
	"aws_subnet": {
		"held": [
			"map_public_ip_on_launch"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"network_(private|public)-.+": {
				"map_public_ip_on_launch": [
					"false"
				]
			}
		}
	},
	"aws_route": {
		"held": [
			"destination_cidr_block",
			"destination_ipv6_cidr_block",
			"destination_prefix_list_id",
			"gateway_id"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"network_private-.+-out": {
				"destination_cidr_block": [
					"0.0.0.0/0"
				]
			},
			"network_public-.+-out": {
				"destination_cidr_block": [
					"0.0.0.0/0"
				],
				"gateway_id": [
					"~igw-[0-9a-z]+"
				]
			}
		}
	},
	"google_compute_firewall": {
		"held": [
			"direction",
			"source_ranges",
			"source_tags",
			"source_service_accounts",
			"destination_ranges",
			"priority",
			"allow",
			"deny",
			"target_tags",
			"target_service_accounts"
		],
		"needs": [
			"direction"
		],
		"defaults": {
			"priority": [
				"1000"
			]
		},
		"names": {
			"firewall_machines_in": {
				"direction": [
					"INGRESS"
				],
				"source_ranges": [
					"35.191.0.0/16",
					"130.211.0.0/22",
					"~[0-9.]+/(1[2-9]|2[0-9])"
				],
				"allow.protocol": [
					"tcp"
				],
				"allow.ports": [
					"~[0-9]+"
				],
				"target_service_accounts": [
					"~[a-z0-9-]+@[a-z0-9.:-]+[.]iam[.]gserviceaccount[.]com"
				]
			},
			"firewall_machines_out": {
				"direction": [
					"EGRESS"
				],
				"destination_ranges": [
					"0.0.0.0/0"
				],
				"allow.protocol": [
					"tcp"
				],
				"allow.ports": [
					"443"
				],
				"target_service_accounts": [
					"~[a-z0-9-]+@[a-z0-9.:-]+[.]iam[.]gserviceaccount[.]com"
				]
			},
			"firewall_machines_plain_out": {
				"direction": [
					"EGRESS"
				],
				"destination_ranges": [
					"~[0-9.]+/(1[2-9]|20)"
				],
				"allow.protocol": [
					"tcp"
				],
				"allow.ports": [
					"80"
				],
				"target_service_accounts": [
					"~[a-z0-9-]+@[a-z0-9.:-]+[.]iam[.]gserviceaccount[.]com"
				]
			},
			"firewall_others_out": {
				"direction": [
					"EGRESS"
				],
				"destination_ranges": [
					"0.0.0.0/0"
				],
				"deny.protocol": [
					"all"
				],
				"priority": [
					"65534"
				],
				"target_service_accounts": [
					"~[a-z0-9-]+@[a-z0-9.:-]+[.]iam[.]gserviceaccount[.]com"
				]
			},
			"access_database_out": {
				"direction": [
					"EGRESS"
				],
				"destination_ranges": [
					"~[0-9.]+/(1[2-9]|2[0-9])"
				],
				"allow.protocol": [
					"tcp"
				],
				"allow.ports": [
					"5432"
				],
				"target_service_accounts": [
					"~[a-z0-9-]+@[a-z0-9.:-]+[.]iam[.]gserviceaccount[.]com"
				]
			},
			"access_files_out": {
				"direction": [
					"EGRESS"
				],
				"destination_ranges": [
					"~[0-9.]+/(1[2-9]|2[0-9])"
				],
				"allow.protocol": [
					"tcp"
				],
				"allow.ports": [
					"2049"
				],
				"target_service_accounts": [
					"~[a-z0-9-]+@[a-z0-9.:-]+[.]iam[.]gserviceaccount[.]com"
				]
			},
			"(live|blue|green)_break_glass_ssh": {
				"direction": [
					"INGRESS"
				],
				"source_ranges": [
					"35.235.240.0/20"
				],
				"allow.protocol": [
					"tcp"
				],
				"allow.ports": [
					"22"
				],
				"target_service_accounts": [
					"~[a-z0-9-]+@[a-z0-9.:-]+[.]iam[.]gserviceaccount[.]com"
				]
			},
			"network_others_in": {
				"direction": [
					"INGRESS"
				],
				"source_ranges": [
					"0.0.0.0/0"
				],
				"deny.protocol": [
					"all"
				],
				"priority": [
					"65534"
				]
			},
			"network_services_out": {
				"direction": [
					"EGRESS"
				],
				"destination_ranges": [
					"~[0-9.]+/(1[2-9]|2[0-9])"
				],
				"deny.protocol": [
					"all"
				],
				"priority": [
					"65534"
				]
			}
		}
	},
	"google_project_iam_member": {
		"held": [
			"role",
			"member",
			"condition"
		],
		"needs": [
			"condition.expression"
		],
		"defaults": {},
		"names": {
			"access_records": {
				"role": [
					"roles/logging.logWriter"
				],
				"member": [
					"~serviceAccount:[a-z0-9-]+@[a-z0-9.:-]+[.]iam[.]gserviceaccount[.]com"
				]
			},
			"access_metrics": {
				"role": [
					"roles/monitoring.metricWriter"
				],
				"member": [
					"~serviceAccount:[a-z0-9-]+@[a-z0-9.:-]+[.]iam[.]gserviceaccount[.]com"
				]
			},
			"access_database_login": {
				"role": [
					"roles/cloudsql.instanceUser"
				],
				"member": [
					"~serviceAccount:[a-z0-9-]+@[a-z0-9.:-]+[.]iam[.]gserviceaccount[.]com"
				],
				"condition.title": [
					"~[a-z0-9-]+"
				],
				"condition.expression": [
					"~resource[.]type == \"sqladmin[.]googleapis[.]com/Instance\" && resource[.]name == \"projects/[^\"/]+/instances/[^\"/]+\""
				]
			}
		}
	},
	"google_storage_bucket_iam_member": {
		"held": [
			"role",
			"member",
			"condition"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"access_objects": {
				"role": [
					"roles/storage.objectViewer",
					"roles/storage.objectUser"
				],
				"member": [
					"~serviceAccount:[a-z0-9-]+@[a-z0-9.:-]+[.]iam[.]gserviceaccount[.]com"
				]
			}
		}
	},
	"google_secret_manager_secret_iam_member": {
		"held": [
			"role",
			"member",
			"condition"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"configuration_reader-[A-Z][A-Z0-9_]*": {
				"role": [
					"roles/secretmanager.secretAccessor"
				],
				"member": [
					"~serviceAccount:[a-z0-9-]+@[a-z0-9.:-]+[.]iam[.]gserviceaccount[.]com"
				]
			}
		}
	},
	"google_compute_project_metadata_item": {
		"held": [
			"key"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"configuration_setting-[A-Z][A-Z0-9_]*": {
				"key": [
					"~[a-z0-9-]+-[a-z]+-[a-z]+[0-9]+-[A-Z][A-Z0-9_]*"
				]
			}
		}
	},
	"google_sql_user": {
		"held": [
			"type",
			"password",
			"password_wo",
			"name"
		],
		"needs": [
			"type"
		],
		"defaults": {},
		"names": {
			"access_database_user": {
				"type": [
					"CLOUD_IAM_SERVICE_ACCOUNT"
				],
				"name": [
					"~[a-z0-9-]+@[a-z0-9.:-]+[.]iam"
				]
			}
		}
	},
	"google_sql_database_instance": {
		"held": [
			"settings.ip_configuration",
			"root_password"
		],
		"needs": [
			"settings.ip_configuration.ipv4_enabled",
			"settings.ip_configuration.ssl_mode"
		],
		"defaults": {},
		"names": {
			"database_server": {
				"settings.ip_configuration.ipv4_enabled": [
					"false"
				],
				"settings.ip_configuration.ssl_mode": [
					"ENCRYPTED_ONLY"
				],
				"settings.ip_configuration.server_ca_mode": [
					"GOOGLE_MANAGED_CAS_CA"
				],
				"settings.ip_configuration.private_network": [
					"~projects/[^/]+/global/networks/[^/]+"
				],
				"settings.ip_configuration.allocated_ip_range": [
					"~[a-z0-9-]+-services"
				]
			}
		}
	},
	"google_storage_bucket": {
		"held": [
			"public_access_prevention",
			"uniform_bucket_level_access"
		],
		"needs": [
			"public_access_prevention",
			"uniform_bucket_level_access"
		],
		"defaults": {},
		"names": {
			"objects_bucket": {
				"public_access_prevention": [
					"enforced"
				],
				"uniform_bucket_level_access": [
					"true"
				]
			}
		}
	},
	"google_compute_region_instance_template": {
		"held": [
			"network_interface.access_config",
			"network_interface.ipv6_access_config",
			"metadata",
			"can_ip_forward",
			"metadata_startup_script",
			"service_account.email"
		],
		"needs": [
			"metadata.block-project-ssh-keys",
			"metadata.enable-oslogin"
		],
		"defaults": {},
		"names": {
			"(live|blue|green)_template": {
				"metadata.block-project-ssh-keys": [
					"TRUE"
				],
				"metadata.enable-oslogin": [
					"TRUE"
				],
				"metadata.serial-port-enable": [
					"FALSE"
				],
				"metadata.user-data": [
					"~[\\s\\S]*"
				],
				"can_ip_forward": [
					"false"
				],
				"service_account.email": [
					"~[a-z0-9-]+@[a-z0-9.:-]+[.]iam[.]gserviceaccount[.]com"
				]
			}
		}
	},
	"azurerm_network_security_rule": {
		"held": [
			"access",
			"direction",
			"protocol",
			"priority",
			"source_address_prefix",
			"source_address_prefixes",
			"source_application_security_group_ids",
			"source_port_range",
			"source_port_ranges",
			"destination_address_prefix",
			"destination_address_prefixes",
			"destination_application_security_group_ids",
			"destination_port_range",
			"destination_port_ranges"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"firewall_clients": {
				"access": [
					"Allow"
				],
				"direction": [
					"Inbound"
				],
				"protocol": [
					"Tcp"
				],
				"source_address_prefix": [
					"Internet",
					"VirtualNetwork"
				],
				"source_port_range": [
					"*"
				],
				"destination_address_prefix": [
					"*"
				],
				"destination_port_range": [
					"~[0-9]+"
				],
				"priority": [
					"100"
				]
			},
			"firewall_probes": {
				"access": [
					"Allow"
				],
				"direction": [
					"Inbound"
				],
				"protocol": [
					"Tcp"
				],
				"source_address_prefix": [
					"AzureLoadBalancer"
				],
				"source_port_range": [
					"*"
				],
				"destination_address_prefix": [
					"*"
				],
				"destination_port_range": [
					"~[0-9]+"
				],
				"priority": [
					"110"
				]
			},
			"firewall_others": {
				"access": [
					"Deny"
				],
				"direction": [
					"Inbound"
				],
				"protocol": [
					"*"
				],
				"source_address_prefix": [
					"*"
				],
				"source_port_range": [
					"*"
				],
				"destination_address_prefix": [
					"*"
				],
				"destination_port_range": [
					"*"
				],
				"priority": [
					"4096"
				]
			},
			"firewall_machines_out": {
				"access": [
					"Allow"
				],
				"direction": [
					"Outbound"
				],
				"protocol": [
					"Tcp"
				],
				"source_address_prefix": [
					"*"
				],
				"source_port_range": [
					"*"
				],
				"destination_address_prefix": [
					"*"
				],
				"destination_port_range": [
					"443"
				],
				"priority": [
					"100"
				]
			},
			"firewall_machines_plain_out": {
				"access": [
					"Allow"
				],
				"direction": [
					"Outbound"
				],
				"protocol": [
					"Tcp"
				],
				"source_address_prefix": [
					"*"
				],
				"source_port_range": [
					"*"
				],
				"destination_address_prefix": [
					"~[0-9.]+/(1[2-9]|20)"
				],
				"destination_port_range": [
					"80"
				],
				"priority": [
					"110"
				]
			},
			"firewall_database_out": {
				"access": [
					"Allow"
				],
				"direction": [
					"Outbound"
				],
				"protocol": [
					"Tcp"
				],
				"source_address_prefix": [
					"*"
				],
				"source_port_range": [
					"*"
				],
				"destination_address_prefix": [
					"~[0-9.]+/(1[2-9]|20)"
				],
				"destination_port_range": [
					"5432"
				],
				"priority": [
					"120"
				]
			},
			"firewall_files_out": {
				"access": [
					"Allow"
				],
				"direction": [
					"Outbound"
				],
				"protocol": [
					"Tcp"
				],
				"source_address_prefix": [
					"*"
				],
				"source_port_range": [
					"*"
				],
				"destination_address_prefix": [
					"~[0-9.]+/(1[2-9]|20)"
				],
				"destination_port_range": [
					"2049"
				],
				"priority": [
					"130"
				]
			},
			"firewall_others_out": {
				"access": [
					"Deny"
				],
				"direction": [
					"Outbound"
				],
				"protocol": [
					"*"
				],
				"source_address_prefix": [
					"*"
				],
				"source_port_range": [
					"*"
				],
				"destination_address_prefix": [
					"*"
				],
				"destination_port_range": [
					"*"
				],
				"priority": [
					"4096"
				]
			},
			"network_endpoints_in": {
				"access": [
					"Allow"
				],
				"direction": [
					"Inbound"
				],
				"protocol": [
					"Tcp"
				],
				"source_address_prefix": [
					"~[0-9.]+/(1[2-9]|20)"
				],
				"source_port_range": [
					"*"
				],
				"destination_address_prefix": [
					"*"
				],
				"destination_port_ranges": [
					"443",
					"5432",
					"2049"
				],
				"priority": [
					"100"
				]
			},
			"network_endpoints_others": {
				"access": [
					"Deny"
				],
				"direction": [
					"Inbound"
				],
				"protocol": [
					"*"
				],
				"source_address_prefix": [
					"*"
				],
				"source_port_range": [
					"*"
				],
				"destination_address_prefix": [
					"*"
				],
				"destination_port_range": [
					"*"
				],
				"priority": [
					"4096"
				]
			}
		}
	},
	"azurerm_network_security_group": {
		"held": [
			"security_rule"
		],
		"needs": [],
		"defaults": {},
		"names": {
			".*": {}
		}
	},
	"azurerm_role_assignment": {
		"held": [
			"role_definition_name",
			"role_definition_id",
			"scope",
			"principal_id",
			"principal_type",
			"condition"
		],
		"needs": [],
		"defaults": {},
		"names": {
			"access_configuration": {
				"role_definition_name": [
					"Key Vault Secrets User"
				],
				"scope": [
					"~/subscriptions/[^/]+/resource[gG]roups/[^/]+/providers/[mM]icrosoft[.][kK]ey[vV]ault/vaults/[^/]+"
				],
				"principal_id": [
					"~[0-9a-fA-F-]{36}"
				],
				"principal_type": [
					"ServicePrincipal"
				]
			},
			"access_secrets": {
				"role_definition_name": [
					"Key Vault Secrets User"
				],
				"scope": [
					"~/subscriptions/[^/]+/resource[gG]roups/[^/]+/providers/[mM]icrosoft[.][kK]ey[vV]ault/vaults/[^/]+"
				],
				"principal_id": [
					"~[0-9a-fA-F-]{36}"
				],
				"principal_type": [
					"ServicePrincipal"
				]
			},
			"access_objects": {
				"role_definition_name": [
					"Storage Blob Data Reader",
					"Storage Blob Data Contributor"
				],
				"scope": [
					"~/subscriptions/[^/]+/resource[gG]roups/[^/]+/providers/[mM]icrosoft[.][sS]torage/storage[aA]ccounts/[^/]+/blob[sS]ervices/default/containers/[^/]+"
				],
				"principal_id": [
					"~[0-9a-fA-F-]{36}"
				],
				"principal_type": [
					"ServicePrincipal"
				]
			}
		}
	},
	"azurerm_key_vault": {
		"held": [
			"access_policy",
			"rbac_authorization_enabled",
			"enabled_for_deployment",
			"enabled_for_template_deployment"
		],
		"needs": [
			"rbac_authorization_enabled"
		],
		"defaults": {
			"enabled_for_deployment": [
				"false"
			],
			"enabled_for_template_deployment": [
				"false"
			]
		},
		"names": {
			"configuration_(secrets_)?vault": {
				"rbac_authorization_enabled": [
					"true"
				]
			}
		}
	},
	"azurerm_storage_account": {
		"held": [
			"allow_nested_items_to_be_public",
			"public_network_access_enabled",
			"local_user_enabled",
			"shared_access_key_enabled",
			"network_rules",
			"network_rules"
		],
		"needs": [
			"allow_nested_items_to_be_public",
			"public_network_access_enabled",
			"local_user_enabled",
			"shared_access_key_enabled",
			"network_rules.default_action"
		],
		"defaults": {},
		"names": {
			"(files|objects)_account": {
				"allow_nested_items_to_be_public": [
					"false"
				],
				"public_network_access_enabled": [
					"false"
				],
				"local_user_enabled": [
					"false"
				],
				"shared_access_key_enabled": [
					"false"
				],
				"network_rules.default_action": [
					"Deny"
				],
				"network_rules.bypass": [
					"AzureServices"
				]
			},
			"log_sink_flow_store": {
				"allow_nested_items_to_be_public": [
					"false"
				],
				"public_network_access_enabled": [
					"false"
				],
				"local_user_enabled": [
					"false"
				],
				"shared_access_key_enabled": [
					"true"
				],
				"network_rules.default_action": [
					"Deny"
				],
				"network_rules.bypass": [
					"AzureServices"
				]
			}
		}
	},
	"azurerm_postgresql_flexible_server": {
		"held": [
			"public_network_access_enabled",
			"authentication.password_auth_enabled",
			"administrator_password"
		],
		"needs": [
			"public_network_access_enabled",
			"authentication.password_auth_enabled"
		],
		"defaults": {},
		"names": {
			"database_server": {
				"public_network_access_enabled": [
					"false"
				],
				"authentication.password_auth_enabled": [
					"false"
				]
			}
		}
	},
	"azurerm_linux_virtual_machine_scale_set": {
		"held": [
			"admin_password",
			"admin_ssh_key",
			"disable_password_authentication",
			"identity",
			"network_interface.ip_configuration.public_ip_address"
		],
		"needs": [
			"disable_password_authentication"
		],
		"defaults": {},
		"names": {
			"(live|blue|green)_group": {
				"admin_ssh_key.public_key": [
					"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMPmZSH4z8s0z42j5lHd4ZW+lQu3lMhLO8hwyDrltEld"
				],
				"admin_ssh_key.username": [
					"nobody-logs-in"
				],
				"disable_password_authentication": [
					"true"
				],
				"identity.type": [
					"UserAssigned"
				],
				"identity.identity_ids": [
					"~/subscriptions/[^/]+/resource[gG]roups/[^/]+/providers/[mM]icrosoft[.][mM]anaged[iI]dentity/user[aA]ssigned[iI]dentities/[^/]+"
				]
			}
		}
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
