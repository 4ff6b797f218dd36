import { changes } from "../../constructs/contract/plan";
import { Deployment, STACKS } from "../support/deployment";
import { serviceWith, type ServiceDraft } from "../support/fleet";
import { describeLife } from "../support/story";

describeLife("google", {
  bump: [
    "google_compute_forwarding_rule.traffic_entry update",
    "google_compute_forwarding_rule.traffic_warm_entry create/delete name",
    "google_compute_region_autoscaler.live_scaling create/delete name",
    "google_compute_region_backend_service.traffic_live_backend create/delete name",
    "google_compute_region_instance_group_manager.live_group create/delete base_instance_name name",
    "google_compute_region_instance_template.live_template create/delete disk effective_labels name",
    "google_compute_region_target_http_proxy.traffic_warm_http create/delete name",
    "google_compute_region_url_map.traffic_routes update",
    "google_compute_region_url_map.traffic_warm_routes create/delete name",
    "terraform_data.live_drain create/delete triggers_replace",
    "terraform_data.traffic_warm_up create/delete triggers_replace",
  ],
  imageCauses: ["disk", "effective_labels"],
  limits: [
    "google_compute_region_autoscaler.live_scaling update",
    "google_monitoring_alert_policy.alarms_too_few update",
  ],
  gateError: /waiting|timeout/i,
  retryError: /already ?exists/i,
  afterFailure: [
    "google_compute_forwarding_rule.traffic_entry update",
    "google_compute_forwarding_rule.traffic_warm_entry create/delete name",
    "google_compute_region_autoscaler.live_scaling create/delete name",
    "google_compute_region_backend_service.traffic_live_backend create/delete name",
    "google_compute_region_instance_group_manager.live_group create/delete",
    "google_compute_region_instance_group_manager.live_group delete deposed",
    "google_compute_region_instance_template.live_template delete deposed",
    "google_compute_region_target_http_proxy.traffic_warm_http create/delete name",
    "google_compute_region_url_map.traffic_routes update",
    "google_compute_region_url_map.traffic_warm_routes create/delete name",
    "terraform_data.live_drain create/delete triggers_replace",
    "terraform_data.traffic_warm_up create/delete triggers_replace",
  ],
  leavesOrphan: false,
  backNeedsEpoch: true,
});

/** What the data sources name must exist, or no plan is made any more. */
describe("the live size is found", () => {
  let deployment: Deployment;
  const sizes = () => deployment.groups().map(({ healthy }) => healthy);
  const scaled = (size: number) => deployment.scale(deployment.groups()[0]!.name, size);
  const publicly = (service: ServiceDraft) => {
    service.traffic = {
      exposure: "public",
      certificates: { "google-us-central1": "projects/example-prod/locations/us-central1/certificates/web" },
    };
    service.placements = ["google-us-central1"];
  };

  beforeAll(async () => {
    deployment = await Deployment.start("google");
    await deployment.take("first");
  });
  afterAll(() => (deployment as Deployment | undefined)?.stop());

  test("an apply makes the new, waits, moves the entry, waits again, and only then takes the old away; cut short, it goes on", async () => {
    deployment.release({ version: "1.0.0", epoch: "next" });
    const ordered = (text: string, ...steps: [what: string, end: string][]) => {
      const order = steps.map(([what, end]) =>
        text.search(new RegExp(`[.]${what}( [(]deposed object \\w+[)])?: ${end}`)),
      );
      expect(order.filter((at) => at < 0)).toEqual([]);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    };
    const cut = await deployment.terraform(STACKS.google.service, { FLEET_DRAIN_SEC: "broken" }).apply();
    ordered(
      cut.text,
      ["live_group", "Creation complete"],
      ["traffic_live_backend", "Creation complete"],
      ["traffic_warm_entry", "Creation complete"],
      ["traffic_warm_up", "Creation complete"],
      ["traffic_routes", "Modifying"],
      ["live_drain", "Creating"],
    );
    expect(cut.text).not.toMatch(/(live_(group|backend)|warm_entry) [(]deposed object \w+[)]: Destroying/);
    expect(sizes()).toEqual([2, 2]);
    const { text } = await deployment.service.apply();
    ordered(
      text,
      ["live_drain", "Creation complete"],
      ["traffic_warm_entry", "Destroying"],
      ["traffic_live_backend", "Destroying"],
      ["live_group", "Destroying"],
    );
    expect(sizes()).toEqual([2]);
  });

  test("while the exposure changes with the image", async () => {
    scaled(5);
    deployment.release({ version: "1.1.0" }, serviceWith(publicly));
    expect((await deployment.service.apply()).text).toContain("Apply complete");
    await deployment.expectNoChange();
    expect(sizes()).toEqual([5]);
  });

  test("while one slot becomes two, and two become one", async () => {
    deployment.workspace.writeRelease({
      slots: { blue: { version: "1.0.0" }, green: null },
      traffic: { blue: 100, green: 0 },
    });
    deployment.workspace.synth(
      serviceWith((service) => {
        publicly(service);
        service.strategy = "blueGreen";
      }),
    );
    expect((await deployment.service.apply()).text).toContain("Apply complete");
    await deployment.expectNoChange();
    expect(sizes()).toEqual([5]);
    deployment.release({ version: "1.1.0" }, serviceWith(publicly));
    expect((await deployment.service.apply()).text).toContain("Apply complete");
    await deployment.expectNoChange();
    expect(sizes()).toEqual([5]);
  });

  test("with the entry gone there is none, and the plan is made", async () => {
    const entry = "google_compute_forwarding_rule.traffic_entry";
    await deployment.service.run("destroy", `-target=${entry}`, "-auto-approve", "-input=false", "-no-color");
    deployment.release({ version: "1.0.0" }, serviceWith(publicly));
    const group = changes(await deployment.service.plan()).find(({ type }) => type.endsWith("_instance_group_manager"));
    expect(group?.change.after?.target_size).toBe(2);
  });
});
