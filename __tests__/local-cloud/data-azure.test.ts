import { rmSync } from "node:fs";
import { Cloud } from "../../local-cloud/cloud/apply";
import { azureResources, azureScaleSet } from "../../local-cloud/cloud/data-azure";
import { Store } from "../../local-cloud/cloud/store";
import type { ProviderSettings } from "../../local-cloud/engine/request";
import { UNKNOWN } from "../../local-cloud/protocol/values";
import { newFolder } from "../support/synth";
import { changed, planned, schemaOf, SETTINGS } from "./planning";

const HERE = "00000000-0000-0000-0000-000000000001";
const THERE = "00000000-0000-0000-0000-0000000000ff";
const folder = newFolder();
const store = new Store(folder);
const settings = { subscription: HERE } as unknown as ProviderSettings;
const ask = (config: Record<string, unknown>) =>
  (azureResources({ config: config as never, settings, store }).resources as { name: string }[]).map(
    ({ name }) => name,
  );

const put = (type: string, arm: string, name: string, subscription = HERE, attributes = {}) =>
  store.put({
    key: `${type}/${subscription}/${name}`,
    type,
    id: `/subscriptions/${subscription}/resourceGroups/Prod-Web/providers/${arm}/${name}`,
    serial: store.nextSerial(),
    attributes: { name, resource_group_name: "prod-web", location: "westeurope", ...attributes },
    orphan: name.includes("orphan"),
  });

beforeAll(() => {
  store.put({ key: "g", type: "azurerm_resource_group", id: "g", serial: 1, attributes: { name: "prod-web" } });
  for (const name of ["web-1", "web-orphan"])
    put("azurerm_linux_virtual_machine_scale_set", "Microsoft.Compute/virtualMachineScaleSets", name, HERE, {
      instances: 3,
      zones: ["1", "2"],
      tags: { service: "web" },
    });
  put("azurerm_key_vault", "Microsoft.KeyVault/vaults", "far-keys", THERE);
});
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

test("a subscription's resources are listed by type whatever its case, also those that Terraform does not know", () => {
  expect(ask({ type: "microsoft.compute/virtualmachinescalesets" })).toEqual(["web-1", "web-orphan"]);
  expect(ask({ type: "Microsoft.Compute/virtualMachineScaleSets", resource_group_name: "PROD-WEB" })).toHaveLength(2);
  expect(ask({ name: "web-1" })).toEqual(["web-1"]);
  expect(ask({ resource_group_name: "prod-web", required_tags: { service: "api" } })).toEqual([]);
  expect(ask({ type: "Microsoft.Insights/autoscaleSettings" })).toEqual([]);
});

test("nothing to search by, and a resource group that is not there, are errors", () => {
  expect(() => ask({})).toThrow("at least one of");
  expect(() => ask({ resource_group_name: "none" })).toThrow("ResourceGroupNotFound");
});

test("a vault of somebody's own is taken to exist, unless it is known to be in another subscription", () => {
  const type = "Microsoft.KeyVault/vaults";
  expect(ask({ type, name: "fleet-keys" })).toEqual(["fleet-keys"]);
  expect(ask({ type, name: "far-keys" })).toEqual([]);
  expect(ask({ type })).toEqual([]);
});

test("a scale set has an entry for each machine", () => {
  const read = (name: string) =>
    azureScaleSet({ config: { name, resource_group_name: "prod-web" }, settings, store }).instances as {
      zone: string;
    }[];
  expect(read("web-1").map(({ zone }) => zone)).toEqual(["1", "2", "1"]);
  expect(read("web-orphan")).toHaveLength(3);
  expect(() => read("gone")).toThrow("was not found");
});

describe("a deployment of a template", () => {
  const TYPE = "azurerm_resource_group_template_deployment";
  const gateway = { type: "Microsoft.Network/natGateways", name: "out", location: "westeurope", zones: ["1", "2"] };
  const address = { type: "Microsoft.Network/publicIPAddresses", name: "[parameters('name')]" };
  const given = (...resources: object[]) => ({
    ...{ name: "out", resource_group_name: "prod-web", deployment_mode: "Incremental" },
    template_content: JSON.stringify({ resources }, null, 2),
  });

  test("makes what it names; a subnet goes out by it, and then it does not go", async () => {
    const cloud = new Cloud(store, { unhealthy: "", bootMs: 0 });
    const make = (type: string, config: Parameters<typeof planned>[1]) =>
      cloud.create(schemaOf(type), planned(type, config).planned, SETTINGS);
    store.put({ key: "s", type: "azurerm_subnet", id: "/s", serial: 0, attributes: {} });
    const nat_gateway_id = "/subscriptions/s/resourceGroups/prod-web/providers/Microsoft.Network/natGateways/out";
    const link = () => make("azurerm_subnet_nat_gateway_association", { subnet_id: "/s", nat_gateway_id });
    await expect(link()).rejects.toThrow("ResourceNotFound");
    const made = await make(TYPE, given(gateway, address));
    const listed = (type: string) =>
      azureResources({ config: { type }, settings: SETTINGS, store }).resources as { id: string }[];
    expect(listed(gateway.type).map(({ id }) => id)).toEqual([nat_gateway_id]);
    expect(listed(address.type)).toEqual([]);
    const linked = await link();
    const goes = () => cloud.delete(schemaOf(TYPE), made, SETTINGS);
    await expect(goes()).rejects.toThrow(`deleting ${nat_gateway_id}: unexpected status 409`);
    await cloud.delete(schemaOf("azurerm_subnet_nat_gateway_association"), linked, SETTINGS);
    await goes();
    expect(listed(gateway.type)).toEqual([]);
  });

  test("is read back sorted and without spaces, and opens its outputs when it changes", () => {
    const of = (next: object) => changed(TYPE, given(gateway), next as ReturnType<typeof given>);
    const { prior, result } = of(given(Object.fromEntries(Object.entries(gateway).reverse())));
    expect(prior.template_content).toMatch(/^\{"resources":\[\{"location":"westeurope","name":"out",/);
    expect([prior.output_content, result.planned]).toEqual(["{}", prior]);
    const { planned: next, requiresReplace } = of(given({ ...gateway, zones: ["1"] })).result;
    expect([String(next.output_content), requiresReplace]).toEqual([String(UNKNOWN), []]);
  });
});
