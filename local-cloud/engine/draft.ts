/** A plan in the making: what the plan rules read and change. */
import { equal, isObject, type Obj, Unknown, UNKNOWN, type Value } from "../protocol/values";
import type { Change } from "./diff";
import { type Path, text } from "./path";
import type { PlanRequest, Problem, ProviderSettings } from "./request";
import { takeBack } from "./take-back";
import type { TypeSchema } from "../schemas/catalog";

/** A plan rule changes a draft: values, unknowns, reasons for replacement, problems. */
export type PlanRule = (draft: Draft) => void;

/** The planned object of one resource with the changes that led to it. */
export class Draft {
  readonly schema: TypeSchema;
  readonly prior: Obj | null;
  readonly proposed: Obj;
  readonly config: Obj;
  readonly settings: ProviderSettings;
  readonly planned: Obj;
  readonly problems: Problem[] = [];
  changes: Change[];

  constructor(request: PlanRequest, planned: Obj, changes: Change[]) {
    this.schema = request.schema;
    this.prior = request.prior;
    this.proposed = request.proposed;
    this.config = request.config;
    this.settings = request.settings;
    this.planned = planned;
    this.changes = changes;
  }

  get create(): boolean {
    return this.prior === null;
  }

  unchanged(): boolean {
    return this.changes.length === 0;
  }

  /** Whether something at or under the attribute changes. */
  changed(name: string): boolean {
    return this.changes.some((change) => change.path[0] === name);
  }

  /**
   * Whether a plan step of the SDK sees a change. It compares the state with the bare configuration, so that a set of
   * blocks also counts as changed when the cloud filled in something that only it can.
   */
  seesChange(name: string): boolean {
    const block = this.schema.block.get(name)?.elem;
    const [before, config] = [this.prior?.[name], this.config[name]];
    if (this.changed(name) || !(block instanceof Map)) return this.changed(name);
    if (!Array.isArray(before) || !Array.isArray(config) || config.length === 0) return false;
    const filled = [...block.values()].filter(({ optional, required }) => !optional && !required);
    return before.some((item) => isObject(item) && filled.some((attribute) => !none(item[attribute.name] ?? null)));
  }

  /** The names of the top-level attributes that change. */
  changedNames(): Set<string> {
    return new Set(this.changes.map((change) => String(change.path[0])));
  }

  /** Plans a known value for an attribute. */
  set(name: string, value: Value): void {
    const attribute = this.schema.block.get(name);
    const before = this.prior?.[name] ?? null;
    this.changes = this.changes.filter((change) => change.path[0] !== name);
    this.planned[name] = value;
    if (same(before, value)) {
      this.planned[name] = before;
      return;
    }
    const forceNew = attribute?.forceNew ?? false;
    this.changes.push({ path: [name], old: text(before), new: "changed", forceNew });
  }

  /** Plans an attribute as "known after apply". */
  setUnknown(name: string): void {
    this.changes = this.changes.filter((change) => change.path[0] !== name);
    this.planned[name] = UNKNOWN;
    const forceNew = this.schema.block.get(name)?.forceNew ?? false;
    this.changes.push({ path: [name], old: text(this.prior?.[name] as Value), new: "unknown", forceNew });
  }

  /** Makes the change of an attribute a replacement; an attribute that does not change stays as it is. */
  forceNew(...names: string[]): void {
    this.changes = this.changes.map((change) =>
      names.includes(String(change.path[0])) ? { ...change, forceNew: true } : change,
    );
  }

  /** Makes the attribute at one path a reason for replacement. */
  forceNewAt(path: Path): void {
    this.changes.push({ path, old: "", new: "changed", forceNew: true });
  }

  /** Takes back what changes under an attribute. */
  clear(name: string): void {
    this.changes = this.changes.filter((change) => change.path[0] !== name);
    if (this.prior) this.planned[name] = this.prior[name] ?? null;
  }

  /** Takes back what changes at one path. */
  clearAt(path: Path): void {
    const [name, ...rest] = path;
    const same = ({ path: changed }: Change) => JSON.stringify(changed) === JSON.stringify(path);
    this.changes = this.changes.filter((change) => !same(change));
    const attribute = String(name);
    this.planned[attribute] = takeBack(this.planned[attribute] ?? null, this.prior?.[attribute] ?? null, rest);
  }

  problem(summary: string, path?: Path, detail?: string): void {
    this.problems.push({ summary, ...(path ? { path } : {}), ...(detail ? { detail } : {}) });
  }
}

const none = (value: Value): boolean =>
  value === null ||
  value === "" ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

/** Empty and absent are the same to the SDK. */
function same(a: Value, b: Value): boolean {
  if (a instanceof Unknown || b instanceof Unknown) return false;
  return equal(a, b) || (none(a) && none(b));
}
