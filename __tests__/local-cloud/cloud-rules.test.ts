import { plainText, Sandbox } from "./support";

/** Rules of the clouds that only an apply meets, through the real terraform. */

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = new Sandbox({ unhealthy: "dead" });
  await sandbox.start();
});
afterEach(() => sandbox.close());

const NETWORK = `
resource "aws_vpc" "net" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.net.id
  cidr_block = "10.0.0.0/20"
}
resource "aws_lb_target_group" "web" {
  name     = "web"
  port     = 80
  protocol = "HTTP"
  vpc_id   = aws_vpc.net.id
}
`;
const LISTENER = `
resource "aws_lb" "web" {
  name    = "web"
  subnets = [aws_subnet.a.id]
}
resource "aws_lb_listener" "web" {
  load_balancer_arn = aws_lb.web.arn
  port              = 80
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}
`;
const awsGroup = (image: string, extra = "") => `
resource "aws_launch_template" "web" {
  name_prefix = "web-"
  image_id    = "${image}"
  lifecycle {
    create_before_destroy = true
  }
}
resource "aws_autoscaling_group" "web" {
  name                = "web-${image}"
  min_size            = 2
  max_size            = 4
  min_elb_capacity    = 2
  vpc_zone_identifier = [aws_subnet.a.id]
  target_group_arns   = [aws_lb_target_group.web.arn]
  ${extra}
  launch_template {
    id      = aws_launch_template.web.id
    version = aws_launch_template.web.latest_version
  }
  lifecycle {
    create_before_destroy = true
  }
}
`;
const LISTENED = NETWORK + LISTENER;
const AFTER_LISTENER = "depends_on = [aws_lb_listener.web]";

describe("names", () => {
  test.each([
    [
      "aws",
      `resource "aws_iam_role" "NAME" {
        name               = "same"
        assume_role_policy = "{}"
      }`,
      "EntityAlreadyExists",
    ],
    [
      "google",
      `resource "google_compute_network" "NAME" {
        name = "same"
      }`,
      "Error 409: The resource 'projects/demo/global/networks/same' already exists, alreadyExists",
    ],
    [
      "azure",
      `resource "azurerm_resource_group" "NAME" {
        name     = "same"
        location = "westeurope"
      }`,
      "already exists - to be managed via Terraform this resource needs to be imported into the State",
    ],
  ])("%s refuses a name that is taken", async (_, block, message) => {
    const first = block.replace("NAME", "one");
    expect((await sandbox.apply(first)).code).toBe(0);
    const result = await sandbox.apply(`${first}\n${block.replace("NAME", "two")}`);
    expect(result.code).toBe(1);
    expect(plainText(result.output)).toContain(message);
  });

  test("a name prefix gives different names", async () => {
    const result = await sandbox.apply(`
      resource "aws_launch_template" "web" {
        count       = 3
        name_prefix = "web-"
      }
      output "names" {
        value = length(distinct(aws_launch_template.web[*].name))
      }`);
    expect(result.code).toBe(0);
    expect(result.output).toContain("names = 3");
  });
});

describe("use and existence", () => {
  test("what is in use cannot be deleted", async () => {
    expect((await sandbox.apply(LISTENED)).code).toBe(0);
    await sandbox.terraform("state", "rm", "aws_lb_listener.web", "aws_lb.web");
    const result = await sandbox.apply(NETWORK.replace(/resource "aws_lb_target_group"[^}]*}/, ""));
    expect(result.code).toBe(1);
    expect(plainText(result.output)).toMatch(/ResourceInUse: .*targetgroup\/web.* is used by aws_lb_listener/);
  });

  test.each([
    [
      "aws",
      `resource "aws_subnet" "a" {\n vpc_id = "vpc-0123456789abcdef0"\n cidr_block = "10.0.0.0/20"\n}`,
      "VpcNotFound",
    ],
    [
      "google",
      `resource "google_compute_subnetwork" "a" {\n name = "a"\n network = "projects/demo/global/networks/none"\n ip_cidr_range = "10.0.0.0/20"\n}`,
      "Error 404: The resource 'projects/demo/global/networks/none' was not found",
    ],
    [
      "azure",
      `resource "azurerm_virtual_network" "a" {\n name = "net"\n resource_group_name = "none"\n location = "westeurope"\n address_space = ["10.0.0.0/16"]\n}`,
      "ResourceGroupNotFound",
    ],
  ])("%s refuses a parent that is not there", async (_, configuration, message) => {
    const result = await sandbox.apply(configuration);
    expect(result.code).toBe(1);
    expect(plainText(result.output)).toContain(message);
  });

  test("a resource group that holds something cannot be deleted", async () => {
    const group = `resource "azurerm_resource_group" "rg" {\n name = "rg"\n location = "West Europe"\n}\n`;
    const network = `resource "azurerm_virtual_network" "net" {\n name = "net"\n resource_group_name = "rg"\n location = "westeurope"\n address_space = ["10.0.0.0/16"]\n depends_on = [azurerm_resource_group.rg]\n}\n`;
    expect((await sandbox.apply(group + network)).code).toBe(0);
    await sandbox.terraform("state", "rm", "azurerm_virtual_network.net");
    const result = await sandbox.terraform("destroy", "-auto-approve");
    expect(result.code).toBe(1);
    expect(plainText(result.output)).toContain("the Resource Group still contains Resources");
  });
});

describe("health gates", () => {
  test("aws: healthy machines behind a listener pass", async () => {
    const result = await sandbox.apply(LISTENED + awsGroup("ami-1", AFTER_LISTENER));
    expect(result.code).toBe(0);
    expect(sandbox.cloud.list().groups).toMatchObject([{ cloud: "aws", name: "web-ami-1", size: 2, healthy: 2 }]);
    expect(sandbox.cloud.list().traffic).toMatchObject([{ group: "web-ami-1" }]);
    expect(await sandbox.plan()).toEqual([]);
  });

  test("aws: without a listener targets are unused, and the gate does not pass", async () => {
    const result = await sandbox.apply(NETWORK + awsGroup("ami-1"));
    expect(result.code).toBe(1);
    expect(plainText(result.output)).toContain(
      "want at least 2 healthy instance(s) registered to Load Balancer, have 0",
    );
  });

  test("aws: a group that never gets healthy is tainted, and the old one stays as deposed", async () => {
    expect((await sandbox.apply(LISTENED + awsGroup("ami-1", AFTER_LISTENER))).code).toBe(0);
    const dead = LISTENED + awsGroup("ami-dead", AFTER_LISTENER);
    expect((await sandbox.apply(dead)).code).toBe(1);
    expect(sandbox.cloud.list().groups.map(({ name, healthy }) => `${name} ${healthy}`)).toEqual([
      "web-ami-1 2",
      "web-ami-dead 0",
    ]);
    expect(await sandbox.plan()).toEqual([
      "aws_autoscaling_group.web (deposed) delete",
      "aws_autoscaling_group.web create/delete",
    ]);
    expect((await sandbox.apply(LISTENED + awsGroup("ami-2", AFTER_LISTENER))).code).toBe(0);
    expect(sandbox.cloud.list().groups.map(({ name }) => name)).toEqual(["web-ami-2"]);
    expect(await sandbox.plan()).toEqual([]);
  });

  test("azure: a set that fails to create is not in the state, and blocks its name", async () => {
    const set = (image: string) => `
      resource "azurerm_resource_group" "rg" {
        name     = "rg"
        location = "westeurope"
      }
      resource "azurerm_linux_virtual_machine_scale_set" "web" {
        name                = "web"
        resource_group_name = azurerm_resource_group.rg.name
        location            = "westeurope"
        sku                 = "Standard_B2s"
        instances           = 2
        admin_username      = "nobody"
        admin_ssh_key {
          username   = "nobody"
          public_key = "ssh-ed25519 AAAA"
        }
        source_image_id     = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/i/providers/Microsoft.Compute/images/${image}"
        os_disk {
          caching              = "ReadOnly"
          storage_account_type = "StandardSSD_LRS"
        }
        network_interface {
          name    = "nic"
          primary = true
          ip_configuration {
            name    = "ip"
            primary = true
          }
        }
        extension {
          name                 = "health"
          publisher            = "Microsoft.ManagedServices"
          type                 = "ApplicationHealthLinux"
          type_handler_version = "1.0"
        }
      }`;
    expect(plainText((await sandbox.apply(set("dead"))).output)).toContain("polling failed");
    expect((await sandbox.terraform("state", "list")).stdout).not.toContain("scale_set");
    expect(sandbox.cloud.list().leftovers).toMatchObject([{ type: "azurerm_linux_virtual_machine_scale_set" }]);
    expect(plainText((await sandbox.apply(set("good"))).output)).toContain(
      "already exists - to be managed via Terraform",
    );
  });

  test("google: waiting for instances needs a health check, and fails without healthy machines", async () => {
    const manager = (healing: string) => `
      resource "google_compute_health_check" "web" {
        name = "web"
        tcp_health_check {
          port = 80
        }
      }
      resource "google_compute_region_instance_template" "web" {
        name         = "web"
        machine_type = "e2-small"
        disk {
          source_image = "projects/demo/global/images/dead"
          boot         = true
        }
        network_interface {
          network = "default"
        }
      }
      resource "google_compute_region_instance_group_manager" "web" {
        name               = "web"
        base_instance_name = "web"
        target_size        = 2
        wait_for_instances = true
        version {
          instance_template = google_compute_region_instance_template.web.id
        }
        ${healing}
      }`;
    const healing = `auto_healing_policies {
      health_check      = google_compute_health_check.web.id
      initial_delay_sec = 60
    }`;
    const failed = await sandbox.apply(manager(healing));
    expect(plainText(failed.output)).toContain("timeout while waiting for state to become 'created'");
    expect(await sandbox.plan()).toEqual(["google_compute_region_instance_group_manager.web delete/create"]);
    expect((await sandbox.apply(manager(""))).output).toContain("Apply complete");
  });
});

test("aws: a parameter that has its family's default settles only as the family applies it", async () => {
  const group = (family: string, method: string) => `
    resource "aws_db_parameter_group" "${family}" {
      name   = "${family}"
      family = "${family}"
      parameter {
        name         = "rds.force_ssl"
        value        = "1"
        apply_method = "${method}"
      }
    }`;
  expect((await sandbox.apply(group("postgres14", "immediate") + group("postgres17", "immediate"))).code).toBe(0);
  expect(await sandbox.plan()).toEqual(["aws_db_parameter_group.postgres17 update"]);
  expect((await sandbox.apply(group("postgres14", "immediate") + group("postgres17", "pending-reboot"))).code).toBe(0);
  expect(await sandbox.plan()).toEqual([]);
});
