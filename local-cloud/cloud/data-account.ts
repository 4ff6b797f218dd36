/** Data sources that do not look up one object: the account, its regions and zones, images, documents. */
import { fromJson, isObject, type Obj, type Value } from "../protocol/values";
import type { DataInput } from "./data-input";
import { azureResources, azureScaleSet } from "./data-azure";
import { filtersFit, matches } from "./data-match";
import { CloudError } from "./errors";
import { existing } from "./standing";

const text = (value: Value | undefined, fallback = ""): string =>
  typeof value === "string" && value !== "" ? value : fallback;
const list = (value: Value | undefined): Value[] => (Array.isArray(value) ? value : []);
const blocks = (value: Value | undefined): Obj[] => list(value).filter(isObject);

/** A document that others are merged with. */
function policyIn(source: Value): Obj {
  try {
    const policy = fromJson(String(source));
    if (isObject(policy)) return policy;
  } catch {
    // Refused below, like any other value.
  }
  throw new CloudError("source_policy_documents and override_policy_documents take policies in JSON");
}
const region = ({ config, settings }: DataInput): string => text(config.region, settings.region ?? "us-east-1");

const account = ({ settings }: DataInput): string => settings.account ?? "";

function availabilityZones(input: DataInput): Obj {
  const here = region(input);
  const names = ["a", "b", "c"].map((letter) => here + letter);
  const short = here.replace(/^(\w+)-(\w)\w*-(\d)$/, "$1$2$3").replaceAll("-", "");
  const ids = names.map((_, i) => `${short}-az${i + 1}`);
  return { id: here, names, zone_ids: ids, group_names: [here] };
}

/** Images are not objects of the local cloud: every well-formed id is taken to exist. */
function ami(input: DataInput): Obj {
  const filters = blocks(input.config.filter);
  const ids = filters.filter(({ name }) => name === "image-id").flatMap(({ values }) => list(values).map(String));
  const own = input.store.ofType("aws_ami").filter((object) => filtersFit(object, input.config.filter ?? null))[0];
  const id = own?.id ?? ids.find((found) => /^ami-[0-9a-f]{8,17}$/.test(found));
  if (!id) {
    throw new CloudError(
      "Your query returned no results. The local cloud finds an AMI only by the filter image-id with a value such as " +
        "ami-0123456789abcdef0; pin the image instead of searching for it",
    );
  }
  const arn = `arn:aws:ec2:${region(input)}::image/${id}`;
  const fixed = { architecture: "x86_64", root_device_type: "ebs", state: "available", virtualization_type: "hvm" };
  return { ...fixed, ...own?.attributes, id, image_id: id, arn, owner_id: account(input) };
}

function autoscalingGroups(input: DataInput): Obj {
  const here = region(input);
  const names = list(input.config.names).map(String);
  const found = input.store
    .ofType("aws_autoscaling_group")
    .filter(({ attributes }) => attributes.region === here)
    .filter(({ attributes }) => names.length === 0 || names.includes(String(attributes.name)))
    .filter((object) => filtersFit(object, input.config.filter ?? null))
    .map(({ attributes }) => ({ name: String(attributes.name), arn: String(attributes.arn) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return { id: here, names: found.map(({ name }) => name), arns: found.map(({ arn }) => arn) };
}

/** The ids of all objects of a kind that fit a search; none is an answer too. */
const idsOf =
  (type: string) =>
  (input: DataInput): Obj => {
    const here = region(input);
    const search = { region: here, tags: input.config.tags ?? null, filter: input.config.filter ?? null };
    const found = existing(input.store, type, { region: here }).filter((one) => matches(one, search, input.settings));
    return { id: here, ids: found.map(({ id }) => id).sort() };
  };

/** One item stands alone in a policy, several are a sorted list. */
const oneOrMany = (values: Value[]): Value => {
  const sorted = values.map(String).sort().reverse();
  return sorted.length === 1 ? (sorted[0] ?? null) : sorted;
};

function principals(value: Value | undefined): Value | undefined {
  const all = blocks(value);
  if (all.length === 0) return undefined;
  if (all.some(({ type, identifiers }) => type === "*" && list(identifiers).includes("*"))) return "*";
  return Object.fromEntries(all.map(({ type, identifiers }) => [String(type), oneOrMany(list(identifiers))]));
}

function conditions(value: Value | undefined): Obj | undefined {
  const result: Record<string, Record<string, Value>> = {};
  for (const { test, variable, values } of blocks(value)) {
    (result[String(test)] ??= {})[String(variable)] = oneOrMany(list(values));
  }
  return Object.keys(result).length > 0 ? result : undefined;
}

function policyDocument({ config }: DataInput): Obj {
  const statements = blocks(config.statement).map((statement) => {
    const part = (name: string, value: Value | undefined) =>
      value === undefined || (Array.isArray(value) && value.length === 0) ? {} : { [name]: value };
    const many = (name: string, from: string) =>
      list(statement[from]).length > 0 ? { [name]: oneOrMany(list(statement[from])) } : {};
    return {
      ...part("Sid", text(statement.sid) || undefined),
      Effect: text(statement.effect, "Allow"),
      ...many("Action", "actions"),
      ...many("NotAction", "not_actions"),
      ...many("Resource", "resources"),
      ...many("NotResource", "not_resources"),
      ...part("Principal", principals(statement.principals)),
      ...part("NotPrincipal", principals(statement.not_principals)),
      ...part("Condition", conditions(statement.condition)),
    };
  });
  const sources = [...list(config.source_policy_documents), ...list(config.override_policy_documents)];
  const merged = sources.flatMap((source) => blocks(policyIn(source).Statement));
  const document = {
    Version: text(config.version, "2012-10-17"),
    ...(text(config.policy_id) ? { Id: text(config.policy_id) } : {}),
  };
  const whole = { ...document, Statement: [...merged, ...statements] };
  return {
    id: "policy",
    json: JSON.stringify(whole, null, 2),
    minified_json: JSON.stringify(whole),
    version: document.Version,
  };
}

const googleProject = ({ config, settings }: DataInput): string =>
  text(config.project ?? config.project_id, settings.project ?? "");

function googleZones(input: DataInput): Obj {
  const here = region(input);
  const names = ["a", "b", "c"].map((letter) => `${here}-${letter}`);
  return { id: `projects/${googleProject(input)}/regions/${here}`, names, project: googleProject(input), region: here };
}

/** Images are not objects of the local cloud: one that is named is taken to exist. */
function googleImage(input: DataInput): Obj {
  const own = input.store
    .ofType("google_compute_image")
    .find(({ attributes }) => attributes.name === input.config.name);
  if (own) return { ...own.attributes };
  const { name, family } = input.config;
  if (typeof name !== "string" || name === "") {
    throw new CloudError(
      `no image matches family "${text(family)}": the local cloud finds an image only by its name; pin the image ` +
        "instead of searching for it",
    );
  }
  const id = `projects/${googleProject(input)}/global/images/${name}`;
  return {
    id,
    self_link: `https://www.googleapis.com/compute/v1/${id}`,
    project: googleProject(input),
    status: "READY",
  };
}

/** What the provider takes over from each rule; the rest of a rule stays empty in the list. */
const LISTED_OF_RULE = [
  "name",
  "network",
  "subnetwork",
  "backend_service",
  "ip_address",
  "service_name",
  "service_label",
  "description",
  "self_link",
  "ports",
  "region",
  "target",
  "ip_version",
  "network_tier",
  "base_forwarding_rule",
  "port_range",
];

/** An empty list where there is none: https://github.com/hashicorp/terraform-provider-google/blob/v6.50.0/google/services/compute/data_source_google_compute_forwarding_rules.go */
function forwardingRules(input: DataInput): Obj {
  const [here, project] = [region(input), googleProject(input)];
  const rules = input.store
    .ofType("google_compute_forwarding_rule")
    .map(({ attributes }) => attributes)
    .filter((rule) => rule.region === here && rule.project === project)
    .sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1))
    .map((rule) => ({
      ...Object.fromEntries(LISTED_OF_RULE.map((name) => [name, rule[name] ?? null])),
      labels: rule.effective_labels ?? null,
    }));
  return { id: `projects/${project}/regions/${here}/forwardingRules`, project, region: here, rules };
}

/** Answers by data source type. */
export const ACCOUNT_DATA: Record<string, (input: DataInput) => Obj> = {
  aws_caller_identity: (input) => ({
    id: account(input),
    account_id: account(input),
    arn: `arn:aws:iam::${account(input)}:user/local-cloud`,
    user_id: "AIDALOCALCLOUD",
  }),
  aws_partition: () => ({
    id: "aws",
    partition: "aws",
    dns_suffix: "amazonaws.com",
    reverse_dns_prefix: "com.amazonaws",
  }),
  aws_region: (input) => ({
    id: region(input),
    name: region(input),
    region: region(input),
    description: region(input),
    endpoint: `ec2.${region(input)}.amazonaws.com`,
  }),
  aws_availability_zones: availabilityZones,
  aws_ami: ami,
  aws_autoscaling_groups: autoscalingGroups,
  aws_subnets: idsOf("aws_subnet"),
  aws_vpcs: idsOf("aws_vpc"),
  aws_default_tags: ({ settings }) => ({ id: "aws", tags: settings.defaultTags }),
  aws_iam_policy_document: policyDocument,
  google_compute_zones: googleZones,
  google_compute_regions: (input) => ({ id: `projects/${googleProject(input)}`, names: [region(input)] }),
  google_compute_image: googleImage,
  google_compute_forwarding_rules: forwardingRules,
  google_project: (input) => ({
    id: `projects/${googleProject(input)}`,
    project_id: googleProject(input),
    name: googleProject(input),
    number: "100000000001",
  }),
  google_compute_default_service_account: (input) => ({
    id: `projects/${googleProject(input)}/serviceAccounts/100000000001-compute@developer.gserviceaccount.com`,
    email: "100000000001-compute@developer.gserviceaccount.com",
    member: "serviceAccount:100000000001-compute@developer.gserviceaccount.com",
  }),
  azurerm_client_config: ({ settings }) => ({
    id: `local-cloud-${settings.subscription ?? ""}`,
    subscription_id: settings.subscription ?? "",
    tenant_id: settings.tenant ?? "",
    client_id: "00000000-0000-0000-0000-00000000000c",
    object_id: "00000000-0000-0000-0000-00000000000d",
  }),
  azurerm_resources: azureResources,
  azurerm_virtual_machine_scale_set: azureScaleSet,
  azurerm_subscription: ({ config, settings }) => {
    const id = text(config.subscription_id, settings.subscription ?? "");
    const names = { display_name: "local cloud", state: "Enabled", tenant_id: settings.tenant ?? "" };
    return { id: `/subscriptions/${id}`, subscription_id: id, ...names };
  },
};
