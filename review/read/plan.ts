/** Reads `terraform show -json <plan>`, or the redacted form that HCP Terraform gives, in one pass. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { layerOf } from "../../constructs/contract/addresses";
import { isRunningGroup } from "../../constructs/contract/cloud-contracts";
import { cloudOf, countClouds, mostly } from "../../constructs/contract/own-cloud";
import type { Change, Drift, FailedCheck, PlanFacts, Release } from "../facts";
import { isKept } from "./attributes";
import { digest, parseChange } from "./digest";
import { ScaleSets } from "./scale-sets";
import { scanFile, UnusableFile } from "./scan-file";
import type { Members } from "./scanner";
import { Undone } from "./undone";
import { Secrets } from "./secrets";

const SLOTS = { release: "live", blue: "blue", green: "green" } as const;
const SHOW = "write it with: terraform show -json <plan> > plan.json";

/** https://developer.hashicorp.com/terraform/internals/json-format: 1.0 came with terraform 1.1.0; a saved plan is for one version. */
const OLD = `a terraform before 1.1 wrote it: plan anew with terraform 1.1 or later, 1.11 for this project, and ${SHOW}`;
const NEWER = `a newer terraform wrote it: plan with a terraform 1.x, and ${SHOW}`;

/** Members that tell another JSON file of Terraform from a plan. */
const OTHERS: Readonly<Record<string, string>> = {
  "@level": `is the log of terraform plan -json, which does not say in which order things are replaced; ${SHOW}`,
  lineage: `is a state file, not a plan; ${SHOW}`,
  values: `is the JSON of a state, not of a plan; ${SHOW}`,
  resource: "is a configuration, not a plan; give it with --config",
};

/**
 * The facts of a plan file.
 * @throws UnusableFile with one clear reason.
 */
export function readPlan(file: string): PlanFacts {
  const reader = new PlanReader(file);
  const hash = createHash("sha256");
  const onBytes = (bytes: Buffer) => void hash.update(bytes);
  const names = scanFile(file, reader.members, { onBytes, otherForm, advice: SHOW });
  return reader.facts(names, hash.digest("hex"));
}

const otherForm = (names: readonly string[]): string | undefined => {
  if (names.includes("resource_changes")) return undefined;
  const name = Object.keys(OTHERS).find((other) => names.includes(other));
  return name === undefined ? undefined : OTHERS[name];
};

const release = z.object({
  version: z.string().optional().catch(undefined),
  image_id: z.string().optional().catch(undefined),
  epoch: z.string().optional().catch(undefined),
  state: z.string().optional().catch(undefined),
  not_after: z.string().optional().catch(undefined),
  break_glass: z.object({ until: z.string(), reason: z.string() }).optional().catch(undefined),
});
const record = z.record(z.string(), z.unknown());
const recordOf = (value: unknown): Record<string, unknown> => record.safeParse(value).data ?? {};

class PlanReader {
  private readonly file: string;
  private readonly secrets = new Secrets();
  private readonly changes: Change[] = [];
  private readonly drift: Omit<Drift, "relevant">[] = [];
  private readonly undone = new Undone();
  private readonly relevant: { resource: string; attribute: string }[] = [];
  private readonly checks: FailedCheck[] = [];
  private readonly scalars: Record<string, unknown> = {};
  /** Addresses that say what the stack is. */
  private readonly anchors: string[] = [];
  private readonly clouds = { ...countClouds([]) };
  private readonly found: string[] = [];
  private readonly sets = new ScaleSets();
  private managed = 0;
  private untouched = 0;
  private read = 0;
  private deferred = 0;
  private invocations = 0;
  readonly members: Members;

  constructor(file: string) {
    this.file = file;
    const keep = (name: string) => ({ whole: (value: unknown) => void (this.scalars[name] = value) });
    this.members = {
      format_version: keep("format"),
      plan_format_version: keep("format"),
      terraform_version: keep("terraform"),
      timestamp: keep("timestamp"),
      applyable: keep("applyable"),
      complete: keep("complete"),
      errored: keep("errored"),
      variables: keep("variables"),
      output_changes: keep("outputs"),
      configuration: {
        inside: {
          root_module: {
            inside: {
              variables: keep("declared"),
              resources: { each: (value) => this.secrets.publish(recordOf(value).expressions) },
              module_calls: { whole: (value) => this.secrets.publish(value) },
            },
          },
        },
      },
      prior_state: {
        inside: {
          values: { inside: { root_module: { inside: { resources: { each: (value) => this.known(value) } } } } },
        },
      },
      resource_changes: { each: (value) => this.change(value) },
      resource_drift: { each: (value) => this.drifted(value) },
      relevant_attributes: { each: (value) => this.feeds(value) },
      checks: { each: (value) => this.check(value) },
      deferred_changes: { each: () => void this.deferred++ },
      action_invocations: { each: () => void this.invocations++ },
      deferred_action_invocations: { each: () => void this.invocations++ },
    };
  }

  private parse(value: unknown, list: string) {
    try {
      return parseChange(value);
    } catch (error) {
      throw new UnusableFile(`${this.file} is not a plan: ${list}[${this.read}] ${(error as Error).message}; ${SHOW}`);
    }
  }

  private change(value: unknown): void {
    const raw = this.parse(value, "resource_changes");
    const change = digest(raw, this.secrets);
    this.undone.changes(raw, change);
    this.read++;
    if (change.mode === "managed" && change.deposed === undefined) {
      const cloud = cloudOf(change.type);
      if (cloud) this.clouds[cloud]++;
      if (layerOf(cloudOf(change.key), [change.key])) this.anchors.push(change.key);
    }
    // An action that is not said is one that nobody knows.
    const happens = change.actions.join() !== "no-op";
    if (happens || change.importing || change.previousAddress !== undefined || isKept(change.type))
      this.changes.push(change);
    else this.untouched++;
  }

  /** An object of the state, or a data source that was read: what a plan of something that exists already shows. */
  private known(value: unknown): void {
    const { mode, type, values } = recordOf(value);
    this.sets.known(mode, type, recordOf(values));
    if (mode === "managed") this.managed++;
    else if (typeof type === "string" && isRunningGroup(type)) this.found.push(String(recordOf(values).name ?? ""));
  }

  private drifted(value: unknown): void {
    const raw = this.parse(value, "resource_drift");
    const { address, type, changed, unknown } = digest(raw, this.secrets);
    const attributes = [...new Set([...changed.map((path) => path.split(".")[0]!), ...unknown])];
    this.undone.drifted(raw, attributes);
    this.drift.push({ address, type, attributes });
  }

  private feeds(value: unknown): void {
    const { resource, attribute } = recordOf(value);
    if (typeof resource === "string" && Array.isArray(attribute))
      this.relevant.push({ resource, attribute: String(attribute[0]) });
  }

  private check(value: unknown): void {
    const { status, address, instances } = recordOf(value);
    if (status !== "fail" && status !== "error") return;
    const messages = (Array.isArray(instances) ? instances : []).flatMap((instance) => {
      const { problems } = recordOf(instance);
      return (Array.isArray(problems) ? problems : []).map((problem) => String(recordOf(problem).message ?? ""));
    });
    this.checks.push({ address: String(recordOf(address).to_display ?? "a check"), messages });
  }

  /** A service may hold what a layer has too, never the other way round. */
  private ownPlace(): Pick<PlanFacts, "cloud" | "layer"> {
    const cloud = mostly(this.clouds);
    const layer = layerOf(cloud, this.anchors);
    return { ...(cloud && { cloud }), ...(layer && { layer }) };
  }

  facts(names: readonly string[], sha256: string): PlanFacts {
    const { format, terraform, timestamp, variables, outputs } = this.scalars;
    const other = otherForm(names);
    if (other) throw new UnusableFile(`${this.file} ${other}`);
    if (typeof format !== "string")
      throw new UnusableFile(`${this.file} is not a plan: it has no format_version; ${SHOW}`);
    if (!/^1\.\d+$/.test(format))
      throw new UnusableFile(
        `${this.file} has format_version ${JSON.stringify(format).slice(0, 40)}, and this review knows 1.x only; ${/^0\./.test(format) ? OLD : NEWER}`,
      );
    const declared = recordOf(this.scalars.declared);
    const isSensitive = (name: string) => recordOf(declared[name]).sensitive === true;
    const given = recordOf(variables);
    for (const name of Object.keys(given)) this.secrets.add(recordOf(given[name]).value, isSensitive(name));
    const changedOutputs = Object.entries(recordOf(outputs)).map(([name, change]) => ({ name, ...outputOf(change) }));
    for (const { mask, before, after } of changedOutputs) {
      this.secrets.add(before, mask);
      this.secrets.add(after, mask);
    }
    const { secrets } = this;
    const weights = isSensitive("traffic") ? undefined : weightsOf(recordOf(given.traffic).value);
    return {
      file: this.file,
      digest: sha256,
      ...text("terraform", terraform),
      ...text("timestamp", timestamp),
      ...flag("applyable", this.scalars.applyable),
      ...flag("complete", this.scalars.complete),
      ...flag("errored", this.scalars.errored),
      unsaid: ["variables", "configuration", "prior_state", "applyable"].filter((name) => !names.includes(name)),
      changes: this.changes.map((change) => ({
        ...change,
        ...this.undone.in(change),
        address: secrets.hideIn(change.address),
        ...(change.previousAddress === undefined ? {} : { previousAddress: secrets.hideIn(change.previousAddress) }),
      })),
      untouched: this.untouched,
      releases: releasesOf(given, isSensitive),
      ...(weights ? { weights } : {}),
      outputs: changedOutputs.filter(({ happens }) => happens).map(({ name }) => name),
      drift: this.drift.map((drift) => ({
        ...drift,
        address: secrets.hideIn(drift.address),
        relevant: this.relevant.some(
          ({ resource, attribute }) => drift.address.startsWith(resource) && drift.attributes.includes(attribute),
        ),
      })),
      failedChecks: this.checks.map(({ address, messages }) => ({ address: secrets.hideIn(address), messages })),
      deferred: this.deferred,
      invocations: this.invocations,
      ...this.ownPlace(),
      managed: this.managed,
      found: this.found,
      leftBehind: this.sets.leftBehind(),
      secrets,
    };
  }
}

const text = <N extends string>(name: N, value: unknown) =>
  (typeof value === "string" ? { [name]: value } : {}) as { [key in N]?: string };
const flag = <N extends string>(name: N, value: unknown) =>
  (typeof value === "boolean" ? { [name]: value } : {}) as { [key in N]?: boolean };

function outputOf(value: unknown) {
  const { actions, before, after, before_sensitive, after_sensitive } = recordOf(value);
  return {
    before,
    after,
    mask: before_sensitive === true || after_sensitive === true ? true : (after_sensitive ?? before_sensitive),
    happens: Array.isArray(actions) && actions.some((action) => action !== "no-op"),
  };
}

function weightsOf(value: unknown): Record<string, number> | undefined {
  const found = z.record(z.string(), z.number()).safeParse(value);
  return found.success ? found.data : undefined;
}

function releasesOf(given: Record<string, unknown>, isSensitive: (name: string) => boolean) {
  const releases: Record<string, Release | null> = {};
  for (const [variable, slot] of Object.entries(SLOTS)) {
    if (!(variable in given) || isSensitive(variable)) continue;
    const { value } = recordOf(given[variable]);
    const parsed = release.safeParse(value);
    if (value === null || value === undefined) releases[slot] = null;
    else if (parsed.success)
      releases[slot] = Object.fromEntries(
        Object.entries({
          version: parsed.data.version,
          imageId: parsed.data.image_id,
          epoch: parsed.data.epoch,
          state: parsed.data.state,
          notAfter: parsed.data.not_after,
          breakGlass: parsed.data.break_glass,
        }).filter(([, entry]) => entry !== undefined),
      );
  }
  return releases;
}
