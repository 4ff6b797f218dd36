/**
 * Plans in which one foreign change was planted. Whatever it is, and however it is written, a review must not say that the
 * contract held.
 */
import { join } from "node:path";
import fc from "fast-check";
import { CONTRACTS } from "../../constructs/contract/plan-contract";
import { openCatalog } from "../../review/images";
import { DATA_TYPES } from "../../review/keeps-data";
import { readPlan } from "../../review/read/plan";
import { UnusableFile } from "../../review/read/scan-file";
import { review } from "../../review/review";
import { print, treeOf, type Node } from "../json-tree";
import type { Inputs } from "../mutate";
import { lookAlike } from "../odd";
import type { Reader } from "../reader";
import { CATALOG, NOW, put, textOf } from "./project";
import { planFiles } from "./review";

/** Everything that Terraform does to a managed object: https://developer.hashicorp.com/terraform/internals/json-format#change-representation. */
const ACTIONS = [
  ...[["create"], ["update"], ["delete"], ["delete", "create"], ["create", "delete"], ["forget"], ["create", "forget"]],
  ...[["DELETE"], ["delete "], ["dеlete"], [], ["no-op", "delete"], ["read", "delete"], ["delete", "no-op"]],
];

/** Types that a step may touch: another one is foreign whatever happens to it. */
const OWN_TYPES = [
  ...new Set(
    Object.values(CONTRACTS).flatMap(({ compute, pointers, entry, weights, limits, configuration, wayIn }) => [
      ...[compute, pointers, weights, limits, configuration].flatMap((types) => Object.keys(types)),
      ...[...entry, ...wayIn],
    ]),
  ),
];
const FOREIGN_TYPES = [
  ...DATA_TYPES.filter((type) => !OWN_TYPES.includes(type)),
  ...[
    "aws_vpc",
    "aws_iam_role",
    "aws_nat_gateway",
    "google_compute_network",
    "google_dns_managed_zone",
    "azurerm_virtual_network",
  ],
  ...["azurerm_resource_group", "null_resource", "random_password", "terraform_data", "kubernetes_namespace", ""],
];

/** Ways to write it that another reader would take for nothing. */
const DISGUISES = [
  "none",
  "name twice",
  "change twice",
  "actions twice",
  "list twice",
  "deep",
  "huge",
  "crowd",
  "first",
] as const;

export interface Plant {
  readonly plan: number;
  /** Of a type that is foreign; or of the project's own, which a letter that looks the same makes foreign. */
  readonly type: number;
  readonly looksOwn: boolean;
  readonly actions: number;
  /** Name in the plan's own words, such as live_group. */
  readonly name: string;
  readonly inModule: boolean;
  readonly deposed: boolean;
  readonly letter: number;
  readonly disguise: (typeof DISGUISES)[number];
}

const change = ({ type, looksOwn, actions, name, inModule, letter }: Plant) => {
  const kind = looksOwn
    ? lookAlike(OWN_TYPES[type % OWN_TYPES.length]!, letter)
    : FOREIGN_TYPES[type % FOREIGN_TYPES.length]!;
  const done = ACTIONS[actions % ACTIONS.length]!;
  const values = { id: "main", name: "main", tags: {} };
  return {
    address: `${inModule ? "module.a." : ""}${kind}.${name}`,
    ...(inModule && { module_address: "module.a" }),
    mode: "managed",
    type: kind,
    name,
    change: {
      actions: done,
      before: done.join() === "create" ? null : values,
      after: done.join() === "delete" ? null : { ...values, name: "other" },
      after_unknown: {},
      before_sensitive: {},
      after_sensitive: {},
    },
  };
};

const member = (node: Node, name: string): Node => {
  const found = "entries" in node ? node.entries.find(([key]) => key === JSON.stringify(name)) : undefined;
  if (!found) throw new Error(`the plan has no ${name}`);
  return found[1];
};
const entries = (node: Node): [string, Node][] => ("entries" in node ? node.entries : []);

/** The plan's text with the change in it. */
export function planted(texts: readonly string[], plant: Plant): string {
  const root = treeOf(JSON.parse(texts[plant.plan % texts.length]!));
  const list = member(root, "resource_changes") as { items: Node[] };
  const foreign = treeOf(change(plant));
  const inner = member(foreign, "change");
  const idle: Node = { raw: '["no-op"]' };
  switch (plant.disguise) {
    case "name twice":
      // The last one counts for most readers, the first for some: neither may be harmless.
      entries(foreign).unshift(['"type"', { raw: '"aws_launch_template"' }], ['"mode"', { raw: '"data"' }]);
      break;
    case "change twice":
      entries(foreign).unshift(['"change"', { entries: [['"actions"', idle]] }]);
      break;
    case "actions twice":
      if ("entries" in inner)
        inner.entries.splice(plant.letter % 2 === 0 ? 0 : inner.entries.length, 0, ['"actions"', idle]);
      break;
    case "deep":
      entries(inner).push(['"importing"', { raw: `${"[".repeat(4_000)}${"]".repeat(4_000)}` }]);
      break;
    case "huge":
      entries(foreign).push(['"index"', { raw: "9".repeat(300) }]);
      break;
    default:
  }
  if (plant.disguise === "list twice") {
    entries(root).push(['"resource_changes"', { items: [foreign] }]);
    if (plant.letter % 2 === 0) entries(root).reverse();
  } else if (plant.disguise === "crowd") {
    const still = print(list.items.at(-1)!);
    const crowd = Array.from(
      { length: 200 },
      (_, index): Node => ({
        raw: still.replaceAll("live_", `live${index}_`).replace(/"actions":\[[^\]]*\]/, '"actions":["no-op"]'),
      }),
    );
    list.items.push(...crowd.slice(0, 100), foreign, ...crowd.slice(100));
  } else list.items.splice(plant.disguise === "first" ? 0 : plant.letter % (list.items.length + 1), 0, foreign);
  return print(root);
}

export const plants: Reader = {
  name: "planted",
  inputs: (): Inputs<Plant> => {
    const texts = planFiles().map(textOf);
    const recipes = fc.record({
      plan: fc.nat(texts.length - 1),
      type: fc.nat(),
      looksOwn: fc.boolean(),
      actions: fc.nat(ACTIONS.length - 1),
      name: fc.constantFrom(
        "main",
        "live_group",
        "live_drain",
        "live_break_glass_session",
        "traffic_live_backend",
        "x",
        "",
      ),
      inModule: fc.boolean(),
      deposed: fc.boolean(),
      letter: fc.nat(),
      disguise: fc.oneof({ weight: 10, arbitrary: fc.constantFrom(...DISGUISES.slice(0, 7)) }, { weight: 1, arbitrary: fc.constantFrom(...DISGUISES) }), // prettier-ignore
    });
    return { recipes, build: (recipe) => Buffer.from(planted(texts, recipe)) };
  },
  errors: [UnusableFile],
  open: (folder) => {
    const file = join(folder, "plan.json");
    const around = { catalog: openCatalog(CATALOG), now: NOW, expectBump: false };
    return (input) => {
      put(file, input);
      const { result } = review([{ facts: readPlan(file) }], around);
      if (result === "contract held") throw new Error("the contract held, with a foreign change in the plan");
    };
  },
};
