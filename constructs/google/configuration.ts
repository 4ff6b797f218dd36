/**
 * What machines read outside image and user data. Settings are metadata of the project: every machine can read them from
 * its metadata server without a token, and wait there for a change; none is a secret. A secret is a place that stays
 * empty until a person or a pipeline puts the value there, with the right to read just that.
 */
import { ComputeProjectMetadataItem } from "@cdktf/provider-google/lib/compute-project-metadata-item";
import { SecretManagerSecret } from "@cdktf/provider-google/lib/secret-manager-secret";
import { SecretManagerSecretIamMember } from "@cdktf/provider-google/lib/secret-manager-secret-iam-member";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Service } from "../contract/spec";
import type { Place } from "./network";
import { bucketName } from "./object-store";

export interface ConfigurationProps extends Place {
  /** `<environment>-<service>-<region>`: settings and secrets are named `<name>-<NAME>`, for they are the project's. */
  readonly name: string;
  readonly service: Service;
  /** Service account of the machines. */
  readonly machines: string;
}

export class Configuration extends Construct {
  /** What must be there before a machine boots. */
  readonly places: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ConfigurationProps) {
    super(scope, id);
    const { name, service, machines, placement } = props;
    const settings = {
      ...service.settings,
      ...(service.uses.objects === "none" ? {} : { OBJECTS_BUCKET: bucketName(props) }),
    };
    this.places = [
      ...Object.entries(settings).map(
        ([setting, value]) =>
          new ComputeProjectMetadataItem(this, `setting-${setting}`, { key: `${name}-${setting}`, value }),
      ),
      ...service.secrets.map((secret) => {
        const place = new SecretManagerSecret(this, `secret-${secret}`, {
          secretId: `${name}-${secret}`,
          // Secrets stay in the region.
          replication: { userManaged: { replicas: [{ location: placement.region }] } },
        });
        return new SecretManagerSecretIamMember(this, `reader-${secret}`, {
          secretId: place.id,
          role: "roles/secretmanager.secretAccessor",
          member: `serviceAccount:${machines}`,
        });
      }),
    ];
  }
}
