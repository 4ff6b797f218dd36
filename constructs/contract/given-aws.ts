/** What the constructs give on AWS: see given-form.ts. */
import { ANY_NAME, NETWORK, NUMBER, SLOT, WORLD, type Given, type Values } from "./given-form";

const ID = "~sg-[0-9a-z]+";

const tcp = (port: string | readonly string[], more: Values): Values => ({
  ip_protocol: "tcp",
  from_port: port,
  to_port: port,
  ...more,
});
const RULE = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id", "ip_protocol", "from_port", "to_port"]; // prettier-ignore

/** A statement of a policy: `policy.Statement@Records.Action` and so on. */
const statement = (path: string, values: Readonly<Record<string, string | readonly string[]>>): Values =>
  Object.fromEntries(
    Object.entries({ Effect: "Allow", ...values }).map(([name, value]) => [`${path}.${name}`, value] as const),
  );
const arn = (service: string, rest: string) => `~arn:aws[a-z-]*:${service}:${rest}`;
const PLACE = "[a-z0-9-]+:[0-9]{12}";
const machines = (sid: string, values: Readonly<Record<string, string | readonly string[]>>) =>
  statement(`policy.Statement@${sid}`, values);
const trust = (service: string): Values => ({
  ...statement("assume_role_policy.Statement", { Action: "sts:AssumeRole", "Principal.Service": service }),
});

export const GIVEN_ON_AWS: Readonly<Record<string, Given>> = {
  aws_vpc_security_group_ingress_rule: {
    held: RULE,
    names: {
      firewall_clients: tcp(["80", "443"], { cidr_ipv4: [WORLD, NETWORK] }),
      firewall_clients_plain: tcp("80", { cidr_ipv4: [WORLD, NETWORK] }),
      firewall_machines_in: tcp(NUMBER, { referenced_security_group_id: ID }),
      network_doors_in: tcp("443", { cidr_ipv4: NETWORK }),
      database_clients_in: tcp("5432", { cidr_ipv4: NETWORK }),
      files_clients_in: tcp("2049", { cidr_ipv4: NETWORK }),
    },
  },
  aws_vpc_security_group_egress_rule: {
    held: RULE,
    names: {
      firewall_entry_out: { ip_protocol: "tcp", from_port: "1", to_port: "65535", cidr_ipv4: NETWORK },
      firewall_machines_out: tcp("443", { cidr_ipv4: WORLD }),
      firewall_machines_plain_out: tcp("80", { cidr_ipv4: NETWORK }),
      firewall_database_out: tcp("5432", { cidr_ipv4: NETWORK }),
      firewall_files_out: tcp("2049", { cidr_ipv4: NETWORK }),
    },
  },
  // Rules are objects of their own: one that is written into the group has no other guard.
  aws_security_group: { held: ["ingress", "egress"], names: { [ANY_NAME]: {} } },
  aws_default_security_group: { held: ["ingress", "egress"], names: { network_default: {} } },
  aws_iam_role: {
    held: ["assume_role_policy.Statement", "managed_policy_arns", "inline_policy"],
    needs: ["assume_role_policy.Statement.Condition.StringEquals.aws:SourceAccount"],
    names: {
      identity_role: trust("ec2.amazonaws.com"),
      "network_flow-writer": {
        ...trust("vpc-flow-logs.amazonaws.com"),
        "assume_role_policy.Statement.Condition.StringEquals.aws:SourceAccount": "~[0-9]{12}",
      },
    },
  },
  aws_iam_role_policy: {
    held: ["policy.Statement"],
    needs: [
      "policy.Statement@Metrics.Condition.StringEquals.cloudwatch:namespace",
      "policy.Statement@Files.Condition.StringEquals.elasticfilesystem:AccessPointArn",
      "policy.Statement@Key.Condition.StringEquals.kms:ViaService",
      "policy.Statement@Session.Condition.DateLessThan.aws:CurrentTime",
    ],
    names: {
      access_machines: {
        ...machines("Records", {
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: arn("logs", `${PLACE}:log-group:/[^/]+/machines:log-stream:[^/*]+/[*]`),
        }),
        ...machines("Metrics", {
          Action: "cloudwatch:PutMetricData",
          Resource: "*",
          "Condition.StringEquals.cloudwatch:namespace": "~[^/*]+/[^/*]+",
        }),
        ...machines("Settings", {
          Action: ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
          Resource: arn("ssm", `${PLACE}:parameter/[^/*]+/[^/*]+(/[*])?`),
        }),
        ...machines("Secrets", {
          Action: "secretsmanager:GetSecretValue",
          Resource: arn("secretsmanager", `${PLACE}:secret:/[^/*]+/[^/*]+/[^/*]+`),
        }),
        ...machines("Database", {
          Action: "rds-db:connect",
          Resource: arn("rds-db", `${PLACE}:dbuser:[^/*]+/[^/*]+`),
        }),
        ...machines("ListObjects", { Action: "s3:ListBucket", Resource: arn("s3", "::[^/*]+") }),
        ...machines("Objects", {
          Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
          Resource: arn("s3", "::[^/*]+/[*]"),
        }),
        ...machines("Files", {
          Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
          Resource: arn("elasticfilesystem", `${PLACE}:file-system/[^*]+`),
          "Condition.StringEquals.elasticfilesystem:AccessPointArn": arn("elasticfilesystem", `${PLACE}:access-point/[^*]+`), // prettier-ignore
        }),
        ...machines("Key", {
          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
          Resource: arn("kms", `${PLACE}:key/[^*]+`),
          "Condition.StringEquals.kms:ViaService": "~(s3|secretsmanager)[.][a-z0-9-]+[.]amazonaws[.]com",
        }),
      },
      [`${SLOT}_break_glass_session`]: {
        ...machines("Session", {
          Action: [
            "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
          ],
          Resource: "*",
          "Condition.DateLessThan.aws:CurrentTime": "~[0-9T:Z-]+",
        }),
      },
      "network_flow-writing": {
        ...statement("policy.Statement", {
          Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:DescribeLogGroups"], // prettier-ignore
          Resource: arn("logs", `${PLACE}:log-group:.+`),
        }),
      },
    },
  },
  // The role is the stack's own, whose name Terraform makes.
  aws_iam_instance_profile: { held: ["role"], names: { identity_profile: { role: "~[A-Za-z0-9-]+-[0-9]{18}[0-9a-f]{8}" } } }, // prettier-ignore
  aws_launch_template: {
    held: ["key_name", "network_interfaces", "security_group_names", "iam_instance_profile"],
    names: { [`${SLOT}_template`]: { "iam_instance_profile.arn": arn("iam", ":[0-9]{12}:instance-profile/.+") } },
  },
  // Weights move traffic between target groups; sent anywhere else, it leaves the service.
  aws_lb_listener_rule: {
    held: ["type", "redirect", "fixed_response", "authenticate_cognito", "authenticate_oidc"].map((name) => `action.${name}`), // prettier-ignore
    names: { [`traffic_(routes|${SLOT}_preview)`]: { "action.type": "forward" } },
  },
  aws_secretsmanager_secret: { held: ["policy"], names: { [ANY_NAME]: {} } },
  aws_efs_access_point: {
    held: ["posix_user", "root_directory.path"],
    needs: ["posix_user.uid", "root_directory.path"],
    names: {
      files_folder: { "posix_user.uid": "10001", "posix_user.gid": "10001", "root_directory.path": "~/[a-z0-9-]+" },
    },
  },
  aws_kms_key: {
    held: ["policy.Statement"],
    names: {
      alarms_key: {
        ...machines("Owner", { Action: "kms:*", "Principal.AWS": arn("iam", ":[0-9]{12}:root"), Resource: "*" }),
        ...statement("policy.Statement", {
          Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
          "Principal.Service": ["cloudwatch.amazonaws.com", "events.amazonaws.com"],
          Resource: "*",
          "Condition.StringEquals.aws:SourceAccount": "~[0-9]{12}",
        }),
      },
    },
  },
  aws_sns_topic: {
    held: ["policy.Statement"],
    names: {
      alarms_topic: {
        ...statement("policy.Statement", {
          Action: "sns:Publish",
          "Principal.Service": ["cloudwatch.amazonaws.com", "events.amazonaws.com"],
          Resource: arn("sns", `${PLACE}:[^*]+`),
          "Condition.StringEquals.aws:SourceAccount": "~[0-9]{12}",
        }),
      },
    },
  },
  aws_vpc_endpoint: {
    held: ["policy.Statement"],
    needs: ["policy.Statement.Condition.StringEquals.aws:PrincipalAccount"],
    names: {
      "network_door-s3": {},
      "network_door-(logs|secretsmanager|ssm)": {
        ...statement("policy.Statement", {
          Action: "*",
          Principal: "*",
          Resource: "*",
          "Condition.StringEquals.aws:PrincipalAccount": "~[0-9]{12}",
        }),
      },
    },
  },
  aws_s3_bucket_policy: {
    held: ["policy.Statement"],
    names: {
      objects_tls: {
        ...machines("TlsOnly", {
          Effect: "Deny",
          Action: "s3:*",
          Principal: "*",
          Resource: arn("s3", "::[^*]+(/[*])?"),
          "Condition.Bool.aws:SecureTransport": "false",
        }),
      },
    },
  },
  aws_efs_file_system_policy: {
    held: ["policy.Statement"],
    names: {
      files_tls: {
        ...machines("TlsOnly", {
          Effect: "Deny",
          Action: "*",
          "Principal.AWS": "*",
          Resource: arn("elasticfilesystem", `${PLACE}:file-system/.+`),
          "Condition.Bool.aws:SecureTransport": "false",
        }),
      },
    },
  },
  aws_s3_bucket_public_access_block: {
    held: ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"],
    needs: ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"],
    names: {
      objects_closed: {
        block_public_acls: "true",
        block_public_policy: "true",
        ignore_public_acls: "true",
        restrict_public_buckets: "true",
      },
    },
  },
  aws_s3_bucket: { held: ["acl", "grant", "policy"], names: { objects_bucket: {} } },
  aws_db_instance: { held: ["publicly_accessible"], names: { database_server: { publicly_accessible: "false" } } },
  aws_subnet: {
    held: ["map_public_ip_on_launch"],
    names: { "network_(private|public)-.+": { map_public_ip_on_launch: "false" } },
  },
  aws_route: {
    held: ["destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id", "gateway_id"],
    names: {
      "network_private-.+-out": { destination_cidr_block: WORLD },
      "network_public-.+-out": { destination_cidr_block: WORLD, gateway_id: "~igw-[0-9a-z]+" },
    },
  },
};
