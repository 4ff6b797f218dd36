import { plainText, Sandbox } from "./support";

/** Places that one object can hold at a time: what takes one that another leaves must be ordered after it. */

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = new Sandbox();
  await sandbox.start();
});
afterEach(() => sandbox.close());

const VPC = `
resource "aws_vpc" "net" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_security_group" "entry" {
  vpc_id = aws_vpc.net.id
}
`;
const rule = (name: string, port: number, more = "") => `
resource "aws_vpc_security_group_ingress_rule" "${name}" {
  security_group_id = aws_security_group.entry.id
  cidr_ipv4         = "10.0.0.0/16"
  ip_protocol       = "tcp"
  from_port         = ${port}
  to_port           = ${port}
  ${more}
}
`;
const BALANCER = `
${VPC}
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.net.id
  cidr_block = "10.0.0.0/20"
}
resource "aws_lb" "web" {
  name    = "web"
  subnets = [aws_subnet.a.id]
}
`;
const listener = (name: string, port: number, more = "") => `
resource "aws_lb_listener" "${name}" {
  load_balancer_arn = aws_lb.web.arn
  port              = ${port}
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
    }
  }
  ${more}
}
`;
const NSG = `
resource "azurerm_resource_group" "rg" {
  name     = "rg"
  location = "westeurope"
}
resource "azurerm_network_security_group" "nsg" {
  name                = "nsg"
  resource_group_name = azurerm_resource_group.rg.name
  location            = "westeurope"
}
`;
const nsgRule = (name: string, priority: number, more = "") => `
resource "azurerm_network_security_rule" "${name}" {
  name                        = "${name}"
  resource_group_name         = "rg"
  network_security_group_name = azurerm_network_security_group.nsg.name
  priority                    = ${priority}
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "443"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  ${more}
}
`;
const ADDRESS = `
resource "google_compute_address" "entry" {
  name = "entry"
}
`;
const forward = (name: string, port: number, more = "") => `
resource "google_compute_forwarding_rule" "${name}" {
  name       = "${name}"
  ip_address = google_compute_address.entry.address
  port_range = "${port}"
  target     = "projects/demo/regions/us-central1/targetHttpProxies/web"
  ${more}
}
`;

test("what takes a place while another object leaves it is refused; ordered after it, it is not", async () => {
  const ground = BALANCER + NSG;
  const all = (name: string, port: number, priority: number, ordered = false) => {
    const after = (type: string) => (ordered ? `depends_on = [${type}.first]` : "");
    return (
      rule(name, port, after("aws_vpc_security_group_ingress_rule")) +
      listener(name, port, after("aws_lb_listener")) +
      nsgRule(name, priority, after("azurerm_network_security_rule"))
    );
  };
  const before = ground + all("first", 80, 180);
  const after = (ordered: boolean) => ground + all("first", 443, 443) + all("second", 80, 180, ordered);
  expect((await sandbox.apply(before)).code).toBe(0);
  const raced = await sandbox.apply(after(false));
  expect(raced.code).toBe(1);
  for (const says of [
    'InvalidPermission.Duplicate: the specified rule "peer: 10.0.0.0/16, TCP, from port: 80, to port: 80, ALLOW" already exists',
    "api error DuplicateListener",
    "SecurityRuleConflict: Security rule second conflicts with rule first. Rules cannot have the same Priority and Direction.",
  ])
    expect(plainText(raced.output)).toContain(says);
  // By now the places are free.
  for (const configuration of [after(true), before, after(true)]) {
    const { code, output } = await sandbox.apply(configuration);
    expect([code, plainText(output)]).toEqual([0, expect.anything()]);
  }
  expect(await sandbox.plan()).toEqual([]);
});

test("an address and port of Google Cloud belong to one forwarding rule", async () => {
  expect((await sandbox.apply(ADDRESS + forward("first", 80))).code).toBe(0);
  expect((await sandbox.apply(ADDRESS + forward("first", 80) + forward("second", 443))).code).toBe(0);
  const twice = await sandbox.apply(ADDRESS + forward("first", 80) + forward("second", 443) + forward("third", 80));
  expect([twice.code, plainText(twice.output)]).toEqual([
    1,
    expect.stringMatching(/Specified IP address is in-use and would result in a conflict/),
  ]);
});

test("subnets of a network do not overlap", async () => {
  const networks = `${VPC}${NSG}
    resource "google_compute_network" "net" {
      name                    = "net"
      auto_create_subnetworks = false
    }
    resource "azurerm_virtual_network" "net" {
      name                = "net"
      resource_group_name = azurerm_resource_group.rg.name
      location            = "westeurope"
      address_space       = ["10.0.0.0/16"]
    }`;
  const subnets = (name: string, range: string) => `
    resource "aws_subnet" "${name}" {
      vpc_id     = aws_vpc.net.id
      cidr_block = "${range}"
    }
    resource "google_compute_subnetwork" "${name}" {
      name          = "${name}"
      network       = google_compute_network.net.id
      ip_cidr_range = "${range}"
    }
    resource "azurerm_subnet" "${name}" {
      name                 = "${name}"
      resource_group_name  = "rg"
      virtual_network_name = azurerm_virtual_network.net.name
      address_prefixes     = ["${range}"]
    }`;
  const one = networks + subnets("one", "10.0.16.0/20");
  expect((await sandbox.apply(one)).code).toBe(0);
  const { code, output } = await sandbox.apply(one + subnets("two", "10.0.17.0/24"));
  expect(code).toBe(1);
  for (const says of [
    "InvalidSubnet.Conflict: The CIDR '10.0.17.0/24' conflicts with another subnet",
    "Invalid IPCidrRange: 10.0.17.0/24 conflicts with existing subnetwork 'one' in region 'us-central1'",
    "NetcfgSubnetRangesOverlap: Subnet 'two' is not valid",
  ])
    expect(plainText(output)).toContain(says);
});

test("a target group belongs to one load balancer", async () => {
  const second = `
    resource "aws_lb" "other" {
      name    = "other"
      subnets = [aws_subnet.a.id]
    }
    resource "aws_lb_target_group" "web" {
      name     = "web"
      port     = 80
      protocol = "HTTP"
      vpc_id   = aws_vpc.net.id
    }`;
  const forwarder = (name: string, balancer: string, port: number) => `
    resource "aws_lb_listener" "${name}" {
      load_balancer_arn = aws_lb.${balancer}.arn
      port              = ${port}
      default_action {
        type             = "forward"
        target_group_arn = aws_lb_target_group.web.arn
      }
    }`;
  const same = BALANCER + second + forwarder("one", "web", 80) + forwarder("two", "web", 81);
  expect((await sandbox.apply(same)).code).toBe(0);
  const both = await sandbox.apply(same + forwarder("three", "other", 80));
  expect([both.code, plainText(both.output)]).toEqual([1, expect.stringMatching(/TargetGroupAssociationLimit/)]);
});

describe("what a cloud keeps of a deleted object", () => {
  test("a secret's name, until its recovery window ends", async () => {
    const secret = (more = "") =>
      `resource "aws_secretsmanager_secret" "one" {\n  name = "/prod/web/TOKEN"\n${more}\n}\n`;
    expect((await sandbox.apply(secret())).code).toBe(0);
    expect((await sandbox.apply("")).code).toBe(0);
    const again = await sandbox.apply(secret());
    expect([again.code, plainText(again.output)]).toEqual([
      1,
      expect.stringMatching(/InvalidRequestException: You can't create this secret because a secret with this name is already scheduled for deletion/), // prettier-ignore
    ]);
    const other = secret("  recovery_window_in_days = 0").replace("TOKEN", "KEY");
    for (const configuration of [other, "", other]) expect((await sandbox.apply(configuration)).code).toBe(0);
  });

  test("a database's last snapshot", async () => {
    const database = `
      resource "aws_db_instance" "one" {
        identifier                = "one"
        instance_class            = "db.m7g.large"
        engine                    = "postgres"
        allocated_storage         = 20
        username                  = "fleet"
        password                  = "only-here"
        final_snapshot_identifier = "one-final"
      }`;
    for (const configuration of [database, "", database]) expect((await sandbox.apply(configuration)).code).toBe(0);
    const again = await sandbox.apply("");
    expect([again.code, plainText(again.output)]).toEqual([1, expect.stringMatching(/DBSnapshotAlreadyExists/)]);
    expect((await sandbox.terraform("state", "list")).stdout).toContain("aws_db_instance.one");
  });

  test("a vault's name, which the provider takes up again unless it is told not to", async () => {
    const providers = (features: string) => `
      provider "azurerm" {
        subscription_id = "00000000-0000-0000-0000-000000000001"
        features {
          ${features}
        }
      }`;
    const vault = `${NSG}
      resource "azurerm_key_vault" "one" {
        name                     = "one"
        resource_group_name      = azurerm_resource_group.rg.name
        location                 = "westeurope"
        tenant_id                = "00000000-0000-0000-0000-00000000000a"
        sku_name                 = "standard"
        purge_protection_enabled = true
      }`;
    const usual = providers("");
    for (const configuration of [vault, NSG, vault, NSG])
      expect((await sandbox.apply(configuration, usual)).code).toBe(0);
    const told = providers("key_vault {\n recover_soft_deleted_key_vaults = false\n }");
    const again = await sandbox.apply(vault, told);
    expect([again.code, plainText(again.output)]).toEqual([
      1,
      expect.stringMatching(/already exists in deleted state/),
    ]);
  });
});
