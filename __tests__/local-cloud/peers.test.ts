import { holds } from "./holds";

/** Other people's configurations, which are right in the cloud: one apply for each cloud, and nothing to do after it. */

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
