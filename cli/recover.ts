/** `npx fleet recover plan`: what it takes to bring an environment up in a region where it does not run. */
import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { placementId, placementsOf, regionOf } from "../constructs/contract/names";
import type { Environment, Fleet, Service } from "../constructs/contract/spec";
import { resolveFleet } from "../constructs/contract/validate";
import { recordSchema, type ImageRecord } from "../images/catalog";
import { jsonText } from "../images/json-file";
import { loadCatalog } from "../images/load";
import { refuse } from "../images/refuse";
import { without } from "../images/without";
import { certificatesIn } from "../operations/recovery/certificates";
import { boundSettings, destinationOf, hasPlacement, propose, sourceOf, type Destination, type Proposal } from "../operations/recovery/destination"; // prettier-ignore
import { completed, coverage } from "../operations/recovery/images";
import { recoveryPlan, type Rehearsal } from "../operations/recovery/plan";
import { text } from "../operations/recovery/render";
import { removeScratch, scratchFolder } from "../system/scratch";
import type { Command } from "./command";
import { declared } from "./declared";
import { CATALOG, commandOf, NOW, RELEASES, type Line } from "./operations/command-line";
import { PROJECT } from "./project-copy";
import type { Script } from "./recover/rehearse";

function environmentIn({ environments }: Fleet, name: string | undefined): Environment {
  const known = environments.map((one) => one.name).join(", ");
  if (name === undefined && environments.length > 1) refuse("--env", `is needed: must be one of ${known}`);
  return (
    environments.find((one) => name === undefined || one.name === name) ??
    refuse("--env", `must be one of ${known}, got "${name}"`)
  );
}

function servicesIn(environment: Environment, name: string | undefined, to: Destination): readonly Service[] {
  const known = environment.services.map((one) => one.name).join(", ");
  const wanted = environment.services.filter((one) => name === undefined || one.name === name);
  if (wanted.length === 0) refuse("--service", `must be one of ${known}, got "${name}"`);
  const missing = wanted.filter((one) => !placementsOf(environment, one).some((place) => placementId(place) === to.id));
  return missing.length > 0
    ? missing
    : refuse("--to", `${name ?? "every service"} of ${environment.name} runs in ${to.id} already; name another region`);
}

/** The entry of a list of fleet.ts, as it was typed. */
function declaredIn(whole: unknown, environment: string): { placements: Proposal["placement"][]; services: Service[] } {
  const { environments } = whole as { environments: { name: string }[] };
  return environments.find(({ name }) => name === environment) as never;
} // prettier-ignore

/** The whole fleet with the placement added and what its entries show, because ranges and names must not clash. */
function withPlacement(whole: unknown, to: Destination, environment: Environment, placement: Proposal["placement"]) {
  const { environments } = whole as { environments: { name: string; placements: unknown[]; services: Service[] }[] };
  return {
    environments: environments.map((one) =>
      one.name === environment.name
        ? {
            ...one,
            placements: [...one.placements, placement],
            services: one.services.map((typed, index) => {
              const { certificates } = environment.services[index]!.traffic;
              return showing(typed, { ...certificates, ...certificatesIn(environment.services[index]!, to) });
            }),
          }
        : one,
    ),
  };
}

/** A service as it was typed, with other certificates. */
const showing = (typed: Service, certificates: Record<string, string>) => ({
  ...typed,
  traffic: { ...typed.traffic, certificates },
});

/** @throws Error when the rehearsal itself breaks, with what it said */
async function rehearse(script: Omit<Script, "catalog">, catalog: string, records: ReadonlyMap<string, ImageRecord>) {
  const folder = scratchFolder("fleet-recover");
  try {
    const copy = join(folder, "catalog");
    cpSync(resolve(catalog), copy, { recursive: true });
    for (const [file, record] of records)
      writeFileSync(join(copy, file.slice(catalog.length)), jsonText(recordSchema, record));
    writeFileSync(join(folder, "rehearsal.json"), JSON.stringify({ ...script, catalog: copy } satisfies Script));
    await new Promise<void>((done, fail) =>
      execFile(process.execPath, ["--require", "tsx/cjs", join(PROJECT, "cli/recover/rehearse.ts"), folder], { cwd: PROJECT }, (error, _out, err) => (error ? fail(new Error(`the rehearsal broke: ${err}`)) : done())),
    ); // prettier-ignore
    return JSON.parse(readFileSync(join(folder, "rehearsed.json"), "utf8")) as Rehearsal;
  } finally {
    removeScratch(folder);
  }
}

async function planOf(declaration: unknown, line: Line) {
  const to = destinationOf(line.needed("to"));
  const whole = resolveFleet(declaration);
  const environment = environmentIn(whole, line.text("env"));
  const services = servicesIn(environment, line.text("service"), to);
  const own = declaredIn(declaration, environment.name);
  const source = sourceOf(environment, to, line.text("from"));
  const like = own.placements[environment.placements.findIndex((one) => one === source)];
  const wishes = { cidr: line.text("cidr"), zones: line.text("zones")?.split(","), account: line.text("account") };
  const proposal = hasPlacement(environment, to) ? undefined : propose(whole, like, to, wishes);
  const placement = proposal?.placement ?? own.placements[environment.placements.findIndex((one) => placementId(one) === to.id)]; // prettier-ignore
  if (proposal) resolveFleet(withPlacement(declaration, to, environment, proposal.placement));
  const catalog = loadCatalog(line.text("catalog") ?? "images/catalog");
  const releases = resolve(line.text("releases") ?? "releases");
  const images = coverage(environment, services, catalog, releases, to, source && regionOf(source));
  const typed = services.map(({ name }) => own.services.find((one) => one.name === name)!);
  const there = typed.map((one, index) => showing(without(one, "placements"), certificatesIn(services[index]!, to)));
  const only = { ...own, name: environment.name, placements: [placement], services: there };
  const script = { fleet: { environments: [only] }, releases, now: line.now.toISOString() };
  const rehearsal = await rehearse(script, catalog.folder, completed(catalog, images));
  return recoveryPlan({
    environment,
    services,
    to,
    source,
    proposal,
    images,
    bound: boundSettings(environment, typed, to),
    rehearsal,
  });
}

/** @param load gives the fleet as fleet.ts declares it */
const recoverOf = (load: () => unknown): Command =>
  commandOf({
    name: "recover",
    summary: "plans how to bring an environment up in another region",
    args: "plan --to <cloud>-<region>",
    most: 1,
    options: {
      to: { value: "PLACE", help: "where to, such as aws-eu-west-1" },
      from: {
        value: "PLACE",
        help: "a placement of that cloud to go by, where there are several; the one that keeps data, or the first, unless given",
      },
      env: { value: "E", help: "which environment; needed where there are several" },
      service: { value: "S", help: "only this service; every one that does not run there unless given" },
      cidr: { value: "RANGE", help: "of the new network; the next free range unless given" },
      zones: { value: "A,B", help: "of the new placement; as many as the one like it has unless given" },
      account: { value: "ID", help: "account, project or subscription; that of the placement like it unless given" },
      json: { help: "print JSON" },
      ...CATALOG,
      ...RELEASES,
      ...NOW,
    },
    exit: "0 ready; 2 something is missing; 1 error",
    async run(line) {
      if (line.args[0] !== "plan") refuse("fleet recover", `knows "plan" only, got "${line.args[0] ?? ""}"`);
      const plan = await planOf(load(), line);
      const shown = line.on("json") ? JSON.stringify({ schema: 1, ...plan }, null, 2) : text(plan);
      return { text: shown, code: plan.result === "ready" ? 0 : 2 };
    },
  });

export const recoverCommand = (fleet: unknown): Command => recoverOf(() => fleet);
export const recover = recoverOf(declared);
