import { createRequire } from "node:module";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drift } from "../../cli/drift";
import { Catalog } from "../../local-cloud/schemas/catalog";
import type { Block } from "../../local-cloud/schemas/compact";
import { subjectOf, weightOf } from "../../operations/drift/classify";
import { readDrift } from "../../operations/drift/read";
import { markdown, text } from "../../operations/drift/render";
import { SUBJECTS } from "../../operations/drift/subjects";
import { TABLE } from "../../operations/drift/table";
import { fleetCommand } from "./lab";

// It has no types.
const { Parser, HtmlRenderer } = createRequire(__filename)("commonmark") as {
  Parser: new () => { parse(text: string): object };
  HtmlRenderer: new (options: object) => { render(page: object): string };
};

const folder = mkdtempSync(join(tmpdir(), "fleet-drift-"));
afterAll(() => rmSync(folder, { recursive: true }));

const PROVIDER = { aws: "aws", google: "google", azurerm: "azurerm" } as const;
const catalogs = Object.fromEntries(Object.values(PROVIDER).map((name) => [name, new Catalog(name)]));
/** The schemas of a kind: global and regional kinds of Google are one. */
const schemasOf = (kind: string): Block[] => {
  const catalog = catalogs[kind.split("_")[0]!]!;
  return [kind, kind.replace("google_compute_", "google_compute_region_")].flatMap(
    (name) => catalog.resource(name)?.block ?? [],
  );
};

type Attribute = NonNullable<ReturnType<Block["get"]>>;
/** The attribute at a path; a path into a map ends at the map. */
function attributeAt(block: Block, [name = "", ...rest]: readonly string[]): Attribute | undefined {
  const attribute = block.get(name);
  return attribute && rest.length > 0 && attribute.elem instanceof Map ? attributeAt(attribute.elem, rest) : attribute;
}
const attributesAt = (kind: string, path: string): Attribute[] =>
  schemasOf(kind).flatMap((block) => attributeAt(block, path.split(".")) ?? []);

test("every row names a type and an attribute that the pinned providers have", () => {
  const wrong = Object.entries(TABLE).flatMap(([kind, row]) => {
    if (schemasOf(kind).length === 0) return [kind];
    return Object.values(row)
      .flat()
      .filter((path) => path !== "" && attributesAt(kind, path).length === 0)
      .map((path) => `${kind}.${path}`);
  });
  expect(wrong).toEqual([]);
});

test("what is life because the cloud fills it in is computed in the providers' schemas", () => {
  const filled = Object.entries(TABLE).flatMap(([kind, { computed = [], attached = [] }]) =>
    [...computed, ...attached].map((path) => ({ kind, path })),
  );
  expect(filled.length).toBeGreaterThan(20);
  expect(filled.filter(({ kind, path }) => !attributesAt(kind, path).some(({ computed }) => computed))).toEqual([]);
});

test("what is not known is never life", () => {
  const schemas = Object.values(catalogs).flatMap((catalog) => catalog.resourceNames.map((name) => name));
  const unknown = schemas.filter((name) => !(name.replace("google_compute_region_", "google_compute_") in TABLE));
  expect(unknown.length).toBeGreaterThan(50);
  for (const name of [...unknown, "aws_made_up"])
    expect([name, weightOf(subjectOf(name, "anything.0.at_all"))]).toEqual([name, "other"]);
  expect(subjectOf("aws_autoscaling_group", "desired_capacity_type")).toBe("else");
});

test.each([
  ["aws_launch_template", "block_device_mappings.0.ebs.0.encrypted", "encryption"],
  ["aws_launch_template", "block_device_mappings.0.ebs.0.volume_size", "launch"],
  ["aws_launch_template", "latest_version", "launch"],
  ["aws_autoscaling_group", "tag.0.value", "name"],
  ["aws_vpc", "tags.fleet-network", "network"],
  ["aws_s3_bucket_public_access_block", "block_public_acls", "public"],
  ["aws_db_instance", "latest_restorable_time", "computed"],
  ["aws_db_instance", "deletion_protection", "protection"],
  ["aws_cloudwatch_log_group", "retention_in_days", "logs"],
  ["google_compute_region_instance_template", "disk.0.source_image", "image"],
  ["google_compute_region_instance_group_manager", "status.0.is_stable", "computed"],
  ["google_sql_database_instance", "settings.0.ip_configuration.0.ipv4_enabled", "public"],
  ["google_sql_database_instance", "settings.0.tier", "else"],
  ["azurerm_lb_backend_address_pool", "backend_ip_configurations.3", "attached"],
  ["azurerm_linux_virtual_machine_scale_set", "network_interface.0.network_security_group_id", "security"],
  ["azurerm_storage_account", "public_network_access_enabled", "public"],
])("%s %s is about %s", (type, path, subject) => expect(subjectOf(type, path)).toBe(subject));

/** A plan as terraform writes it, with one object that drifted. */
const plan = (drifted: object, more: object = {}): string => {
  const file = join(folder, "prod-web-aws-us-east-1.json");
  writeFileSync(
    file,
    JSON.stringify({ format_version: "1.2", terraform_version: "1.11.4", resource_changes: [], resource_drift: [drifted], complete: true, errored: false, ...more }),
  ); // prettier-ignore
  return file;
};

const HOSTILE = '"]</td><script>x</script> ::error::x | `a` @team https://x.example \u202e';

test("hostile names are shown as text, secrets and values of other attributes not at all", async () => {
  const file = plan({
    address: `aws_launch_template.live_template["${HOSTILE}"]`,
    mode: "managed",
    type: "aws_launch_template",
    name: "live_template",
    change: {
      actions: ["update"],
      before: { image_id: "ami-1", user_data: "before", tags: {} },
      after: { image_id: HOSTILE, user_data: "planted value", tags: { [HOSTILE]: "x", "planted secret": "y" } },
      after_sensitive: { tags: { "planted secret": true } },
      before_sensitive: {},
    },
  });
  const found = readDrift(file, `x${HOSTILE}`);
  const rendered = { text: text([found]), md: markdown([found]) };
  for (const shown of Object.values(rendered)) {
    expect(shown).not.toMatch(/planted value|::error|\u202e/);
    expect(shown).toContain("user_data");
  }
  const page = new HtmlRenderer({ safe: false }).render(new Parser().parse(rendered.md));
  expect(page).not.toMatch(/<script|<td|<a /);
  const { code, out } = await fleetCommand(drift, "--plan", file, "--format", "md");
  expect([code, out.split("\n")[2]]).toEqual([2, "#### 🔴 `prod-web-aws-us-east-1`: drift that matters"]);
});

test("an object that holds a secret in its index is named without it", () => {
  const file = plan({
    address: 'aws_lb.entry["planted-secret"]',
    mode: "managed",
    type: "aws_lb",
    name: "entry",
    change: { actions: ["delete"], before: { name: "planted-secret" }, before_sensitive: { name: true }, after: null },
  });
  expect(readDrift(file, "x").findings.map(({ address }) => address)).toEqual(["aws_lb.entry[(hidden)]"]);
});

test.each([
  [[], /^stack: name stacks, or give --env E, or --all/],
  [["--all", "--output", "/nowhere"], /^\/nowhere\/manifest.json: is missing; synthesize the fleet first: npx cdktf synth/],
  [["--plan", "x.json", "--all"], /^--plan: says what to look at: name no stacks/],
  [["--plan", "nowhere.json"], /^nowhere.json cannot be read: ENOENT/],
  [["--format", "html", "--all"], /^--format: must be one of text, md, json, got "html"/],
  [["--colour"], /^fleet drift: Unknown option '--colour'; npx fleet drift --help lists the options/],
])("refuses %j", async (args, message) => {
  const { code, err, out } = await fleetCommand(drift, ...args);
  expect([code, out]).toEqual([1, ""]);
  expect(err).toMatch(message);
}); // prettier-ignore

test("a plan that failed says nothing of drift", async () => {
  const { code, err } = await fleetCommand(drift, "--plan", plan({}, { errored: true, resource_drift: [] }));
  expect([code, err]).toEqual([1, expect.stringContaining("is a plan that failed")]);
});

test("docs/operations.md has a row for each subject, with its weight", () => {
  const words = { matters: "matters", other: "look at", life: "life" };
  const rows = readFileSync(join(__dirname, "../../docs/operations.md"), "utf8")
    .split("\n")
    .flatMap((line) => [/^\| (.+?) +\| (matters|look at|life) +\|/.exec(line)?.slice(1).join(": ") ?? []].flat());
  expect(rows.sort()).toEqual(
    Object.values(SUBJECTS)
      .map(({ is, weight }) => `${is}: ${words[weight]}`)
      .sort(),
  );
});
