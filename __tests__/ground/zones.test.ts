import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { changes } from "../../constructs/contract/plan";
import { Deployment, summary } from "../support/deployment";
import { fleetWith } from "../support/fleet";

/** Zones of a network on AWS come and go, and only what is theirs with them. */

let deployment: Deployment;
const zoned = (...letters: string[]) =>
  fleetWith(({ environments: [environment] }) => {
    const [placement] = environment!.placements;
    environment!.placements.splice(1);
    placement!.zones = letters.map((letter) => `us-east-1${letter}`);
  });
const deploy = async (...letters: string[]) => {
  deployment.workspace.synth(zoned(...letters));
  const plan = await deployment.foundation.plan();
  await deployment.foundation.applyPlan();
  expect(changes(await deployment.foundation.plan())).toEqual([]);
  return summary(plan);
};

beforeAll(async () => {
  deployment = await Deployment.start("aws", (made) => made.workspace.synth(zoned("a", "b", "c")));
});
afterAll(() => (deployment as Deployment | undefined)?.stop());

const DOORS = ["logs", "s3", "secretsmanager", "ssm"].map((name) => `aws_vpc_endpoint.network_door-${name} update`);
const ofZone = (letter: string, action: string) =>
  [
    `aws_eip.network_nat-us-east-1${letter}-address`,
    `aws_nat_gateway.network_nat-us-east-1${letter}`,
    ...["private", "public"].flatMap((tier) => [
      `aws_route.network_${tier}-us-east-1${letter}-out`,
      `aws_route_table.network_${tier}-us-east-1${letter}-routes`,
      `aws_route_table_association.network_${tier}-us-east-1${letter}-association`,
      `aws_subnet.network_${tier}-us-east-1${letter}`,
    ]),
  ].map((address) => `${address} ${action}`);

test("the order of zones says nothing", async () => {
  expect(await deploy("c", "a", "b")).toEqual([]);
});

test("a zone that is taken out takes away what is its own, and it comes back alone", async () => {
  expect(await deploy("a", "c")).toEqual([...ofZone("b", "delete"), ...DOORS].sort());
  expect(await deploy("b", "a", "c")).toEqual([...ofZone("b", "create"), ...DOORS].sort());
  expect(await deploy("b", "c")).toEqual([...ofZone("a", "delete"), ...DOORS].sort());
});

test("ranges that followed the order of the list stay as they are", async () => {
  const file = join(deployment.foundation.folder, "cdk.tf.json");
  const text = readFileSync(file, "utf8");
  // As the first zone of its list, b had what is now a's.
  const moved = text
    .replaceAll('cidrsubnet(\\"10.10.0.0/16\\", 4, 1)', 'cidrsubnet(\\"10.10.0.0/16\\", 4, 6)')
    .replaceAll('cidrsubnet(\\"10.10.0.0/16\\", 4, 9)', 'cidrsubnet(\\"10.10.0.0/16\\", 4, 14)');
  expect(moved).not.toBe(text);
  writeFileSync(file, moved);
  expect(changes(await deployment.foundation.plan())).toEqual([]);
});
