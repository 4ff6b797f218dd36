/**
 * The sources as Packer would compute them, for the ways that a build can go, held against the plugins' rules. Terraform
 * computes them: the language is the same, and lint says that the functions are Packer's.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BETWEEN, broken } from "../../images/lint/between";
import { HOUSE } from "../../images/lint/between/house";
import { readTemplate, blocks, bodies, type Body, type Template } from "../../images/lint/template";
import { tempFolder } from "./support";

const PACKER = join(__dirname, "../../images/packer");

/** A value that hcl2json gave, as an expression again. */
function expression(value: unknown): string {
  if (typeof value === "string") {
    const whole = /^\$\{([^]*)\}$/.exec(value)?.[1];
    if (whole !== undefined && !whole.includes("${")) return `(${whole})`;
    const parts = value.split(/(\$\{[^{}]*\})/).filter((part) => part !== "");
    return `join("", [${parts.map((part) => (part.startsWith("${") ? part.slice(2, -1) : JSON.stringify(part))).join(", ")}])`;
  }
  if (Array.isArray(value)) return `[${value.map(expression).join(", ")}]`;
  if (typeof value === "object" && value !== null) return object(value as Body);
  return JSON.stringify(value);
}

/** A block or a map; what dynamic blocks make is a list like that of written ones. */
function object(body: Body): string {
  const made = bodies(body.dynamic).flatMap((kinds) =>
    Object.entries(kinds).flatMap(
      ([name, all]) =>
      bodies(all).map(({ for_each, content }) => [name, `[for each in ${expression(for_each)} : ${expression(bodies(content)[0]).replaceAll(`${name}.value`, "each")}]`] as const), // prettier-ignore
    ),
  );
  const written = Object.entries(body).filter(([key]) => key !== "dynamic");
  return `{ ${[...written.map(([key, value]) => [key, expression(value)] as const), ...made].map(([key, value]) => `${JSON.stringify(key)} = ${value}`).join(", ")} }`; // prettier-ignore
}

/** Types, defaults and locals of a template, as Terraform takes them, with values of a case before those of the example. */
function surroundings(template: Template, values: Readonly<Record<string, unknown>>): string {
  const example = readFileSync(join(PACKER, "example.pkrvars.hcl"), "utf8");
  const texts = template.files.map(({ text }) => text).join("\n");
  const given = new Set(Object.keys(values));
  const declared = [...texts.matchAll(/^variable "([^"]+)" \{\n([^]*?)^\}/gm)].map(([, name, body]) => {
    const fallback = new RegExp(`^${name} += ([^]*?)(?=^\\w|(?![^]))`, "m").exec(example.replaceAll(/^#.*\n/gm, ""))?.[1];
    const own = /^ {2}default +=([^]*?)(?=^ {2}\w|$(?![^]))/m.exec(body!)?.[1]?.replaceAll(/env\("\w+"\)/g, '"given"');
    const value = given.has(name!) ? JSON.stringify(values[name!]) : (fallback ?? own);
    return `variable "${name}" {\n  type =${/^ {2}type +=(.*(?:\n {3,}.*|\n {2}\}\))*)/m.exec(body!)![1]}\n  default = ${value?.trim()}\n}`;
  });
  const locals = [...texts.matchAll(/^locals \{[^]*?^\}/gm)].map(([text]) => text);
  return [...declared, ...locals].join("\n");
} // prettier-ignore

const AWS = { region: "eu-west-1", copy_regions: ["eu-central-1"], subnet_id: "subnet-1", instance_type: "t3.small", kms_key_id: "", region_kms_key_ids: {}, accounts: [], org_arns: [], ou_arns: [] }; // prettier-ignore
const KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k";
const SETS = { westeurope: "/subscriptions/s/des/a", northeurope: "/subscriptions/s/des/b" };
const AZURE = { subscription: "s", resource_group: "images", gallery: "fleet", location: "westeurope", regions: Object.keys(SETS), vm_size: "v", disk_encryption_sets: SETS }; // prettier-ignore
const OPEN = { public: true, cidrs: ["203.0.113.0/24"] };
const NOWHERE = { resource_group: "", name: "", subnet: "" };

const CASES: readonly (readonly [string, "base" | "web", Readonly<Record<string, unknown>>, (of: (type: string) => Body) => void])[] = [
  ["the example", "base", {}, (of) => {
    expect(of("amazon-ebs")).toMatchObject({ associate_public_ip_address: false, ssh_interface: "private_ip", region_kms_key_ids: { "eu-central-1": expect.stringContaining("eu-central-1") as string } });
    expect(of("azure-arm")).toMatchObject({ virtual_network_name: "builds", allowed_inbound_ip_addresses: [] });
  }],
  ["the example", "web", {}, (of) => {
    expect(of("googlecompute")).toMatchObject({ source_image: "base-v1-0-0", disk_type: "pd-balanced", source_image_project_id: ["my-images"], omit_external_ip: true, use_internal_ip: true, use_iap: true, image_storage_locations: [] });
    expect(of("googlecompute").metadata).toEqual({ "startup-script": expect.stringMatching(/^#!\/bin\/sh\nsystemctl unmask .*\n$/) as string });
    expect(of("azure-arm")).toMatchObject({ client_id: "", oidc_request_token: "", disk_encryption_set_id: "" });
  }],
  ["public builds for arm64 with keys, as a CI", "web", {
    ...{ arch: "arm64", attempt: 2, aws: AWS, aws_access: { ...OPEN, instance_profile: "" }, google_access: { public: true } },
    ...{ google: { project: "p", zone: "europe-west1-b", subnetwork: "s", machine_type: "c4a-standard-1", kms_key: KEY } },
    ...{ azure: AZURE, azure_access: { ...OPEN, virtual_network: NOWHERE }, azure_auth: { cli: false, tenant_id: "t", client_id: "c" } },
  }, (of) => {
    expect(of("amazon-ebs")).toMatchObject({ ami_name: "web-v1-2-0-arm64-b2", associate_public_ip_address: true, ssh_interface: "public_ip", temporary_security_group_source_cidrs: OPEN.cidrs });
    expect(of("googlecompute")).toMatchObject({ image_name: "web-v1-2-0-arm64-b2", image_architecture: "ARM64", disk_type: "hyperdisk-balanced", omit_external_ip: false, use_iap: false, image_storage_locations: ["europe-west1"], disk_encryption_key: [{ kmsKeyName: KEY }], image_encryption_key: [{ kmsKeyName: KEY }] });
    const { shared_image_gallery_destination: [to] = [], ...azure } = of("azure-arm") as { shared_image_gallery_destination?: { image_name: string; target_region: { name: string; disk_encryption_set_id: string }[] }[] };
    expect(to).toMatchObject({ image_name: "web-arm64", image_version: "1.2.0" });
    expect(Object.fromEntries(to!.target_region.map((region) => [region.name, region.disk_encryption_set_id]))).toEqual(SETS);
    expect(azure).toMatchObject({ virtual_network_name: "", allowed_inbound_ip_addresses: OPEN.cidrs, client_id: "c", oidc_request_token: "given", disk_encryption_set_id: SETS.westeurope });
  }],
  ["Session Manager, and the account of the CLI", "web", { aws_access: { public: false, instance_profile: "image-builder", cidrs: ["10.0.0.0/8"] }, azure_auth: { cli: true, tenant_id: "", client_id: "" } }, (of) => {
    expect(of("amazon-ebs")).toMatchObject({ ssh_interface: "session_manager", iam_instance_profile: "image-builder" });
    expect(of("azure-arm")).toMatchObject({ use_azure_cli_auth: true, oidc_request_token: "" });
  }],
]; // prettier-ignore

test.each(CASES)("%s (%s) is what the plugins take", async (_name, folder, values, check) => {
  const { template, problems } = await readTemplate(join(PACKER, folder));
  expect(problems).toEqual([]);
  const sources = blocks(template, "source", 2);
  const where = tempFolder();
  writeFileSync(join(where, "main.tf"), surroundings(template, values));
  const wanted = `jsonencode({ ${sources.map(({ labels: [type], body }) => `${JSON.stringify(type)} = ${object(body)}`).join(", ")} })`;
  const out = execFileSync("terraform", ["console"], { cwd: where, input: `${wanted.replaceAll("\n", " ")}\n`, encoding: "utf8", stdio: "pipe" });
  const computed = JSON.parse(JSON.parse(out.trim()) as string) as Record<string, Body>;
  expect(Object.keys(computed).sort()).toEqual(["amazon-ebs", "azure-arm", "googlecompute"]);
  for (const [type, body] of Object.entries(computed))
    expect([type, broken([...BETWEEN[type]!, ...HOUSE[type]!], body, new Map())]).toEqual([type, []]);
  check((type) => computed[type]!);
}); // prettier-ignore
