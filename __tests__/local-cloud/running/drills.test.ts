/** The clouds' rules and the machinery together, on what the shipped stacks made: no terraform. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CloudObject } from "../../../local-cloud/cloud/store";
import type { Obj } from "../../../local-cloud/protocol/values";
import { prepareRunning } from "../../../local-cloud/running/session";
import { ask, asking, until } from "./topology";

const SPEED = 200;
const GROUPS = /autoscaling_group$|instance_group_manager$|virtual_machine_scale_set$/;
const RECORDED = JSON.parse(readFileSync(join(__dirname, "recorded-objects.json"), "utf8")) as CloudObject[];
const is = (slot: string) => (object: CloudObject) => GROUPS.test(object.type) && object.id.includes(`shop-${slot}-`);

/** All traffic goes to blue, and green is there with an image that never gets healthy, or not at all. */
const serving = RECORDED.map((object): CloudObject => {
  const { type, attributes } = object;
  const text = JSON.stringify(attributes);
  const change = (values: Obj) => ({ ...object, attributes: { ...attributes, ...values } });
  if (type === "aws_lb_listener_rule" && text.includes('"weight"'))
    return change(JSON.parse(text.replace('"weight": 25', '"weight": 0').replace('"weight":25', '"weight":0')) as Obj);
  if (type === "google_compute_region_url_map") {
    const [blue] = RECORDED.filter(({ id }) => id.endsWith("backendServices/prod-shop-internal-blue"));
    return change({ default_service: blue!.id, default_route_action: [] });
  }
  if (type === "azurerm_lb_rule") {
    const [blue] = RECORDED.filter(({ id }) => id.endsWith("backendAddressPools/blue"));
    return change({ backend_address_pool_ids: [blue!.id] });
  }
  return is("green")(object) ? { ...object, machines: { image: "never-well", healthy: true } } : object;
});

test("a new image that never gets healthy fails its gate with the cloud's words, and the old machines serve on", async () => {
  let [objects, revision] = [serving.filter((object) => !is("green")(object)), 1];
  const running = prepareRunning({ speed: SPEED });
  const engine = { objects: () => objects, revision: () => revision, resize: () => undefined, unhealthy: "never-well" };
  await running.start(engine);
  const { entries, groups } = running.status();
  expect(entries.map(({ cloud, service }) => `${cloud} ${service}`).sort()).toEqual(["aws prod-shop", "azure prod-shop", "google prod-shop"]); // prettier-ignore
  await until(() => running.status().groups.every(({ machines }) => machines.every(({ healthy }) => healthy)));
  expect(groups.map(({ machines }) => machines.length)).toEqual([3, 3, 3]);
  const stops = entries.map(({ url }) => asking((path) => ask(url + path), "/", 1));

  [objects, revision] = [serving, 2];
  await running.changed();
  const greens = serving.filter(is("green"));
  const told = await Promise.all(greens.map(({ key }) => running.gate(key, "create", undefined)));
  const each = await Promise.all(stops.map((stop) => stop()));
  await running.close();

  const words = (type: RegExp) => told[greens.findIndex((green) => type.test(green.type))];
  expect(words(/^aws/)).toMatch(
    /capacity satisfied.*want at least 3 healthy instance\(s\) registered to Load Balancer, have 0'/,
  );
  expect(words(/^google/)).toBe(
    "timeout while waiting for state to become 'created' (last state: 'creating', timeout: 13m)",
  );
  expect(words(/^azurerm/)).toMatch(/VMExtensionProvisioningError(.|\n)*'ready-gate'(.|\n)*0 of 1 machines were ready/);
  expect(each.every((answers) => answers.length > 0)).toBe(true);
  expect(each.flat().filter(({ status, version }) => status !== 200 || version !== "1.0.0")).toEqual([]);
});
