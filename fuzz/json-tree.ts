/** JSON as a tree that may be printed as JSON never is: a name twice, a number of any size, a text in place of a value. */

export type Node =
  | { raw: string }
  | { items: Node[] }
  /** Names as they are printed, with their quotes. */
  | { entries: [string, Node][] };

export function treeOf(value: unknown): Node {
  if (Array.isArray(value)) return { items: value.map(treeOf) };
  if (typeof value !== "object" || value === null) return { raw: JSON.stringify(value) };
  return { entries: Object.entries(value).map(([name, inner]) => [JSON.stringify(name), treeOf(inner)]) };
}

export function print(node: Node): string {
  if ("raw" in node) return node.raw;
  if ("items" in node) return `[${node.items.map(print).join(",")}]`;
  return `{${node.entries.map(([name, inner]) => `${name}:${print(inner)}`).join(",")}}`;
}

/** A place in a tree: what holds it, and where. */
export interface Place {
  readonly holder: { items: Node[] } | { entries: [string, Node][] };
  readonly index: number;
}

/** Every place below a node, from the outside in. */
export function placesIn(node: Node, found: Place[] = []): Place[] {
  if ("raw" in node) return found;
  const inner = "items" in node ? node.items : node.entries.map(([, one]) => one);
  inner.forEach((one, index) => {
    found.push({ holder: node, index });
    placesIn(one, found);
  });
  return found;
}

export const read = ({ holder, index }: Place): Node =>
  "items" in holder ? holder.items[index]! : holder.entries[index]![1];

export function write({ holder, index }: Place, node: Node): void {
  if ("items" in holder) holder.items[index] = node;
  else holder.entries[index]![1] = node;
}
