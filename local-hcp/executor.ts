/** Runs the real terraform for a run: the uploaded archive in a fresh folder, with the workspace's state as a file. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { extract } from "tar";
import { type Children, endLeftOver } from "./child";
import { cliConfig } from "./cli-config";
import type { Counts, Run, Workspace } from "./model";
import { redact } from "./redact";
import { addStateVersion, stateFile } from "./states";
import { type Store, writeFile } from "./store";
import { resolve as resolveVariables } from "./variables";

export interface ExecutorOptions {
  readonly store: Store;
  /** Attaches terraform to the local cloud. */
  readonly env: Readonly<Record<string, string>>;
  readonly terraformVersion: string;
  readonly hostname: string;
  /** Known when the server listens. */
  readonly base: () => string;
  readonly runToken: (runId: string) => string;
}

/** How a plan ended. */
export type PlanOutcome =
  | { readonly ok: false }
  | { readonly ok: true; readonly found: Counts & { readonly hasChanges: boolean } };

const NOTHING: Counts = { additions: 0, changes: 0, destructions: 0, imports: 0 };
/** Backend and cloud blocks of the configuration give way to the workspace's state in a file. */
const OVERRIDE = "zz_stand_in_override.tf.json";

export class Executor {
  readonly #options: ExecutorOptions;
  /** By the providers of a configuration. */
  readonly #schemas = new Map<string, Schemas>();

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  async plan(run: Run, children: Children, fail: boolean): Promise<PlanOutcome> {
    const log = this.#openLog(run, "plan");
    if (fail) {
      log("\nError: the stand-in was told to let this run fail\n");
      return { ok: false };
    }
    const cwd = await this.#prepare(run, log);
    if (cwd === undefined) return { ok: false };
    const init = await this.#terraform(run, children, cwd, ["init", "-input=false", "-no-color"]);
    if (init.code !== 0) {
      log(init.stdout + init.stderr);
      return { ok: false };
    }
    const file = this.#file(run, "tfplan");
    const planned = await this.#terraform(
      run,
      children,
      cwd,
      [...planArguments(run), `-out=${file}`, `-var-file=${this.#file(run, "run.tfvars")}`],
      log,
    );
    if (planned.code !== 0) return { ok: false };
    const shown = await this.#terraform(run, children, cwd, ["show", "-json", file]);
    if (shown.code !== 0) {
      log(shown.stderr);
      return { ok: false };
    }
    const plan = JSON.parse(shown.stdout) as PlanJson;
    const schemas = await this.#schemasOf(plan, run, children, cwd);
    writeFile(this.#file(run, "plan.json"), shown.stdout);
    writeFile(this.#file(run, "plan-redacted.json"), JSON.stringify(redact(plan, schemas)));
    return { ok: true, found: { hasChanges: plan.applyable === true, ...countChanges(plan) } };
  }

  /** Terraform takes a second to print them, and the local cloud has one version of each provider. */
  async #schemasOf(plan: PlanJson, run: Run, children: Children, cwd: string): Promise<Schemas> {
    const key = Object.values(plan.configuration?.provider_config ?? {})
      .map(({ full_name }) => full_name)
      .sort()
      .join();
    const known = this.#schemas.get(key);
    if (known) return known;
    const { stdout } = await this.#terraform(run, children, cwd, ["providers", "schema", "-json"]);
    const schemas = JSON.parse(stdout) as Schemas;
    this.#schemas.set(key, schemas);
    return schemas;
  }

  /** Applies the plan of the run; what became of the state is kept even when it fails. */
  async apply(run: Run, children: Children): Promise<{ readonly ok: boolean; readonly counts: Counts }> {
    const log = this.#openLog(run, "apply");
    const { workingDirectory } = this.#workspace(run);
    this.#giveAccess(run);
    let counts = NOTHING;
    let text = "";
    const watch = (data: Buffer | string) => {
      log(data);
      text += String(data);
    };
    const cwd = join(this.#file(run, "config"), workingDirectory);
    const applied = await this.#terraform(
      run,
      children,
      cwd,
      ["apply", "-json", "-input=false", this.#file(run, "tfplan")],
      watch,
    );
    this.keepState(run);
    for (const line of text.split("\n")) counts = summary(line) ?? counts;
    return { ok: applied.code === 0, counts };
  }

  /** Ends what a run still has of a stand-in that was killed. */
  endLeftOver(run: Run): void {
    const file = this.#file(run, "pid");
    if (existsSync(file)) endLeftOver(Number(readFileSync(file, "utf8")), this.#file(run, ""));
  }

  /** Makes what a run left in its state file the workspace's state. */
  keepState(run: Run): void {
    const file = this.#file(run, "terraform.tfstate");
    if (existsSync(file)) addStateVersion(this.#options.store, run.workspaceId, readFileSync(file), run.id);
  }

  /** Forgets what a finished run needs no more; logs and plans stay readable. */
  clean(run: Run): void {
    for (const name of [
      "config",
      "tfplan",
      "pid",
      "run.tfvars",
      "terraform.rc",
      "terraform.tfstate",
      "terraform.tfstate.backup",
    ])
      rmSync(this.#file(run, name), { recursive: true, force: true });
  }

  #file(run: Run, name: string): string {
    return this.#options.store.path("runs", run.id, name);
  }

  #workspace(run: Run): Workspace {
    return this.#options.store.need("workspace", run.workspaceId);
  }

  /** The three lines that logs of HCP Terraform begin with; `terraform apply` leaves out as many. */
  #openLog(run: Run, phase: "plan" | "apply"): (text: Buffer | string) => void {
    const file = this.#file(run, `${phase}.log`);
    writeFile(
      file,
      `Terraform v${this.#options.terraformVersion}\non ${process.platform}\nInitializing plugins and modules...\n`,
    );
    return (text) => appendFileSync(file, text);
  }

  /** Returns the folder to work in; undefined, with the reason in the log, when there is none. */
  async #prepare(run: Run, log: (text: string) => void): Promise<string | undefined> {
    const { store } = this.#options;
    const workspace = this.#workspace(run);
    this.clean(run);
    const config = this.#file(run, "config");
    mkdirSync(config, { recursive: true });
    await extract({ file: store.path("archives", `${run.configurationVersionId}.tar.gz`), cwd: config });
    const cwd = resolve(config, workspace.workingDirectory);
    if (!`${cwd}${sep}`.startsWith(config + sep) || !existsSync(cwd)) {
      log(`\nError: the working directory "${workspace.workingDirectory}" is not in the uploaded configuration\n`);
      return undefined;
    }
    rmSync(join(cwd, ".terraform"), { recursive: true, force: true });
    const path = this.#file(run, "terraform.tfstate");
    writeFileSync(join(cwd, OVERRIDE), JSON.stringify({ terraform: { backend: { local: { path } } } }));
    if (workspace.stateVersionId) writeFile(path, readFileSync(stateFile(store, workspace.stateVersionId)));
    this.#giveAccess(run);
    const values = Object.entries(this.#variables(run).terraform).map(([key, value]) => `${key} = ${value}\n`);
    writeFile(this.#file(run, "run.tfvars"), values.join(""));
    return cwd;
  }

  /** Where the API is, and a token: other ones by the time that a saved plan is applied. */
  #giveAccess(run: Run): void {
    const { hostname, base, runToken } = this.#options;
    writeFile(this.#file(run, "terraform.rc"), cliConfig(hostname, base(), runToken(run.id)));
  }

  #variables(run: Run) {
    const { store } = this.#options;
    const [variables, sets] = [store.all("variable"), store.all("variableSet")];
    return resolveVariables({ workspace: this.#workspace(run), run, variables, sets });
  }

  #terraform(run: Run, children: Children, cwd: string, args: readonly string[], log?: (text: Buffer) => void) {
    const workspace = this.#workspace(run);
    // The machine that started the stand-in is not the machine of the run: terraform's own variables stay behind.
    const inherited = Object.entries(process.env).filter(([name]) => !/^(TF|TFE|TFC)_/.test(name));
    const env = {
      ...Object.fromEntries(inherited),
      ...this.#options.env,
      // A run's state is its workspace's, and not among those of the local cloud.
      FLEET_STATE_DIR: "",
      TF_CLI_CONFIG_FILE: this.#file(run, "terraform.rc"),
      TF_IN_AUTOMATION: "1",
      TFC_RUN_ID: run.id,
      TFC_WORKSPACE_NAME: workspace.name,
      TFC_WORKSPACE_SLUG: `${workspace.organization}/${workspace.name}`,
      ...this.#variables(run).env,
    };
    const started = (pid: number) => writeFile(this.#file(run, "pid"), String(pid));
    return children.run("terraform", args, { cwd, env, started, ...(log && { log }) });
  }
}

function planArguments({ options }: Run): string[] {
  return [
    "plan",
    "-json",
    "-input=false",
    ...(options.isDestroy ? ["-destroy"] : []),
    ...(options.refreshOnly ? ["-refresh-only"] : []),
    ...(options.refresh ? [] : ["-refresh=false"]),
    ...options.targetAddrs.map((address) => `-target=${address}`),
    ...options.replaceAddrs.map((address) => `-replace=${address}`),
  ];
}

/** What `terraform providers schema -json` says. */
type Schemas = Record<string, unknown>;

interface PlanJson {
  readonly [key: string]: unknown;
  readonly configuration?: { readonly provider_config?: Readonly<Record<string, { readonly full_name: string }>> };
  readonly applyable?: boolean;
  readonly resource_changes?: readonly { change: { actions: readonly string[]; importing?: unknown } }[];
}

function countChanges({ resource_changes: list = [] }: PlanJson): Counts {
  const having = (action: string) => list.filter(({ change }) => change.actions.includes(action)).length;
  return {
    additions: having("create"),
    changes: having("update"),
    destructions: having("delete"),
    imports: list.filter(({ change }) => change.importing).length,
  };
}

/** What an apply says at its end about what it did. */
function summary(line: string): Counts | undefined {
  if (!line.includes('"change_summary"')) return undefined;
  const { changes } = JSON.parse(line) as { changes: Record<string, number> };
  const { add = 0, change = 0, remove = 0 } = changes;
  return { additions: add, changes: change, destructions: remove, imports: changes.import ?? 0 };
}
