/**
 * Where machines' records go, and those of the network under them: a log bucket of the placement that outlives every
 * machine. Each record carries the machine's name, and with it service, version and key.
 */
import { LoggingProjectBucketConfig } from "@cdktf/provider-google/lib/logging-project-bucket-config";
import { LoggingProjectSink } from "@cdktf/provider-google/lib/logging-project-sink";
import { Construct } from "constructs";
import type { Environment } from "../contract/spec";
import { names, type Place } from "./network";

/** Log that the machines of an environment write to. */
export const machineLog = (environment: Environment): string => `${environment.name}-machines`;

export class LogSink extends Construct {
  constructor(scope: Construct, id: string, place: Place) {
    super(scope, id);
    const { environment, placement } = place;
    const { project, region, logs, encryptionKey } = placement;
    const name = names(place).machines;
    const bucket = new LoggingProjectBucketConfig(this, "records", {
      project,
      location: region,
      bucketId: name,
      description: `Records of the machines of ${environment.name} in ${region}`,
      retentionDays: logs.retentionDays,
      ...(encryptionKey ? { cmekSettings: { kmsKeyName: encryptionKey } } : {}),
    });
    // A bucket of the same project needs no right for the sink:
    // https://cloud.google.com/logging/docs/export/configure_export_v2#dest-auth
    new LoggingProjectSink(this, "sink", {
      name,
      destination: `logging.googleapis.com/${bucket.id}`,
      filter: [
        `(log_id("${machineLog(environment)}") AND resource.type="gce_instance" AND resource.labels.zone=~"^${region}-")`,
        // Flow logs and firewall logs.
        `(resource.type="gce_subnetwork" AND resource.labels.subnetwork_name="${name}")`,
      ].join(" OR "),
    });
  }
}
