import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { App } from "cdktf";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONTRACTS } from "../constructs/contract/plan-contract";
import { InvalidInputError } from "../constructs/contract/problem";
import { CLOUDS } from "../constructs/contract/spec";
import { resolveFleet } from "../constructs/contract/validate";
import type { FleetSpec } from "../constructs/contract/spec";
import { fleet } from "../fleet";
import { FleetStack } from "../stacks/fleet-stack";
import { ADDRESSES } from "./support/addresses";
import { Workspace, addresses, filesBelow } from "./support/synth";
import { fleetWith } from "./support/fleet";

const STACKS = {
  aws: "prod-web-aws-us-east-1",
  google: "prod-web-google-us-central1",
  azure: "prod-web-azure-westeurope",
} as const;

const workspaces: Workspace[] = [];
const workspace = () => {
  const made = new Workspace();
  workspaces.push(made);
  return made;
};
afterAll(() => workspaces.forEach(({ folder }) => rmSync(folder, { recursive: true })));

const example = workspace();
beforeAll(() => example.synth(fleet));

describe("resource addresses, which are kept in state and read in plans", () => {
  test("stacks", () => {
    const names = [...filesBelow(join(example.outdir, "stacks")).keys()].map((path) => path.split("/")[0]);
    const layers = ["api", "foundation", "shop", "web"];
    const regions = ["aws-us-east-1", "azure-westeurope", "google-us-central1"];
    const stacks = (environment: string, places: readonly string[]) =>
      layers.flatMap((layer) => places.map((place) => `${environment}-${layer}-${place}`));
    expect([...new Set(names)].sort()).toEqual([
      ...stacks("prod", [...regions, "aws-us-west-2"].sort()),
      ...stacks("staging", regions),
    ]);
  });

  test("are the same in another region and in another environment", () => {
    for (const layer of ["foundation", "web", "api", "shop"]) {
      const inZones = (stack: string) => addresses(example.stack(stack)).map((address) => address.replace(/us-(east-1|west-2)/g, "R")); // prettier-ignore
      const prod = inZones(`prod-${layer}-aws-us-east-1`);
      expect(inZones(`prod-${layer}-aws-us-west-2`)).toEqual(prod);
      expect(inZones(`staging-${layer}-aws-us-east-1`)).toEqual(prod);
    }
  });

  test.each(Object.entries(ADDRESSES))("%s", (stack, expected) => {
    expect(addresses(example.stack(stack))).toEqual(expected);
  });
});

describe("the synthesized files", () => {
  test("are the same bytes in another folder", () => {
    const other = workspace();
    other.synth(fleet);
    expect(filesBelow(other.outdir)).toEqual(filesBelow(example.outdir));
  });

  test("differ only in the release variables between two releases", () => {
    const bumped = workspace();
    bumped.release({ version: "1.1.0", epoch: "2026-w47", capacity: 4 });
    bumped.synth(fleet);
    const before = filesBelow(example.outdir);
    const changed = [...filesBelow(bumped.outdir)]
      .filter(([path, text]) => before.get(path) !== text)
      .map(([path]) => path);
    // The second region of prod too, and nothing of staging.
    const stacks = [...Object.values(STACKS), "prod-web-aws-us-west-2"].sort();
    expect(changed).toEqual(stacks.map((stack) => `stacks/${stack}/release.auto.tfvars.json`));
  });

  test("hold no unresolved token, no absolute path and no clock", () => {
    // A precondition decides what is refused, never what is written: a way in for people ends by the clock.
    const withoutConditions = (text: string) =>
      JSON.stringify(JSON.parse(text), (key, value: unknown) => (key === "precondition" ? undefined : value), 2);
    for (const [path, written] of filesBelow(example.outdir)) {
      const text = withoutConditions(written);
      expect([path, /TfToken|TFTOKEN|undefined|\[object|e\+\d\d|timestamp\(/.exec(text)?.[0]]).toEqual([
        path,
        undefined,
      ]);
      expect([path, text.includes(example.folder) || text.includes(process.cwd())]).toEqual([path, false]);
    }
  });

  test("replace everything in the compute plane new before old", () => {
    for (const cloud of CLOUDS)
      for (const [type, blocks] of Object.entries(example.stack(STACKS[cloud]).resource))
        if (type in CONTRACTS[cloud].compute || CONTRACTS[cloud].entry.includes(type))
          for (const [name, block] of Object.entries(blocks))
            expect([type, name, block.lifecycle?.create_before_destroy]).toEqual([type, name, true]);
  });
});

describe("nobody logs in and nothing is public", () => {
  const block = (cloud: keyof typeof STACKS, type: string, name: string) =>
    example.stack(STACKS[cloud]).resource[type]![name]!;

  test("on AWS", () => {
    const template = block("aws", "aws_launch_template", "live_template");
    expect(template).not.toHaveProperty("key_name");
    expect(template).not.toHaveProperty("network_interfaces");
    expect(template.metadata_options).toMatchObject({ http_tokens: "required", http_put_response_hop_limit: 1 });
    expect(template.block_device_mappings).toMatchObject([{ ebs: { encrypted: "true" } }]);
    expect(block("aws", "aws_lb", "traffic_entry").internal).toBe(true);
    const open = Object.values(example.stack(STACKS.aws).resource.aws_vpc_security_group_ingress_rule!).filter(
      (rule) => rule.cidr_ipv4 === "0.0.0.0/0",
    );
    expect(open).toEqual([]);
    const subnets = Object.values(example.stack("prod-foundation-aws-us-east-1").resource.aws_subnet!);
    expect(subnets.map((subnet) => subnet.map_public_ip_on_launch)).toEqual(subnets.map(() => false));
  });

  test("on Google Cloud", () => {
    const template = block("google", "google_compute_region_instance_template", "live_template");
    expect(template.metadata).toEqual({
      "block-project-ssh-keys": "TRUE",
      "enable-oslogin": "TRUE",
      "serial-port-enable": "FALSE",
      "user-data": "DRAIN_IDLE_SEC=10\nDRAIN_SEC=70\nENVIRONMENT=prod\nSERVICE=web\n",
    });
    expect(template.network_interface).toEqual([
      { subnetwork: "${data.google_compute_subnetwork.network_machines.self_link}" },
    ]);
    expect(template.shielded_instance_config).toEqual({
      enable_secure_boot: true,
      enable_vtpm: true,
      enable_integrity_monitoring: true,
    });
    expect(block("google", "google_compute_region_backend_service", "traffic_live_backend").load_balancing_scheme).toBe(
      "INTERNAL_MANAGED",
    );
  });

  test("on Azure", () => {
    const group = block("azure", "azurerm_linux_virtual_machine_scale_set", "live_group");
    expect(group).toMatchObject({
      disable_password_authentication: true,
      encryption_at_host_enabled: true,
      secure_boot_enabled: true,
      vtpm_enabled: true,
    });
    expect(group).not.toHaveProperty("admin_password");
    expect(JSON.stringify(group.network_interface)).not.toContain("public_ip_address");
    expect(addresses(example.stack(STACKS.azure)).filter((address) => address.startsWith("azurerm_public_ip"))).toEqual(
      [],
    );
    const rules = Object.values(example.stack(STACKS.azure).resource.azurerm_network_security_rule!);
    const open = rules.filter((rule) => rule.access === "Allow" && rule.direction === "Inbound");
    expect(open.map((rule) => rule.destination_port_range)).toEqual(["8080", "8080"]);
  });
});

test("machines and their disks are billed by environment and service", () => {
  const owner = { environment: "prod", service: "web" };
  const { resource: aws } = example.stack(STACKS.aws);
  const { tag_specifications: tags } = aws.aws_launch_template!.live_template!;
  expect(tags).toMatchObject([
    { resource_type: "instance", tags: owner },
    { resource_type: "volume", tags: owner },
  ]);
  const { resource: google } = example.stack(STACKS.google);
  const { labels, disk } = google.google_compute_region_instance_template!.live_template!;
  // The provider adds its default labels to those of the machine, not to those of the disk.
  expect([labels, disk]).toMatchObject([{ service: "web" }, [{ labels: owner }]]);
  const { resource: azure } = example.stack(STACKS.azure);
  expect(azure.azurerm_linux_virtual_machine_scale_set!.live_group!.tags).toMatchObject(owner);
});

test("on AWS, a zone without room for a machine does not end a deployment", () => {
  const { live_group } = example.stack(STACKS.aws).resource.aws_autoscaling_group!;
  expect(live_group).toMatchObject({ ignore_failed_scaling_activities: true });
});

test("a public entry listens on 443 with the certificate of its placement", () => {
  const open = workspace();
  const acm = (region: string) => `arn:aws:acm:${region}:111111111111:certificate/6b1c3d52-0000-0000-0000-000000000000`;
  const google = "projects/example-prod/locations/us-central1/certificates/web";
  open.edit("images/catalog/web/1.0.0.json", (record: { artifacts: object[] }) => {
    record.artifacts.push({ cloud: "aws", region: "us-west-1", arch: "x86_64", id: "ami-0123456789abcdef0" });
  });
  open.synth(
    fleetWith(({ environments: [environment] }) => {
      const [aws] = environment!.placements;
      environment!.placements.push({ ...aws, region: "us-west-1", cidr: "10.90.0.0/16", zones: ["us-west-1a", "us-west-1c"] } as never); // prettier-ignore
      environment!.services[0]!.traffic = {
        exposure: "public",
        certificates: { "aws-us-east-1": acm("us-east-1"), "aws-us-west-1": acm("us-west-1"), "google-us-central1": google },
      }; // prettier-ignore
    }),
  );
  for (const region of ["us-east-1", "us-west-1"]) {
    const { aws_lb, aws_lb_listener, aws_vpc_security_group_ingress_rule: rule } = open.stack(`prod-web-aws-${region}`).resource; // prettier-ignore
    expect(aws_lb!.traffic_entry).toMatchObject({ internal: false });
    expect(aws_lb_listener!.traffic_listener).toMatchObject({ port: 443, protocol: "HTTPS", certificate_arn: acm(region) }); // prettier-ignore
    expect(rule!.firewall_clients).toMatchObject({ from_port: 443 });
  }
  const { google_compute_region_target_https_proxy: proxy, google_compute_forwarding_rule: rule } = open.stack(
    STACKS.google,
  ).resource;
  expect(proxy!.traffic_https).toMatchObject({ certificate_manager_certificates: [google] });
  expect(rule!.traffic_entry).toMatchObject({ port_range: "443", load_balancing_scheme: "EXTERNAL_MANAGED" });
  expect(open.stack(STACKS.azure).resource.azurerm_lb_rule!.traffic_routes).toMatchObject({ frontend_port: 443 });
});

describe("backends", () => {
  const synthWith = (backend: FleetSpec["environments"][number]["backend"]) => {
    const made = workspace();
    made.synth(fleetWith((draft) => (draft.environments[0]!.backend = backend)));
    return made.stack(STACKS.aws).terraform;
  };

  test("local files by relative path", () => {
    expect(example.stack(STACKS.aws).terraform.backend).toEqual({
      local: { path: "../../../state/prod-web-aws-us-east-1.tfstate" },
    });
  });

  test("S3, encrypted and locked", () => {
    expect(synthWith({ kind: "s3", bucket: "fleet-state", region: "eu-west-1" }).backend).toEqual({
      s3: {
        bucket: "fleet-state",
        region: "eu-west-1",
        key: "prod-web-aws-us-east-1.tfstate",
        encrypt: true,
        use_lockfile: true,
      },
    });
  });

  test("Google Cloud Storage", () => {
    expect(synthWith({ kind: "gcs", bucket: "fleet-state" }).backend).toEqual({
      gcs: { bucket: "fleet-state", prefix: "prod-web-aws-us-east-1" },
    });
  });

  test("Azure storage without account keys", () => {
    const backend = synthWith({
      kind: "azurerm",
      resourceGroup: "state",
      storageAccount: "fleetstate",
      container: "state",
    }).backend;
    expect(backend).toEqual({
      azurerm: {
        resource_group_name: "state",
        storage_account_name: "fleetstate",
        container_name: "state",
        key: "prod-web-aws-us-east-1.tfstate",
        use_azuread_auth: true,
      },
    });
  });

  test("HCP Terraform, one workspace per stack", () => {
    expect(synthWith({ kind: "hcp", organization: "example", project: "fleet" }).cloud).toEqual({
      organization: "example",
      workspaces: { name: "prod-web-aws-us-east-1", project: "fleet" },
    });
  });
});

describe("fails with file and field, and writes nothing, on", () => {
  const CATALOG = "images/catalog/web/1.1.0.json";
  const RELEASE = "releases/prod/web.json";
  const cases: [string, (made: Workspace) => void, string][] = [
    [
      "an unknown version",
      (w) => w.release({ version: "9.9.9" }),
      `${RELEASE} slots.live.version: must be a version of image "web" in images/catalog, got "9.9.9"; known versions: 1.0.0, 1.1.0`,
    ],
    [
      "a version without an id for a placement",
      (w) =>
        w.edit(
          CATALOG,
          (json: { artifacts: { cloud: string }[] }) =>
            (json.artifacts = json.artifacts.filter(({ cloud }) => cloud !== "azure")) && json,
        ),
      `${RELEASE} slots.live.version: image "web" 1.1.0 has no x86_64 id for azure-westeurope; build it there or add it to artifacts in ${CATALOG}`,
    ],
    [
      "a revoked version",
      (w) =>
        w.edit(
          CATALOG,
          (json: { lifecycle: object }) =>
            Object.assign(json.lifecycle, { state: "revoked", reason: "CVE-2026-1234" }) && json,
        ),
      `${RELEASE} slots.live.version: web 1.1.0 is revoked on 2026-11-02T08:47:10Z: CVE-2026-1234; release another version`,
    ],
    [
      "a version that has not come far enough for the environment",
      (w) =>
        w.edit(CATALOG, (json: { lifecycle: object }) => Object.assign(json.lifecycle, { state: "tested" }) && json),
      `${RELEASE} slots.live.version: web 1.1.0 is tested, and prod needs approved; release another version`,
    ],
    [
      "an id of the wrong cloud",
      (w) =>
        w.edit(
          CATALOG,
          (json: { artifacts: { id: string }[] }) => (json.artifacts[2]!.id = "ami-0123456789abcdef0") && json,
        ),
      `${CATALOG} artifacts[2].id: must be a pinned google image id such as projects/my-images/global/images/web-1-0-0, got "ami-0123456789abcdef0"`,
    ],
    [
      "a record in the wrong place",
      (w) => w.edit(CATALOG, (json: object) => ({ ...json, version: "1.2.0" })),
      `${CATALOG} version: must agree with the file's place in the catalog, got "1.2.0"`,
    ],
    [
      "a misspelt field",
      (w) => w.edit(RELEASE, () => ({ slots: { live: { verson: "1.0.0" } } })),
      `${RELEASE} slots.live: does not know "verson"; check the spelling`,
    ],
    [
      "a slot that the strategy does not have",
      (w) => w.edit(RELEASE, () => ({ slots: { blue: { version: "1.0.0" } } })),
      `${RELEASE} slots: does not know "blue"; check the spelling`,
    ],
    [
      "JSON that is none",
      (w) => writeFileSync(join(w.folder, RELEASE), '{"slots": '),
      `${RELEASE}: is not readable JSON: line 1, column 11: it ends in the middle`,
    ],
    [
      "a release file that is not there",
      (w) => rmSync(join(w.folder, RELEASE)),
      `${RELEASE}: is missing; create it: npx fleet release set --version V --env prod --service web`,
    ],
  ];
  test.each(cases)("%s", (_name, spoil, expected) => {
    const made = workspace();
    made.release({ version: "1.1.0" });
    spoil(made);
    const problems = () => {
      try {
        made.synth();
      } catch (error) {
        if (error instanceof InvalidInputError) return error.message.replaceAll(`${made.folder}/`, "").split("\n");
        throw error;
      }
      return [];
    };
    expect(problems()).toContain(expected);
    expect(existsSync(made.outdir)).toBe(false);
  });
});

test("a bucket in a service stack is found however a construct came to it", () => {
  const [environment] = resolveFleet(fleetWith(() => {})).environments;
  const stack = new FleetStack(new App({ stackTraces: false }), "prod-web-aws-us-east-1", {
    environment: environment!,
    plane: "service",
  });
  new S3Bucket(stack, "uploads", { bucket: "uploads" });
  expect(stack.problems().map(({ path }) => path)).toEqual(["prod-web-aws-us-east-1 aws_s3_bucket.uploads"]);
});
