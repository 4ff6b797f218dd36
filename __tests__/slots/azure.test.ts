import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { judged } from "../review/lab";
import { Deployment, summary } from "../support/deployment";
import { serviceWith } from "../support/fleet";
import { describeRollouts } from "../support/rollout-story";
import { describeSlots } from "../support/slot-story";
import type { Live } from "../support/synth";

const group = (slot: string, actions: string, [set, scaling, records]: readonly string[]) => [
  `azurerm_linux_virtual_machine_scale_set.${slot}_group[0] ${actions}${set}`,
  `azurerm_monitor_autoscale_setting.${slot}_scaling[0] ${actions}${scaling}`,
  `azurerm_monitor_data_collection_rule_association.${slot}_records[0] ${actions}${records}`,
];

const ROUTES = "azurerm_lb_rule.traffic_routes update";
const SIZE = "azurerm_monitor_autoscale_setting.green_scaling[0] update";

describe.each(["blueGreen", "canary"] as const)("%s", (strategy) => {
  describeSlots("azure", {
    strategy,
    ...(strategy === "canary" ? { capacity: 1 } : {}),
    shares:
      strategy === "canary"
        ? [
            { weight: 33, plan: [ROUTES] },
            { weight: 50, capacity: 2, plan: [SIZE] },
          ]
        : [],
    fill: group("green", "create", ["", "", ""]),
    shift: [ROUTES],
    bumpBlue: group("blue", "create/delete", [" name", " name target_resource_id", " target_resource_id"]),
    retireBlue: group("blue", "delete", ["", "", ""]),
  });
});

describeRollouts("azure");

/** Machines of the sets that run, by slot and version. */
const sizes = (deployment: Deployment): Record<string, number> =>
  Object.fromEntries(deployment.groups().map(({ name, size }) => [name.replace(/-[0-9a-f]{8}$/, ""), size]));

describe("where machines give the share of the traffic", () => {
  const canary = serviceWith((service) =>
    Object.assign(service, { strategy: "canary", placements: ["azure-westeurope"], capacity: { min: 2, max: 8 } }),
  );
  let deployment: Deployment;
  const release = (blue: Live | null, green: Live | null, weight: number) => {
    deployment.workspace.writeRelease({ slots: { blue, green }, traffic: { blue: 100 - weight, green: weight } });
    deployment.workspace.synth(canary);
  };
  const review = async (...args: string[]) => {
    const { folder } = deployment.service;
    const file = join(folder, "plan.json");
    writeFileSync(file, JSON.stringify(await deployment.service.plan(...args)));
    return judged(file, join(folder, "cdk.tf.json"), { now: new Date() });
  };
  const scale = (slot: string, size: number) =>
    deployment.scale(deployment.groups().find(({ name }) => name.includes(slot))!.name, size);

  beforeAll(async () => {
    deployment = await Deployment.start("azure", (made) => {
      made.workspace.writeRelease({
        slots: { blue: { version: "1.0.0" }, green: null },
        traffic: { blue: 100, green: 0 },
      });
      made.workspace.synth(canary);
    });
    await deployment.take("first");
  });
  afterAll(() => (deployment as Deployment | undefined)?.stop());

  test("the slot that serves keeps its size when it is built anew; a candidate is as large as the release says", async () => {
    scale("blue", 6);
    release({ version: "1.0.0", epoch: "again" }, null, 0);
    await deployment.take("bump", "blue");
    expect(sizes(deployment)).toEqual({ "web-blue-1-0-0": 6 });
    release({ version: "1.0.0", epoch: "again" }, { version: "1.1.0", capacity: 1 }, 33);
    await deployment.service.apply();
    expect(sizes(deployment)).toEqual({ "web-blue-1-0-0": 6, "web-green-1-1-0": 1 });
    // A change of the machines in the middle of a rollout: most of the traffic keeps its machines.
    scale("green", 3);
    release({ version: "1.0.0", epoch: "more" }, { version: "1.1.0", epoch: "more", capacity: 1 }, 33);
    await deployment.service.apply();
    expect(sizes(deployment)).toEqual({ "web-blue-1-0-0": 6, "web-green-1-1-0": 1 });
  });

  test("a slot that gets all the traffic as it is built has as many machines as those that served", async () => {
    release({ version: "1.0.0", epoch: "more" }, { version: "1.1.0", epoch: "cut" }, 100);
    await deployment.service.apply();
    expect(sizes(deployment)).toEqual({ "web-blue-1-0-0": 6, "web-green-1-1-0": 6 });
    // Never above capacity.max, which somebody who scales by hand may have passed.
    scale("green", 7);
    release(null, { version: "1.1.0", epoch: "cut" }, 100);
    await deployment.take("retire", "blue");
    release(null, { version: "1.1.0", epoch: "last" }, 100);
    await deployment.take("bump", "green");
    expect(sizes(deployment)).toEqual({ "web-green-1-1-0": 7 });
  });

  test("what a failed rollout left behind is named by every plan, and makes no size", async () => {
    await deployment.restart(deployment.imageId("1.0.0"));
    release(null, { version: "1.0.0" }, 100);
    expect((await deployment.service.apply()).code).toBe(1);
    expect(sizes(deployment)).toEqual({ "web-green-1-0-0": 7, "web-green-1-1-0": 7 });
    scale("1-1-0", 3);
    const set = "web-green-1-0-0-[0-9a-f]{8}";
    const taken = new RegExp(`${set} is there already.* az vmss delete --name ${set}`);
    const left = new RegExp(`name of ${set}: a failed rollout left it behind.* az vmss delete`);
    const again = await review();
    expect(again.hard).toContain("failed-check");
    expect(again.about("failed-check")).toMatch(taken);
    const { text } = await deployment.service.attempt("plan", "-no-color");
    expect(text).toMatch(taken);
    expect(text).toContain("--resource-group prod-web-westeurope --subscription 00000000-0000-0000-0000-000000000001");
    release(null, { version: "1.1.0", epoch: "retry" }, 100);
    const other = await review();
    expect(other.hard).not.toContain("failed-check");
    expect(other.about("failed-check")).toMatch(left);
    await deployment.service.applyPlan();
    expect(deployment.groups().filter(({ leftover }) => !leftover)).toMatchObject([{ size: 3 }]);
  });

  test("a set that somebody deleted comes back by one deployment", async () => {
    deployment.cleanUp();
    deployment.remove(deployment.groups()[0]!.name);
    expect(summary(await deployment.service.plan())).toEqual([
      "azurerm_linux_virtual_machine_scale_set.green_group[0] create",
    ]);
    await deployment.service.applyPlan();
    await deployment.expectNoChange();
  });
});
