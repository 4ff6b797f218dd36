import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deploy, destroy } from "../../cli/deploy";
import { PROJECT } from "../../cli/project-copy";
import { inOrder } from "../../operations/deploy/schedule";
import { mayLeaveBehind, work, type Verb } from "../../operations/deploy/stack";
import { groundsOf } from "../../operations/stacks";
import { fleetWith } from "../support/fleet";
import { fleetCommand, Lab, type Printed } from "./lab";

const FOUNDATION = "prod-foundation-aws-us-east-1";
const PERSISTENT = "prod-persistent-aws-us-east-1";
const SERVICE = "prod-web-aws-us-east-1";
const OTHER = "prod-web-google-us-central1";

/** Stacks of terraform's own resource, which needs no provider. */
class Folder {
  readonly root = mkdtempSync(join(tmpdir(), "deploy-"));
  readonly output = join(this.root, "cdktf.out");
  private readonly stacks: string[] = [];

  add(name: string, resource: object = {}, terraform: object = {}): this {
    const folder = join(this.output, "stacks", name);
    mkdirSync(folder, { recursive: true });
    const backend = { local: { path: join(this.root, `${name}.tfstate`) } };
    const content = { terraform: { backend, ...terraform }, resource: { terraform_data: { it: resource } } };
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(content));
    if (!this.stacks.includes(name)) this.stacks.push(name);
    const stacks = Object.fromEntries(this.stacks.map((stack) => [stack, { name: stack }]));
    writeFileSync(join(this.output, "manifest.json"), JSON.stringify({ stacks }));
    return this;
  }

  line = (...args: readonly string[]) => [...args, "--skip-synth", "--output", this.output];
  deploy = (...args: readonly string[]) => fleetCommand(deploy, ...this.line("--auto-approve", ...args));
  destroy = (...args: readonly string[]) => fleetCommand(destroy, ...this.line("--yes", ...args));
}

const folders: Folder[] = [];
const folder = () => (folders.push(new Folder()), folders.at(-1)!);
afterAll(() => folders.forEach(({ root }) => rmSync(root, { recursive: true, force: true })));

/** The table at the end: stacks with what came of each, in order. */
const outcomes = ({ out }: Printed) =>
  out
    .slice(out.lastIndexOf("outcome"))
    .split("\n")
    .flatMap((line) => (/^[a-z0-9]+-[a-z]+-[a-z0-9-]+ {2,}/.test(line) ? [line.trim().split(/ {2,}/)] : []));

test("a stack's file that is no JSON any more is named with line and column, and nothing is tried", async () => {
  const torn = folder().add(SERVICE);
  const file = join(torn.output, "stacks", SERVICE, "cdk.tf.json");
  writeFileSync(file, '{\n  "terraform": {,}\n}');
  for (const verb of ["deploy", "destroy"] as const) {
    const { code, out, err } = await torn[verb]("--all");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(`${file}: is not JSON: line 2, column 17: `);
    expect(err).not.toContain("    at ");
  }
});

describe("order", () => {
  const tasks = [
    { name: "ground", after: [] },
    { name: "other", after: [] },
    { name: "store", after: ["ground"] },
    { name: "service", after: ["ground", "store"] },
  ];

  test("what waits begins when all that it waits for went well, and no more than allowed at once", async () => {
    const [seen, now]: [string[], Set<string>] = [[], new Set()];
    let most = 0;
    const work = async (name: string) => {
      seen.push(name);
      now.add(name);
      most = Math.max(most, now.size);
      await new Promise((done) => setImmediate(done));
      now.delete(name);
      return { ok: true };
    };
    const ends = await inOrder(tasks, work, 2, () => false);
    expect(seen).toEqual(["ground", "other", "store", "service"]);
    expect([most, [...ends.keys()]]).toEqual([2, tasks.map(({ name }) => name)]);
  });

  test("nothing begins before all that it waits for has ended, however many are allowed at once", async () => {
    const ended = new Set<string>();
    const early: string[] = [];
    const work = async (name: string) => {
      const { after } = tasks.find((task) => task.name === name)!;
      early.push(...after.filter((other) => !ended.has(other)).map((other) => `${name} before ${other}`));
      await new Promise((done) => setImmediate(done));
      ended.add(name);
      return { ok: true };
    };
    await inOrder(tasks, work, 4, () => false);
    expect([early, ended.size]).toEqual([[], tasks.length]);
  });

  test("what stands on a failure is not tried, and names what failed first; others go on", async () => {
    const ends = await inOrder(
      tasks,
      (name) => Promise.resolve({ ok: name !== "ground" }),
      4,
      () => false,
    );
    expect(Object.fromEntries(ends)).toEqual({
      ground: { ok: false },
      other: { ok: true },
      store: { ok: false, because: ["ground"] },
      service: { ok: false, because: ["ground"] },
    });
  });

  test("once stopped, nothing more begins", async () => {
    const begun: string[] = [];
    const work = (name: string) => (begun.push(name), Promise.resolve({ ok: true }));
    const ends = await inOrder(tasks, work, 1, () => begun.length > 0);
    expect([begun, ends.get("service")]).toEqual([["ground"], { ok: false, because: [] }]);
  });

  test("a stack stands on what lies lower in its placement, and on what its code names", () => {
    const at = folder();
    for (const name of [SERVICE, OTHER, PERSISTENT, FOUNDATION, "prod-foundation-google-us-central1"]) at.add(name);
    const grounds = groundsOf(at.output);
    expect([...grounds.keys()].slice(0, 3)).toEqual([FOUNDATION, "prod-foundation-google-us-central1", PERSISTENT]);
    expect(grounds.get(SERVICE)).toEqual([FOUNDATION, PERSISTENT]);
    expect(grounds.get(OTHER)).toEqual(["prod-foundation-google-us-central1"]);
    const stacks = { a: { name: "a", dependencies: ["b"] }, b: { name: "b", dependencies: [] } };
    writeFileSync(join(at.output, "manifest.json"), JSON.stringify({ stacks }));
    expect([...groundsOf(at.output)]).toEqual([["b", []], ["a", ["b"]]]); // prettier-ignore
  });
});

test("an error is kept whole for each stack, what stands on it is not tried, and the same command goes on", async () => {
  const at = folder()
    .add(FOUNDATION, { provisioner: [{ "local-exec": { command: "echo the quota is used up; exit 3" } }] })
    .add(SERVICE)
    .add(OTHER); // prettier-ignore
  const wrong = await at.deploy("prod-*");
  expect(wrong.code).toBe(1);
  expect(outcomes(wrong)).toEqual([
    [FOUNDATION, "failed"],
    [SERVICE, `not tried: ${FOUNDATION} went wrong`],
    [OTHER, "deployed"],
  ]);
  expect(wrong.out).toMatch(new RegExp(`\n${FOUNDATION}: terraform apply exited 1[^]*the quota is used up`));
  expect(wrong.out).toContain(`to go on: npx fleet deploy ${FOUNDATION} ${SERVICE}\n`);

  at.add(FOUNDATION);
  const right = await at.deploy("--environment", "prod");
  expect([right.code, outcomes(right)]).toEqual([
    0,
    [
      [FOUNDATION, "deployed"],
      [SERVICE, "deployed"],
      [OTHER, "nothing to change"],
    ],
  ]);
}, 60_000);

test("destroying goes the other way, and refuses before anything is lost", async () => {
  const at = folder()
    .add(FOUNDATION)
    .add(PERSISTENT, { lifecycle: { prevent_destroy: true } })
    .add(SERVICE);
  const nothing = await at.destroy("--env", "prod");
  expect([nothing.code, outcomes(nothing).map(([, end]) => end)]).toEqual([0, Array(3).fill("was not there")]);
  expect((await at.deploy("--all")).code).toBe(0);

  const held = await at.destroy("--all");
  expect([held.code, held.err]).toEqual([
    1,
    expect.stringContaining(`${PERSISTENT}: holds what is protected (terraform_data.it), so nothing was destroyed`),
  ]);
  const ground = await at.destroy(FOUNDATION);
  expect([ground.code, ground.err]).toEqual([
    1,
    `fleet destroy: would take away what ${PERSISTENT}, ${SERVICE} stand on; name them too\n`,
  ]);
  at.add(PERSISTENT);
  const gone = await at.destroy("--all", "--json");
  expect(gone.code).toBe(0);
  expect(JSON.parse(gone.out)).toEqual({
    schema: 1,
    result: "done",
    stacks: [SERVICE, PERSISTENT, FOUNDATION].map((stack) => ({ stack, outcome: "changed" })),
  });
}, 60_000);

test("a scale set that a failed rollout left behind is named before its stack is destroyed", async () => {
  const at = folder();
  const resource = (mode: string, type: string, values: object) => ({ mode, type, values });
  const sets = (...names: string[]) => ({
    type: "Microsoft.Compute/virtualMachineScaleSets",
    resources: names.map((name) => ({ name, resource_group_name: "PROD-WEB-WESTEUROPE" })),
  });
  const plan = (...names: string[]) => {
    const file = join(at.root, "plan.json");
    const resources = [
      resource("managed", "azurerm_resource_group", { name: "prod-web-westeurope" }),
      resource("managed", "azurerm_linux_virtual_machine_scale_set", { name: "web-1-0-0-aaa" }),
      resource("data", "azurerm_resources", sets(...names)),
    ];
    const prior_state = { values: { root_module: { resources } } };
    writeFileSync(file, JSON.stringify({ format_version: "1.2", resource_changes: [], prior_state }));
    return file;
  };
  const done: string[] = [];
  const end = (verb: Verb, leavesBehind: boolean, ...names: string[]) =>
    work({
      verb,
      leavesBehind,
      ask: () => Promise.resolve(true),
      terraform: {
        hasState: () => Promise.resolve(true),
        planToApply: (...flags) => Promise.resolve(flags.join()),
        shown: () => Promise.resolve(plan(...names)),
        applyPlan: (flags) => Promise.resolve(void done.push(flags)),
      },
    });
  expect(await end("destroy", true, "web-1-0-0-aaa", "web-1-1-0-bbb")).toEqual({
    ok: false,
    error: expect.stringMatching(/^nothing of it was destroyed.*failed rollout.*\n {2}az vmss delete --resource-group prod-web-westeurope --name web-1-1-0-bbb$/s) as string, // prettier-ignore
  });
  expect(done).toEqual([]);
  expect(await end("destroy", true, "web-1-0-0-aaa")).toEqual({ ok: true, did: "changed" });
  expect(await end("deploy", true, "web-1-1-0-bbb")).toEqual({ ok: true, did: "changed" });
  expect(done).toEqual(["-destroy", ""]);
  at.add(SERVICE);
  expect(mayLeaveBehind(join(at.output, "stacks", SERVICE))).toBe(false);
});

test.each([
  [["prod-*"], "--auto-approve: is needed here, because nobody can be asked: standard input is no terminal\n"],
  [["prod-*", "--auto-approve", "--parallelism", "0"], '--parallelism: must be a whole number from 1 to 999, got "0"\n'],
  [["--auto-approve"], "stack: name stacks, or give --env E, or --all\n"],
  [["qa-*", "--auto-approve"], /^stack: there is no "qa-\*"; the synthesized stacks are prod-foundation/],
])("fleet deploy %j is refused", async (args, message) => {
  const at = folder().add(FOUNDATION);
  const { code, err } = await fleetCommand(deploy, ...at.line(...args));
  expect([code, err]).toEqual([1, typeof message === "string" ? message : expect.stringMatching(message)]);
}); // prettier-ignore

test("stacks on HCP Terraform are refused, with the way that there is", async () => {
  const cloud = { organization: "example", workspaces: { name: SERVICE } };
  const at = folder().add(FOUNDATION).add(SERVICE, {}, { backend: undefined, cloud });
  expect((await at.deploy("--all")).err).toContain(
    `${SERVICE} has its state in HCP Terraform; deploy there: npx fleet hcp plan ${SERVICE}, then npx fleet hcp apply`,
  );
  expect((await at.destroy("--all")).err).toContain(`in this order: npx cdktf destroy ${SERVICE}`);
});

test("Ctrl-C lets terraform end what it has begun and tries nothing more; the command can be given again", async () => {
  const wait = join(folder().root, "go");
  const script = `touch ${wait}.begun; while [ ! -e ${wait} ]; do sleep 0.05; done`;
  const at = folder()
    .add(FOUNDATION, { provisioner: [{ "local-exec": { command: script } }] })
    .add(OTHER);
  const args = ["deploy", ...at.line("--all", "--auto-approve", "--parallelism", "1")];
  const child = spawn(process.execPath, [join(PROJECT, "cli/fleet.cjs"), ...args], { cwd: PROJECT, stdio: ["ignore", "pipe", "pipe"] }); // prettier-ignore
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => void (said += text.toString()));
  const end = new Promise<number | null>((resolve) => child.on("close", resolve));
  while (!existsSync(`${wait}.begun`)) await new Promise((done) => setTimeout(done, 50));
  child.kill("SIGINT");
  child.kill("SIGTERM");
  while (!said.includes("interrupted: terraform ends")) await new Promise((done) => setTimeout(done, 50));
  writeFileSync(wait, "");
  expect(await end).toBe(130);
  expect(said).toMatch(new RegExp(`${OTHER} +not tried: stopped before`));
  expect(said).not.toContain("interrupted again");

  const again = await at.deploy("--all");
  expect([again.code, outcomes(again).map(([, did]) => did)]).toEqual([0, [expect.any(String), "deployed"]]);
}, 60_000);

describe("a real environment", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start(fleetWith(() => undefined));
  });
  afterAll(() => lab.stop());

  test("comes up from nothing on three clouds and goes down again, each with one command", async () => {
    const line = ["--env", "prod", "--auto-approve", "--skip-synth", "--output", lab.output];
    const alone = await fleetCommand(deploy, SERVICE, ...line);
    expect(alone.code).toBe(1);
    expect(alone.out).toContain(
      `${SERVICE}: it stands on ${FOUNDATION}, which was never deployed: npm run local -- npx fleet deploy ${FOUNDATION} ${SERVICE} deploys them in order`,
    );
    const up = await fleetCommand(deploy, ...line);
    expect([up.code, outcomes(up).map(([, did]) => did)]).toEqual([0, Array(6).fill("deployed")]);
    expect(lab.cloud.list().groups).toHaveLength(3);
    const down = await fleetCommand(destroy, ...line);
    expect([down.code, outcomes(down).map(([, did]) => did)]).toEqual([0, Array(6).fill("destroyed")]);
    expect(lab.cloud.list().groups).toEqual([]);
  }, 240_000);
});
