/** What a provider block says, in the form that planning and the cloud use. */
import { AWS_ACCOUNT } from "./cloud/ids";
import type { ProviderSettings } from "./engine/request";
import { isObject, type Obj, type Value } from "./protocol/values";
import type { ProviderName } from "./schemas/catalog";

const first = (value: Value | undefined): Obj => {
  const item = Array.isArray(value) ? value[0] : undefined;
  return isObject(item) ? item : {};
};
const strings = (value: Value | undefined): Record<string, string> =>
  isObject(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([key, item]) => (typeof item === "string" ? [[key, item]] : [])),
      )
    : {};
const list = (value: Value | undefined): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
const string = (value: Value | undefined, ...fallbacks: (string | undefined)[]): string | undefined =>
  typeof value === "string" && value !== "" ? value : fallbacks.find((fallback) => fallback);

/** The tag policy of the organisation, which holds where the provider is told to enforce it. */
function requiredTags(compliance: string | undefined, env: NodeJS.ProcessEnv): Record<string, string[]> {
  const text = env.LOCAL_CLOUD_TAG_POLICY ?? "";
  if (compliance !== "error" || text === "") return {};
  const policy = parsed(text);
  const lists = isObject(policy) ? Object.values(policy) : [null];
  if (lists.every((tags) => Array.isArray(tags) && list(tags).length === tags.length)) {
    return policy as Record<string, string[]>;
  }
  throw new Error(`LOCAL_CLOUD_TAG_POLICY is ${text}; it takes JSON such as {"aws_lb": ["Owner"]}`);
}

function parsed(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

/** The environment variables that the real providers look at, in their order. */
const VARIABLES = {
  aws: { region: ["AWS_REGION", "AWS_DEFAULT_REGION"] },
  // https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference
  google: {
    region: ["GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"],
    zone: ["GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE"],
    project: ["GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"],
  },
  azurerm: {},
} satisfies Record<ProviderName, Partial<Record<"region" | "zone" | "project", string[]>>>;

/** The provider works in the account of the role that it takes, and refuses any that is not allowed. */
function account(config: Obj): string {
  const role = string(first(config.assume_role).role_arn)?.split(":")[4];
  return list(config.allowed_account_ids)[0] ?? (role || AWS_ACCOUNT);
}

/** Reads a provider block; unset values come from the same environment variables as with the real providers. */
export function readSettings(provider: ProviderName, config: Obj, env: NodeJS.ProcessEnv): ProviderSettings {
  const features = first(config.features);
  const variables: Partial<Record<string, readonly string[]>> = VARIABLES[provider];
  const place = (name: "region" | "zone" | "project") =>
    string(config[name], ...(variables[name] ?? []).map((variable) => env[variable]));
  const zone = place("zone");
  return {
    // Google's provider takes the region of its zone where it has no region.
    region: place("region") ?? zone?.replace(/-[a-z]$/, ""),
    zone,
    project: place("project"),
    account: account(config),
    subscription: string(config.subscription_id, env.ARM_SUBSCRIPTION_ID),
    tenant: string(config.tenant_id, env.ARM_TENANT_ID, "00000000-0000-0000-0000-00000000000a"),
    defaultTags: strings(first(config.default_tags).tags),
    ignoreTags: list(first(config.ignore_tags).keys),
    ignoreTagPrefixes: list(first(config.ignore_tags).key_prefixes),
    requiredTags: requiredTags(string(config.tag_policy_compliance, env.TF_AWS_TAG_POLICY_COMPLIANCE), env),
    defaultLabels: strings(config.default_labels),
    attributionLabel: config.add_terraform_attribution_label !== false,
    attributionProactive: config.terraform_attribution_label_addition_strategy === "PROACTIVE",
    features: Object.fromEntries(Object.entries(features).map(([name, value]) => [name, first(value)])),
  };
}
