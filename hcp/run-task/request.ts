/**
 * What HCP Terraform asks of a run task.
 * https://developer.hashicorp.com/terraform/cloud-docs/api-docs/run-tasks/run-tasks-integration
 */
import { z } from "zod";
import type { Host } from "../host";

const request = z.object({
  payload_version: z.literal(1),
  stage: z.string(),
  access_token: z.string().min(1),
  run_id: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  workspace_name: z.string().regex(/^[A-Za-z0-9_-]{1,90}$/),
  workspace_working_directory: z.string().nullish(),
  plan_json_api_url: z.string().nullish(),
  configuration_version_download_url: z.string().nullish(),
  task_result_callback_url: z.string(),
});

export interface Task {
  readonly run: string;
  readonly workspace: string;
  /** Folder of the configuration that the run works in; empty for its root. */
  readonly folder: string;
  readonly stage: string;
  readonly token: string;
  /** Paths below the API of the host that is known; a request names no other host. */
  readonly callback: string;
  readonly plan?: string;
  readonly configuration?: string;
}

/** A test of the address, a task to do, or why it is neither. */
export type Asked = { readonly test: true } | { readonly task: Task } | { readonly refusal: string };

const PATHS = {
  plan: /^\/plans\/[A-Za-z0-9-]+\/json-output$/,
  callback: /^\/task-results\/[A-Za-z0-9-]+\/callback$/,
  configuration: /^\/configuration-versions\/[A-Za-z0-9-]+\/download$/,
};

export function readRequest(body: Buffer, host: Host): Asked {
  let content: unknown;
  try {
    content = JSON.parse(body.toString("utf8"));
  } catch {
    return { refusal: "the body is not JSON" };
  }
  if (z.object({ stage: z.literal("test") }).safeParse(content).success) return { test: true };
  const parsed = request.safeParse(content);
  if (!parsed.success) return { refusal: `${parsed.error.issues[0]?.path.join(".") ?? ""} is not as it should be` };
  const { data } = parsed;
  const callback = pathOf(data.task_result_callback_url, host, PATHS.callback);
  if (callback === undefined) return { refusal: `task_result_callback_url is not one of ${host.hostname}` };
  const plan = data.plan_json_api_url ? pathOf(data.plan_json_api_url, host, PATHS.plan) : undefined;
  if (data.plan_json_api_url && plan === undefined)
    return { refusal: `plan_json_api_url is not one of ${host.hostname}` };
  const configuration = pathOf(data.configuration_version_download_url ?? "", host, PATHS.configuration);
  return {
    task: {
      run: data.run_id,
      workspace: data.workspace_name,
      folder: (data.workspace_working_directory ?? "").replace(/^\/+|\/+$/g, ""),
      stage: data.stage,
      token: data.access_token,
      callback,
      ...(plan !== undefined && { plan }),
      ...(configuration !== undefined && { configuration }),
    },
  };
}

/** The part after /api/v2 of an address on the host; undefined for any other address, which is not called. */
function pathOf(address: string, host: Host, form: RegExp): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { origin, pathname, search, username } = new URL(address);
  const path = pathname.startsWith("/api/v2/") ? pathname.slice("/api/v2".length) : "";
  return origin === host.address && search === "" && username === "" && form.test(path) ? path : undefined;
}
