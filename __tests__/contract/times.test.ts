/** Times of a machine that leaves fit each other, whatever a service asks for. Pure: no provider is loaded. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { launch as awsLaunch } from "../../constructs/aws/launch";
import { launch as azureLaunch } from "../../constructs/azure/launch";
import { launch as googleLaunch } from "../../constructs/google/launch";
import { bootText } from "../../constructs/contract/machine";
import { placementsOf } from "../../constructs/contract/names";
import { CLOUDS, type Cloud, type PlacementOn, type Service } from "../../constructs/contract/spec";
import { answerSec, drainSec, lastRequestSec, MACHINE_MOST_SEC, repairChecks } from "../../constructs/contract/times";
import { resolveFleet, validate } from "../../constructs/contract/validate";
import { serviceWith, type Draft } from "../support/fleet";

const asked = fc.record({
  intervalSec: fc.integer({ min: 5, max: 300 }),
  unhealthyThreshold: fc.integer({ min: 2, max: 10 }),
  bootSec: fc.integer({ min: 30, max: 1800 }),
  drainSec: fc.integer({ min: 0, max: 900 }),
});
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

const fleetOf = ({ drainSec, ...health }: Partial<Asked>, placements?: string[]): Draft =>
  serviceWith((service) => {
    Object.assign(service.health, health);
    if (drainSec !== undefined) service.traffic = { drainSec };
    if (placements) service.placements = placements;
  });

const ONLY: Record<Cloud, string> = {
  aws: "aws-us-east-1",
  google: "google-us-central1",
  azure: "azure-westeurope",
};
function resolved(times: Partial<Asked>, cloud: Cloud) {
  const environment = resolveFleet(fleetOf(times, [ONLY[cloud]])).environments[0]!;
  const service = environment.services[0]!;
  return { service, placement: placementsOf(environment, service)[0]! };
}
const settingOf = (cloud: Cloud, service: Service, name: string): number =>
  Number(new RegExp(`^${name}=(\\d+)$`, "m").exec(bootText(cloud, service))?.[1]);
const minutes = (text: string | undefined): number => Number(/^(?:PT)?(\d+)[mM]$/.exec(text ?? "")?.[1]);

/** Holds for every cloud: R ends in what is waited, idle connections are closed no later than the last request may begin, units suffice. */
function holdsAnywhere(cloud: Cloud, service: Service): void {
  const { drainSec: longest } = service.traffic;
  const [all, idle] = [settingOf(cloud, service, "DRAIN_SEC"), settingOf(cloud, service, "DRAIN_IDLE_SEC")];
  expect(drainSec(cloud, service)).toBe(lastRequestSec(cloud, service) + longest);
  expect(answerSec(cloud, service)).toBeGreaterThan(longest);
  expect(all).toBeLessThanOrEqual(MACHINE_MOST_SEC);
  expect(idle).toBeGreaterThanOrEqual(0);
  expect(idle).toBeLessThanOrEqual(lastRequestSec(cloud, service));
  expect(idle === 0 || all - idle >= longest).toBe(true);
}

const RUNS = { numRuns: 300 };

test("on AWS the target group waits for the last request, and the deletion for both", () => {
  fc.assert(
    fc.property(asked, (times) => {
      const { service, placement } = resolved(times, "aws");
      holdsAnywhere("aws", service);
      // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
      expect(drainSec("aws", service)).toBeLessThanOrEqual(3600);
      const { group } = awsLaunch(service, placement as PlacementOn<"aws">);
      expect(minutes(group.timeouts.delete) * 60).toBeGreaterThan(drainSec("aws", service));
    }),
    RUNS,
  );
});

test("on Google Cloud the machine ends in the 90 s of its shutdown, and is not repaired for it", () => {
  fc.assert(
    fc.property(asked, (times) => {
      const { service, placement } = resolved(times, "google");
      holdsAnywhere("google", service);
      expect(settingOf("google", service, "DRAIN_SEC")).toBeLessThan(90);
      // https://docs.cloud.google.com/load-balancing/docs/enabling-connection-draining
      expect(drainSec("google", service)).toBeLessThanOrEqual(3600);
      const { intervalSec, failures } = repairChecks("google", service);
      expect(failures).toBeLessThanOrEqual(10);
      expect(intervalSec * failures).toBeGreaterThan(90);
      const { group } = googleLaunch(service, placement as PlacementOn<"google">);
      // A deletion waits for the drain, up to a minute more, and for the shutdown.
      expect(minutes(group.timeouts.delete) * 60).toBeGreaterThan(drainSec("google", service) + 60 + 90);
    }),
    RUNS,
  );
});

test("on Azure the notice holds the draining, and nothing repairs a machine meanwhile; what does not fit is refused", () => {
  let fits = 0;
  fc.assert(
    fc.property(asked, (times) => {
      const { intervalSec, unhealthyThreshold, drainSec: longest } = times;
      const probes = intervalSec * unhealthyThreshold;
      const problems = validate(fleetOf(times, [ONLY.azure]));
      // The word, the probes, the data path, the longest request, the consent.
      if (10 + probes + 10 + longest + 10 > 900) {
        expect(problems.map(({ path }) => path)).toEqual([
          `prod/web ${probes + 10 > 880 ? "health.intervalSec" : "traffic.drainSec"}`,
        ]);
        return;
      }
      fits += 1;
      const { service, placement } = resolved(times, "azure");
      holdsAnywhere("azure", service);
      const { set } = azureLaunch(service, placement as PlacementOn<"azure">);
      const notice = minutes(set.terminationNotification.timeout) * 60;
      expect(notice).toBeGreaterThanOrEqual(10 + settingOf("azure", service, "DRAIN_SEC") + 10);
      expect(notice).toBeLessThanOrEqual(900);
      const health = JSON.parse(set.extension[0]!.settings) as { intervalInSeconds: number; numberOfProbes: number };
      expect(health.intervalInSeconds).toBeLessThanOrEqual(60);
      expect(health.numberOfProbes).toBeLessThanOrEqual(24);
      const verdict = health.intervalInSeconds * health.numberOfProbes;
      expect(verdict).toBeGreaterThan(notice);
      // A new machine is not repaired before it can have been seen healthy.
      const grace = minutes(set.automaticInstanceRepair.gracePeriod) * 60;
      expect(grace).toBeGreaterThan(service.health.bootSec + verdict);
    }),
    RUNS,
  );
  expect(fits).toBeGreaterThan(30);
});

test("what does not fit is refused in a sentence that says the numbers, and only where Azure is meant", () => {
  const [problem] = validate(fleetOf({ drainSec: 900 }));
  expect(problem?.message).toMatch(/^must be at most 840 on Azure, got 900: a machine that goes has 880 s, and requests begin on it for 40 of them \(3 checks every 10 s\)/); // prettier-ignore
  expect(validate(fleetOf({ drainSec: 900 }, [ONLY.aws, ONLY.google]))).toEqual([]);
  expect(validate(fleetOf({ intervalSec: 300, unhealthyThreshold: 10 }))[0]?.message).toMatch(/^and health.unhealthyThreshold make 10 checks every 300 s: on Azure requests begin for 3010 s/); // prettier-ignore
});

test.each(["machine.boot", "settings"])("nobody sets the machine's times in %s", (prop) => {
  const fleet = serviceWith((service) => {
    const given = { DRAIN_SEC: "5", DRAIN_IDLE_SEC: "5" };
    if (prop === "settings") service.settings = given;
    else service.machine = { boot: given };
  });
  expect(validate(fleet).map(({ path }) => path)).toEqual([`prod/web ${prop}.DRAIN_SEC`, `prod/web ${prop}.DRAIN_IDLE_SEC`]); // prettier-ignore
});

test("units on the machine stop later than the longest wait, and the longest request", () => {
  const unit = (file: string) =>
    Number(
      /^TimeoutStopSec=(\d+)$/m.exec(readFileSync(join(__dirname, "../../images/packer/web/files", file), "utf8"))?.[1],
    );
  expect(unit("units/fleet-drain.service")).toBeGreaterThan(MACHINE_MOST_SEC);
  expect(unit("nginx-unit.conf")).toBeGreaterThan(900);
});

test("docs/operations.md has these times for a service that asks for nothing", () => {
  const page = readFileSync(join(__dirname, "../../docs/operations.md"), "utf8");
  const row = (what: string) => page.split("\n").find((line) => line.startsWith(`| ${what}`))?.split("|").slice(2, -1).map((cell) => cell.trim()); // prettier-ignore
  const of = (pick: (cloud: Cloud, service: Service) => number) =>
    CLOUDS.map((cloud) => `${pick(cloud, resolved({}, cloud).service)}`);
  expect(row("L,")?.map((cell) => /(\d+)$/.exec(cell)?.[1])).toEqual(of(lastRequestSec));
  expect(row("L + R,")).toEqual(of(drainSec));
  expect(row("`DRAIN_SEC`")).toEqual(of((cloud, service) => settingOf(cloud, service, "DRAIN_SEC")));
  expect(row("`DRAIN_IDLE_SEC`")).toEqual(of((cloud, service) => settingOf(cloud, service, "DRAIN_IDLE_SEC")));
  expect(row("an entry waits")).toEqual(of(answerSec));
});
