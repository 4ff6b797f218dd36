/** Keeps what Terraform marks sensitive out of everything that is printed, and hides nothing else. */
const HIDDEN = "(hidden)";
/** Shorter secrets are part of ordinary words by chance: they count only where they stand alone, as an index. */
const SHORTEST = 4;
/** A word or a number that is shorter counts only where it stands alone: `prod` is no part of `production`. */
const LONG = 8;
/** Values that cannot be a secret: everybody guesses them. */
const COMMON = /^(true|false|null|none|\s*|-?\d{1,3}(\.\d{1,3})?)$/i;
const WORD = /^(\p{L}+|\d+)$/u;
const LETTER = /[\p{L}\p{N}]/u;

/** A longer address is shown without any of its indexes. */
const LONGEST_ADDRESS = 4_096;

export class Secrets {
  private readonly marked = new Set<string>();
  /** Found in lists of blocks that are marked as a whole. */
  private readonly covered = new Set<string>();
  private readonly constants = new Set<string>();
  private index: Index | undefined;

  /**
   * Takes what a mask covers; a `true` covers everything below it. Terraform marks a set of blocks as a whole when one
   * attribute of one block is sensitive, because the elements of a set have no address
   * (https://developer.hashicorp.com/terraform/internals/json-format#change-representation).
   */
  add(value: unknown, mask: unknown): void {
    this.index = undefined;
    if (mask === true) collect(value, isBlocks(value) ? this.covered : this.marked);
    else if (isObject(mask) && isObject(value))
      for (const [name, inner] of Object.entries(mask)) this.add((value as Record<string, unknown>)[name], inner);
  }

  /** Takes a part of the configuration: of a set of blocks, what stands there in clear for everybody is no secret. */
  publish(configuration: unknown): void {
    if (!isObject(configuration)) return;
    this.index = undefined;
    const { constant_value, ...others } = configuration as Record<string, unknown>;
    collect(constant_value, this.constants);
    Object.values(others).forEach((inner) => this.publish(inner));
  }

  /** An address without the indexes that hold a secret. The rest of an address is source code, and no value. */
  hideIn(address: string): string {
    const index = this.indexed();
    if (index.isEmpty) return address;
    if (address.length > LONGEST_ADDRESS)
      return `${address.slice(0, Math.min(address.indexOf("[") >>> 0, LONGEST_ADDRESS))}[${HIDDEN}]`;
    return address.replace(/\["(?:[^"\\]|\\.)*"\]/gs, (quoted) => {
      const text = unquoted(quoted);
      return index.is(text) || index.spans(text).length + index.spans(quoted).length > 0 ? `[${HIDDEN}]` : quoted;
    });
  }

  /** A dotted path of an attribute: its first step is a name of the provider's, the others may be keys of a map. */
  hideInPath(path: string): string {
    const [name = "", ...keys] = path.split(".");
    return [name, ...keys.map((key) => this.show(key))].join(".");
  }

  /** A value as it may be printed: without the parts that are secret. */
  show(text: string): string {
    let shown = "";
    let at = 0;
    for (const [from, to] of this.indexed().spans(text)) {
      if (from >= at) shown += `${text.slice(at, from)}${HIDDEN}`;
      at = Math.max(at, to);
    }
    return `${shown}${text.slice(at)}`;
  }

  private indexed(): Index {
    return (this.index ??= new Index([
      ...this.marked,
      ...[...this.covered].filter((secret) => !this.constants.has(secret)),
    ]));
  }
}

/** Whether an address is shown without an index of it. */
export const isHidden = (address: string): boolean => address.includes(`[${HIDDEN}]`);

/** Secrets by their first characters, so that a text is searched for all of them at once. */
class Index {
  private readonly all: ReadonlySet<string>;
  private readonly byHead = new Map<string, string[]>();

  constructor(secrets: readonly string[]) {
    this.all = new Set(secrets.filter((secret) => !COMMON.test(secret)));
    for (const secret of this.all)
      if (secret.length >= SHORTEST) {
        const head = secret.slice(0, SHORTEST);
        const others = this.byHead.get(head);
        if (others) others.push(secret);
        else this.byHead.set(head, [secret]);
      }
  }

  get isEmpty(): boolean {
    return this.all.size === 0;
  }

  is(text: string): boolean {
    return this.all.has(text);
  }

  /** Where secrets are in a text: from and to, in order; they may overlap. */
  spans(text: string): [number, number][] {
    const found: [number, number][] = [];
    if (this.byHead.size === 0) return found;
    for (let at = 0; at + SHORTEST <= text.length; at++)
      for (const secret of this.byHead.get(text.slice(at, at + SHORTEST)) ?? [])
        if (
          text.startsWith(secret, at) &&
          (secret.length >= LONG || !WORD.test(secret) || standsAlone(text, at, secret))
        )
          found.push([at, at + secret.length]);
    return found;
  }
}

const standsAlone = (text: string, at: number, secret: string): boolean =>
  !LETTER.test(text[at - 1] ?? "") && !LETTER.test(text[at + secret.length] ?? "");

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const isBlocks = (value: unknown): boolean => Array.isArray(value) && value.some((entry) => isObject(entry));

function collect(value: unknown, into: Set<string>): void {
  if (typeof value === "string" || typeof value === "number") into.add(String(value));
  else if (isObject(value)) Object.values(value).forEach((inner) => collect(inner, into));
}

/** Terraform writes a text index as HCL does: with JSON's escapes, and `$${` and `%%{` for templates. */
function unquoted(index: string): string {
  try {
    return (JSON.parse(index.slice(1, -1)) as string).replace(/([$%])\1\{/g, "$1{");
  } catch {
    return index;
  }
}
