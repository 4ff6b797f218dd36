import { rmSync } from "node:fs";
import { serviceWith, type ServiceDraft } from "../support/fleet";
import { describeGround } from "../support/ground-story";
import { Workspace } from "../support/synth";

describeGround("aws", {
  setting: ["aws_ssm_parameter.configuration_LOG_LEVEL update"],
  secret: [
    "aws_iam_role_policy.access_machines update",
    "aws_secretsmanager_secret.configuration_secret_TLS_KEY create",
  ],
  database: [
    "aws_iam_role_policy.access_machines update",
    "aws_ssm_parameter.configuration_DATABASE_HOST create",
    "aws_vpc_security_group_egress_rule.firewall_database_out create",
  ],
});

describe("what is synthesized", () => {
  const workspace = new Workspace();
  afterAll(() => rmSync(workspace.folder, { recursive: true }));

  const KEY = "arn:aws:kms:us-east-1:111111111111:key/0c1f5f3e-0000-4000-8000-000000000000";
  const synth = (edit: (service: ServiceDraft) => void, encryptionKey?: string) => {
    const fleet = serviceWith(edit);
    const [environment] = fleet.environments;
    environment!.placements.splice(1);
    Object.assign(environment!.placements[0]!, {
      persistent: { database: {}, objects: {}, files: {} },
      ...(encryptionKey ? { encryptionKey } : {}),
    });
    workspace.synth(fleet);
    return workspace.stack("prod-web-aws-us-east-1").resource;
  };
  type Right = { Sid: string; Action: string[]; Resource: string[]; Condition?: object };
  const statements = (resource: ReturnType<typeof synth>) => {
    const { policy } = resource.aws_iam_role_policy!.access_machines!;
    return (JSON.parse(policy as string) as { Statement: Right[] }).Statement;
  };
  const rights = (resource: ReturnType<typeof synth>) =>
    statements(resource).map(({ Action, Resource }) => `${Action.join(" ")} on ${Resource.join(" ")}`);
  const rightTo = (resource: ReturnType<typeof synth>, sid: string) =>
    statements(resource).find(({ Sid }) => Sid === sid)!;
  const always = [
    "logs:CreateLogStream logs:PutLogEvents on arn:aws:logs:us-east-1:111111111111:log-group:/prod/machines:log-stream:web/*",
    "cloudwatch:PutMetricData on *",
    "ssm:GetParameter ssm:GetParameters ssm:GetParametersByPath on " +
      "arn:aws:ssm:us-east-1:111111111111:parameter/prod/web arn:aws:ssm:us-east-1:111111111111:parameter/prod/web/*",
  ];
  const BUCKET = "arn:aws:s3:::prod-objects-111111111111-us-east-1";

  test("machines that use nothing write records and metrics and read their own settings", () => {
    const resource = synth(() => {});
    expect(rights(resource)).toEqual(always);
    // The only right that names nothing: a condition holds it to the service's own metrics.
    expect(rightTo(resource, "Metrics").Condition).toEqual({ StringEquals: { "cloudwatch:namespace": "prod/web" } });
  });

  test("machines may do just what the service uses", () => {
    const all = synth((service) =>
      Object.assign(service, { secrets: ["API_TOKEN"], uses: { database: true, objects: "write", files: true } }),
    );
    expect(rights(all)).toEqual([
      ...always,
      "secretsmanager:GetSecretValue on ${aws_secretsmanager_secret.configuration_secret_API_TOKEN.arn}",
      "rds-db:connect on arn:aws:rds-db:us-east-1:111111111111:dbuser:${data.aws_db_instance.database_server.resource_id}/web",
      `s3:ListBucket on ${BUCKET}`,
      `s3:GetObject s3:PutObject s3:DeleteObject s3:AbortMultipartUpload on ${BUCKET}/*`,
      "elasticfilesystem:ClientMount elasticfilesystem:ClientWrite on ${data.aws_efs_file_system.files_share.arn}",
    ]);
    expect(all.aws_efs_access_point!.files_folder).toMatchObject({ root_directory: { path: "/web" } });
    expect(rightTo(all, "Files").Condition).toEqual({
      StringEquals: { "elasticfilesystem:AccessPointArn": "${aws_efs_access_point.files_folder.arn}" },
    });
    const reader = synth((service) => Object.assign(service, { uses: { objects: "read" } }), KEY);
    expect(rights(reader).slice(always.length)).toEqual([
      `s3:ListBucket on ${BUCKET}`,
      `s3:GetObject on ${BUCKET}/*`,
      `kms:Decrypt on ${KEY}`,
    ]);
    expect(rights(synth(() => {}, KEY))).toEqual(always);
  });

  test("flow records are written by a role that may do what AWS wants of it, to their own group", () => {
    synth(() => {});
    const { resource } = workspace.stack("prod-foundation-aws-us-east-1");
    const { policy } = resource.aws_iam_role_policy!["network_flow-writing"]!;
    const group = "${aws_cloudwatch_log_group.network_flow-records.arn}";
    expect((JSON.parse(policy as string) as { Statement: Right[] }).Statement).toMatchObject([
      {
        Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        Resource: [group, `${group}:*`],
      },
      { Action: "logs:DescribeLogGroups", Resource: "arn:aws:logs:us-east-1:111111111111:log-group:*" },
    ]);
  });

  test("the user's own key encrypts records and everything that keeps data", () => {
    synth(() => {}, KEY);
    const { resource } = workspace.stack("prod-persistent-aws-us-east-1");
    expect(resource.aws_db_instance!.database_server).toMatchObject({
      kms_key_id: KEY,
      master_user_secret_kms_key_id: KEY,
      performance_insights_kms_key_id: KEY,
    });
    expect(resource.aws_efs_file_system!.files_share).toMatchObject({ kms_key_id: KEY });
    expect(JSON.stringify(resource.aws_s3_bucket_server_side_encryption_configuration)).toContain(KEY);
    const logs = workspace.stack("prod-foundation-aws-us-east-1").resource.aws_cloudwatch_log_group!;
    expect(Object.values(logs).map(({ kms_key_id }) => kms_key_id)).toEqual([KEY, KEY]);
  });

  test("with a certificate, HTTP is sent on to HTTPS; without one, port 80 is the entry", () => {
    const aws = "arn:aws:acm:us-east-1:111111111111:certificate/6b1c3d52-0000-0000-0000-000000000000";
    const listeners = (resource: ReturnType<typeof synth>) =>
      Object.entries(resource.aws_lb_listener!).map(([name, { port, protocol }]) => [name, port, protocol]);
    const secured = synth((service) => (service.traffic = { certificates: { "aws-us-east-1": aws } }));
    expect(listeners(secured)).toEqual([
      ["traffic_listener", 443, "HTTPS"],
      ["traffic_redirect", 80, "HTTP"],
    ]);
    expect(secured.aws_lb_listener!.traffic_redirect!.default_action).toMatchObject([
      { type: "redirect", redirect: { port: "443", protocol: "HTTPS", status_code: "HTTP_301" } },
    ]);
    expect(secured.aws_vpc_security_group_ingress_rule!.firewall_clients_plain).toMatchObject({
      from_port: 80,
      cidr_ipv4: "10.10.0.0/16",
    });
    expect(listeners(synth(() => {}))).toEqual([["traffic_listener", 80, "HTTP"]]);
  });

  test("two slots: each has its alarm, and an idle one is no shortage", () => {
    const fleet = serviceWith((service) => (service.strategy = "canary"));
    fleet.environments[0]!.placements.splice(1);
    workspace.writeRelease({
      slots: { blue: { version: "1.0.0" }, green: null },
      traffic: { blue: 100, green: 0 },
    });
    workspace.synth(fleet);
    const alarms = workspace.stack("prod-web-aws-us-east-1").resource.aws_cloudwatch_metric_alarm!;
    expect(Object.keys(alarms).sort()).toEqual(["alarms_blue_unhealthy", "alarms_green_unhealthy", "alarms_too_few"]);
    expect(alarms.alarms_too_few!.metric_query).toMatchObject([
      { expression: "FILL(blue, 0) + FILL(green, 0)", return_data: true },
      { id: "blue" },
      { id: "green" },
    ]);
  });
});
