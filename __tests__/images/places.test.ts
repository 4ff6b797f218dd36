/** The templates' own refusals. Terraform evaluates them: the language is the same, and so are the functions used here. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempFolder } from "./support";

const PACKER = join(__dirname, "../../images/packer");
const VARIABLES = readFileSync(join(PACKER, "base/variables.pkr.hcl"), "utf8");
const EXAMPLE = readFileSync(join(PACKER, "example.pkrvars.hcl"), "utf8");

interface Variable {
  readonly type: string;
  readonly hasDefault: boolean;
  readonly rules: readonly { readonly condition: string; readonly message: string }[];
}

const variablesOf = (text: string): ReadonlyMap<string, Variable> =>
  new Map(
    [...text.matchAll(/^variable "([^"]+)" \{\n([^]*?)^\}/gm)].map(([, name, body]) => [
      name!,
      {
        type: /^ {2}type +=(.*(?:\n {3,}.*|\n {2}\}\))*)/m.exec(body!)![1]!,
        hasDefault: /^ {2}default +=/m.test(body!),
        rules: [...body!.matchAll(/condition +=(.*)\n +error_message = "(.*)"/g)].map(([, condition, message]) => ({
          condition: condition!,
          message: message!,
        })),
      },
    ]),
  );

const SHARED = variablesOf(VARIABLES);
const AWS_KEY = (region: string) => `arn:aws:kms:${region}:123456789012:key/0a1b2c3d`;
const aws = { region: "eu-west-1", copy_regions: ["eu-central-1"], subnet_id: "subnet-1", instance_type: "t3.small", kms_key_id: "", region_kms_key_ids: {}, accounts: [] as string[], org_arns: [] as string[], ou_arns: [] as string[] }; // prettier-ignore
const google = { project: "p", zone: "europe-west1-b", subnetwork: "s", machine_type: "e2-small", kms_key: "" };
const azure = { subscription: "s", resource_group: "g", gallery: "fleet", location: "westeurope", regions: ["westeurope", "northeurope"], vm_size: "v", disk_encryption_sets: {} }; // prettier-ignore
const network = { resource_group: "network", name: "builds", subnet: "builds" };
const access = { public: false, cidrs: [] as string[], virtual_network: { resource_group: "", name: "", subnet: "" } };
const kms = (location: string) => `projects/p/locations/${location}/keyRings/r/cryptoKeys/k`;
const vendor = { aws: "ami-0a", google: "projects/debian-cloud/global/images/debian-12-bookworm-v20251111", azure: { publisher: "p", offer: "o", sku: "s", version: "0.1.2" } }; // prettier-ignore

/** Variable, value, and the beginning of the refusal; none when it must be taken. */
const CASES: readonly (readonly [string, unknown, string?])[] = [
  ["arch", "arm64"],
  ["arch", "amd64", "The arch must be"],
  ["attempt", 2],
  ["attempt", 0, "The attempt must be"],
  ["attempt", 1.5, "The attempt must be"],
  ["image_version", "1.2", "The image_version must be"],
  ["aws", aws],
  ...(["accounts", "org_arns", "ou_arns"] as const).flatMap((share) => [
    ["aws", { ...aws, [share]: ["123456789012"] }, "An image that the account's own EBS key encrypts cannot be shared"],
    ["aws", { ...aws, [share]: ["123456789012"], kms_key_id: AWS_KEY("eu-west-1") }, "A copy is encrypted with a key of its own region"],
    ["aws", { ...aws, [share]: ["123456789012"], kms_key_id: AWS_KEY("eu-west-1"), region_kms_key_ids: { "eu-central-1": AWS_KEY("eu-central-1") } }],
    ["aws", { ...aws, [share]: ["123456789012"], kms_key_id: AWS_KEY("eu-west-1"), copy_regions: [] }],
  ] as const),
  ["aws", { ...aws, region_kms_key_ids: { "us-east-1": "alias/images" } }, "The plugin wants aws.region_kms_key_ids"],
  ["aws", { ...aws, kms_key_id: AWS_KEY("us-east-1") }, "A KMS key encrypts in its own region only"],
  ["aws", { ...aws, region_kms_key_ids: { "eu-central-1": AWS_KEY("eu-west-1") } }, "A KMS key encrypts in its own region only"],
  ["aws", { ...aws, region_kms_key_ids: { "eu-central-1": "alias/images" } }],
  ["aws", { ...aws, kms_key_id: "alias/images", copy_regions: [], accounts: ["12345"] }, "Each of aws.accounts"],
  ["google", google],
  ["google", { ...google, kms_key: kms("europe-west1") }],
  ["google", { ...google, kms_key: kms("global") }],
  ["google", { ...google, kms_key: kms("us-east1") }, "The google.kms_key encrypts disks of google.zone"],
  ["google", { ...google, kms_key: "my-key" }, "The google.kms_key encrypts disks of google.zone"],
  ["azure", azure],
  ["azure", { ...azure, disk_encryption_sets: { westeurope: "/a", northeurope: "/b" } }],
  ["azure", { ...azure, disk_encryption_sets: { westeurope: "/a" } }, "A disk encryption set encrypts in its own region only"],
  ["azure", { ...azure, disk_encryption_sets: { westeurope: "/a", northeurope: "/b", eastus: "/c" } }, "A disk encryption set encrypts in its own region only"],
  ["azure", { ...azure, regions: ["West Europe"] }, "Azure's regions must be written as westeurope"],
  ["azure", { ...azure, regions: ["northeurope"] }, "The image is made in azure.location first"],
  ["aws_access", { public: false, instance_profile: "", cidrs: ["0.0.0.0/0"] }, "Name the networks that Packer comes from in aws_access.cidrs"],
  ["aws_access", { public: true, instance_profile: "", cidrs: [] }, "Name the networks that Packer comes from in aws_access.cidrs"],
  ["aws_access", { public: true, instance_profile: "", cidrs: ["203.0.113.7/32"] }],
  ["azure_access", access, "A private build needs a network"],
  ["azure_access", { ...access, virtual_network: network }],
  ["azure_access", { ...access, public: true }, "Name the networks that Packer comes from in azure_access.cidrs"],
  ["azure_access", { ...access, public: true, cidrs: ["::/0"] }, "Name the networks that Packer comes from in azure_access.cidrs"],
  ["azure_access", { ...access, public: true, cidrs: ["203.0.113.7/32"] }],
  ["azure_auth", { cli: true, tenant_id: "", client_id: "" }],
  ["azure_auth", { cli: false, tenant_id: "t", client_id: "c" }],
  ["azure_auth", { cli: false, tenant_id: "t", client_id: "" }, "The azure_auth of an app needs both"],
  ["azure_auth", { cli: true, tenant_id: "t", client_id: "c" }, "Choose one azure_auth"],
  ["vendor", vendor],
  ["vendor", { ...vendor, google: "debian-12" }, "Name each vendor's image"],
  ["vendor", { ...vendor, azure: { ...vendor.azure, version: "latest" } }, "Name each vendor's image"],
]; // prettier-ignore

/** What one expression is in a project that holds this text. */
function evaluated(main: string, expression: string): unknown {
  const folder = tempFolder();
  writeFileSync(join(folder, "main.tf"), main);
  const out = execFileSync("terraform", ["console"], { cwd: folder, input: `jsonencode(${expression})\n`, encoding: "utf8", stdio: "pipe" }); // prettier-ignore
  return JSON.parse(JSON.parse(out.trim()) as string);
}

describe("places and ways in that cannot be are refused by the templates, in a sentence", () => {
  let held: boolean[][];
  beforeAll(() => {
    const variables = CASES.map(
      ([name, value], index) =>
        `variable "case_${index}" {\n  type =${SHARED.get(name)!.type}\n  default = ${JSON.stringify(value)}\n}\n`,
    );
    const conditions = CASES.map(
      ([name], index) => `[${SHARED.get(name)!.rules.map(({ condition }) => condition.replaceAll(new RegExp(`var\\.${name}\\b(?!_)`, "g"), `var.case_${index}`)).join(",")}]`,
    ); // prettier-ignore
    held = evaluated(variables.join(""), `[${conditions.join(",")}]`) as boolean[][];
  });

  test.each(CASES.map(([name, value, message], index) => [index, name, JSON.stringify(value), message] as const))(
    "%i: %s = %s",
    (index, name, _value, message) => {
      const { rules } = SHARED.get(name)!;
      const broken = rules.filter((_rule, at) => held[index]![at] === false).map(({ message: said }) => said);
      if (message === undefined) expect(broken).toEqual([]);
      else expect(broken.some((said) => said.startsWith(message))).toBe(true);
    },
  );
});

test("Packer takes each condition: it names its own variable alone, and ends its sentence", () => {
  for (const template of ["base", "web"])
    for (const [name, { rules }] of variablesOf(readFileSync(join(PACKER, template, "variables.pkr.hcl"), "utf8")))
      for (const { condition, message } of rules) {
        expect([name, [...new Set(condition.match(/\bvar\.\w+/g))]]).toEqual([name, [`var.${name}`]]);
        expect(message).toMatch(/^[A-Z].*\.$/);
      }
});

test("the example says all that must be said, for both templates", () => {
  const given = [...EXAMPLE.matchAll(/^(\w+) +=/gm)].map(([, name]) => name!);
  for (const template of ["base", "web"]) {
    const variables = variablesOf(readFileSync(join(PACKER, template, "variables.pkr.hcl"), "utf8"));
    expect(given).toEqual(expect.arrayContaining([...variables].filter(([, v]) => !v.hasDefault).map(([name]) => name)));
    const rules = [...variables].filter(([name]) => given.includes(name)).flatMap(([, v]) => v.rules);
    const conditions = rules.map(({ condition }) => condition.replaceAll(/\bvar\./g, "local.")).join(",");
    expect(evaluated(`locals {\n${EXAMPLE}\n}\n`, `alltrue([${conditions}])`)).toBe(true);
  }
}); // prettier-ignore

test("each architecture and each attempt has names of its own", () => {
  const locals = /^locals \{[^]*?^\}/m.exec(readFileSync(join(PACKER, "web/variables.pkr.hcl"), "utf8"))![0];
  const [suffix, definition, name] = ["suffix", "definition", "name"].map((key) => new RegExp(`^ +${key} += (.*)$`, "m").exec(locals)![1]!); // prettier-ignore
  const of = (arch: string, attempt: number) => ({ main: `locals {\n  suffix = ${suffix}\n  definition = ${definition}\n}\nvariable "arch" {\n  default = "${arch}"\n}\nvariable "attempt" {\n  default = ${attempt}\n}\nvariable "image_version" {\n  default = "1.2.0"\n}\n`, both: `[${name}, local.definition]` }); // prettier-ignore
  const first = of("x86_64", 1);
  expect(evaluated(first.main, first.both)).toEqual(["web-v1-2-0", "web"]);
  const second = of("arm64", 2);
  expect(evaluated(second.main, second.both)).toEqual(["web-v1-2-0-arm64-b2", "web-arm64"]);
});
