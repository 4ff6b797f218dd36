/**
 * The limits, as data. Where the schema says that the provider validates the attribute, a plan already fails;
 * otherwise the cloud refuses at the apply.
 */

/** Least and most: characters of a text, a number itself, or entries of a map. */
export interface Limit {
  readonly min?: number;
  readonly max?: number;
  readonly form?: RegExp;
  /** For maps: limits of the keys and of the values. */
  readonly key?: Limit;
  readonly value?: Limit;
  /** The limit in words. */
  readonly takes: string;
  /** The provider validates something else about the attribute; this limit is the cloud's. */
  readonly onlyCloud?: boolean;
}

export interface LimitRow {
  /** Which types have the limit, by their whole name. */
  readonly types: RegExp;
  readonly attribute: string;
  readonly limit: Limit;
}

const row = (types: string, attribute: string, limit: Limit): LimitRow => ({
  types: new RegExp(`^(${types})$`),
  attribute,
  limit,
});
const upTo = (max: number, min = 1): Limit => ({ min, max, takes: `${min} to ${max} characters` });
const between = (min: number, max: number): Limit => ({ min, max, takes: `a number from ${min} to ${max}` });
const made = (min: number, max: number, form: RegExp, of: string): Limit => ({
  ...{ min, max, form },
  takes: `${min} to ${max} characters: ${of}`,
});
const cloud = (limit: Limit): Limit => ({ ...limit, onlyCloud: true });

const HYPHENED = "letters, digits and hyphens, with no hyphen at either end";
const IAM = /^[\w+=,.@-]+$/;
const iam = (max: number): Limit => made(1, max, IAM, "letters, digits and any of +=,.@_-");
const RFC1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const LOWER = "lower-case letters, digits and hyphens, first a letter, last no hyphen";
const network = cloud(
  made(1, 80, /^[A-Za-z0-9]([\w.-]*\w)?$/, "letters, digits and any of _.-, first a letter or digit, last no . or -"),
);
const TEMPLATE = /^[0-9A-Za-z()./_-]+$/;

const AWS: readonly LimitRow[] = [
  row(
    "aws_a?lb",
    "name",
    made(1, 32, /^(?!-|internal-)[0-9A-Za-z-]+(?<!-)$/, `${HYPHENED}, and no "internal-" in front`),
  ),
  row("aws_a?lb", "name_prefix", made(1, 6, /^(?!-|internal-)[0-9A-Za-z-]+$/, "letters, digits and hyphens")),
  row("aws_lb_target_group", "name", made(1, 32, /^(?!-)[0-9A-Za-z-]+(?<!-)$/, HYPHENED)),
  row("aws_lb_target_group", "name_prefix", made(1, 6, /^(?!-)[0-9A-Za-z-]+$/, "letters, digits and hyphens")),
  row("aws_launch_template", "name", made(3, 125, TEMPLATE, "letters, digits and any of ()./_-")),
  row("aws_launch_template", "name_prefix", made(3, 99, TEMPLATE, "letters, digits and any of ()./_-")),
  // 16 KiB before base64: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
  row("aws_launch_template", "user_data", cloud({ max: 21_848, takes: "16384 bytes, 21848 characters in base64" })),
  row("aws_launch_template|aws_security_group", "description", upTo(255, 0)),
  row("aws_autoscaling_group|aws_launch_configuration", "name", upTo(255)),
  row("aws_autoscaling_group|aws_launch_configuration", "name_prefix", upTo(229)),
  row("aws_autoscaling_lifecycle_hook", "name", made(1, 255, /^[\w/-]+$/, "letters, digits and any of _/-")),
  row("aws_security_group", "name", made(1, 255, /^(?!sg-)/, 'anything but "sg-" in front')),
  row("aws_security_group", "name_prefix", made(1, 229, /^(?!sg-)/, 'anything but "sg-" in front')),
  row("aws_iam_role", "name", iam(64)),
  row("aws_iam_role", "name_prefix", iam(38)),
  row("aws_iam_role", "description", upTo(1000, 0)),
  row("aws_iam_(instance_profile|policy|role_policy)", "name", iam(128)),
  row("aws_iam_(instance_profile|policy|role_policy)", "name_prefix", iam(102)),
  row("aws_cloudwatch_log_group", "name", made(1, 512, /^[\w./#-]+$/, "letters, digits and any of _./#-")),
  row("aws_cloudwatch_log_group", "name_prefix", made(1, 486, /^[\w./#-]+$/, "letters, digits and any of _./#-")),
  row("aws_cloudwatch_(metric|composite)_alarm", "alarm_name", upTo(255)),
  row("aws_s3_bucket", "bucket", upTo(63, 0)),
  row("aws_s3_bucket", "bucket_prefix", upTo(37, 0)),
  row(
    "aws_s3_bucket",
    "bucket",
    cloud(made(3, 63, /^[a-z0-9][a-z0-9.-]*[a-z0-9]$/, "lower-case letters, digits, dots and hyphens")),
  ),
  row("aws_db_instance", "identifier", made(1, 63, /^[a-z](?!.*--)[a-z0-9-]*(?<!-)$/, LOWER)),
  row("aws_kms_alias", "name", made(7, 256, /^alias\/[\w/-]+$/, '"alias/" and then letters, digits and any of _/-')),
  row("aws_secretsmanager_secret", "name", made(1, 512, /^[\w/+=.@-]+$/, "letters, digits and any of /_+=.@-")),
  row("aws_ssm_parameter", "name", upTo(2048)),
  row("aws_sqs_queue", "name", made(1, 80, /^[\w-]+(\.fifo)?$/, "letters, digits and any of _-")),
  row("aws_sns_topic", "name", made(1, 256, /^[\w-]+(\.fifo)?$/, "letters, digits and any of _-")),
  row("aws_dynamodb_table", "name", made(3, 255, /^[\w.-]+$/, "letters, digits and any of _.-")),
  row("aws_\\w+", "tags", {
    ...{ max: 50, key: upTo(128), value: upTo(256, 0) },
    takes: "at most 50 tags, keys of 1 to 128 and values of up to 256 characters",
  }),
];

const GOOGLE: readonly LimitRow[] = [
  // https://cloud.google.com/compute/docs/metadata/setting-custom-metadata#limitations
  row(
    "google_compute_((region_)?instance_template|instance)",
    "metadata",
    cloud({ value: { max: 262_144, takes: "" }, takes: "values of up to 262144 bytes" }),
  ),
  row("google_compute_\\w+", "name", made(1, 63, RFC1035, LOWER)),
  row("google_compute_router_nat", "name", made(2, 63, RFC1035, LOWER)),
  // A machine is named after its group, a hyphen and four characters.
  row("google_compute_(region_)?instance_group_manager", "base_instance_name", made(1, 58, RFC1035, LOWER)),
  row(
    "google_compute_(region_)?instance_template",
    "name_prefix",
    made(1, 54, /^[a-z][-a-z0-9]*$/, "lower-case letters, digits and hyphens, first a letter"),
  ),
  row("google_service_account", "account_id", made(6, 30, RFC1035, LOWER)),
  row("google_sql_database_instance", "name", made(1, 98, RFC1035, LOWER)),
  row("google_kms_(key_ring|crypto_key)", "name", made(1, 63, /^[\w-]+$/, "letters, digits and any of _-")),
  row("google_secret_manager_secret", "secret_id", made(1, 255, /^[\w-]+$/, "letters, digits and any of _-")),
  row("google_logging_project_sink", "name", made(1, 100, /^[\w.-]+$/, "letters, digits and any of _.-")),
  row(
    "google_storage_bucket",
    "name",
    made(3, 222, /^(?!goog)[a-z0-9][a-z0-9._-]*[a-z0-9]$/, 'lower-case letters, digits and any of ._-, no "goog"'),
  ),
  row("google_project_iam_custom_role", "role_id", made(3, 64, /^[\w.]+$/, "letters, digits and any of _.")),
  // A notification channel's labels are its settings, such as the address.
  row("google_(?!monitoring_notification_channel)\\w+", "labels", {
    ...{ max: 64, key: { min: 1, max: 63, form: /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\d_-]*$/u, takes: "" } },
    value: { max: 63, form: /^[\p{Ll}\p{Lo}\d_-]*$/u, takes: "" },
    takes: "at most 64 labels, keys and values of up to 63 lower-case letters, digits and any of _-",
  }),
];

const GROUP = made(1, 90, /^[-\w.()]*[-\w()]$/, "letters, digits and any of -_.(), last no dot");
const COMPUTER = /^[^\\/"[\]:|<>+=;,?*@&~!#$%^()_{}']+$/;
const ALNUM_HYPHEN = /^[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]$/;

const AZURE: readonly LimitRow[] = [
  // https://learn.microsoft.com/azure/virtual-machines/user-data
  row(
    "azurerm_(linux|windows)_virtual_machine(_scale_set)?",
    "user_data",
    cloud({ max: 65_536, takes: "65536 characters in base64" }),
  ),
  row("azurerm_\\w+", "resource_group_name", GROUP),
  row("azurerm_resource_group", "name", GROUP),
  row(
    "azurerm_(linux|windows)_virtual_machine_scale_set",
    "name",
    made(
      ...([1, 80, /^(?!\d+$)[A-Za-z0-9]([\w.-]*\w)?$/] as const),
      "letters, digits and any of _.-, first a letter or digit, last no . or -, not all digits",
    ),
  ),
  // Left out, it is the name of the scale set.
  row(
    "azurerm_linux_virtual_machine_scale_set",
    "computer_name_prefix",
    made(1, 58, COMPUTER, "letters, digits, dots and hyphens"),
  ),
  row(
    "azurerm_windows_virtual_machine_scale_set",
    "computer_name_prefix",
    made(1, 9, COMPUTER, "letters, digits, dots and hyphens"),
  ),
  row(
    "azurerm_lb_(rule|probe|outbound_rule|nat_rule|backend_address_pool)",
    "name",
    made(1, 80, /^[\w.-]+$/, "letters, digits and any of _.-"),
  ),
  row("azurerm_(lb|public_ip|public_ip_prefix|nat_gateway|subnet|network_interface)", "name", network),
  row("azurerm_(network_security_group|network_security_rule|application_security_group)", "name", network),
  row("azurerm_(private_link_service|private_endpoint|managed_disk)", "name", network),
  row("azurerm_virtual_network", "name", {
    ...network,
    min: 2,
    max: 64,
    takes: network.takes.replace("1 to 80", "2 to 64"),
  }),
  row("azurerm_network_security_rule", "priority", between(100, 4096)),
  row("azurerm_user_assigned_identity", "name", made(3, 128, /^[A-Za-z0-9][\w-]*$/, "letters, digits and any of _-")),
  row("azurerm_storage_account", "name", made(3, 24, /^[a-z0-9]+$/, "lower-case letters and digits")),
  row(
    "azurerm_storage_container",
    "name",
    made(3, 63, /^\$root$|^\$web$|^[a-z0-9](-?[a-z0-9])*$/, "lower-case letters, digits and single hyphens"),
  ),
  row("azurerm_key_vault", "name", made(3, 24, /^[A-Za-z](-?[A-Za-z0-9])*$/, `${HYPHENED}, first a letter`)),
  row("azurerm_log_analytics_workspace", "name", made(4, 63, ALNUM_HYPHEN, HYPHENED)),
  row("azurerm_cdn_frontdoor_profile", "name", made(2, 90, ALNUM_HYPHEN, HYPHENED)),
  row("azurerm_cdn_frontdoor_endpoint", "name", made(2, 46, ALNUM_HYPHEN, HYPHENED)),
  row(
    "azurerm_cdn_frontdoor_(origin|origin_group|route)",
    "name",
    made(1, 90, /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/, HYPHENED),
  ),
  row(
    "azurerm_postgresql_flexible_server",
    "name",
    made(3, 63, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "lower-case letters, digits and hyphens"),
  ),
  row("azurerm_\\w+", "tags", {
    ...{ max: 50, key: upTo(512), value: upTo(256, 0) },
    takes: "at most 50 tags, keys of 1 to 512 and values of up to 256 characters",
  }),
];

export const LIMITS: readonly LimitRow[] = [...AWS, ...GOOGLE, ...AZURE];
