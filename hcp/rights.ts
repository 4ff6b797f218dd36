/**
 * What a token must be allowed for each thing that is asked of HCP Terraform, for the message where it is not.
 * https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/permissions
 */

export interface Right {
  /** Completes "the token may not …". */
  readonly to: string;
  /** What its team needs; the first words are what the settings call it. */
  readonly needs: string;
  /** Where that is set: in the workspace's, or the organization's settings. */
  readonly at: "workspace" | "organization";
}

const onWorkspace = (to: string, needs: string): Right => ({ to, needs: `${needs} on the workspace`, at: "workspace" });

export const RIGHTS = {
  workspace: onWorkspace("see the workspace", "Read"),
  create: {
    to: "create workspaces and projects",
    needs: "Manage all projects, or for workspaces alone Maintain on the project",
    at: "organization",
  },
  upload: onWorkspace("upload a configuration", "Plan"),
  configuration: onWorkspace("download what was uploaded", "Read"),
  run: onWorkspace("see runs", "Read"),
  plan: onWorkspace("queue plans", "Plan"),
  apply: onWorkspace("apply runs", "Write"),
  json: onWorkspace("read whole plans", "Admin"),
  redacted: onWorkspace("read plans", "Read"),
  variables: onWorkspace("read the variables", "Read"),
} as const satisfies Readonly<Record<string, Right>>;
