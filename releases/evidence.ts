/**
 * Whether a step is applied, by a plan: one that changes nothing, made with the variables of the release file. Outputs are
 * no evidence: Terraform writes those that it knows at plan even when the apply fails.
 */
import { basename, dirname, sep } from "node:path";
import { z } from "zod";
import { canonicalJson, serviceStackName, placementsOf } from "../constructs/contract/names";
import { changes, type Plan } from "../constructs/contract/plan";
import { InvalidInputError } from "../constructs/contract/problem";
import { readJson } from "../images/json-file";
import { refuse } from "../images/refuse";
import { releaseFile, type ReleaseFile } from "./file";
import { resolveSlots } from "./resolve";
import { stacksOf, type Subject, type Surroundings } from "./subject";

/** The parts of `terraform show -json <plan>` that count here. */
const planSchema = z.looseObject({
  format_version: z.string(),
  complete: z.boolean().default(true),
  errored: z.boolean().default(false),
  variables: z.record(z.string(), z.looseObject({ value: z.unknown() })).default({}),
  resource_changes: z
    .array(z.looseObject({ address: z.string(), mode: z.string(), change: z.looseObject({ actions: z.array(z.string()) }) }))
    .default([]),
}); // prettier-ignore

/** Plans by stack. */
export type Plans = ReadonlyMap<string, z.output<typeof planSchema>>;

/**
 * @param sources `STACK=FILE`, or a FILE that is named like its stack or lies in a folder that is
 * @param stacks every stack that a plan may be of
 * @throws InvalidInputError when a file is no plan, or of an unknown stack
 */
export function readPlans(sources: readonly string[], stacks: readonly string[]): Plans {
  return new Map(
    sources.map((source) => {
      const [, named, rest] = /^([a-z0-9-]+)=(.+)$/.exec(source) ?? [];
      const file = rest ?? source;
      const places = [...dirname(file).split(sep), basename(file, ".json")];
      const stack = named === undefined ? stacks.find((name) => places.includes(name)) : stacks.find((name) => name === named); // prettier-ignore
      if (stack === undefined)
        return refuse(
          "--plan",
          `must say its stack, as in --plan STACK=${file}, with STACK one of ${stacks.join(", ")}`,
        );
      const read = readJson(file, planSchema);
      if (read.problems) throw new InvalidInputError(read.problems);
      return [stack, read.value];
    }),
  );
}

export type Health = "healthy" | "not applied" | "unknown";

/** Why a stack does not run what the release file says; undefined when it does. */
export type Missing = ReadonlyMap<string, string | undefined>;

/** By stack, for those that have a plan. */
export function missing(subject: Subject, file: ReleaseFile, plans: Plans, around: Surroundings): Missing {
  const { environment, service } = subject;
  const path = releaseFile(around.releases, environment.name, service.name);
  const { variables, problems } = resolveSlots({ environment, service, sources: around, file: path }, file);
  if (problems.length > 0) throw new InvalidInputError(problems);
  const stacks = placementsOf(environment, service).map((placement) => serviceStackName(environment, service, placement)); // prettier-ignore
  return new Map(
    stacks.flatMap((stack) => {
      const plan = plans.get(stack);
      return plan === undefined ? [] : [[stack, fault(plan, variables.get(stack)!)]];
    }),
  );
}

function fault(plan: z.output<typeof planSchema>, wanted: object): string | undefined {
  if (plan.errored) return "its plan ended in an error";
  if (!plan.complete) return "its plan is of a part of the stack";
  const other = Object.entries(wanted).find(
    ([name, value]) => canonicalJson(plan.variables[name]?.value ?? null) !== canonicalJson(value),
  );
  if (other) return `its plan was made with another ${other[0]} than the release file gives; synthesize and plan again`;
  const [change] = changes(plan as unknown as Plan);
  return change && `its plan would still ${change.change.actions.join(" and ")} ${change.address}`;
}

/** Stacks that are not known to run what the file says, each with the reason; those without a plan are among them. */
export const notApplied = (subject: Subject, missed: Missing): readonly string[] =>
  stacksOf(subject).flatMap((stack) => {
    const reason = missed.has(stack) ? missed.get(stack) : "has no --plan";
    return reason === undefined ? [] : [`${stack}: ${reason}`];
  });

export function healthOf(subject: Subject, missed: Missing): Health {
  const stacks = stacksOf(subject);
  if (stacks.some((stack) => missed.get(stack) !== undefined)) return "not applied";
  return stacks.every((stack) => missed.has(stack)) ? "healthy" : "unknown";
}
