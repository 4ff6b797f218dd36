/** What describes images: the catalog's records, channels and policy, Packer's manifests, and its templates. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { InvalidInputError } from "../../constructs/contract/problem";
import { recordSchema } from "../../images/catalog";
import { exportChannel } from "../../images/export";
import { ingest } from "../../images/ingest";
import { jsonText } from "../../images/json-file";
import { lintTemplates } from "../../images/lint/lint";
import { allRecords, loadCatalog } from "../../images/load";
import { readManifest } from "../../images/manifest";
import { outdated, planRebuild, stale } from "../../images/upkeep";
import { advice, verify } from "../../images/verify";
import { judgeImage } from "../../images/allowed";
import { mutants, type Inputs, type Recipe } from "../mutate";
import { checkWords, type Read, type Reader } from "../reader";
import { CATALOG, filesIn, NOW, put, textOf } from "./project";

const catalogs = (name: string, file: string, seeds: () => readonly string[]): Reader => ({
  name,
  inputs: () => mutants("json", seeds()),
  errors: [InvalidInputError],
  open: (folder): Read => {
    cpSync(CATALOG, folder, { recursive: true });
    put(join(folder, "base/1.0.0.json"), textOf(RECORD).replaceAll('"web"', '"base"').replaceAll("1.1.0", "1.0.0").replaceAll(/ami-[0-9a-f]/g, "ami-0").replaceAll("images/web", "images/base")); // prettier-ignore
    return (input) => {
      put(join(folder, file), input);
      const judged = judgeImage(folder, "prod", { image: "web", version: "1.1.0" }, "the release", NOW);
      checkWords(
        [...(judged.problems ?? []).map(({ message }) => message), judged.value?.refusal ?? "fine"].join("\n"),
      );
      const catalog = loadCatalog(folder);
      const said = [...verify(catalog, NOW), ...advice(catalog)].map(({ path, message }) => `${path}: ${message}`);
      checkWords(["verified", ...said].join("\n"));
      for (const channel of catalog.images.get("web")?.channels.keys() ?? []) exportChannel(catalog, channel, NOW);
      for (const record of allRecords(catalog)) jsonText(recordSchema, record);
      return [outdated(catalog, NOW), stale(catalog, NOW), planRebuild(catalog, NOW)];
    };
  },
});

const RECORD = "images/catalog/web/1.1.0.json";
const full = () => {
  const record = JSON.parse(textOf(RECORD)) as { build: object; lifecycle: object };
  return JSON.stringify({
    ...record,
    base: { image: "base", version: "1.0.0" },
    build: { ...record.build, sbom: { uri: "https://example.com/sbom", sha256: "a".repeat(64), format: "spdx" } },
    lifecycle: {
      ...record.lifecycle,
      notAfter: "2027-01-01T00:00:00Z",
      revokeAt: "2027-01-01T00:00:00Z",
      reason: "old",
      replacement: "1.0.0",
      tests: [{ suite: "boot", result: "passed", at: "2026-11-01T00:00:00Z" }],
    },
  });
};

const LONG_CHANNEL = JSON.stringify({
  ...(JSON.parse(textOf("images/catalog/web/channels/prod.json")) as object),
  reason: "a fix",
  first: "it was tried elsewhere",
  previous: [
    { version: "1.1.0", since: "2026-11-01T00:00:00Z", until: "2026-11-02T00:00:00Z", reason: "slow", first: "new" },
  ],
  promoted: ["1.0.0", "1.1.0"],
});

export const catalogRecords = catalogs("catalog", "web/1.1.0.json", () => [textOf(RECORD), full()]);
export const channels = catalogs("channel", "web/channels/prod.json", () => [textOf("images/catalog/web/channels/prod.json"), LONG_CHANNEL]); // prettier-ignore
export const policies = catalogs("policy", "policy.json", () => [
  textOf("images/catalog/policy.json"),
  JSON.stringify({
    schema: 1,
    clouds: ["aws"],
    channels: {
      staging: { min: "tested" },
      prod: {
        min: "approved",
        from: "staging",
        soak: "P1DT2H",
        places: { aws: ["us-east-1"] },
        archs: ["x86_64"],
        promotedOnly: true,
        afterEndOfLife: "refuse",
      },
    },
    provenance: {
      required: true,
      keys: ["builder.pem"],
      identities: [{ issuer: "https://ci.example.com", subject: "https://ci.example.com/image" }],
      trustedRoot: "trusted-root.jsonl",
      builder: "https://ci.example.com",
    },
    required: { suites: ["boot"], sbom: true, provenance: true, secondPerson: true },
    maxAge: { "*": "P90D", web: "P30D" },
    rebuildWithin: "P7D",
    keep: { newest: 2, channelPrevious: 1, minAge: "PT24H" },
  }),
]);

const DATA = {
  image: "web",
  version: "9.0.0",
  git_sha: "a".repeat(40),
  git_dirty: "false",
  template: "images/packer/web",
  template_sha256: "b".repeat(64),
  packer_version: "1.14.2",
  google_project: "my-images",
  azure_regions: "westeurope",
};
const ARTIFACTS = {
  "amazon-ebs": "us-east-1:ami-0123456789abcdef0,eu-west-1:ami-0123456789abcdef1",
  googlecompute: "web-v9-0-0",
  "azure-arm": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/images/providers/Microsoft.Compute/galleries/fleet/images/web/versions/9.0.0", // prettier-ignore
};
const manifest = (data: object) =>
  JSON.stringify({
    builds: Object.entries(ARTIFACTS).map(([builder_type, artifact_id]) => ({
      ...{ name: "image", builder_type, build_time: 1_795_000_000, files: null, artifact_id },
      ...{ packer_run_uuid: "05ea93fa-9252-4fc3-8bd9-64bdc9f584a9", custom_data: data },
    })),
    last_run_uuid: "05ea93fa-9252-4fc3-8bd9-64bdc9f584a9",
  });

export const manifests: Reader = {
  name: "manifest",
  inputs: () =>
    mutants("json", [manifest(DATA), manifest({ ...DATA, arch: "arm64", base_image: "web", base_version: "1.1.0" })]),
  errors: [InvalidInputError],
  open: () => {
    const catalog = loadCatalog(CATALOG);
    const options = { expect: [], allowPartial: true, allowDirty: false, manifestSha256: "c".repeat(64) };
    return (input) => {
      const run = readManifest(input.toString("utf8"), "packer-manifest.json", { allowManagedImage: false });
      const record = ingest(run, catalog, options, { now: NOW, by: "ops@example.com" });
      // What is written must be what the next command can read.
      recordSchema.parse(JSON.parse(jsonText(recordSchema, record)));
    };
  },
};

const templates = (name: string, file: string, inputs: () => Inputs<Recipe>): Reader => ({
  name,
  inputs,
  errors: [],
  open: (folder) => async (input) => {
    put(join(folder, file), input);
    const found = await lintTemplates([folder]);
    checkWords(["linted", ...found.map(({ path, message }) => `${path}: ${message}`)].join("\n"));
  },
});

export const hclTemplates = templates("template", "image.pkr.hcl", () =>
  mutants("text", [...filesIn("images/packer/base", ".hcl"), ...filesIn("images/packer/web", ".hcl")].map(textOf)),
);
export const jsonTemplates = templates("template-json", "image.pkr.json", () =>
  mutants("json", [
    JSON.stringify({
      packer: { required_plugins: { amazon: { version: "= 1.2.3", source: "github.com/hashicorp/amazon" } } },
      variable: { token: { default: '${env("TOKEN")}' } },
      source: { "amazon-ebs": { image: { imds_support: "v2.0", tags: { a: "${var.token}" }, source_ami: "ami-1" } } },
      build: [
        {
          sources: ["source.amazon-ebs.image"],
          provisioner: [{ shell: { scripts: ["${path.root}/scripts/seal.sh"] } }],
          "post-processors": [{ "post-processor": { manifest: { custom_data: DATA } } }],
        },
      ],
    }),
  ]),
);
