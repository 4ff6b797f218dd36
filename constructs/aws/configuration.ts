/**
 * What machines read at boot, outside image and user data: settings under `/<environment>/<service>/`, and places for secrets
 * that a person or a pipeline fills. A change replaces no machine: machines read it within a minute.
 */
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Environment, PlacementOn, Service } from "../contract/spec";
import { arnOf } from "./identity";

export interface ConfigurationProps {
  readonly environment: Environment;
  readonly placement: PlacementOn<"aws">;
  readonly service: Service;
  /** Settings that the stack knows: names and addresses of what the service uses. They win over the user's. */
  readonly found: Readonly<Record<string, string>>;
}

type Owner = Pick<ConfigurationProps, "environment" | "service">;

const pathOf = ({ environment, service }: Owner): string => `/${environment.name}/${service.name}`;

/** ARNs of a service's settings: of the path, which is how they are listed, and of what is below it. */
export const settingsArns = (placement: PlacementOn<"aws">, owner: Owner): string[] =>
  ["", "/*"].map((below) => arnOf(placement, "ssm", `parameter${pathOf(owner)}${below}`));

export class Configuration extends Construct {
  readonly secretArns: string[];
  /** What must be there before a machine boots. */
  readonly parts: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ConfigurationProps) {
    super(scope, id);
    const { placement, service, found } = props;
    const settings = Object.entries({ ...service.settings, ...found }).map(
      // Everybody who reads the plan may see a setting; as a secret value it would only hide what changed.
      ([name, insecureValue]) =>
        new SsmParameter(this, name, { name: `${pathOf(props)}/${name}`, type: "String", insecureValue }),
    );
    // No rotation: it has to change the secret on both sides, which only its owner can.
    const secrets = service.secrets.map(
      (name) =>
        new SecretsmanagerSecret(this, `secret_${name}`, {
          name: `${pathOf(props)}/${name}`,
          description: `Read by the machines of ${service.name}.`,
          kmsKeyId: placement.encryptionKey,
        }),
    );
    this.secretArns = secrets.map(({ arn }) => arn);
    this.parts = [...settings, ...secrets];
  }
}
