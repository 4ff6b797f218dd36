import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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

test.each([
  ["HCL that is none", "build.pkr.hcl", "build {", "build {{", /is no HCL: .*build\.pkr\.hcl:\d+/],
  ["bad format", "sources.pkr.hcl", "  ssh_username ", "    ssh_username ", /is not formatted/],
  ["a name that is not declared", "sources.pkr.hcl", "var.base.aws", "var.bass.aws", /uses var\.bass, which is not declared/],
  ["a plugin that moves", "plugins.pkr.hcl", "= 1.8.2", ">= 1.8.2", /amazon\.version: must be one version/],
  ["a cloud that is left out", "build.pkr.hcl", ', "source.azure-arm.image"', "", /leaves out source\.azure-arm\.image/],
  ["a source that does not exist", "build.pkr.hcl", "source.azure-arm.image", "source.azure-arm.other", /names source\.azure-arm\.other/],
  ["a field that the plugin does not know", "sources.pkr.hcl", "encrypt_boot ", "encrypt_root ", /has encrypt_root, which plugin amazon 1\.8\.2 does not know/],
  ["a vendor's image", "sources.pkr.hcl", 'os_type = "Linux"', 'os_type = "Linux"\n  image_offer = "debian-12"', /names a vendor's image/],
  ["a family", "sources.pkr.hcl", "source_image  ", 'source_image_family = "debian-12"\n  source_image  ', /finds whatever is newest/],
  ["the old metadata service", "sources.pkr.hcl", '"v2.0"', '"v1.0"', /imds_support: must be "v2\.0"/],
  ["no encryption", "sources.pkr.hcl", /encrypt_boot +=/, "encrypt_boot = false #", /encrypt_boot: must be true/],
  ["a managed image", "sources.pkr.hcl", 'os_type = "Linux"', 'os_type = "Linux"\n  managed_image_name = "web"', /must go: with a managed image/],
  ["a manifest that ingest cannot use", "build.pkr.hcl", /google_project +=/, "gcp_project =", /custom_data: must hold google_project/],
  ["another last step than the seal", "build.pkr.hcl", "../shared/seal.sh", "../shared/test.sh", /the last script must be seal\.sh/],
  ["a script that is not there", "build.pkr.hcl", "scripts/install.sh", "scripts/instal.sh", /is missing, and the template runs it/],
  ["a secret", "sources.pkr.hcl", 'os_type = "Linux"', 'os_type = "Linux"\n  client_secret = "hunter2"', /must not stand in the template/],
  ["a tag that moves", "build.pkr.hcl", '"CONTAINER=${var.container}"', '"CONTAINER=web:latest"', /must be one version/],
] as const)("finds %s", async (_name, name, from, to, message) => {
  const folder = copy();
  const file = join(folder, "web", name);
  const text = readFileSync(file, "utf8");
  expect(text).toMatch(from);
  writeFileSync(file, text.replace(from, to));
  const found = await lintTemplates([join(folder, "web")]);
  expect(found.map(({ path, message: m }) => `${path}: ${m}`).join("\n")).toMatch(message);
}); // prettier-ignore

test("a folder without templates is a finding, not silence", async () => {
  expect(await lintTemplates([tempFolder()])).toHaveLength(1);
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

testWith("packer", "packer reads the templates too, and finds them formatted", async () => {
  const folder = copy();
  const env = { ...process.env, CHECKPOINT_DISABLE: "1", HOME: folder };
  for (const name of ["base", "web"]) {
    // Debian's packer is older than required_plugins; that is why the block has a file of its own.
    rmSync(join(folder, name, "plugins.pkr.hcl"));
    execFileSync("packer", ["validate", "-syntax-only", join(folder, name)], { stdio: "pipe", env });
    execFileSync("packer", ["fmt", "-check", join(folder, name)], { stdio: "pipe", env });
  }
});
