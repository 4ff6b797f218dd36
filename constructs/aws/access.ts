/** What the machines of a service may do: write records and metrics, read their configuration, use what the service uses. */
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import type { Environment, PlacementOn, Service } from "../contract/spec";
import { settingsArns, type Configuration } from "./configuration";
import type { ExistingDatabase } from "./database";
import type { ServiceFiles } from "./file-share";
import { policy, type Identity, type Statement } from "./identity";
import { logStreamsArn } from "./log-sink";
import { objectsArn } from "./object-store";

export interface AccessProps {
  readonly environment: Environment;
  readonly placement: PlacementOn<"aws">;
  readonly service: Service;
  readonly identity: Identity;
  readonly configuration: Configuration;
  /** Set when the service uses it. */
  readonly database?: ExistingDatabase | undefined;
  /** Set when the service uses it. */
  readonly files?: ServiceFiles | undefined;
}

/** Namespace of a service's own metrics. */
const metricsOf = ({ environment, service }: AccessProps): string => `${environment.name}/${service.name}`;

const allow = (
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  condition?: Statement["Condition"],
): Statement[] =>
  resources.length === 0
    ? []
    : [
        {
          Sid: sid,
          Effect: "Allow",
          Action: actions,
          Resource: resources,
          ...(condition ? { Condition: condition } : {}),
        },
      ];

const OBJECT_ACTIONS = {
  none: [],
  read: ["s3:GetObject"],
  write: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
} as const;

/** What a key of the user's own is needed for; database and files use it by themselves. */
const KEY_ACTIONS = {
  none: ["kms:Decrypt"],
  read: ["kms:Decrypt"],
  write: ["kms:Decrypt", "kms:GenerateDataKey"],
} as const;
/** Services through which it is used. */
const KEY_USERS = ["s3", "secretsmanager"];

function statements(props: AccessProps): Statement[] {
  const { placement, service, configuration, database, files } = props;
  const { objects } = service.uses;
  const bucket = objects === "none" ? [] : [objectsArn(props)];
  const needsKey = bucket.length + service.secrets.length > 0;
  return [
    ...allow("Records", ["logs:CreateLogStream", "logs:PutLogEvents"], [logStreamsArn(props, service)]),
    // The only action that knows no resources; the namespace stands in for one.
    ...allow("Metrics", ["cloudwatch:PutMetricData"], ["*"], {
      StringEquals: { "cloudwatch:namespace": metricsOf(props) },
    }),
    ...allow(
      "Settings",
      ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
      settingsArns(placement, props),
    ),
    ...allow("Secrets", ["secretsmanager:GetSecretValue"], configuration.secretArns),
    ...allow("Database", ["rds-db:connect"], database ? [database.userArn(placement, service)] : []),
    ...allow("ListObjects", ["s3:ListBucket"], bucket),
    ...allow(
      "Objects",
      OBJECT_ACTIONS[objects],
      bucket.map((arn) => `${arn}/*`),
    ),
    ...(files
      ? allow("Files", ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"], [files.shareArn], {
          StringEquals: { "elasticfilesystem:AccessPointArn": files.folderArn },
        })
      : []),
    ...allow("Key", KEY_ACTIONS[objects], placement.encryptionKey && needsKey ? [placement.encryptionKey] : [], {
      StringEquals: { "kms:ViaService": KEY_USERS.map((user) => `${user}.${placement.region}.amazonaws.com`) },
    }),
  ];
}

export class Access extends Construct {
  /** Must be there before a machine boots. */
  readonly policy: IamRolePolicy;

  constructor(scope: Construct, id: string, props: AccessProps) {
    super(scope, id);
    this.policy = new IamRolePolicy(this, "machines", {
      name: "machines",
      role: props.identity.roleName,
      policy: policy(...statements(props)),
    });
  }
}
