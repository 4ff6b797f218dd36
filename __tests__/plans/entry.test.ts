import { changes } from "../../constructs/contract/plan";
import type { Cloud } from "../../constructs/contract/spec";
import { Deployment } from "../support/deployment";
import { serviceWith, type ServiceDraft } from "../support/fleet";

/** What its cloud says of a foundation under a service. */
const IN_USE: Record<Cloud, RegExp> = {
  aws: /HostedZoneNotEmpty/,
  google: /cannot be deleted because it contains one or more 'resource records'/,
  azure: /the data collection rule has associations/,
};

/** What an entry goes through in its life: each change is one apply that passes at once, and the plan after it is empty. */

const CERTIFICATES: Record<Cloud, Record<string, string>> = {
  aws: { "aws-us-east-1": "arn:aws:acm:us-east-1:111111111111:certificate/6b1c3d52-0000-0000-0000-000000000000" },
  google: { "google-us-central1": "projects/example-prod/locations/us-central1/certificates/web" },
  azure: {},
};
const SLOTS = { slots: { blue: { version: "1.0.0" }, green: null }, traffic: { blue: 100, green: 0 } };
const LIVE = { slots: { live: { version: "1.0.0" } } };

type Step = [what: string, clouds: readonly Cloud[], edit: (service: ServiceDraft, cloud: Cloud) => void];
const STEPS: Step[] = [
  ["a certificate", ["aws", "google"], (service, cloud) => (service.traffic = { certificates: CERTIFICATES[cloud] })],
  ["no certificate", ["aws", "google"], () => {}],
  [
    "clients from everywhere",
    ["aws", "google", "azure"],
    (service, cloud) => (service.traffic = { exposure: "public", certificates: CERTIFICATES[cloud] }),
  ],
  ["the network's clients alone", ["aws", "google", "azure"], () => {}],
  ["two slots", ["aws", "google", "azure"], (service) => (service.strategy = "blueGreen")],
  ["shares", ["azure"], (service) => (service.strategy = "canary")],
  ["one slot", ["aws", "google", "azure"], () => {}],
];

describe.each(["aws", "google", "azure"] as const)("%s", (cloud) => {
  let deployment: Deployment;
  let exposure = "internal";
  beforeAll(async () => {
    deployment = await Deployment.start(cloud);
    await deployment.take("first");
  });
  afterAll(() => (deployment as Deployment | undefined)?.stop());

  const steps = STEPS.filter(([, clouds]) => clouds.includes(cloud));
  test.each(steps)("an entry gets %s", async (_what, _clouds, edit) => {
    const fleet = serviceWith((service) => {
      edit(service, cloud);
      // The others would refuse a certificate of a placement that is not theirs.
      service.placements = [{ aws: "aws-us-east-1", google: "google-us-central1", azure: "azure-westeurope" }[cloud]];
    });
    const [service] = fleet.environments[0]!.services;
    const groups = () => deployment.groups().map(({ name }) => name);
    const before = { exposure, groups: groups() };
    deployment.workspace.writeRelease(service!.strategy === "replace" ? LIVE : SLOTS);
    deployment.workspace.synth(fleet);
    const { code, text } = await deployment.service.apply();
    expect([code, /Error: .*/.exec(text)?.[0]]).toEqual([0, undefined]);
    expect(changes(await deployment.service.plan()).map(({ address }) => address)).toEqual([]);
    exposure = service!.traffic?.exposure ?? "internal";
    // Machines that run do not join the target group or pool of another load balancer.
    if (cloud !== "google" && exposure !== before.exposure) expect(groups()).not.toEqual(before.groups);
  });

  test("a foundation under a service is not destroyed, nor is any part of it", async () => {
    const destroy = ["destroy", "-auto-approve", "-input=false", "-no-color"];
    const { code, text } = await deployment.foundation.attempt(...destroy);
    expect([code, text]).toEqual([1, expect.stringMatching(IN_USE[cloud])]);
    for (const stack of [deployment.foundation, deployment.service]) expect(changes(await stack.plan())).toEqual([]);
    await deployment.service.run(...destroy);
    await deployment.foundation.run(...destroy);
  });
});
