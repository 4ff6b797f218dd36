/** Checks a fleet as a user typed it: every problem at once, each with the path of the prop, before any construct exists. */
import type { z } from "zod";
import { certificateProblems } from "./certificates";
import { combinationProblems } from "./combinations";
import { lengthProblems } from "./lengths";
import { LAYERS } from "./names";
import { InvalidInputError, show, type Problem } from "./problem";
import { reservedNames } from "./reserved";
import { hasNoSteps, rolloutProblems } from "./rollout-spec";
import { sizeProblems } from "./sizes";
import { fleetSchema, type Fleet } from "./spec";
import { timeProblems } from "./time-limits";
import { DRAIN_NAMES } from "./times";

type Issue = z.core.$ZodIssue;
const RULES: { [C in Issue["code"]]?: (issue: Extract<Issue, { code: C }>) => string } = {
  invalid_type: (i) => `must be ${i.expected === "int" ? "a whole number" : `of type ${i.expected}`}`,
  too_small: (i) =>
    (i.origin === "array" ? `needs at least ${i.minimum} entries` : `must be at least ${i.minimum}`) +
    (i.origin === "string" ? " characters" : ""),
  too_big: (i) =>
    (i.origin === "array" ? `may have at most ${i.maximum} entries` : `must be at most ${i.maximum}`) +
    (i.origin === "string" ? " characters" : ""),
  invalid_format: (i) => (i.message.startsWith("Invalid") ? `must be a valid ${i.format}` : `must be ${i.message}`),
  invalid_value: (i) => `must be one of ${i.values.map(show).join(", ")}`,
  unrecognized_keys: (i) => `does not know ${i.keys.map(show).join(", ")}; check the spelling`,
  invalid_key: (i) => `has a name that is not allowed: names must be ${i.issues[0]?.message ?? "valid"}`,
  invalid_union: (i) => (i.discriminator ? `must name a known ${i.discriminator}` : "has none of the allowed forms"),
};

/** One sentence for a zod issue: the rule, and the value that broke it. */
export function describeIssue(issue: Issue, input: unknown): string {
  const rule = (RULES[issue.code] as ((i: Issue) => string) | undefined)?.(issue);
  if (!rule) return issue.message;
  return issue.code === "unrecognized_keys" || issue.code === "invalid_key"
    ? rule
    : `${rule}, got ${show(at(input, issue.path))}`;
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((v, key) => (v as Record<PropertyKey, unknown> | undefined)?.[key], value);

/** `artifacts[2].id` for ["artifacts", 2, "id"]. */
export const dottedPath = (path: readonly PropertyKey[]) =>
  path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text ? `${text}.${String(key)}` : String(key)),
    "",
  );

/** `prod/web capacity.max` for environments[0].services[0].capacity.max: names as the user typed them, indexes where there is no name. */
function fleetPath(input: unknown, path: readonly PropertyKey[]): string {
  const [, env, list, index, ...prop] = path;
  if (typeof env !== "number") return dottedPath(path) || "fleet";
  const environment = nameOf(at(input, ["environments", env])) ?? `environments[${env}]`;
  if (typeof index !== "number") return `${environment} ${dottedPath(path.slice(2))}`.trim();
  const entry = at(input, path.slice(0, 4));
  const name = (list === "placements" ? placementName(entry) : nameOf(entry)) ?? `${String(list)}[${index}]`;
  return `${environment}/${name} ${dottedPath(prop)}`.trim();
}

const nameOf = (value: unknown) => text(at(value, ["name"]));
const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
const list = (value: unknown) => (Array.isArray(value) ? (value as unknown[]) : []);
const record = (value: unknown) =>
  typeof value === "object" && !Array.isArray(value) ? { ...(value as Record<string, unknown>) } : {};

function placementName(value: unknown): string | undefined {
  const cloud = text(at(value, ["cloud"]));
  const region = text(at(value, ["region"])) ?? text(at(value, ["location"]));
  return cloud && region ? `${cloud}-${region}` : undefined;
}

/** Words that stand in a stack's name, or in the private zone, where a service's would. */
const TAKEN = [...LAYERS, "database", "files"];

/** Rules between entries. They read the raw input, so that a slip in one service does not hide a clash between others. */
function relations(input: unknown): Problem[] {
  const problems: Problem[] = [];
  const duplicates = (scope: string, what: string, names: (string | undefined)[]) => {
    for (const name of new Set(names.filter((n, i) => n !== undefined && names.indexOf(n) !== i)))
      problems.push({ path: scope, message: `${what} ${show(name)} is there twice; give each its own` });
  };
  const environments = list(at(input, ["environments"]));
  duplicates("fleet", "environment", environments.map(nameOf));
  for (const environment of environments) {
    const env = nameOf(environment) ?? "environment";
    const placements = list(at(environment, ["placements"]));
    const known = placements.map(placementName);
    duplicates(env, "placement", known);
    const clouds = placements.map((placement) => text(at(placement, ["cloud"])) ?? "");
    const refuse = (path: string, what: Parameters<typeof reservedNames>[0], name: unknown, on: readonly string[]) =>
      problems.push(...reservedNames(what, text(name) ?? "", on).map((message) => ({ path, message })));
    refuse(`${env} name`, "environment", nameOf(environment), clouds);
    placements.forEach((placement, index) =>
      refuse(`${env}/${known[index] ?? `placements[${index}]`} project`, "project", at(placement, ["project"]), [
        clouds[index] ?? "",
      ]),
    );
    const services = list(at(environment, ["services"]));
    duplicates(env, "service", services.map(nameOf));
    for (const service of services) {
      const path = `${env}/${nameOf(service) ?? "service"}`;
      if (TAKEN.includes(nameOf(service) ?? ""))
        problems.push({
          path: `${path} name`,
          message: `${show(nameOf(service))} is taken by the placement itself; choose another name`,
        });
      for (const name of IDENTITY)
        if (at(service, ["machine", "boot", name]) !== undefined)
          problems.push({ path: `${path} machine.boot.${name}`, message: "is set by the fleet; choose another name" });
      for (const prop of ["machine.boot", "settings"])
        for (const name of DRAIN_NAMES)
          if (at(service, [...prop.split("."), name]) !== undefined)
            problems.push({
              path: `${path} ${prop}.${name}`,
              message: "follows from traffic.drainSec and the health check; set those, and leave this out",
            });
      const wanted = at(service, ["placements"]) === undefined ? known : list(at(service, ["placements"]));
      const runsOn = clouds.filter((_cloud, index) => wanted.includes(known[index]));
      refuse(`${path} name`, "service", nameOf(service), runsOn);
      for (const name of wanted)
        if (!known.includes(name as string))
          problems.push({
            path: `${path} placements`,
            message: `must be among ${known.map(show).join(", ")}, got ${show(name)}`,
          });
      for (const part of ["database", "objects", "files"]) {
        const use = at(service, ["uses", part]) ?? false;
        const lacking = placements.filter((placement) => at(placement, ["persistent", part]) === undefined);
        for (const name of use === false || use === "none" ? [] : lacking.map(placementName))
          if (wanted.includes(name))
            problems.push({
              path: `${path} uses.${part}`,
              message: `${name} has no ${part}; add persistent.${part} to the placement, or leave it out of placements`,
            });
      }
      const steps = at(service, ["rollout", "steps"]);
      const weights = steps === undefined ? undefined : list(steps).map((step) => at(step, ["weight"]));
      for (const { path: prop, message } of rolloutProblems(at(service, ["strategy"]), weights))
        problems.push({ path: `${path} ${prop}`, message });
      const isPublic = at(service, ["traffic", "exposure"]) === "public";
      for (const { id, message } of certificateProblems(
        record(at(service, ["traffic", "certificates"])),
        known.filter((name) => name !== undefined),
        isPublic ? wanted.filter((name) => typeof name === "string") : [],
      ))
        problems.push({ path: `${path} traffic.certificates.${id}`, message });
    }
    placements.forEach((placement, index) =>
      problems.push(...zoneProblems(`${env}/${known[index] ?? `placements[${index}]`}`, placement)),
    );
  }
  return problems;
}

const ZONE_FORM: Record<string, { form: (region: string) => RegExp; example: (region: string) => string }> = {
  // A network has room for eight zones, by their letters; no region of AWS has more than six.
  aws: { form: (region) => new RegExp(`^${region}[a-h]$`), example: (region) => `${region}a` },
  google: { form: (region) => new RegExp(`^${region}-[a-z]$`), example: (region) => `${region}-a` },
  azure: { form: () => /^[1-3]$/, example: () => "1" },
};

function zoneProblems(path: string, placement: unknown): Problem[] {
  const rule = ZONE_FORM[text(at(placement, ["cloud"])) ?? ""];
  const region = text(at(placement, ["region"])) ?? text(at(placement, ["location"]));
  if (!rule || !region || !/^[a-z0-9-]+$/.test(region)) return [];
  const zones = list(at(placement, ["zones"]));
  return zones.flatMap((zone, index) => {
    const where = { path: `${path} zones[${index}]` };
    if (typeof zone === "string" && !rule.form(region).test(zone))
      return [
        { ...where, message: `must be a zone of ${region} such as "${rule.example(region)}", got ${show(zone)}` },
      ];
    return zones.indexOf(zone) === index ? [] : [{ ...where, message: `zone ${show(zone)} is there twice` }];
  });
}

/** Of steps that its strategy has no use for, a service is told that alone. */
const isMoot = (input: unknown, path: readonly PropertyKey[]): boolean =>
  path[4] === "rollout" && path[5] === "steps" && hasNoSteps(at(input, [...path.slice(0, 4), "strategy"]));

/**
 * The fleet with its defaults.
 * @throws InvalidInputError that lists every problem.
 */
export function resolveFleet(input: unknown): Fleet {
  const parsed = fleetSchema.safeParse(input, { reportInput: true });
  const problems = [
    ...(parsed.success
      ? []
      : parsed.error.issues
          .filter(({ path }) => !isMoot(input, path))
          .map((issue) => ({ path: fleetPath(input, issue.path), message: describeIssue(issue, input) }))),
    ...relations(input),
    ...(parsed.success
      ? [combinationProblems, sizeProblems, timeProblems, (fleet: Fleet) => lengthProblems(introduced(fleet))].flatMap(
          (problemsOf) => problemsOf(parsed.data),
        )
      : []),
  ];
  if (problems.length > 0 || !parsed.success) throw new InvalidInputError(problems);
  return introduced(parsed.data);
}

/** What every machine is told at boot, so that it finds its settings and its records can be told apart. */
const IDENTITY = ["ENVIRONMENT", "SERVICE"] as const;

const introduced = ({ environments }: Fleet): Fleet => ({
  environments: environments.map((environment) => ({
    ...environment,
    services: environment.services.map((service) => ({
      ...service,
      machine: {
        ...service.machine,
        boot: { ...service.machine.boot, ENVIRONMENT: environment.name, SERVICE: service.name },
      },
    })),
  })),
});

/** Every problem of a fleet; none when it can be built. */
export function validate(input: unknown): readonly Problem[] {
  try {
    resolveFleet(input);
    return [];
  } catch (error) {
    if (error instanceof InvalidInputError) return error.problems;
    throw error;
  }
}
