/** Groups of machines as they are synthesized: their keys, their gates, and what waits for them. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CONTRACTS } from "../../constructs/contract/plan-contract";
import { placementId } from "../../constructs/contract/names";
import { CLOUDS, type Placement } from "../../constructs/contract/spec";
import { STACKS } from "../support/deployment";
import { fleetWith, serviceWith } from "../support/fleet";
import { singleLaunchChanges } from "../support/launch-changes";
import { Workspace, type Stack } from "../support/synth";

const workspaces = [new Workspace(), new Workspace()] as const;
afterAll(() => workspaces.forEach(({ folder }) => rmSync(folder, { recursive: true })));

const DRAIN_SEC = 420;
const [example, changed] = workspaces;
beforeAll(() => example.synth(serviceWith((service) => (service.traffic = { drainSec: DRAIN_SEC }))));

const resources = (cloud: keyof typeof STACKS) => example.stack(STACKS[cloud].service).resource;

describe("the key", () => {
  test("is in the name of what lives as long as one image", () => {
    const named = CLOUDS.flatMap((cloud) =>
      Object.entries(CONTRACTS[cloud].compute).flatMap(([type, causes]) =>
        Object.entries(resources(cloud)[type] ?? {}).filter(([name]) => new RegExp(CONTRACTS[cloud].computeNames[type] ?? "").test(name)).flatMap(([, block]) =>
          causes.filter((cause) => /name$|^name_prefix$/.test(cause) && block[cause] !== undefined).map((cause) => [type, cause, block[cause]]),
        ),
      ),
    ); // prettier-ignore
    expect(named.length).toBeGreaterThan(7);
    // A policy on AWS is named by its group, whose own name is known once it is made; what leads to a backend service, by that.
    for (const [type, cause, value] of named)
      expect([type, cause, value]).toEqual([type, cause, expect.stringMatching(/local\.live_release_name|live_(group|backend)\.name/)]); // prettier-ignore
  });

  test("changes with every setting that decides what a machine is", () => {
    const cases = CLOUDS.flatMap((cloud) => singleLaunchChanges(cloud).map((change) => ({ cloud, ...change })));
    const keysWith = (isEdited: boolean) => {
      const fleet = fleetWith(({ environments: [environment] }) => {
        const [service] = environment!.services;
        environment!.services = cases.map(({ cloud, edit }, index) => {
          const own = environment!.placements.find((placement) => placement.cloud === cloud)!;
          const copy = { ...structuredClone(service!), name: `s-${index}`, image: "web", placements: [placementId(own as unknown as Placement)] }; // prettier-ignore
          if (isEdited) edit(copy);
          return copy;
        });
      });
      changed.synth(fleet);
      return cases.map(({ cloud }, index) => keyOf(changed.stack(STACKS[cloud].service.replace("-web-", `-s-${index}-`)))); // prettier-ignore
    };
    for (const index of cases.keys()) {
      const file = join(changed.folder, `releases/prod/s-${index}.json`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify({ slots: { live: { version: "1.0.0" } } }));
    }
    const [before, after] = [keysWith(false), keysWith(true)];
    const same = cases.filter((_, index) => before[index] === after[index]);
    expect(same.map(({ cloud, path }) => `${cloud}: ${path}`)).toEqual([]);
  });
});

const keyOf = (stack: Stack) => (stack as Stack & { locals: Record<string, string> }).locals.live_release_key!;

test("a new group counts as made once its machines are healthy, and keeps the size that autoscaling gave it", () => {
  const group = resources("aws").aws_autoscaling_group!.live_group!;
  expect(group.min_elb_capacity).toBe(group.desired_capacity);
  expect(group.desired_capacity).toContain(".size_running");
  expect(group.lifecycle).toMatchObject({ ignore_changes: ["desired_capacity", "min_elb_capacity"] });
  const google = resources("google").google_compute_region_instance_group_manager!.live_group!;
  expect(google).toMatchObject({
    wait_for_instances: true,
    wait_for_instances_status: "STABLE",
    auto_healing_policies: { health_check: "${google_compute_health_check.live_health.id}" },
    lifecycle: { ignore_changes: ["target_size"] },
  });
  const azure = resources("azure").azurerm_linux_virtual_machine_scale_set!.live_group!;
  expect((azure.extension as { name: string }[]).map(({ name }) => name)).toEqual(["app-health", "ready-gate", "records"]); // prettier-ignore
  expect(azure.lifecycle).toMatchObject({ ignore_changes: ["instances"] });
});

test("what leaves drains as long as the longest request, and the time in which one may still begin", () => {
  const { aws_lb_target_group: targets, aws_lb: entry } = resources("aws");
  expect(targets!.traffic_live_targets).toMatchObject({ deregistration_delay: String(DRAIN_SEC + 30) });
  expect(entry!.traffic_entry).toMatchObject({ idle_timeout: DRAIN_SEC + 5 });
  const { google_compute_region_backend_service: backend, terraform_data: gate } = resources("google");
  expect(backend!.traffic_live_backend).toMatchObject({
    connection_draining_timeout_sec: DRAIN_SEC + 180,
    timeout_sec: DRAIN_SEC + 5,
  });
  // There is nothing to drain at a first deployment.
  expect(JSON.stringify(gate!.live_drain!.provisioner)).toMatch(new RegExp(`FLEET_DRAIN_SEC:-.*> 0 [?] ${DRAIN_SEC + 180} : 0}}`)); // prettier-ignore
  const { azurerm_linux_virtual_machine_scale_set: set, azurerm_lb_rule: rule } = resources("azure");
  // Three checks every ten seconds, the data path, the word and the consent: 60 s around the request.
  expect(set!.live_group).toMatchObject({ termination_notification: { timeout: `PT${(DRAIN_SEC + 60) / 60}M` } });
  expect(rule!.traffic_routes).toMatchObject({ idle_timeout_in_minutes: 16 });
});

test("the entry follows once the machines have passed their gate", () => {
  const routes = (cloud: "aws" | "azure", type: string) => resources(cloud)[type]!.traffic_routes!.depends_on;
  expect(routes("aws", "aws_lb_listener_rule")).toEqual(["aws_autoscaling_group.live_group"]);
  expect(routes("azure", "azurerm_lb_rule")).toEqual(["azurerm_linux_virtual_machine_scale_set.live_group"]);
});

test("on Google Cloud a new backend service is probed and known before the entry leads to it, and the old one drains before it goes", () => {
  const { terraform_data: holds, ...google } = resources("google");
  const backend = "google_compute_region_backend_service.traffic_live_backend";
  expect(google.google_compute_region_backend_service!.traffic_live_backend!.name).toBe("${local.live_release_name}");
  // What gets it probed, for as long as it lives: an entry that answers the health path alone.
  const warm = google.google_compute_region_url_map!.traffic_warm_routes!;
  expect(warm.path_matcher).toMatchObject([{ path_rule: [{ paths: ["/healthz"], service: `\${${backend}.id}` }] }]);
  expect([warm.default_service, warm.default_url_redirect]).toEqual([undefined, expect.objectContaining({ https_redirect: true })]); // prettier-ignore
  expect(holds!.traffic_warm_up).toMatchObject({
    depends_on: ["google_compute_forwarding_rule.traffic_warm_entry"],
    triggers_replace: [`\${${backend}.id}`],
    lifecycle: { create_before_destroy: true },
  });
  expect(JSON.stringify(holds!.traffic_warm_up!.provisioner)).toContain("FLEET_WARM_SEC:-180}");
  const routes = "google_compute_region_url_map.traffic_routes";
  expect(google.google_compute_region_url_map!.traffic_routes!.depends_on).toEqual(["terraform_data.traffic_warm_up"]);
  expect(google.google_compute_region_autoscaler!.live_scaling!.depends_on).toEqual([routes]);
  // What a hold is replaced with goes after it: the old group, and the old backend service.
  expect(holds!.live_drain).toMatchObject({
    depends_on: [routes],
    triggers_replace: [
      "${google_compute_region_instance_group_manager.live_group.id}",
      `\${${backend}.id}`,
      "${google_compute_forwarding_rule.traffic_warm_entry.id}",
    ],
  });
});
