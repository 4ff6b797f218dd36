/** The real terraform waits for machines that really run: for their health when a group is made, for their end when it goes. */
import { prepareRunning } from "../../../local-cloud/running/session";
import { plainText, Sandbox } from "../support";

const group = (image: string, size: number) => `
  resource "google_compute_health_check" "web" {
    name               = "web"
    check_interval_sec = 5
    timeout_sec        = 5
    http_health_check {
      port         = 8080
      request_path = "/healthz"
    }
  }
  resource "google_compute_region_instance_template" "web" {
    name_prefix  = "web-"
    machine_type = "e2-small"
    disk {
      source_image = "projects/demo/global/images/${image}"
      boot         = true
    }
    network_interface {
      network = "default"
    }
    lifecycle {
      create_before_destroy = true
    }
  }
  resource "google_compute_region_instance_group_manager" "web" {
    name               = "web-${image}"
    base_instance_name = "web"
    target_size        = ${size}
    wait_for_instances = true
    version {
      instance_template = google_compute_region_instance_template.web.id
    }
    auto_healing_policies {
      health_check      = google_compute_health_check.web.id
      initial_delay_sec = 60
    }
    timeouts {
      create = "3m"
    }
  }`;

// Fast, and still with an eighth of a second for an answer to a health check: a busy machine is no sick one.
const running = prepareRunning({ speed: 40 });
const sandbox = new Sandbox({ machinery: running, unhealthy: "dead" });
beforeAll(() => sandbox.start());
afterAll(() => sandbox.close());

const machines = () => running.status().groups.flatMap(({ machines }) => machines);
const said = (what: string) => running.events().filter((event) => event.what === what);

test("a group that never gets healthy fails in the cloud's words, and its machines go with it", async () => {
  const failed = await sandbox.apply(group("dead", 2));
  expect(failed.code).toBe(1);
  expect(plainText(failed.output)).toMatch(/timeout while waiting for state to become/);
  // Autohealing goes on replacing them meanwhile.
  expect(machines().length).toBeGreaterThanOrEqual(2);
  expect(machines().filter(({ healthy }) => healthy)).toEqual([]);
  expect(sandbox.cloud.list().groups).toMatchObject([{ healthy: 0 }]);
  expect((await sandbox.terraform("destroy", "-auto-approve")).code).toBe(0);
  expect(machines()).toEqual([]);
});

test("a group counts as made when its machines serve, as changed when there are as many as asked for, as gone when none is left", async () => {
  expect((await sandbox.apply(group("well", 2))).code).toBe(0);
  expect(machines().map(({ state }) => state)).toEqual(["serving", "serving"]);
  expect(await sandbox.plan()).toEqual([]);
  sandbox.cloud.scale("web-well", 1);
  expect((await sandbox.apply(group("well", 3))).code).toBe(0);
  expect(machines().filter(({ state }) => state === "serving").length).toBe(3);
  const before = said("machine-gone").length;
  expect((await sandbox.terraform("destroy", "-auto-approve")).code).toBe(0);
  expect(machines()).toEqual([]);
  expect(said("machine-gone").length).toBeGreaterThanOrEqual(before + 3);
  expect(said("machine-told").length).toBeGreaterThanOrEqual(3);
});
