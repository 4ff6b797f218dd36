import { allowedProblems } from "../../local-cloud/rules/allowed";
import { wrongAzureId } from "../../local-cloud/rules/azure-ids";
import { canonicalNetwork } from "../../local-cloud/rules/networks";
import { type Obj, UNKNOWN, type Value } from "../../local-cloud/protocol/values";
import { Catalog, PROVIDERS } from "../../local-cloud/schemas/catalog";
import type { Block } from "../../local-cloud/schemas/compact";
import { schemaOf } from "./planning";

/** Values that a provider refuses before anything is planned, in its words. */

const said = (type: string, config: Obj) => allowedProblems(schemaOf(type), config).map(({ summary }) => summary);

test.each<[string, Obj, string]>([
  [
    "aws_lb",
    { load_balancer_type: "classic" },
    'expected load_balancer_type to be one of ["application" "network" "gateway"], got classic',
  ],
  [
    "aws_lb_target_group",
    { health_check: [{ interval: 4 }] },
    "expected health_check.0.interval to be in the range (5 - 300), got 4",
  ],
  [
    "aws_lb_listener",
    { default_action: [{ type: "forward", forward: [{ target_group: [{ arn: "arn:aws:a:b:c:d", weight: 1000 }] }] }] },
    "expected default_action.0.forward.0.target_group.0.weight to be in the range (0 - 999), got 1000",
  ],
  ["aws_launch_template", { default_version: 0 }, "expected default_version to be at least (1), got 0"],
  [
    "aws_vpc",
    { cidr_block: "10.0.0.1/16" },
    '"10.0.0.1/16" is not a valid IPv4 CIDR block; did you mean "10.0.0.0/16"?',
  ],
  [
    "aws_lb_target_group",
    { deregistration_delay: "4000" },
    "expected deregistration_delay to be in the range (0 - 3600), got 4000",
  ],
  ["aws_iam_role", { assume_role_policy: "{" }, '"assume_role_policy" contains an invalid JSON'],
  [
    "google_compute_region_instance_group_manager",
    { update_policy: [{ type: "SOMETIMES", minimal_action: "REPLACE" }] },
    'expected update_policy.0.type to be one of ["OPPORTUNISTIC" "PROACTIVE"], got SOMETIMES',
  ],
  ["google_compute_firewall", { priority: 65536 }, "expected priority to be in the range (0 - 65535), got 65536"],
  ["azurerm_lb_rule", { protocol: "tcp" }, 'expected protocol to be one of ["All" "Tcp" "Udp"], got tcp'],
  ["azurerm_lb_rule", { frontend_port: 65536 }, "expected frontend_port to be in the range (0 - 65535), got 65536"],
  [
    "azurerm_linux_virtual_machine_scale_set",
    { os_disk: [{ storage_account_type: "Fast" }] },
    'expected os_disk.0.storage_account_type to be one of ["Premium_LRS" "Premium_ZRS" "Standard_LRS" "StandardSSD_LRS" "StandardSSD_ZRS"], got Fast',
  ],
  [
    "azurerm_linux_virtual_machine_scale_set",
    { rolling_upgrade_policy: [{ pause_time_between_batches: "5m" }] },
    'expected rolling_upgrade_policy.0.pause_time_between_batches to be in ISO 8601 duration format, got "5m"',
  ],
])("%s %j", (type, config, message) => {
  expect(said(type, config)).toEqual([message]);
});

test.each<[string, Obj]>([
  ["aws_lb", { load_balancer_type: "network", ip_address_type: UNKNOWN }],
  ["aws_lb_listener", { protocol: "https", port: 443 }],
  ["aws_launch_template", { ebs_optimized: "", metadata_options: [{ http_tokens: "required" }] }],
  ["aws_vpc", { cidr_block: "10.0.0.0/16" }],
  ["google_compute_firewall", { direction: "", priority: 0 }],
  ["azurerm_lb", { frontend_ip_configuration: [{ private_ip_address_allocation: "static" }] }],
  ["azurerm_linux_virtual_machine_scale_set", { extensions_time_budget: "PT1H30M", zones: ["1"], instances: 0 }],
])("%s takes %j", (type, config) => {
  expect(said(type, config)).toEqual([]);
});

describe("ids of Azure objects", () => {
  const form = "Microsoft.Network/virtualNetworks/{}/subnets/{}";
  const group = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network";
  const right = `${group}/virtualNetworks/net/subnets/a`;

  test.each([
    ["the wrong case", right.replace("virtualNetworks", "virtualnetworks"), 'parsing segment "virtualNetworks"'],
    ["another type", `${group}/networkInterfaces/net/subnets/a`, 'got "networkInterfaces"'],
    [
      "the wrong case of the group",
      right.replace("resourceGroups", "resourcegroups"),
      'parsing segment "resourceGroups"',
    ],
    ["a parent", `${group}/virtualNetworks/net`, "the number of segments didn't match: expected 10, got 8"],
    ["a child", `${right}/ips/b`, 'unexpected segment "ips/b" present at the end of the URI'],
    ["a name", "a", "the number of segments didn't match"],
    ["nothing", "", "cannot parse an empty string"],
    ["an empty name", right.replace("/net/", "//"), "a name"],
  ])("%s is refused", (_, id, message) => {
    const found = wrongAzureId(form, id);
    expect(found?.startsWith(`parsing "${id}": `)).toBe(true);
    expect(found).toContain(message);
    expect(found).toContain(
      "> /subscriptions/subscriptionName/resourceGroups/resourceGroupName/providers/Microsoft.Network/virtualNetworks/virtualNetworkName/subnets/subnetName",
    );
  });

  test("an attribute says which id it takes, also inside lists", () => {
    expect(wrongAzureId(form, right)).toBeUndefined();
    const nic = (id: string): Obj => ({ network_interface: [{ ip_configuration: [{ subnet_id: id }] }] });
    const schema = schemaOf("azurerm_linux_virtual_machine_scale_set");
    expect(allowedProblems(schema, nic(right))).toEqual([]);
    expect(allowedProblems(schema, nic(right.toLowerCase())).map(({ path }) => path)).toEqual([
      ["network_interface", 0, "ip_configuration", 0, "subnet_id"],
    ]);
  });
});

test.each(PROVIDERS)(
  "%s: every row names an attribute that is validated, or the elements of a collection",
  (provider) => {
    const catalog = new Catalog(provider);
    const find = (block: Block, [name = "", ...rest]: string[]): Value[] => {
      const attribute = block.get(name);
      if (!attribute) return [];
      if (rest.length === 0) return [attribute.validated];
      return attribute.elem instanceof Map ? find(attribute.elem, rest) : [];
    };
    for (const type of catalog.resourceNames) {
      const { allowed, block } = schemaOf(type);
      for (const path of Object.keys(allowed)) {
        const [validated] = find(block, path.replace("[]", "").split("."));
        expect([type, path, path.endsWith("[]") ? typeof validated : validated]).toEqual([
          type,
          path,
          path.endsWith("[]") ? "boolean" : true,
        ]);
      }
    }
  },
);

test("a range of addresses has no bits of a host", () => {
  expect(["10.1.2.3/8", "10.0.0.0/33", "10.0.0.0", "fd00::/8", "a/8"].map(canonicalNetwork)).toEqual([
    "10.0.0.0/8",
    undefined,
    undefined,
    "fd00::/8",
    undefined,
  ]);
});
