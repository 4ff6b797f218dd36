/** Generated names, and names that must be unique. */
import type { Value } from "../protocol/values";

let counter = 0;

/** The time-ordered suffix that providers append to a name prefix: 26 digits, different at every call. */
function uniqueSuffix(): string {
  counter += 1;
  const time = new Date().toISOString().replace(/\D/g, "").slice(0, 17).padEnd(18, "0");
  return `${time}${counter.toString(16).padStart(8, "0")}`;
}

/** What a generated name begins with when the user gives no prefix; elsewhere `terraform-`. */
const PREFIXES: Record<string, string> = {
  aws_alb: "tf-lb-",
  aws_kms_alias: "alias/",
  aws_lb: "tf-lb-",
  aws_lb_target_group: "tf-",
};

/** A name that nobody else has, from the prefix that the user gave or the type's own. */
export function uniqueFrom(type: string, prefix: Value | undefined): string {
  return `${typeof prefix === "string" && prefix !== "" ? prefix : (PREFIXES[type] ?? "terraform-")}${uniqueSuffix()}`;
}

/** AWS: which attributes make a name unique within an account and region. Google and Azure ids are names already. */
export const UNIQUE: Record<string, readonly string[]> = {
  aws_autoscaling_group: ["name"],
  aws_cloudwatch_log_group: ["name"],
  aws_db_instance: ["identifier"],
  aws_db_parameter_group: ["name"],
  aws_db_subnet_group: ["name"],
  aws_iam_instance_profile: ["name"],
  aws_iam_policy: ["name"],
  aws_iam_role: ["name"],
  aws_iam_role_policy: ["role", "name"],
  aws_iam_user: ["name"],
  aws_iam_user_policy: ["user", "name"],
  aws_kms_alias: ["name"],
  aws_launch_configuration: ["name"],
  aws_launch_template: ["name"],
  aws_lb: ["name"],
  aws_lb_listener: ["load_balancer_arn", "port"],
  aws_lb_listener_rule: ["listener_arn", "priority"],
  aws_lb_target_group: ["name"],
  aws_network_acl_rule: ["network_acl_id", "egress", "rule_number"],
  aws_route: ["route_table_id", "destination_cidr_block", "destination_ipv6_cidr_block"],
  aws_route_table_association: ["subnet_id", "gateway_id"],
  aws_s3_bucket: ["bucket"],
  aws_secretsmanager_secret: ["name"],
  aws_security_group: ["vpc_id", "name"],
  aws_sns_topic: ["name"],
  aws_sqs_queue: ["name"],
  aws_ssm_parameter: ["name"],
};

/** The words of the real provider's own resource name in messages, e.g. `RegionInstanceTemplate`. */
export function pascal(type: string): string {
  return type
    .replace(/^(aws|google|azurerm)_(compute_)?/, "")
    .split("_")
    .map((word) => `${word[0]?.toUpperCase() ?? ""}${word.slice(1)}`)
    .join("");
}
