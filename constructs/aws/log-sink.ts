/** Where the machines of a placement send their records: it outlives every machine and every release. */
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Construct } from "constructs";
import type { Environment, PlacementOn, Service } from "../contract/spec";
import { arnOf } from "./identity";

export interface LogSinkProps {
  readonly environment: Environment;
  readonly placement: PlacementOn<"aws">;
}

/** Log group of an environment's machines. */
export const machinesLogGroup = (environment: Environment): string => `/${environment.name}/machines`;

/**
 * ARN of the log streams of a service: `<service>/<group>/<instance id>`, so that every record says which image and key
 * its machine runs.
 */
export const logStreamsArn = ({ environment, placement }: LogSinkProps, service: Service): string =>
  arnOf(placement, "logs", `log-group:${machinesLogGroup(environment)}:log-stream:${service.name}/*`);

/** A log group as long-lived as its stack, with the retention and the key of its placement. */
export const keptLogGroup = (
  scope: Construct,
  id: string,
  name: string,
  { logs, encryptionKey }: PlacementOn<"aws">,
): CloudwatchLogGroup =>
  new CloudwatchLogGroup(scope, id, { name, retentionInDays: logs.retentionDays, kmsKeyId: encryptionKey });

export class LogSink extends Construct {
  constructor(scope: Construct, id: string, { environment, placement }: LogSinkProps) {
    super(scope, id);
    keptLogGroup(this, "machines", machinesLogGroup(environment), placement);
  }
}
