/**
 * What a change cannot move stands as plain values: an object whose configuration is what is deployed, and that names nothing which
 * moves, has no change to plan. What is left is planned against the same values that it would read of them.
 */
export type Json = Record<string, unknown>;
type Blocks = Record<string, Record<string, Json>>;

/** A synthesized stack. */
export interface Configuration {
  readonly provider: Json;
  readonly terraform: Json;
  readonly variable?: Json;
  readonly locals?: Json;
  readonly data?: Blocks;
  readonly resource?: Blocks;
}

export interface StateResource {
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly instances: readonly {
    readonly index_key?: string | number;
    readonly attributes: Json;
    readonly dependencies?: readonly string[];
  }[];
}

/** Everything in a stack that has a name, by the name that others call it by. */
function nodesOf({ locals = {}, data = {}, resource = {} }: Configuration): Map<string, unknown> {
  const blocks = (prefix: string, of: Blocks) =>
    Object.entries(of).flatMap(([type, named]) =>
      Object.entries(named).map(([name, block]) => [`${prefix}${type}.${name}`, block] as const),
    );
  const values = Object.entries(locals).map(([name, value]) => [`local.${name}`, value] as const);
  return new Map<string, unknown>([...values, ...blocks("data.", data), ...blocks("", resource)]);
}

const text = (value: unknown): string => JSON.stringify(value) ?? "";

/** A local value or an object in a text, by the name that others call it by. */
const NAME = /(?<![\w.-])(local|(data\.)?[a-z]+_\w+)\.[\w-]+/g;

/** The names of all that a change may move. */
export function moving(configuration: Configuration, deployed: Configuration): ReadonlySet<string> {
  const before = nodesOf(deployed);
  const texts = new Map([...nodesOf(configuration)].map(([name, node]) => [name, text(node)]));
  const called = new Map([...texts].map(([name, said]) => [name, new Set(said.match(NAME))] as const));
  const moved = new Set([...texts].filter(([name, now]) => text(before.get(name)) !== now).map(([name]) => name));
  for (const name of moved) for (const [other, names] of called) if (names.has(name)) moved.add(other);
  return moved;
}

/** A value as terraform's JSON takes it, with nothing to be worked out. */
function literal(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/[$%]\{/g, (mark) => `${mark[0]}${mark}`);
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, literal(inner)]));
}

/** The attributes of an object that a text may ask for: terraform is slow with values that nobody asks for. */
const asked = (attributes: Json, inText: string): Json =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => inText.includes(`.${name}`))
      .map(([name, value]) => [name, literal(value)]),
  );

function valueOf({ instances }: StateResource, inText: string): unknown {
  const [first] = instances;
  if (first?.index_key === undefined && instances.length === 1) return asked(first!.attributes, inText);
  if (typeof first?.index_key === "number") return instances.map(({ attributes }) => asked(attributes, inText));
  return Object.fromEntries(instances.map(({ index_key, attributes }) => [index_key, asked(attributes, inText)]));
}

/**
 * A configuration of what moves alone.
 * @param state what is deployed, as `terraform state pull` says it
 */
export function withoutStanding(
  configuration: Configuration,
  state: readonly StateResource[],
  moved: ReadonlySet<string>,
): Configuration {
  const { provider, terraform, variable = {}, locals = {}, data = {}, resource = {} } = configuration;
  const standing = new Set(
    [...nodesOf(configuration).keys()].filter((name) => !name.startsWith("local.") && !moved.has(name)),
  );
  const inState = new Map<string, StateResource>(
    state.map((each) => [`${each.mode === "data" ? "data." : ""}${each.type}.${each.name}`, each]),
  );
  const all = text(configuration);
  const used = new Map<string, unknown>();
  const renamed = (said: string): string =>
    said.replace(NAME, (name) => {
      if (!standing.has(name)) return name;
      const local = `standing_${name.replaceAll(".", "_")}`;
      const found = inState.get(name);
      used.set(local, found ? valueOf(found, all) : {});
      return `local.${local}`;
    });
  const rewritten = (block: Json): Json => {
    const { depends_on = [], ...rest } = JSON.parse(renamed(text(block))) as Json & { depends_on?: string[] };
    return { ...rest, depends_on: depends_on.filter((name) => !name.startsWith("local.")) };
  };
  /** Blocks of one kind; terraform's JSON takes none that are empty. */
  const kept = (kind: "data" | "resource", blocks: Blocks): Partial<Record<typeof kind, Blocks>> => {
    const prefix = kind === "data" ? "data." : "";
    const own = Object.entries(blocks).flatMap(([type, named]) => {
      const moves = Object.entries(named).filter(([name]) => moved.has(`${prefix}${type}.${name}`));
      return moves.length === 0
        ? []
        : [[type, Object.fromEntries(moves.map(([name, block]) => [name, rewritten(block)]))] as const];
    });
    return own.length === 0 ? {} : { [kind]: Object.fromEntries(own) };
  };
  const left = { ...kept("data", data), ...kept("resource", resource) };
  const computed = JSON.parse(renamed(text(locals))) as Json;
  return { provider, terraform, variable, locals: { ...computed, ...Object.fromEntries(used) }, ...left };
}
