/** What terraform plans is the evidence that a step is applied, and the name of a scale set that a failure leaves. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectWorld, runRelease } from "../../cli/release/run";
import { changes } from "../../constructs/contract/plan";
import { Deployment, STACKS } from "../support/deployment";
import { serviceWith } from "../support/fleet";

const stack = STACKS.azure.service;
const fleet = serviceWith((service) => Object.assign(service, { placements: ["azure-westeurope"] }));
let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.start("azure", (made) => made.workspace.synth(fleet));
  // Files of services that this fleet has not are something to look at, too.
  for (const stray of ["prod/api.json", "prod/shop.json", "staging"])
    rmSync(join(deployment.workspace.folder, "releases", stray), { recursive: true });
  expect((await deployment.service.apply()).code).toBe(0);
});
afterAll(() => (deployment as Deployment | undefined)?.stop());

const release = async (line: string) => {
  const world = { ...projectWorld(deployment.workspace.folder, fleet), user: () => "ops@example.com" };
  const run = await runRelease(line.split(" "), world);
  deployment.workspace.synth(fleet);
  return run;
};

/** A plan as a user saves it: the file is named like the stack. */
async function savedPlan() {
  const plan = await deployment.service.plan();
  writeFileSync(join(deployment.workspace.folder, `${stack}.json`), JSON.stringify(plan));
  return plan;
}

test("a step counts as applied once a plan of its variables changes nothing", async () => {
  await savedPlan();
  expect((await release("start --service web --version 1.1.0")).code).toBe(0);
  const stale = await release(`next --plan ${stack}.json`);
  expect(stale).toMatchObject({ code: 2 });
  expect(stale.out).toContain(`${stack}: its plan was made with another release than the release file gives; synthesize and plan again`); // prettier-ignore

  const plan = await savedPlan();
  const early = await release(`next --plan ${stack}=${stack}.json`);
  expect(early.out).toContain("prod/web: step bump is not applied everywhere");
  expect(early.out).toContain(`${stack}: its plan would still create and delete azurerm_linux_virtual_machine_scale_set.live_group`); // prettier-ignore
  const group = changes(plan).find(({ type }) => type === "azurerm_linux_virtual_machine_scale_set")!.change.after!;
  expect(early.out).toContain(
    `az vmss delete --resource-group ${String(group.resource_group_name)} --name ${String(group.name)} --subscription`,
  );
  expect((await release(`status --plan ${stack}.json`)).out).toMatch(/live +live +1\.0\.0 → 1\.1\.0 +approved +100 % +not applied/);

  await deployment.service.applyPlan();
  const done = await savedPlan();
  writeFileSync(join(deployment.workspace.folder, "part.json"), JSON.stringify({ ...done, complete: false }));
  const part = await release(`next --plan ${stack}=part.json`);
  expect(part).toMatchObject({ code: 2, out: expect.stringContaining(`${stack}: its plan is of a part of the stack`) });
  const status = await release(`status --plan ${stack}.json`);
  expect(status).toMatchObject({ code: 0, out: expect.stringMatching(/100 % +healthy/) });
  expect((await release(`next --plan ${stack}.json`)).out).toContain("prod/web: release 1.0.0 → 1.1.0 is finished");
}); // prettier-ignore

test("a plan that says no stack, and a file that is no plan, are refused", async () => {
  writeFileSync(join(deployment.workspace.folder, "plan.json"), "{}");
  expect((await release("status --plan plan.json")).error).toContain(`must say its stack, as in --plan STACK=`);
  expect((await release(`status --plan ${stack}=plan.json`)).error).toContain("format_version: must be of type string, got nothing"); // prettier-ignore
});
