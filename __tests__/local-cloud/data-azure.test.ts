import { rmSync } from "node:fs";
import { azureResources, azureScaleSet } from "../../local-cloud/cloud/data-azure";
import { Store } from "../../local-cloud/cloud/store";
import type { ProviderSettings } from "../../local-cloud/engine/request";
import { newFolder } from "../support/synth";

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
