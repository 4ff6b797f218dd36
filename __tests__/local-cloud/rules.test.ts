import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cloud } from "../../local-cloud/cloud/apply";
import { refusedCombination } from "../../local-cloud/cloud/refusals";
import { Store } from "../../local-cloud/cloud/store";
import { validate } from "../../local-cloud/rules";
import { type Obj, UNKNOWN, type Value } from "../../local-cloud/protocol/values";
import { planned, schemaOf, SETTINGS } from "./planning";

/** What the providers and clouds refuse, on the real schemas. */

const long = (length: number): string => "a".repeat(length);

describe("limits that a plan checks", () => {
  test.each<[string, string, Value, boolean]>([
    ["aws_lb", "name", long(32), true],
    ["aws_lb", "name", long(33), false],
    ["aws_lb", "name", "web_1", false],
    ["aws_lb", "name", "-web", false],
    ["aws_lb", "name", "internal-web", false],
    ["aws_lb", "name_prefix", "abcdef", true],
    ["aws_lb", "name_prefix", "abcdefg", false],
    ["aws_lb_target_group", "name", long(33), false],
    ["aws_lb_target_group", "name", "web-", false],
    ["aws_launch_template", "name_prefix", long(99), true],
    ["aws_launch_template", "name_prefix", long(100), false],
    ["aws_launch_template", "name", "a b c", false],
    ["aws_autoscaling_group", "name_prefix", long(230), false],
    ["aws_iam_role", "name", long(65), false],
    ["aws_iam_role", "name_prefix", long(39), false],
    ["aws_iam_instance_profile", "name", long(129), false],
    ["aws_security_group", "name", "sg-web", false],
    ["aws_security_group", "name_prefix", long(230), false],
    ["aws_s3_bucket", "bucket", long(64), false],
    ["google_compute_region_instance_template", "name", long(63), true],
    ["google_compute_region_instance_template", "name", long(64), false],
    ["google_compute_region_instance_template", "name", "Web", false],
    ["google_compute_region_instance_template", "name_prefix", long(55), false],
    ["google_compute_network", "name", "1web", false],
    ["google_compute_firewall", "name", "web-", false],
    ["google_compute_router_nat", "name", "a", false],
    ["google_service_account", "account_id", "short", false],
    ["google_service_account", "account_id", long(31), false],
    ["google_service_account", "account_id", "longer", true],
    ["azurerm_linux_virtual_machine_scale_set", "name", "web_1", true],
    ["azurerm_linux_virtual_machine_scale_set", "name", "12345", false],
    ["azurerm_linux_virtual_machine_scale_set", "name", long(81), false],
    ["azurerm_linux_virtual_machine_scale_set", "computer_name_prefix", long(59), false],
    ["azurerm_linux_virtual_machine_scale_set", "computer_name_prefix", "web_", false],
    ["azurerm_windows_virtual_machine_scale_set", "computer_name_prefix", long(10), false],
    ["azurerm_lb_rule", "name", long(81), false],
    ["azurerm_lb_rule", "name", "web rule", false],
    ["azurerm_resource_group", "name", "rg.", false],
    ["azurerm_resource_group", "name", long(91), false],
    ["azurerm_storage_account", "name", "web-data", false],
    ["azurerm_storage_account", "name", "ab", false],
    ["azurerm_network_security_rule", "priority", 99, false],
    ["azurerm_network_security_rule", "priority", 4096, true],
    ["azurerm_subnet", "tags", null, true],
    ["azurerm_resource_group", "tags", { [long(513)]: "x" }, false],
    ["aws_lb", "name", UNKNOWN, true],
    ["aws_lb", "name", null, true],
  ])("%s %s %#", (type, attribute, value, accepted) => {
    const found = validate(schemaOf(type), { [attribute]: value }).filter(({ summary }) =>
      /^invalid value/.test(summary),
    );
    expect(found.map(({ path }) => path)).toEqual(accepted ? [] : [[attribute]]);
    // The attribute, the value and the rule.
    if (!accepted) expect(found[0]?.detail).toMatch(new RegExp(`"${attribute}" of ${type}: .+; it takes .+`));
  });

  test("the message names attribute, value and rule", () => {
    expect(validate(schemaOf("aws_lb"), { name: "web_1" }).at(-1)?.detail).toBe(
      '"name" of aws_lb: "web_1" (5 characters); it takes 1 to 32 characters: letters, digits and hyphens, with no ' +
        'hyphen at either end, and no "internal-" in front',
    );
  });
});

describe("limits and combinations that only the cloud checks", () => {
  let folder: string;
  let store: Store;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "local-cloud-rules-"));
    store = new Store(folder);
  });
  afterAll(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });

  test.each<[string, Obj, string]>([
    ["google_compute_health_check", { name: "Web" }, "googleapi: Error 400: Invalid value for field 'resource.name'"],
    ["google_compute_backend_service", { name: long(64) }, "1 to 63 characters"],
    [
      "google_compute_region_instance_group_manager",
      { name: "web", base_instance_name: long(59) },
      "'resource.base_instance_name'",
    ],
    ["google_compute_address", { name: "web", labels: { Team: "a" } }, "'resource.labels'"],
    ["aws_launch_template", { name: "web", user_data: long(21_852) }, "16384 bytes"],
    ["google_compute_region_instance_template", { metadata: { "user-data": long(262_145) } }, "262144 bytes"],
    ["azurerm_public_ip", { name: "web-" }, "InvalidResourceName"],
    ["azurerm_linux_virtual_machine_scale_set", { name: "web", user_data: long(65_540) }, "65536 characters"],
    ["azurerm_virtual_network", { name: "n" }, "2 to 64 characters"],
    ["azurerm_linux_virtual_machine_scale_set", { name: long(70) }, '"computer_name_prefix"'],
    ["aws_s3_bucket", { bucket: "Logs" }, "api error ValidationError"],
    ["aws_iam_role", { name_prefix: long(38), tags: { [long(129)]: "" } }, '"tags" of aws_iam_role'],
    ["aws_autoscaling_group", { name: "web", min_size: 3, max_size: 2 }, "min size must be less than or equal"],
  ])("%s %j", async (type, config, message) => {
    const schema = schemaOf(type);
    expect(validate(schema, config).filter(({ summary }) => /^invalid value/.test(summary))).toEqual([]);
    const cloud = new Cloud(store, { unhealthy: "", bootMs: 0 });
    await expect(cloud.create(schema, planned(type, config).planned, SETTINGS)).rejects.toThrow(message);
    expect(store.all()).toEqual([]);
  });

  test.each([
    ["azurerm_subnet_nat_gateway_association", "nat_gateway_id", "azurerm_nat_gateway"],
    [
      "azurerm_subnet_network_security_group_association",
      "network_security_group_id",
      "azurerm_network_security_group",
    ],
  ])("%s: a subnet is linked once", async (type, attribute, parent) => {
    const cloud = new Cloud(store, { unhealthy: "", bootMs: 0 });
    const objects = [
      ["azurerm_subnet", "/s"],
      [parent, "/a"],
      [parent, "/b"],
    ] as const;
    for (const [of, id] of objects) store.put({ key: id, type: of, id, serial: 0, attributes: {} });
    const link = (id: string) =>
      cloud.create(schemaOf(type), planned(type, { subnet_id: "/s", [attribute]: id }).planned, SETTINGS);
    const made = await link("/a");
    await expect(link("/b")).rejects.toThrow('a resource with the ID "/s" already exists');
    await cloud.delete(schemaOf(type), made, SETTINGS);
    for (const [, id] of objects) store.remove(id);
  });

  test.each<[string, Obj, Obj | undefined, string | undefined]>([
    ["azurerm_linux_virtual_machine_scale_set", { upgrade_mode: "Rolling" }, undefined, "must be specified"],
    ["azurerm_linux_virtual_machine_scale_set", { rolling_upgrade_policy: [{}] }, undefined, "cannot be specified"],
    ["azurerm_linux_virtual_machine_scale_set", { eviction_policy: "Delete" }, undefined, "`priority`"],
    ["azurerm_linux_virtual_machine_scale_set", { zone_balance: true, zones: ["1"] }, undefined, undefined],
    ["azurerm_managed_disk", { disk_size_gb: 10 }, { disk_size_gb: 20 }, "must be greater"],
    ["azurerm_managed_disk", { disk_size_gb: 20 }, { disk_size_gb: 10 }, undefined],
  ])("%s %j", (type, attributes, prior, message) => {
    const refused = refusedCombination(type, attributes, prior);
    if (message === undefined) expect(refused).toBeUndefined();
    else expect(refused).toContain(message);
  });
});

describe("what a plan refuses beyond the flags", () => {
  const template = (disk: Obj): Obj => ({ disk: [disk] });
  test.each<[string, string, Obj, boolean]>([
    ["google_compute_health_check", "http_health_check", { port_specification: "USE_NAMED_PORT" }, false],
    [
      "google_compute_health_check",
      "http_health_check",
      { port_specification: "USE_NAMED_PORT", port_name: "w" },
      true,
    ],
    ["google_compute_health_check", "http_health_check", { port_specification: "USE_SERVING_PORT", port: 80 }, false],
    ["google_compute_health_check", "tcp_health_check", { port_specification: "USE_SERVING_PORT", port: 80 }, true],
    ["google_compute_router", "bgp", { asn: 64512, advertised_groups: ["ALL_SUBNETS"] }, false],
    [
      "google_compute_router",
      "bgp",
      { asn: 64512, advertise_mode: "CUSTOM", advertised_groups: ["ALL_SUBNETS"] },
      true,
    ],
    ["google_compute_instance_template", "disk", { type: "SCRATCH", disk_size_gb: 375 }, false],
    ["google_compute_instance_template", "disk", { type: "SCRATCH", disk_type: "local-ssd", disk_size_gb: 375 }, true],
    ["aws_lb_listener", "mutual_authentication", { mode: "verify" }, false],
    ["aws_lb_listener", "mutual_authentication", { mode: "verify", trust_store_arn: UNKNOWN }, true],
    ["aws_lb_listener", "mutual_authentication", { mode: "passthrough", trust_store_arn: "arn:a" }, false],
    [
      "azurerm_linux_virtual_machine_scale_set",
      "network_interface",
      { auxiliary_mode: "AcceleratedConnections" },
      false,
    ],
  ])("%s %s %j", (type, block, item, accepted) => {
    const found = planned(type, { ...template({}), [block]: [item] }).problems.filter(
      ({ path }) => path?.[0] === block,
    );
    expect(found).toHaveLength(accepted ? 0 : 1);
  });

  test.each<[string, Obj, Obj | null, string]>([
    ["google_compute_ssl_policy", { profile: "CUSTOM" }, null, "needs custom_features"],
    ["google_compute_ssl_policy", { profile: "MODERN", custom_features: ["A"] }, null, "only profile CUSTOM"],
    [
      "google_sql_database_instance",
      {
        database_version: "MYSQL_8_0",
        settings: [{ tier: "t", backup_configuration: [{ point_in_time_recovery_enabled: true }] }],
      },
      null,
      "only available for Postgres",
    ],
    ["google_compute_router_nat", { drain_nat_ips: ["a"] }, null, "can be drained only"],
    [
      "google_compute_router_nat",
      { drain_nat_ips: ["a"], nat_ips: ["a"] },
      { nat_ips: ["a"], drain_nat_ips: [] },
      "can be drained only",
    ],
    ["google_project_iam_member", { member: "a@example.com", project: "p", role: "r" }, null, "type:name"],
    ["aws_lb_target_group", { target_type: "instance" }, null, '"port" is required'],
    [
      "aws_lb_target_group",
      { port: 80, protocol: "HTTP", vpc_id: "v", health_check: [{ protocol: "TCP" }] },
      null,
      "HTTP or HTTPS",
    ],
    [
      "aws_nat_gateway",
      { subnet_id: "s", connectivity_type: "private", allocation_id: "e" },
      null,
      "a private gateway",
    ],
    ["azurerm_subnet", { sharing_scope: "DelegatedServices" }, null, "default_outbound_access_enabled = false"],
    [
      "azurerm_cdn_frontdoor_profile",
      { sku_name: "Standard_AzureFrontDoor" },
      { sku_name: "Premium_AzureFrontDoor" },
      "cannot become a Standard one",
    ],
    ["azurerm_storage_account", { account_kind: "Storage", access_tier: "Hot" }, null, "have access tiers"],
  ])("%s %j", (type, config, prior, message) => {
    expect(
      planned(type, config, prior)
        .problems.map(({ summary }) => summary)
        .join(),
    ).toContain(message);
  });

  test("an address that left nat_ips may be drained", () => {
    const prior: Obj = { nat_ips: ["a", "b"], drain_nat_ips: [] };
    expect(planned("google_compute_router_nat", { drain_nat_ips: ["a"], nat_ips: ["b"] }, prior).problems).toEqual([]);
  });

  test("a feature of the provider block decides", () => {
    const off = { ...SETTINGS, features: { storage: { data_plane_available: false } } };
    const config: Obj = { name: "data", static_website: [{ index_document: "i" }] };
    expect(planned("azurerm_storage_account", config).problems).toEqual([]);
    expect(planned("azurerm_storage_account", config, null, off).problems).toHaveLength(1);
  });
});

describe("changes that are a replacement only sometimes", () => {
  const replaced = (type: string, prior: Obj, config: Obj): string[] =>
    planned(type, config, { project: "demo", ...prior }).requiresReplace.map((path) => path.join("."));

  test.each<[string, Obj, Obj, string[]]>([
    ["google_compute_subnetwork", { ip_cidr_range: "10.0.0.0/20" }, { ip_cidr_range: "10.0.0.0/19" }, []],
    [
      "google_compute_subnetwork",
      { ip_cidr_range: "10.0.0.0/20" },
      { ip_cidr_range: "10.0.0.0/21" },
      ["ip_cidr_range", "id"],
    ],
    [
      "google_compute_subnetwork",
      { ip_cidr_range: "10.0.0.0/20" },
      { ip_cidr_range: "10.1.0.0/19" },
      ["ip_cidr_range", "id"],
    ],
    [
      "google_sql_database_instance",
      { settings: [{ tier: "t", disk_size: 20 }] },
      { settings: [{ tier: "t", disk_size: 10 }] },
      ["settings.0.disk_size", "id"],
    ],
    ["google_compute_disk", { type: "pd-ssd", size: 10 }, { type: "pd-ssd", size: 20 }, []],
  ])("%s %j to %j", (type, prior, config, expected) => {
    expect(replaced(type, prior, config)).toEqual(expected);
  });

  test("aws_lb: a mapping whose block the cloud filled in makes the subnets unknown at any update", () => {
    const mapping = (outpost: string): Obj => ({ subnet_id: "s", outpost_id: outpost });
    const config: Obj = { subnet_mapping: [{ subnet_id: "s", outpost_id: null }], idle_timeout: 61 };
    const change = (outpost: string) =>
      planned("aws_lb", config, { load_balancer_type: "application", subnets: [], subnet_mapping: [mapping(outpost)] });
    expect(change("o-1").planned.subnets).toBe(UNKNOWN);
    expect(change("").planned.subnets).toEqual([]);
  });
});
