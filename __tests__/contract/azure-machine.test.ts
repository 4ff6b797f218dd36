import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { launch } from "../../constructs/azure/launch";
import { placementsOf } from "../../constructs/contract/names";
import type { PlacementOn } from "../../constructs/contract/spec";
import { resolveFleet } from "../../constructs/contract/validate";
import { serviceWith, type ServiceDraft } from "../support/fleet";

const machine = (edit: (service: ServiceDraft) => void = () => {}) => {
  const environment = resolveFleet(serviceWith(edit)).environments[0]!;
  const service = environment.services[0]!;
  const placement = placementsOf(environment, service).find(({ cloud }) => cloud === "azure") as PlacementOn<"azure">;
  return launch(service, placement).set;
};
const extension = (name: string, edit?: (service: ServiceDraft) => void) =>
  machine(edit).extension.find((one) => one.name === name)!;

/** How azurerm reads settings back: Go's encoding of a map. */
const asRead = (settings: string): string =>
  JSON.stringify(JSON.parse(settings), (_, value: unknown) =>
    value !== null && typeof value === "object" ? Object.fromEntries(Object.entries(value).sort()) : value,
  ).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);

test("a machine is healthy on status 200 alone: the version that asks for no body, and its settings only", () => {
  const health = extension("app-health");
  expect(health).toMatchObject({ type: "ApplicationHealthLinux", typeHandlerVersion: "1.0" });
  expect(JSON.parse(health.settings)).toEqual({
    protocol: "http",
    port: 8080,
    requestPath: "/healthz",
    intervalInSeconds: 13,
    numberOfProbes: 24,
  });
});

test.each([30, 300, 1800])("a machine that boots within %d s is not repaired meanwhile", (bootSec) => {
  const { gracePeriod } = machine((service) =>
    Object.assign(service.health, { bootSec, intervalSec: 60 }),
  ).automaticInstanceRepair;
  const minutes = Number(/^PT(\d+)M$/.exec(gracePeriod)?.[1]);
  expect(minutes).toBeGreaterThanOrEqual(10);
  expect(minutes).toBeLessThanOrEqual(90);
  expect(minutes * 60).toBeGreaterThan(bootSec + 3 * 60);
});

test("settings of extensions are written as the provider reads them", () => {
  for (const { settings } of machine().extension) expect(settings).toBe(asRead(settings));
});

describe("the ready gate", () => {
  const server = createServer((request, response) => {
    response.writeHead(Number(request.url?.slice(2)), { location: "/s200" }).end();
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => server.close());

  test.each([
    [200, true],
    [204, false],
    [302, false],
    [404, false],
    [503, false],
  ])("takes status %d for healthy: %s", async (status, healthy) => {
    const { port } = server.address() as AddressInfo;
    const gate = extension("ready-gate", (service) =>
      Object.assign(service, { port, health: { path: `/s${status}` } }),
    );
    const { commandToExecute } = JSON.parse(gate.settings) as { commandToExecute: string };
    expect(commandToExecute).toMatch(/^timeout 300 sh -c '/);
    // Once, instead of until it is so.
    const once = commandToExecute.replace(/until (.*); do sleep 5; done/, "$1");
    const passed = await promisify(execFile)("sh", ["-c", once]).then(
      () => true,
      () => false,
    );
    expect(passed).toBe(healthy);
  });
});
