import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "tar";
import { copyProject, PROJECT } from "../../cli/project-copy";
import { CLOUDS } from "../../constructs/contract/spec";
import { openCatalog } from "../../review/images";
import type { Review } from "../../review/model";
import { readConfiguration } from "../../review/read/configuration";
import { readPlan } from "../../review/read/plan";
import { review } from "../../review/review";
import { STACKS } from "../support/deployment";
import { fleetWith } from "../support/fleet";
import { newFolder, Workspace } from "../support/synth";
import { CDKTF, run } from "../support/terraform";
import { BACKEND, Lab, ORGANIZATION } from "./support";

const SERVICES = CLOUDS.map((cloud) => STACKS[cloud].service);
const CATALOG = ["--catalog", join(PROJECT, "images/catalog")];
const onHcp = fleetWith((draft) => draft.environments.forEach((environment) => (environment.backend = { ...BACKEND })));

/** One way of feeding HCP Terraform: what each step of a release does on it. */
interface Way {
  readonly lab: Lab;
  /** Plans what is synthesized; returns the reviews of the plans. */
  plan(): Promise<Review[]>;
  /** Applies what was planned. */
  apply(version: string): Promise<void>;
}

const root = newFolder();
const source = new Workspace();
const labs: Lab[] = [];

function synthesize(version: string, epoch = ""): void {
  source.release({ version, epoch });
  source.synth(onHcp);
}

/** Networks are deployed once, and every way starts from them. */
beforeAll(async () => {
  const lab = await Lab.start(join(root, "start"));
  try {
    synthesize("1.0.0");
    cpSync(source.outdir, lab.out, { recursive: true });
    await lab.succeeds(["plan", "prod-foundation-*", "--create", ...CATALOG]);
    await lab.succeeds(["apply", "prod-foundation-*", ...CATALOG]);
  } finally {
    await lab.stop();
  }
}, 240_000);
afterAll(async () => {
  await Promise.all(labs.map((lab) => lab.stop()));
  for (const folder of [root, source.folder]) rmSync(folder, { recursive: true, force: true });
});

async function labFor(way: string): Promise<Lab> {
  cpSync(join(root, "start"), join(root, way), { recursive: true });
  const lab = await Lab.start(join(root, way));
  labs.push(lab);
  return lab;
}

/** The review of a run's plan, as the run task makes it. */
async function reviewOf(lab: Lab, stack: string, runId: string): Promise<Review> {
  const headers = { Authorization: `Bearer ${lab.hcp.tokens.owner}` };
  const answer = await fetch(`${lab.hcp.address}/api/v2/runs/${runId}/plan/json-output`, { headers });
  const file = join(lab.folder, `${runId}.json`);
  writeFileSync(file, await answer.text());
  const configuration = readConfiguration(join(lab.stack(stack), "cdk.tf.json"));
  return review([{ facts: readPlan(file), configuration }], {
    catalog: openCatalog("images/catalog"),
    now: new Date("2026-11-21T00:00:00Z"),
    expectBump: false,
  });
}

async function apiDriven(): Promise<Way> {
  const lab = await labFor("api");
  return {
    lab,
    plan: async () => {
      const { stdout, stderr } = await lab.spawned(["plan", ...SERVICES, "--create", "--json", ...CATALOG]);
      if (stdout === "") throw new Error(stderr);
      return [(JSON.parse(stdout) as { review: Review }).review];
    },
    apply: () => lab.succeeds(["apply", ...SERVICES, ...CATALOG]),
  };
}

/** The bump goes through cdktf, which plans anew; the other two steps apply the plans that terraform saved. */
async function cliDriven(): Promise<Way> {
  const lab = await labFor("cli");
  const project = join(lab.folder, "cdktf-project");
  copyProject(project);
  const file = join(project, "fleet.ts");
  const backend = `{ kind: "hcp", organization: "${ORGANIZATION}" }`;
  writeFileSync(file, readFileSync(file, "utf8").replaceAll('{ kind: "local" }', backend));
  const env = { ...lab.cloud.env, ...lab.env() };
  const succeeds = async (command: string, args: readonly string[], cwd: string) => {
    const outcome = await run(command, args, { cwd, env });
    lab.printed.push(outcome.stdout, outcome.stderr);
    if (outcome.code !== 0) throw new Error(outcome.text);
  };
  const terraform = (stack: string, ...args: string[]) => succeeds("terraform", args, lab.stack(stack));
  const eachStack = <T>(step: (stack: string) => Promise<T>) => Promise.all(SERVICES.map(step));
  return {
    lab,
    plan: () =>
      eachStack(async (stack) => {
        await terraform(stack, "init", "-input=false");
        await terraform(stack, "plan", "-input=false", "-out=saved.plan");
        return reviewOf(lab, stack, (await lab.runs(stack))[0]!.id);
      }),
    apply: async (version) => {
      if (version !== "1.1.0")
        return void (await eachStack((stack) => terraform(stack, "apply", "-input=false", "saved.plan")));
      cpSync(join(source.folder, "releases/prod/web.json"), join(project, "releases/prod/web.json"));
      await succeeds(CDKTF, ["deploy", ...SERVICES, "--auto-approve"], project);
    },
  };
}

/** The repository's part is played here: what was exported is given to each workspace as a push would. */
async function vcsDriven(): Promise<Way> {
  const lab = await labFor("vcs");
  const repository = join(lab.folder, "repository");
  mkdirSync(repository);
  for (const name of SERVICES) await lab.makeWorkspace(name, { "working-directory": `hcp-stacks/${name}` });
  const planned = new Map<string, string>();
  return {
    lab,
    plan: async () => {
      await lab.succeeds(["export", "--out", join(repository, "hcp-stacks"), "--without-lock"]);
      const archive = join(lab.folder, "push.tar.gz");
      await create({ gzip: true, cwd: repository, file: archive, portable: true }, ["hcp-stacks"]);
      return Promise.all(
        SERVICES.map(async (stack) => {
          const path = `/workspaces/${await lab.workspaceId(stack)}/configuration-versions`;
          const document = { data: { type: "configuration-versions" } };
          const { data } = await lab.api<{ data: { attributes: { "upload-url": string } } }>("POST", path, document);
          await fetch(data.attributes["upload-url"], { method: "PUT", body: readFileSync(archive) });
          const { id } = (await lab.runs(stack))[0]!;
          await lab.until(id, "planned");
          planned.set(stack, id);
          return reviewOf(lab, stack, id);
        }),
      );
    },
    apply: async () => {
      for (const id of planned.values()) await lab.api("POST", `/runs/${id}/actions/apply`);
      for (const id of planned.values()) await lab.until(id, "applied");
    },
  };
}

/** What the clouds draw by lot: ids, stamps in names, addresses, numbers at the end of a path. Image ids are none of it. */
const LOT =
  /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<!ami-|[0-9a-f])[0-9a-f]{10,}|^10(\.\d+){3}$|(?<=203\.0\.113\.)\d+$|(?<=\/)\d+$|\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)/g;

function withoutLot(value: unknown): unknown {
  if (typeof value === "string") return value.replace(LOT, "#");
  if (Array.isArray(value))
    return value.map(withoutLot).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutLot(inner)]));
}

/** A state as it should be whichever way it came about. */
async function stateOf(lab: Lab, stack: string): Promise<unknown> {
  const path = `/workspaces/${await lab.workspaceId(stack)}/current-state-version`;
  const { data } = await lab.api<{ data: { attributes: Record<string, string> } }>("GET", path);
  const state = (await (await fetch(data.attributes["hosted-state-download-url"]!)).json()) as Record<string, unknown>;
  return withoutLot({ resources: state.resources, outputs: state.outputs });
}

const STEPS = [
  { version: "1.0.0", epoch: "" },
  { version: "1.1.0", epoch: "" },
  { version: "1.0.0", epoch: "back" },
];

test("first deploy, review, bump and rollback of a service on each cloud end the same whichever way they go", async () => {
  const ways = await Promise.all([apiDriven(), cliDriven(), vcsDriven()]);
  for (const { version, epoch } of STEPS) {
    synthesize(version, epoch);
    await Promise.all(
      ways.map(async (way) => {
        cpSync(source.outdir, way.lab.out, { recursive: true });
        const stacks = (await way.plan()).flatMap((found) => found.stacks);
        expect(stacks.map(({ stack, result }) => `${stack}: ${result}`).sort()).toEqual(
          SERVICES.map((name) => `${name}: contract held`).sort(),
        );
        await way.apply(version);
      }),
    );
  }
  const states = await Promise.all(ways.map(({ lab }) => Promise.all(SERVICES.map((stack) => stateOf(lab, stack)))));
  const [api, ...others] = states;
  expect(JSON.stringify(api).length).toBeGreaterThan(10_000);
  for (const state of others) expect(state).toEqual(api);
  for (const { lab } of ways) {
    expect(lab.printed.filter((text) => lab.holdsToken(text))).toEqual([]);
    expect(lab.filesWithToken()).toEqual([]);
  }
}, 400_000);
