import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { lintTemplates } from "../../images/lint/lint";
import { tempFolder, testWith } from "./support";

const PACKER = join(__dirname, "../../images/packer");

function copy(): string {
  const folder = tempFolder();
  cpSync(PACKER, folder, { recursive: true });
  return folder;
}

test("the templates of this repository are clean", async () => {
  expect(await lintTemplates([join(PACKER, "base"), join(PACKER, "web")])).toEqual([]);
});

/** What differs on purpose in the files that both templates have: each is built from another image. The rest is changed in both. */
const DIFFERS: Readonly<Record<string, { readonly base: readonly string[]; readonly web: readonly string[] }>> = {
  "plugins.pkr.hcl": { base: [], web: [] },
  "sources.pkr.hcl": {
    base: [
      "source_ami = var.vendor.aws",
      'source_image = element(split("/", var.vendor.google), 4)',
      'source_image_project_id = [element(split("/", var.vendor.google), 1)]',
      "image_publisher = var.vendor.azure.publisher",
      "image_offer = var.vendor.azure.offer",
      "image_sku = var.vendor.azure.sku",
      "image_version = var.vendor.azure.version",
    ],
    web: [
      "locals {",
      'open = "systemctl unmask ssh.service ssh.socket && systemctl start --no-block ssh.service"',
      'open_by_cloud_init = "#cloud-config\\nbootcmd:\\n - ${local.open}\\n"',
      "source_ami = var.base.aws",
      "user_data = local.open_by_cloud_init",
      'source_image = element(split("/", var.base.google), 4)',
      'source_image_project_id = [element(split("/", var.base.google), 1)]',
      'metadata = { startup-script = "#!/bin/sh\\n${local.open}\\n" }',
      "shared_image_gallery {",
      "id = var.base.azure",
      "custom_data = base64encode(local.open_by_cloud_init)",
    ],
  },
};

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim().replace(/\s+/g, " "))
    .filter((line) => line !== "" && line !== "}" && !line.startsWith("#"));
const without = (lines: readonly string[], others: readonly string[]): string[] => {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
};

test.each(Object.entries(DIFFERS))(
  "%s says the same in both templates, but for the image that each is built from",
  (name, { base, web }) => {
    const [inBase, inWeb] = ["base", "web"].map((template) =>
      linesOf(readFileSync(join(PACKER, template, name), "utf8")),
    );
    expect({ "only in base": without(inBase!, inWeb!) }).toEqual({ "only in base": base });
    expect({ "only in web": without(inWeb!, inBase!) }).toEqual({ "only in web": web });
  },
);

test("a variable that both templates have is the same in both", () => {
  const variables = (template: string) =>
    new Map(
      [
        ...readFileSync(join(PACKER, template, "variables.pkr.hcl"), "utf8").matchAll(
          /^variable "([^"]+)" \{\n([^]*?)^\}/gm,
        ),
      ].map(([, name, body]) => [name!, body!]),
    );
  const [base, web] = [variables("base"), variables("web")];
  const shared = [...base.keys()].filter((name) => web.has(name));
  expect(shared).toEqual([
    "image_version",
    "git_sha",
    "git_dirty",
    "template",
    "template_sha256",
    "arch",
    "attempt",
    "aws",
    "google",
    "azure",
    "aws_access",
    "google_access",
    "azure_access",
    "azure_auth",
    "oidc_request_url",
    "oidc_request_token",
  ]);
  for (const name of shared) expect([name, web.get(name)]).toEqual([name, base.get(name)]);
});

/** Edits whose finding another edit would have too, or would hide. */
const ALONE: readonly string[] = ["HCL that is none", "bad format"];

const EDITS = [
  ["HCL that is none", "build.pkr.hcl", "build {", "build {{", /is no HCL: .*build\.pkr\.hcl:\d+/],
  ["bad format", "sources.pkr.hcl", "  ssh_username ", "    ssh_username ", /is not formatted/],
  ["a name that is not declared", "sources.pkr.hcl", "var.base.aws", "var.bass.aws", /uses var\.bass, which is not declared/],
  ["a plugin that moves", "plugins.pkr.hcl", "= 1.8.2", ">= 1.8.2", /amazon\.version: must be one version/],
  ["a cloud that is left out", "build.pkr.hcl", ', "source.azure-arm.image"', "", /leaves out source\.azure-arm\.image/],
  ["a source that does not exist", "build.pkr.hcl", "source.azure-arm.image", "source.azure-arm.other", /names source\.azure-arm\.other/],
  ["a field that the plugin does not know", "sources.pkr.hcl", "encrypt_boot ", "encrypt_root ", /has encrypt_root, which plugin amazon 1\.8\.2 does not know/],
  ["a field of a block that the plugin does not know", "sources.pkr.hcl", 'http_tokens  ', 'http_token  ', /has metadata_options\.http_token, which plugin amazon 1\.8\.2 does not know/],
  ["a field of a block that a dynamic one makes", "sources.pkr.hcl", "disk_encryption_set_id = lookup(var.azure.disk_encryption_sets, target", "encryption_set_id = lookup(var.azure.disk_encryption_sets, target", /has shared_image_gallery_destination\.target_region\.encryption_set_id, which plugin azure/],
  ["a vendor's image", "sources.pkr.hcl", 'os_type = "Linux"', 'os_type = "Linux"\n  image_offer = "debian-12"', /names a vendor's image/],
  ["a family", "sources.pkr.hcl", "source_image  ", 'source_image_family = "debian-12"\n  source_image  ', /finds whatever is newest/],
  ["the old metadata service", "sources.pkr.hcl", '"v2.0"', '"v1.0"', /imds_support: must be "v2\.0"/],
  ["no encryption", "sources.pkr.hcl", /encrypt_boot +=/, "encrypt_boot = false #", /encrypt_boot: must be true/],
  ["a managed image", "sources.pkr.hcl", 'os_type = "Linux"', 'os_type = "Linux"\n  managed_image_name = "web"', /must go: with a managed image/],
  ["a manifest that ingest cannot use", "build.pkr.hcl", /google_project +=/, "gcp_project =", /custom_data: must hold google_project/],
  ["another last step than the seal", "build.pkr.hcl", "../shared/seal.sh", "../shared/test.sh", /the last script must be seal\.sh/],
  ["a script that is not there", "build.pkr.hcl", "scripts/install.sh", "scripts/instal.sh", /is missing, and the template runs it/],
  ["a secret", "sources.pkr.hcl", 'os_type = "Linux"', 'os_type = "Linux"\n  client_secret = "hunter2"', /must not stand in the template/],
  ["a family that the image would be in", "sources.pkr.hcl", "image_name ", 'image_family = "web"\n  image_name ', /image_family must be left out.*whatever build is newest/],
  ["a rule between fields", "sources.pkr.hcl", /omit_external_ip +=.*\n.*use_internal_ip.*/, "omit_external_ip = true", /omit_external_ip is true, so use_internal_ip must be true, got nothing/],
  ["a wait without end", "sources.pkr.hcl", /wrap_startup_script = false/, "", /wrap_startup_script must be true or false/],
  ["a builder that is open to all", "sources.pkr.hcl", /temporary_security_group_source_cidrs = .*/, "", /port 22 to 0\.0\.0\.0\/0/],
  ["a function that Packer does not have", "variables.pkr.hcl", "replace(var.image_version", "substitute(var.image_version", /calls substitute, which is no function of Packer/],
  ["a function of a newer Packer", "variables.pkr.hcl", 'contains(["x86_64"', 'anytrue(["x86_64"', /calls anytrue, which Packer has since 1\.12\.0, and required_version takes 1\.11\.0 too/],
  ["a tag that moves", "build.pkr.hcl", '"CONTAINER=${var.container}"', '"CONTAINER=web:latest"', /must be one version/],
] as const; // prettier-ignore

describe("a template with a mistake", () => {
  /** What lint says of each edit. Edits that leave each other alone are linted together: reading a template takes a while. */
  const said: string[] = [];
  beforeAll(async () => {
    for (let next = 0; next < EDITS.length; ) {
      const folder = copy();
      const first = next;
      for (; next < EDITS.length; next++) {
        const [, name, from, to] = EDITS[next]!;
        const file = join(folder, "web", name);
        const text = readFileSync(file, "utf8");
        const changed = text.replace(from, to);
        if (changed === text || (next > first && ALONE.includes(EDITS[next - 1]![0]))) break;
        writeFileSync(file, changed);
      }
      if (next === first) throw new Error(`"${EDITS[next]![0]}" changes nothing in the template`);
      const found = (await lintTemplates([join(folder, "web")])).map(({ path, message }) => `${path}: ${message}`);
      said.push(...Array.from({ length: next - first }, () => found.join("\n")));
    }
  });

  test.each(EDITS.map(([name, , , , message], index) => [name, index, message] as const))("finds %s", (_name, index, message) => {
    expect(said[index]).toMatch(message);
  }); // prettier-ignore
});

test("a folder without templates is a finding, not silence", async () => {
  expect(await lintTemplates([tempFolder()])).toHaveLength(1);
});

describe("what Packer knows, lint knows too", () => {
  const lint = async (files: Record<string, string>): Promise<string> => {
    const folder = tempFolder();
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return (await lintTemplates([folder])).map(({ path, message }) => `${path}: ${message}`).join("\n");
  };
  const ALL_DATA = [
    ...["image", "version", "git_sha", "git_dirty", "template", "template_sha256", "packer_version"],
    ...["google_project", "azure_regions", "base_image", "base_version"],
  ];
  const MANIFEST = `post-processor "manifest" {\n    custom_data = {\n${ALL_DATA.map((key) => `${key} = "x"`).join("\n")}\n    }\n  }`;

  test.each([
    ["a local block", 'local "stamp" {\n  expression = "x"\n}\nlocals {\n  other = local.stamp\n}\n', /is not declared/],
    ["legacy variables", 'variables {\n  zone = "a"\n}\nlocals {\n  other = var.zone\n}\n', /is not declared/],
    ["a hyphen in names", 'variable "ami-name" {}\nlocal "a-b" {\n  expression = var.ami-name\n}\nlocals {\n  c = "x-${local.a-b}"\n}\n', /is not declared/],
    ["a data source", 'data "amazon-ami" "base-1" {}\nlocals {\n  id = data.amazon-ami.base-1.id\n}\n', /is not declared/],
    ["words in text", 'locals {\n  a = "see var.nothing, $${var.nothing} and local.b"\n  c = "${join(",", ["var.none"])}"\n}\n', /is not declared/],
    ["a mark at the beginning", "\uFEFFlocals {\n  a = 1\n}\n", /no HCL|not formatted/],
    ["an error-cleanup-provisioner and a registry", 'build {\n  name        = "x"\n  description = "y"\n  hcp_packer_registry {}\n  error-cleanup-provisioner "shell-local" {}\n}\n', /does not know: /],
    ["a lone post-processor", `build {\n  ${MANIFEST}\n}\n`, /manifest: is missing|must hold/],
    ["a chain of post-processors", `build {\n  post-processors {\n${MANIFEST}\n}\n}\n`, /manifest: is missing|must hold/],
    ["a source block in a build", 'source "amazon-ebs" "a" {}\nbuild {\n  source "amazon-ebs.a" {\n    name = "renamed"\n  }\n}\n', /leaves out|does not exist|has name/],
    ["a source block with its type before it", 'source "amazon-ebs" "a" {}\nbuild {\n  source "source.amazon-ebs.a" {}\n}\n', /leaves out|does not exist/],
    ["sources as references", 'source "amazon-ebs" "a" {}\nbuild {\n  sources = [source.amazon-ebs.a]\n}\n', /leaves out|does not exist/],
    ["sources that are computed", 'locals {\n  all = ["amazon-ebs.a"]\n}\nsource "amazon-ebs" "a" {}\nbuild {\n  sources = local.all\n}\n', /leaves out|does not exist/],
    ["a field that a build adds", 'source "amazon-ebs" "a" {}\nbuild {\n  source "amazon-ebs.a" {\n    encrypt_boot = true\n  }\n}\n', /encrypt_boot/],
  ])("%s", async (_name, text, wrong) => {
    const found = await lint({ "a.pkr.hcl": text });
    expect(found).not.toMatch(/is no HCL/);
    expect(found).not.toMatch(wrong);
  }); // prettier-ignore

  test("a template in JSON", async () => {
    const source = { "amazon-ebs": { a: { "ami-name": "${var.x}" } } };
    const found = await lint({
      "a.pkr.json": JSON.stringify({ source, build: [{ sources: ["source.amazon-ebs.a"] }] }),
    });
    expect(found).toMatch(/uses var\.x, which is not declared/);
    expect(found).not.toMatch(/leaves out|does not exist|not formatted/);
    expect(await lint({ "a.pkr.json": "[]" })).toMatch(/is no JSON: the outermost value must be an object/);
    expect(await lint({ "a.pkr.json": "{" })).toMatch(
      /a\.pkr\.json: is no JSON: line 1, column 2: it ends in the middle/,
    );
  });

  test.each([
    ["a hyphen that is not declared", "locals {\n  a = var.ami-name\n}\n", /uses var\.ami-name, which/],
    ["a data source that is not declared", "locals {\n  a = data.amazon-ami.b.id\n}\n", /uses data\.amazon-ami\.b, which/],
    ["a name inside a text inside code", 'locals {\n  a = "${join(",", ["${var.deep}"])}"\n}\n', /uses var\.deep, which/],
    ["a block of no kind", 'sauce "amazon-ebs" "a" {}\n', /has sauce, which a template does not know/],
    ["a block of no kind in a build", "build {\n  provisioners = []\n}\n", /has provisioners, which build does not know/],
    ["a build's block for a source that is none", 'build {\n  source "amazon-ebs.b" {}\n}\n', /names source\.amazon-ebs\.b, which does not exist/],
    ["a field that a build adds and no plugin knows", 'source "amazon-ebs" "a" {}\nbuild {\n  source "amazon-ebs.a" {\n    nonsense = 1\n  }\n}\n', /has nonsense, which plugin/],
    ["a secret as a default", 'variable "client_secret" {\n  default = "hunter2"\n}\n', /client_secret\.default: must not stand/],
    ["a secret as a local", 'local "api_token" {\n  expression = "hunter2"\n}\n', /api_token\.expression: must not stand/],
    ["a post-processor alone that ingest cannot use", 'build {\n  post-processor "manifest" {}\n}\n', /must hold google_project/],
  ])("finds %s", async (_name, text, message) => {
    expect(await lint({ "a.pkr.hcl": text })).toMatch(message);
  }); // prettier-ignore

  test("what cannot be read is a finding, never a stack trace", async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, "a.pkr.hcl"));
    symlinkSync(join(folder, "nowhere"), join(folder, "b.pkr.hcl"));
    symlinkSync(join(folder, "c.pkr.json"), join(folder, "c.pkr.json"));
    const found = (await lintTemplates([folder])).map(({ path, message }) => `${basename(path)} ${message}`);
    expect(found).toEqual([
      "a.pkr.hcl is a folder; a file must be there",
      expect.stringMatching(/^b\.pkr\.hcl cannot be read: ENOENT/),
      expect.stringMatching(/^c\.pkr\.json cannot be read: ELOOP/),
    ]);
    expect(await lintTemplates([join(folder, "none"), __filename])).toHaveLength(2);
  });

  test("a script that is a folder", async () => {
    const folder = copy();
    rmSync(join(folder, "web/scripts/install.sh"));
    mkdirSync(join(folder, "web/scripts/install.sh"));
    expect((await lintTemplates([join(folder, "web")])).map(({ message }) => message)).toEqual([
      "is a folder; a file must be there",
    ]);
  });
});

const below = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

testWith("shellcheck", "shellcheck has nothing to say about the scripts", async () => {
  const scripts = below(PACKER).filter(
    (file) => file.endsWith(".sh") || /^#!\/bin\/sh/.test(readFileSync(file, "utf8")),
  );
  expect(scripts.length).toBeGreaterThan(12);
  // With what a script reads in: it says where that lies, seen from itself.
  execFileSync("shellcheck", ["-x", "--source-path=SCRIPTDIR", ...scripts], { stdio: "pipe" });
});

testWith("systemd-analyze", "systemd has nothing to say about the units", async () => {
  const folder = tempFolder();
  const units = below(PACKER).filter((file) => /\/fleet-[\w-]+\.(service|timer)$/.test(file));
  expect(units.length).toBeGreaterThan(7);
  const copies = units.map((file) => {
    const copy = join(folder, basename(file));
    // The programs are in an image, not here.
    writeFileSync(copy, readFileSync(file, "utf8").replaceAll(/\/usr\/(local\/s)?bin\/[\w-]+/g, "/bin/true"));
    return copy;
  });
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", ...copies], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
