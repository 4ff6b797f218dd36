/** Who hears when something is wrong: an encrypted topic that alarms and events of the account may write to. */
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { TerraformIterator } from "cdktf";
import { Construct } from "constructs";
import type { Environment, PlacementOn } from "../contract/spec";
import { arnOf, globalArnOf, policy } from "./identity";

export interface AlarmChannelProps {
  readonly environment: Environment;
  readonly placement: PlacementOn<"aws">;
}

const topicName = (environment: Environment): string => `${environment.name}-alarms`;

/** ARN of the topic, for everything that raises an alarm. */
export const alarmTopicArn = ({ environment, placement }: AlarmChannelProps): string =>
  arnOf(placement, "sns", topicName(environment));

/** What may write. Events come without the account that they stand for, so no condition can name it. */
const senders = ({ account }: PlacementOn<"aws">) => [
  { Principal: { Service: "cloudwatch.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceAccount": account } } },
  { Principal: { Service: "events.amazonaws.com" } },
];

export class AlarmChannel extends Construct {
  constructor(scope: Construct, id: string, props: AlarmChannelProps) {
    super(scope, id);
    const { environment, placement } = props;
    // AWS's own key for topics does not let alarms through:
    // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    const key = new KmsKey(this, "key", {
      description: `Alarms of ${environment.name}.`,
      enableKeyRotation: true,
      policy: policy(
        {
          Sid: "Owner",
          Effect: "Allow",
          Action: "kms:*",
          Principal: { AWS: globalArnOf(placement, "iam", "root", placement.account) },
          Resource: "*",
        },
        ...senders(placement).map((sender) => ({
          Effect: "Allow" as const,
          Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
          Resource: "*",
          ...sender,
        })),
      ),
    });
    const topic = new SnsTopic(this, "topic", {
      name: topicName(environment),
      kmsMasterKeyId: key.arn,
      policy: policy(
        ...senders(placement).map((sender) => ({
          Effect: "Allow" as const,
          Action: "sns:Publish",
          Resource: alarmTopicArn(props),
          ...sender,
        })),
      ),
    });
    const { alarmEmails } = placement.logs;
    if (alarmEmails.length === 0) return;
    const each = TerraformIterator.fromList(alarmEmails);
    // Each address gets a message and hears nothing until somebody has followed the link in it.
    new SnsTopicSubscription(this, "email", {
      forEach: each,
      topicArn: topic.arn,
      protocol: "email",
      endpoint: each.value as string,
    });
  }
}
