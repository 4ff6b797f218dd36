/**
 * The demo's story: deploy, bump, roll back, and after each plan the question whether it kept its contract. It talks to
 * a listener only, so that the same story is text for people and JSON for machines.
 */
import { foundationStackName, placementsOf, serviceStackName } from "../../constructs/contract/names";
import { violations, type Violation } from "../../constructs/contract/plan-contract";
import type { Cloud, Environment, Service } from "../../constructs/contract/spec";
import { listNames } from "../../images/json-file";
import type { Listing } from "../../local-cloud/server";
import { missing, serving, type ServingGroup } from "./groups";
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
  /** What was changed in which file. */
  readonly edits: readonly string[];
  readonly plans: readonly PlannedStack[];
  /** cdk.tf.json is the same byte for byte as before the move. */
  readonly configurationUnchanged: boolean;
  /** What runs afterwards. */
  readonly groups: readonly ServingGroup[];
  /** What should run afterwards and does not, or runs and should not. */
  readonly missing: readonly string[];
  readonly deploySeconds: number;
}

export interface Listener {
  /** Something longer begins. */
  begin(title: string): void;
  /** It has ended. */
  end(seconds: number): void;
  plans(move: Pick<Move, "edits" | "plans" | "configurationUnchanged">): void;
  groups(groups: readonly ServingGroup[], missing: readonly string[]): void;
}

/** Stacks of the environment's services with strategy `replace`, each with the two newest versions of its image. */
export function serviceStacks(environment: Environment): ServiceStack[] {
  return environment.services
    .filter(({ strategy }) => strategy === "replace")
    .flatMap((service) => {
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
    });
}

export const foundationStacks = (environment: Environment): string[] =>
  environment.placements.map((placement) => foundationStackName(environment, placement));

const byVersion = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });

/** Traffic through the story, from the first release on. */
export interface Traffic {
  begin(): Promise<void>;
  step(title: string): void;
}

export interface StoryProps {
  readonly project: DemoProject;
  readonly environment: Environment;
  readonly listener: Listener;
  /** What the local cloud runs. */
  readonly list: () => Listing;
  readonly traffic?: Traffic | undefined;
}

export async function play({ project, environment, listener, list, traffic }: StoryProps): Promise<Move[]> {
  const stacks = serviceStacks(environment);
  const names = stacks.map(({ stack }) => stack);
  const timed = async <T>(title: string, work: () => Promise<T>): Promise<[T, number]> => {
    listener.begin(title);
    const start = performance.now();
    const result = await work();
    const seconds = (performance.now() - start) / 1000;
    listener.end(seconds);
    return [result, seconds];
  };
  // What is synthesized already is not synthesized again.
  const deploy = (which: readonly string[], ...flags: readonly string[]) =>
    project.cdktf("deploy", ...which, "--auto-approve", ...flags);
  const release = (version: (versions: ServiceStack["versions"]) => string) => {
    for (const { environment, service, versions } of stacks)
      project.release(environment, service.name, version(versions));
  };

  const look = () => {
    const groups = serving(list());
    const wrong = missing(
      groups,
      names.map((name) => project.releasedImage(name)),
    );
    listener.groups(groups, wrong);
    return { groups, missing: wrong };
  };

  const move = async (title: string, version: (versions: ServiceStack["versions"]) => string): Promise<Move> => {
    const before = names.map((name) => project.configuration(name));
    release(version);
    const edits = [
      ...new Set(
        stacks.map(({ environment, service, versions }) => {
          const to = version(versions);
          return `releases/${environment}/${service.name}.json: version ${versions.find((other) => other !== to)} → ${to}`;
        }),
      ),
    ];
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
    listener.plans({ edits, plans, configurationUnchanged });
    traffic?.step(`${title.toLowerCase()} to ${version(stacks[0]!.versions)}`);
    const [, deploySeconds] = await timed(`${title}: cdktf deploy`, () => deploy(names, "--skip-synth"));
    traffic?.step(`${version(stacks[0]!.versions)} serves`);
    return { title, edits, plans, configurationUnchanged, ...look(), deploySeconds };
  };

  release(([from]) => from);
  await timed("Networks: cdktf deploy", () => deploy(foundationStacks(environment)));
  await timed("First release: cdktf deploy", () => deploy(names, "--skip-synth"));
  look();
  await traffic?.begin();
  traffic?.step(`${stacks[0]!.versions[0]} serves`);
  return [await move("Bump", ([, to]) => to), await move("Rollback", ([from]) => from)];
}

/** Whether a move kept every promise: contracts held, one configuration, the released images serve and nothing else runs. */
export const kept = ({ plans, configurationUnchanged, missing }: Move): boolean =>
  configurationUnchanged && missing.length === 0 && plans.every(({ violations }) => violations.length === 0);
