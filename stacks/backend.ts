/** Where a stack's state lives. Explicit always: CDKTF's default is a local file by absolute path. */
import {
  App,
  AzurermBackend,
  CloudBackend,
  GcsBackend,
  LocalBackend,
  NamedCloudWorkspace,
  S3Backend,
  type TerraformStack,
} from "cdktf";
import { join, relative } from "node:path";
import type { Backend } from "../constructs/contract/spec";

/** Terraform runs in cdktf.out/stacks/<stack>; paths in a local backend are relative to it. */
const STACK_FOLDER = "cdktf.out/stacks/any";

type Builders = {
  [K in Backend["kind"]]: (stack: TerraformStack, name: string, backend: Extract<Backend, { kind: K }>) => void;
};

const BUILDERS: Builders = {
  local: (stack, name) => localBackend(stack, name, STACK_FOLDER, "state"),
  s3: (stack, name, { bucket, region, kmsKeyId }) => {
    new S3Backend(stack, { bucket, region, key: `${name}.tfstate`, encrypt: true, kmsKeyId });
    // CDKTF 0.21 has no prop for the lock file in the bucket, which replaced the DynamoDB table in Terraform 1.11.
    stack.addOverride("terraform.backend.s3.use_lockfile", true);
  },
  gcs: (stack, name, { bucket }) => new GcsBackend(stack, { bucket, prefix: name }),
  azurerm: (stack, name, { resourceGroup, storageAccount, container }) =>
    new AzurermBackend(stack, {
      resourceGroupName: resourceGroup,
      storageAccountName: storageAccount,
      containerName: container,
      key: `${name}.tfstate`,
      useAzureadAuth: true,
    }),
  hcp: (stack, name, { organization, project, hostname }) =>
    new CloudBackend(stack, { organization, hostname, workspaces: new NamedCloudWorkspace(name, project) }),
};

const localBackend = (stack: TerraformStack, name: string, from: string, folder: string) =>
  new LocalBackend(stack, { path: relative(from, join(folder, `${name}.tfstate`)) });

/**
 * FLEET_STATE_DIR overrides every backend with files in that folder: the local cloud sets it, so that what it makes
 * never touches the state of a real deployment.
 */
export function addBackend(stack: TerraformStack, name: string, backend: Backend): void {
  const override = process.env.FLEET_STATE_DIR;
  // Wherever the stacks are written to: a rehearsal does so in a folder of its own.
  if (override) localBackend(stack, name, join(App.of(stack).outdir, "stacks", name), override);
  else
    (BUILDERS[backend.kind] as (stack: TerraformStack, name: string, backend: Backend) => void)(stack, name, backend);
}
