/** What the Packer of this machine says of the templates. Where it or a plugin is missing, the skipped test says which. */
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { compareVersions } from "../../images/version";
import { testUnless } from "../support/needs";
import { has, tempFolder } from "./support";

const PACKER = join(__dirname, "../../images/packer");
const TEMPLATES = ["base", "web"];
const env = { ...process.env, CHECKPOINT_DISABLE: "1" };
const packer = (...args: string[]) => execFileSync("packer", args, { encoding: "utf8", stdio: "pipe", env });

/** Plugins that the templates pin, as their files are named. */
const PINNED = [...readFileSync(join(PACKER, "base/plugins.pkr.hcl"), "utf8").matchAll(/github\.com\/hashicorp\/(\w+)"\s+version = "= ([\d.]+)"/g)].map(([, name, version]) => `packer-plugin-${name}_v${version}_`); // prettier-ignore

const OLDEST = "1.11.0";
const version = has("packer") ? /v(\d+\.\d+\.\d+)/.exec(packer("version"))?.[1] : undefined;
const isOld = version !== undefined && compareVersions(version, OLDEST) < 0;

function lacksPlugins(): string | undefined {
  if (version === undefined) return "packer is not installed";
  if (isOld) return `packer ${version} is older than ${OLDEST}, which the templates need`;
  const installed = packer("plugins", "installed");
  const missing = PINNED.filter((plugin) => !installed.includes(plugin));
  return missing.length === 0 ? undefined : `packer has no ${missing.join(", ")}; run packer init images/packer/base`;
}

const noPacker = version === undefined ? "packer is not installed" : undefined;

test("three plugins are pinned, alike in both templates", () => {
  expect(PINNED).toHaveLength(3);
  const [base, web] = TEMPLATES.map((name) => readFileSync(join(PACKER, name, "plugins.pkr.hcl"), "utf8"));
  expect(web).toBe(base);
});

testUnless(noPacker)("packer reads the templates, and finds them formatted", () => {
  const folder = tempFolder();
  cpSync(PACKER, folder, { recursive: true });
  for (const name of TEMPLATES) {
    // Packer before 1.7 knows no required_plugins; that is why the block has a file of its own.
    if (isOld) rmSync(join(folder, name, "plugins.pkr.hcl"));
    packer("validate", "-syntax-only", join(folder, name));
    packer("fmt", "-check", join(folder, name));
  }
});

for (const name of TEMPLATES)
  testUnless(lacksPlugins())(`the plugins of ${name} take it, with the example's values`, () => {
    expect(packer("validate", `-var-file=${join(PACKER, "example.pkrvars.hcl")}`, join(PACKER, name))).toContain("valid");
  }); // prettier-ignore

test("CI asks the oldest Packer that the templates take, with the pinned plugins", () => {
  const workflow = readFileSync(join(__dirname, "../../.github/workflows/synth.yml"), "utf8");
  expect(readFileSync(join(PACKER, "base/plugins.pkr.hcl"), "utf8")).toContain(`required_version = ">= ${OLDEST}"`);
  expect(workflow).toContain(`packer: [${OLDEST}, `);
  for (const command of ["packer init", "packer fmt -check", "packer validate -var-file=images/packer/example.pkrvars.hcl"])
    expect(workflow).toContain(command);
}); // prettier-ignore
