/** What a template says of a field, as far as it can be known before Packer evaluates it. */
import { bodies, blocks, type Body, type Template } from "./template";

/** A value as it is written; `known` is false where Packer has to compute it, or may leave it out. */
export type Value =
  | { readonly known: true; readonly value: unknown }
  | { readonly known: false; readonly text: string };

export const ABSENT: Value = { known: true, value: undefined };

/** An expression, or a text with one in it. `$${` is no expression: https://developer.hashicorp.com/packer/docs/templates/hcl_templates/expressions#interpolation */
const EXPRESSION = /(?<![$%])[$%]\{/;
/** Texts that Packer's own template engine fills in: https://developer.hashicorp.com/packer/docs/templates/legacy_json_templates/engine */
const ENGINE = /\{\{/;

/** Locals whose value stands in the template. */
export function literalLocals(template: Template): ReadonlyMap<string, unknown> {
  const named = blocks(template, "locals", 0).flatMap(({ body }) => Object.entries(body));
  const single = blocks(template, "local", 1).map(({ labels: [name = ""], body }) => [name, body.expression] as const);
  return new Map([...named, ...single].filter(([, value]) => isLiteral(value)));
}

function isLiteral(value: unknown): boolean {
  if (typeof value === "string") return !EXPRESSION.test(value) && !ENGINE.test(value);
  if (typeof value === "object" && value !== null)
    return Object.entries(value).every(([key, below]) => isLiteral(key) && isLiteral(below));
  return true;
}

/** A field of a source or of a block in it, by a path such as metadata_options.http_tokens. Of repeated blocks it is the first. */
export function valueAt(body: Body, path: string, locals: ReadonlyMap<string, unknown>): Value {
  const [name = "", ...rest] = path.split(".");
  if (bodies(body.dynamic).some((kinds) => name in kinds)) return { known: false, text: `a dynamic ${name}` };
  const value = resolved(body[name], locals);
  if (rest.length === 0) return isLiteral(value) ? { known: true, value } : { known: false, text: words(value) };
  if (value === undefined || value === null) return ABSENT;
  const below = bodies(value)[0];
  return below ? valueAt(below, rest.join("."), locals) : { known: false, text: words(value) };
}

const resolved = (value: unknown, locals: ReadonlyMap<string, unknown>): unknown => {
  const name = typeof value === "string" ? /^\$\{local\.([\w-]+)\}$/.exec(value)?.[1] : undefined;
  return name !== undefined && locals.has(name) ? locals.get(name) : value;
};

/** Blocks of one kind in a source, also those that a dynamic block makes. */
export function blocksAt(body: Body, path: string): Body[] {
  const [name = "", ...rest] = path.split(".");
  const made = bodies(body.dynamic)
    .flatMap((kinds) => bodies(kinds[name]))
    .flatMap(({ content }) => bodies(content));
  const found = [...bodies(body[name]), ...made];
  return rest.length === 0 ? found : found.flatMap((below) => blocksAt(below, rest.join(".")));
}

/** Whether a field holds something that a plugin takes for a value: an empty text, list or map, 0 and false are none. */
export function isSet(value: Value): boolean | undefined {
  if (value.known) return !isEmpty(value.value);
  // A text with something beside its expressions is never empty.
  const beside = value.text.replaceAll(/\$\{[^{}]*\}/g, "");
  return beside !== "" && !EXPRESSION.test(beside) && !value.text.startsWith("a dynamic ") ? true : undefined;
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  value === 0 ||
  value === false ||
  value === "false" ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === "object" && Object.keys(value).length === 0);

const words = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
