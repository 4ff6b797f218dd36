/** The way out of machines on Azure stands in all zones, and a foundation from before comes to it without an interruption. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { resolveFleet } from "../../constructs/contract/validate";
import { Deployment, STACKS, summary } from "../support/deployment";
import { fleetWith } from "../support/fleet";
import { Workspace, type Stack } from "../support/synth";

const inZones = (zones: string[], location = "westeurope") =>
  fleetWith(({ environments: [environment] }) => {
    environment!.placements = environment!.placements.filter(({ cloud }) => cloud === "azure");
    Object.assign(environment!.placements[0]!, { zones, location });
  });

interface Way {
  readonly type?: string;
  readonly sku?: { readonly name: string };
  readonly zones?: readonly string[];
}

/** Gateways and addresses by which machines go out, whatever makes them. */
function waysOut({ resource }: Stack): Way[] {
  const templates = Object.values(resource.azurerm_resource_group_template_deployment ?? {});
  const made = templates.flatMap((one) => (JSON.parse(String(one.template_content)) as { resources: Way[] }).resources);
  const own = ["azurerm_nat_gateway", "azurerm_public_ip"].flatMap((type) => Object.values(resource[type] ?? {}));
  return [...made, ...(own as Way[])];
}

describe("as it is synthesized", () => {
  const workspace = new Workspace();
  afterAll(() => rmSync(workspace.folder, { recursive: true }));

  test.each([[["1", "2", "3"]], [["1", "3"]], [["2"]]])("machines in zones %j go out in every zone", (zones) => {
    workspace.synth(inZones(zones));
    const stack = workspace.stack(STACKS.azure.foundation);
    const ways = waysOut(stack);
    expect(ways.map(({ type }) => type)).toEqual([
      "Microsoft.Network/publicIPAddresses",
      "Microsoft.Network/natGateways",
    ]);
    for (const way of ways) expect(way).toMatchObject({ sku: { name: "StandardV2" }, zones: ["1", "2", "3"] });
    const out = stack.resource.azurerm_subnet_nat_gateway_association!.network_machines_out!;
    expect(out).toMatchObject({
      nat_gateway_id: expect.stringMatching(/\/providers\/Microsoft.Network\/natGateways\/prod-zones$/) as string,
      depends_on: ["azurerm_resource_group_template_deployment.network_nat"],
    });
  });

  test("a location without such a gateway is refused", () => {
    expect(() => resolveFleet(inZones(["1"], "qatarcentral"))).toThrow(
      /prod\/azure-qatarcentral location: "qatarcentral" has no NAT gateway that spans zones .* choose another location/,
    );
  });
});

/** The same foundation as it was before: its gateway and address in a zone that Azure picks. */
function asBefore({ resource, ...stack }: Stack): object {
  const place = { location: "westeurope", resource_group_name: "${azurerm_resource_group.network_group.name}" };
  const text = JSON.stringify({ ...resource, azurerm_resource_group_template_deployment: undefined }).replaceAll(
    "azurerm_resource_group_template_deployment.network_nat",
    "azurerm_nat_gateway.network_nat",
  );
  return {
    ...stack,
    data: undefined,
    resource: {
      ...(JSON.parse(text) as object),
      azurerm_nat_gateway: { network_nat: { ...place, name: "prod", sku_name: "Standard" } },
      azurerm_public_ip: {
        network_nat_address: { ...place, name: "prod-nat", allocation_method: "Static", sku: "Standard" },
      },
      azurerm_nat_gateway_public_ip_association: {
        network_nat_out: {
          nat_gateway_id: "${azurerm_nat_gateway.network_nat.id}",
          public_ip_address_id: "${azurerm_public_ip.network_nat_address.id}",
        },
      },
      azurerm_subnet_nat_gateway_association: {
        network_machines_out: {
          nat_gateway_id: "${azurerm_nat_gateway.network_nat.id}",
          subnet_id: "${azurerm_subnet.network_machines.id}",
        },
      },
    },
  };
}

const PLACE =
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/prod-foundation-westeurope/providers/Microsoft.Network";

test("a foundation from before keeps a way out at every step to the new one", async () => {
  const fleet = inZones(["1", "2", "3"]);
  const deployment = await Deployment.start("azure", ({ workspace }) => {
    workspace.synth(fleet);
    const file = join(workspace.stackFolder(STACKS.azure.foundation), "cdk.tf.json");
    writeFileSync(file, JSON.stringify(asBefore(workspace.stack(STACKS.azure.foundation))));
  });
  try {
    const { foundation, workspace } = deployment;
    workspace.synth(fleet);
    const refused = await foundation.attempt("plan", "-input=false", "-no-color");
    expect(refused.code).toBe(1);
    expect(refused.text).toContain("Until prod-zones, which spans them, is there");
    const [, target = ""] = /terraform apply (-target=\S+),/.exec(refused.text) ?? [];
    const first = await foundation.plan(target);
    expect(summary(first)).toEqual(["azurerm_resource_group_template_deployment.network_nat create"]);
    await foundation.applyPlan();
    // Whoever goes on without moving the subnet gets a plan that shows it.
    const replaced = summary(await foundation.plan()).filter((line) => line.includes("machines_out"));
    expect(replaced).toEqual([
      "azurerm_subnet_nat_gateway_association.network_machines_out delete/create nat_gateway_id",
    ]);
    const [, network, subnet, gateway] = /--vnet-name (\S+) --name (\S+) --nat-gateway (\S+)/.exec(refused.text) ?? [];
    deployment.set("azurerm_subnet_nat_gateway_association", `${PLACE}/virtualNetworks/${network}/subnets/${subnet}`, {
      nat_gateway_id: `${PLACE}/natGateways/${gateway}`,
    });
    expect(summary(await foundation.plan())).toEqual([
      "azurerm_nat_gateway.network_nat delete",
      "azurerm_nat_gateway_public_ip_association.network_nat_out delete",
      "azurerm_public_ip.network_nat_address delete",
    ]);
    await foundation.applyPlan();
    expect(summary(await foundation.plan())).toEqual([]);
  } finally {
    await deployment.stop();
  }
});
