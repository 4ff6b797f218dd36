/**
 * The demo's story: deploy, bump, roll back, and after each plan the question whether it kept its contract. It talks to
 * a listener only, so that the same story is text for people and JSON for machines.
 */
import { foundationStackName, placementsOf, serviceStackName } from "../../constructs/contract/names";
import { violations, type Violation } from "../../constructs/contract/plan-contract";
import type { Cloud, Fleet, Service } from "../../constructs/contract/spec";
import { listNames } from "../../images/json-file";
import type { RunningGroup } from "../../local-cloud/server";
import { planRows, type PlanRow } from "./plan-rows";
import type { DemoProject } from "./project";

export interface ServiceStack {
  readonly stack: string;
  readonly cloud: Cloud;
  readonly environment: string;
  readonly service: Service;
  /** Versions that the demo moves between. */
  readonly versions: readonly [from: string, to: string];
}

export interface PlannedStack {
  readonly stack: string;
  readonly cloud: Cloud;
  readonly rows: readonly PlanRow[];
  readonly violations: readonly Violation[];
}

export interface Move {
  readonly title: string;
  readonly plans: readonly PlannedStack[];
  /** cdk.tf.json is the same byte for byte as before the move. */
  readonly configurationUnchanged: boolean;
  readonly groups: readonly RunningGroup[];
  readonly deploySeconds: number;
}

export interface Listener {
  /** Something longer begins. */
  begin(title: string): void;
  /** It has ended. */
  end(seconds: number): void;
  plans(move: Pick<Move, "plans" | "configurationUnchanged">): void;
  groups(groups: readonly RunningGroup[]): void;
}

/** Stacks of the fleet's services, each with the two newest versions of its image. */
export function serviceStacks(fleet: Fleet): ServiceStack[] {
  return fleet.environments.flatMap((environment) =>
    environment.services.flatMap((service) => {
      const [to, from] = listNames(`images/catalog/${service.image}`, ".json").sort(byVersion).reverse();
      if (!from || !to)
        throw new Error(
          `The demo moves between two versions of image "${service.image}"; images/catalog/${service.image} holds fewer.`,
        );
      return placementsOf(environment, service).map((placement) => ({
        stack: serviceStackName(environment, service, placement),
        cloud: placement.cloud,
        environment: environment.name,
        service,
        versions: [from, to] as const,
      }));
    }),
  );
}

const byVersion = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });

export interface StoryProps {
  readonly project: DemoProject;
  readonly fleet: Fleet;
  readonly listener: Listener;
  readonly listGroups: () => readonly RunningGroup[];
}

export async function play({ project, fleet, listener, listGroups }: StoryProps): Promise<Move[]> {
  const stacks = serviceStacks(fleet);
  const names = stacks.map(({ stack }) => stack);
  const timed = async <T>(title: string, work: () => Promise<T>): Promise<[T, number]> => {
    listener.begin(title);
    const start = performance.now();
    const result = await work();
    const seconds = (performance.now() - start) / 1000;
    listener.end(seconds);
    return [result, seconds];
  };
  const deploy = (which: readonly string[]) => project.cdktf("deploy", ...which, "--auto-approve");
  const release = (version: (versions: ServiceStack["versions"]) => string) => {
    for (const { environment, service, versions } of stacks)
      project.release(environment, service.name, version(versions));
  };

  const move = async (title: string, version: (versions: ServiceStack["versions"]) => string): Promise<Move> => {
    const before = names.map((name) => project.configuration(name));
    release(version);
    const [plans] = await timed(`${title}: terraform plans`, async () => {
      await project.cdktf("synth");
      return Promise.all(
        stacks.map(async ({ stack, cloud }) => {
          const plan = await project.plan(stack);
          return { stack, cloud, rows: planRows(plan), violations: violations(cloud, "bump", plan) };
        }),
      );
    });
    const configurationUnchanged = names.every((name, index) => project.configuration(name) === before[index]);
    listener.plans({ plans, configurationUnchanged });
    const [, deploySeconds] = await timed(`${title}: cdktf deploy`, () => deploy(names));
    const groups = listGroups();
    listener.groups(groups);
    return { title, plans, configurationUnchanged, groups, deploySeconds };
  };

  release(([from]) => from);
  const foundations = fleet.environments.flatMap((environment) =>
    environment.placements.map((placement) => foundationStackName(environment, placement)),
  );
  await timed("Networks: cdktf deploy", () => deploy(foundations));
  await timed("First release: cdktf deploy", () => deploy(names));
  listener.groups(listGroups());
  return [await move("Bump", ([, to]) => to), await move("Rollback", ([from]) => from)];
}

/** Whether a move kept every promise: contracts held, one configuration, one serving group per stack. */
export const kept = ({ plans, configurationUnchanged }: Move): boolean =>
  configurationUnchanged && plans.every(({ violations }) => violations.length === 0);
