import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingReference } from "../../local-cloud/cloud/graph";
import { alike } from "../../local-cloud/cloud/kinds";
import { REFERENCES } from "../../local-cloud/cloud/references";
import { type CloudObject, Store } from "../../local-cloud/cloud/store";
import { readSettings } from "../../local-cloud/settings";
import { plainText, Sandbox } from "./support";

/** Other people's configurations, which are right in the cloud: one apply for each cloud, and nothing to do after it. */

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

/** Applies a configuration whose outputs are all `true`, and plans it again. */
async function holds(configuration: string, outputs: Record<string, string>, providers?: string): Promise<void> {
  sandbox = new Sandbox();
  await sandbox.start();
  const lines = Object.entries(outputs).map(([name, value]) => `output "${name}" {\n  value = ${value}\n}`);
  const applied = await sandbox.apply(["", configuration, ...lines, ""].join("\n"), providers);
  expect(plainText(applied.output)).toMatch(/Apply complete!/);
  const shown = await sandbox.terraform("output", "-json");
  const values = JSON.parse(shown.stdout) as Record<string, { value: unknown }>;
  expect(Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]))).toEqual(
    Object.fromEntries(Object.keys(outputs).map((name) => [name, true])),
  );
  expect(await sandbox.plan()).toEqual([]);
  expect(plainText((await sandbox.terraform("destroy", "-auto-approve")).output)).toMatch(/Destroy complete!/);
}

test("aws: ranges that Amazon gives, and what comes with a VPC, an account and a parent", () =>
  holds(
    `
    resource "aws_vpc" "v" {
      cidr_block                       = "10.0.0.0/16"
      assign_generated_ipv6_cidr_block = true
    }
    resource "aws_vpc" "plain" {
      cidr_block = "10.1.0.0/16"
    }
    resource "aws_subnet" "a" {
      vpc_id          = aws_vpc.v.id
      cidr_block      = "10.0.1.0/24"
      ipv6_cidr_block = cidrsubnet(aws_vpc.v.ipv6_cidr_block, 8, 1)
    }
    data "aws_security_group" "default" {
      name   = "default"
      vpc_id = aws_vpc.v.id
    }
    data "aws_route_table" "main" {
      vpc_id = aws_vpc.v.id
      filter {
        name   = "association.main"
        values = ["true"]
      }
    }
    resource "aws_default_security_group" "closed" {
      vpc_id = aws_vpc.v.id
    }
    resource "aws_default_network_acl" "open" {
      default_network_acl_id = aws_vpc.v.default_network_acl_id
    }
    resource "aws_vpc_security_group_ingress_rule" "r" {
      security_group_id = aws_vpc.plain.default_security_group_id
      cidr_ipv4         = "10.0.0.0/8"
      ip_protocol       = "-1"
    }
    resource "aws_route_table_association" "a" {
      route_table_id = aws_vpc.v.main_route_table_id
      subnet_id      = aws_subnet.a.id
    }
    data "aws_vpc" "default" {
      default = true
    }
    data "aws_subnet" "default" {
      vpc_id            = data.aws_vpc.default.id
      availability_zone = "us-east-1b"
      default_for_az    = true
    }
    resource "aws_lb_target_group" "t" {
      name     = "t"
      port     = 80
      protocol = "HTTP"
      vpc_id   = data.aws_vpc.default.id
    }
    resource "aws_alb" "l" {
      name            = "l"
      subnets         = [data.aws_subnet.default.id]
      security_groups = [data.aws_security_group.default.id]
    }
    data "aws_lb" "l" {
      name = aws_alb.l.name
    }
    resource "aws_lb_listener" "l" {
      load_balancer_arn = aws_alb.l.arn
      port              = 80
      default_action {
        type             = "forward"
        target_group_arn = aws_lb_target_group.t.arn
      }
    }
    data "aws_subnets" "default" {
      filter {
        name   = "vpc-id"
        values = [data.aws_vpc.default.id]
      }
    }
    data "aws_subnets" "none" {
      tags = { Name = "nobody" }
    }
    resource "aws_default_vpc" "d" {}
    resource "aws_default_subnet" "a" {
      availability_zone = "us-east-1a"
    }
    resource "aws_default_route_table" "d" {
      default_route_table_id = aws_vpc.plain.default_route_table_id
    }
    resource "aws_vpc_ipv4_cidr_block_association" "more" {
      vpc_id     = aws_vpc.v.id
      cidr_block = "10.9.0.0/16"
    }
    resource "aws_egress_only_internet_gateway" "out" {
      vpc_id = aws_vpc.v.id
    }
    resource "aws_network_acl" "a" {
      vpc_id = aws_vpc.v.id
    }
    resource "aws_network_acl_rule" "r" {
      network_acl_id = aws_network_acl.a.id
      rule_number    = 100
      protocol       = "tcp"
      rule_action    = "allow"
      cidr_block     = "10.0.0.0/8"
      from_port      = 443
      to_port        = 443
    }
    resource "aws_iam_user" "u" {
      name = "u"
    }
    resource "aws_iam_user_policy_attachment" "u" {
      user       = aws_iam_user.u.name
      policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    }
    resource "aws_db_instance" "d" {
      identifier                  = "d"
      instance_class              = "db.t4g.micro"
      engine                      = "postgres"
      allocated_storage           = 20
      username                    = "owner"
      manage_master_user_password = true
      skip_final_snapshot         = true
    }`,
    {
      range: 'can(regex("^2600:1f18:[0-9a-f]+:[0-9a-f]{2}00::/56$", aws_vpc.v.ipv6_cidr_block))',
      association: 'startswith(aws_vpc.v.ipv6_association_id, "vpc-cidr-assoc-")',
      none: 'aws_vpc.plain.ipv6_cidr_block == "" && aws_vpc.plain.ipv6_association_id == ""',
      group: "data.aws_security_group.default.id == aws_vpc.v.default_security_group_id",
      adopted: "aws_default_security_group.closed.id == aws_vpc.v.default_security_group_id",
      acl: "aws_default_network_acl.open.id == aws_vpc.v.default_network_acl_id",
      routes: "data.aws_route_table.main.id == aws_vpc.v.default_route_table_id",
      account: 'data.aws_subnet.default.cidr_block == "172.31.16.0/20"',
      kind: "data.aws_lb.l.arn == aws_alb.l.arn",
      subnets: "length(data.aws_subnets.default.ids) == 3 && length(data.aws_subnets.none.ids) == 0",
      own: "aws_default_vpc.d.id == data.aws_vpc.default.id && aws_default_subnet.a.vpc_id == data.aws_vpc.default.id",
      main: "aws_default_route_table.d.id == aws_vpc.plain.main_route_table_id",
      user: 'aws_iam_user.u.arn == "arn:aws:iam::123456789012:user/u"',
      secret: 'startswith(aws_db_instance.d.master_user_secret[0].secret_arn, "arn:aws:secretsmanager:")',
    },
  ));

test("google: global and regional objects under a provider-level place, partial links, modules' own names", () =>
  holds(
    `
    resource "google_compute_network" "n" {
      name                     = "n"
      auto_create_subnetworks  = false
      enable_ula_internal_ipv6 = true
    }
    resource "google_compute_subnetwork" "s" {
      name             = "s"
      network          = "global/networks/n"
      region           = "us-central1"
      ip_cidr_range    = "10.0.0.0/24"
      stack_type       = "IPV4_IPV6"
      ipv6_access_type = "INTERNAL"
      depends_on       = [google_compute_network.n]
    }
    resource "google_compute_firewall" "f" {
      name          = "f"
      network       = "global/networks/n"
      source_ranges = ["10.0.0.0/8"]
      allow {
        protocol = "tcp"
      }
      depends_on = [google_compute_network.n]
    }
    resource "google_compute_router" "r" {
      name       = "r"
      network    = "https://compute.googleapis.com/compute/v1/projects/demo/global/networks/n"
      region     = "us-central1"
      depends_on = [google_compute_network.n]
    }
    resource "google_compute_instance_template" "t" {
      name         = "t"
      machine_type = "e2-small"
      disk {
        source_image = "debian-cloud/debian-12"
      }
      network_interface {
        subnetwork = "regions/us-central1/subnetworks/s"
      }
      depends_on = [google_compute_subnetwork.s]
    }
    resource "google_compute_instance_template" "default" {
      name         = "default"
      machine_type = "e2-small"
      disk {
        source_image = "debian-cloud/debian-12"
      }
      network_interface {
        network = "default"
      }
    }
    resource "google_compute_region_instance_template" "r" {
      name         = "r"
      machine_type = "e2-small"
      disk {
        source_image = "debian-cloud/debian-12"
      }
      network_interface {
        subnetwork = google_compute_subnetwork.s.id
      }
    }
    resource "google_compute_region_health_check" "h" {
      name = "h"
      tcp_health_check {
        port = 80
      }
    }
    resource "google_compute_instance_group_manager" "zonal" {
      name               = "zonal"
      zone               = "us-central1-a"
      base_instance_name = "g"
      version {
        instance_template = google_compute_region_instance_template.r.id
      }
    }
    resource "google_compute_region_instance_group_manager" "regional" {
      name               = "regional"
      base_instance_name = "g"
      target_size        = 1
      version {
        instance_template = google_compute_instance_template.t.self_link
      }
      auto_healing_policies {
        health_check      = google_compute_region_health_check.h.id
        initial_delay_sec = 30
      }
    }
    resource "google_compute_region_autoscaler" "a" {
      name   = "a"
      target = "regions/us-central1/instanceGroupManagers/regional"
      autoscaling_policy {
        min_replicas = 1
        max_replicas = 3
      }
      depends_on = [google_compute_region_instance_group_manager.regional]
    }
    resource "google_compute_http_health_check" "legacy" {
      name = "legacy"
    }
    resource "google_compute_backend_service" "b" {
      name          = "b"
      health_checks = [google_compute_http_health_check.legacy.id]
    }
    resource "google_project_iam_binding" "b" {
      project = "demo"
      role    = "roles/viewer"
      members = ["user:somebody@example.com"]
    }
    resource "google_storage_bucket" "b" {
      name     = "bucket-of-somebody"
      location = "US"
    }
    resource "google_storage_bucket_object" "o" {
      name    = "o"
      bucket  = google_storage_bucket.b.name
      content = "text"
    }
    resource "google_storage_object_acl" "o" {
      bucket      = google_storage_bucket.b.name
      object      = google_storage_bucket_object.o.output_name
      role_entity = ["READER:allUsers"]
    }
    data "google_compute_region_instance_group" "g" {
      name       = "regional"
      depends_on = [google_compute_region_instance_group_manager.regional]
    }
    data "google_compute_subnetwork" "linked" {
      self_link = google_compute_subnetwork.s.self_link
    }
    data "google_compute_network" "default" {
      name = "default"
    }
    data "google_compute_subnetwork" "auto" {
      name   = "default"
      region = "europe-west1"
    }`,
    {
      template: 'google_compute_instance_template.t.id == "projects/demo/global/instanceTemplates/t"',
      place: 'google_compute_instance_template.t.region == "us-central1"',
      ula: 'startswith(google_compute_network.n.internal_ipv6_range, "fd20:")',
      prefix: 'endswith(google_compute_subnetwork.s.internal_ipv6_prefix, "/64")',
      external: 'google_compute_subnetwork.s.external_ipv6_prefix == ""',
      group:
        "data.google_compute_region_instance_group.g.self_link == google_compute_region_instance_group_manager.regional.instance_group",
      legacy: 'google_compute_http_health_check.legacy.id == "projects/demo/global/httpHealthChecks/legacy"',
      linked: 'data.google_compute_subnetwork.linked.ip_cidr_range == "10.0.0.0/24"',
      auto: 'data.google_compute_subnetwork.auto.ip_cidr_range == "10.132.0.0/20"',
    },
    `
    terraform {
      required_providers {
        google = { source = "hashicorp/google" }
      }
      provider_meta "google" {
        module_name = "blueprints/terraform/terraform-google-vm:mig/v13.2.4"
      }
    }
    provider "google" {
      project = "demo"
      region  = "us-central1"
    }`,
  ));

test("azure: empty JSON, scale sets of every kind as targets, and what comes with a network", () =>
  holds(
    `
    resource "azurerm_resource_group" "g" {
      name     = "g"
      location = "westeurope"
    }
    resource "azurerm_virtual_network" "n" {
      name                = "net"
      location            = "westeurope"
      resource_group_name = azurerm_resource_group.g.name
      address_space       = ["10.0.0.0/16"]
      subnet {
        name             = "inside"
        address_prefixes = ["10.0.1.0/24"]
      }
    }
    data "azurerm_subnet" "inside" {
      name                 = "inside"
      virtual_network_name = azurerm_virtual_network.n.name
      resource_group_name  = azurerm_resource_group.g.name
    }
    data "azurerm_network_watcher" "w" {
      name                = "NetworkWatcher_westeurope"
      resource_group_name = "NetworkWatcherRG"
      depends_on          = [azurerm_virtual_network.n]
    }
    resource "azurerm_orchestrated_virtual_machine_scale_set" "v" {
      name                        = "v"
      location                    = "westeurope"
      resource_group_name         = azurerm_resource_group.g.name
      platform_fault_domain_count = 1
      extension {
        name                 = "h"
        publisher            = "Microsoft.ManagedServices"
        type                 = "ApplicationHealthLinux"
        type_handler_version = "1.0"
        settings             = ""
        protected_settings   = ""
      }
    }
    resource "azurerm_monitor_autoscale_setting" "a" {
      name                = "a"
      location            = "westeurope"
      resource_group_name = azurerm_resource_group.g.name
      target_resource_id  = azurerm_orchestrated_virtual_machine_scale_set.v.id
      profile {
        name = "p"
        capacity {
          default = 1
          minimum = 1
          maximum = 2
        }
      }
    }
    resource "azurerm_monitor_data_collection_rule_association" "c" {
      name                        = "configurationAccessEndpoint"
      target_resource_id          = azurerm_orchestrated_virtual_machine_scale_set.v.id
      data_collection_endpoint_id = azurerm_monitor_data_collection_endpoint.e.id
    }
    resource "azurerm_monitor_data_collection_endpoint" "e" {
      name                = "e"
      location            = "westeurope"
      resource_group_name = azurerm_resource_group.g.name
    }
    data "azurerm_virtual_machine_scale_set" "v" {
      name                = azurerm_orchestrated_virtual_machine_scale_set.v.name
      resource_group_name = azurerm_resource_group.g.name
    }
    resource "azurerm_management_lock" "l" {
      name       = "l"
      scope      = azurerm_virtual_network.n.id
      lock_level = "CanNotDelete"
    }
    resource "azurerm_public_ip" "p" {
      name                = "p"
      location            = "westeurope"
      resource_group_name = azurerm_resource_group.g.name
      allocation_method   = "Static"
      domain_name_label   = "shop"
    }`,
    {
      inside: "data.azurerm_subnet.inside.id == tolist(azurerm_virtual_network.n.subnet)[0].id",
      watcher: 'data.azurerm_network_watcher.w.location == "westeurope"',
      set: "data.azurerm_virtual_machine_scale_set.v.id == azurerm_orchestrated_virtual_machine_scale_set.v.id",
      name: 'azurerm_public_ip.p.fqdn == "shop.westeurope.cloudapp.azure.com"',
    },
  ));

describe("references", () => {
  let folder: string;
  let store: Store;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "local-cloud-peers-"));
    store = new Store(folder);
  });
  afterAll(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });

  const nested = (path: string, value: string): Record<string, never> =>
    path.split(".").reduceRight<unknown>((inner, step) => ({ [step]: inner }), value) as Record<string, never>;

  test.each(["us-central1", "global"])(
    "every Google link is taken in each form in which the API takes it: %s",
    (at) => {
      const scope = at === "global" ? "global" : `regions/${at}`;
      for (const { child, path, parent } of REFERENCES.filter(({ parent }) => parent.startsWith("google_compute_"))) {
        const id = `projects/p/${scope}/things/x`;
        const self_link = `https://www.googleapis.com/compute/v1/${id}`;
        const attributes = { name: "x", project: "p", id, self_link };
        const object: CloudObject = { key: `${parent} x`, type: parent, id, serial: 1, attributes };
        store.put(object);
        const missing = (value: string, project = "p") =>
          missingReference(store, child, { ...nested(path, value), project })?.value;
        for (const form of [id, self_link, self_link.replace("www.", "compute."), `${scope}/things/x`, "x"]) {
          expect([child, path, form, missing(form)]).toEqual([child, path, form, undefined]);
        }
        const unchecked = missing("things/other") === undefined;
        if (!unchecked) {
          // A partial link means the project of whoever says it, a whole link says it.
          expect([child, path, missing(`${scope}/things/x`, "q")]).toEqual([child, path, `${scope}/things/x`]);
          expect([child, path, missing(id, "q")]).toEqual([child, path, undefined]);
        }
        store.remove(object.key);
      }
    },
  );

  test("whatever takes one kind of object takes every type of that kind", () => {
    for (const { child, path, parent } of REFERENCES) {
      for (const type of alike(parent)) {
        const id = type.startsWith("azurerm") ? "/subscriptions/s/x" : "x-1";
        store.put({ key: `${type} x`, type, id, serial: 1, attributes: { id } });
        expect([child, path, type, missingReference(store, child, nested(path, id))]).toEqual([
          child,
          path,
          type,
          undefined,
        ]);
        store.remove(`${type} x`);
      }
    }
  });
});

test("each provider reads its own environment, and Google's region may be its zone's", () => {
  const env = { AWS_REGION: "eu-west-1", GOOGLE_REGION: "us-central1", GOOGLE_ZONE: "us-east1-b", GCLOUD_PROJECT: "p" };
  expect(readSettings("aws", {}, env)).toMatchObject({ region: "eu-west-1" });
  expect(readSettings("google", {}, env)).toMatchObject({ region: "us-central1", zone: "us-east1-b", project: "p" });
  expect(readSettings("google", { zone: "us-east1-b" }, {})).toMatchObject({ region: "us-east1" });
  expect(readSettings("google", {}, { AWS_REGION: "eu-west-1" }).region).toBeUndefined();
});
