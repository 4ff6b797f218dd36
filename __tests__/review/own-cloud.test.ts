/** A plan is held to the contract of its own cloud: what the others' contracts allow is foreign in it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMade, MADE, STACK_LAYERS } from "../../constructs/contract/addresses";
import { CONTRACTS } from "../../constructs/contract/cloud-contracts";
import { violations } from "../../constructs/contract/plan-contract";
import { CLOUDS, type Cloud } from "../../constructs/contract/spec";
import { digest, parseChange } from "../../review/read/digest";
import { readPlan } from "../../review/read/plan";
import { subjectOf } from "../../review/subject";
import { judge } from "../../review/verdict";
import { CONTEXT, type Json } from "./lab";

const folder = mkdtempSync(join(tmpdir(), "fleet-own-cloud-"));
afterAll(() => rmSync(folder, { recursive: true }));

const REPLACED = ["create", "delete"];
const object = (address: string, actions: readonly string[], change: Json = {}): Json => {
  const [type = "", name = ""] = address.split(".");
  const before = actions.join() === "create" ? null : { name: "a" };
  const after = actions.join() === "delete" ? null : { name: "b" };
  return { address, mode: "managed", type, name, change: { actions, before, after, after_unknown: {}, ...change } };
};
const replaced = (address: string, attribute: string, values: Json = {}) =>
  object(address, REPLACED, {
    replace_paths: [[attribute]],
    before: { ...values, [attribute]: "a" },
    after: { ...values, [attribute]: "b" },
  });
/** Of a group and of what names its image. */
const SIZE = { desired_capacity: 2, target_size: 2, instances: 2 };
const IMAGE = { image_id: "i", source_image_id: "i", disk: [{ source_image: "i" }] };

/** A bump of a service of each cloud, with the objects around it that stay. */
const BUMPS: Readonly<Record<Cloud, readonly Json[]>> = {
  aws: [
    replaced("aws_launch_template.live_template", "name_prefix", IMAGE),
    replaced("aws_autoscaling_group.live_group", "name_prefix", SIZE),
    ...["aws_lb.traffic_entry", "aws_iam_role.identity_role"].map((address) => object(address, ["no-op"])),
  ],
  google: [
    replaced("google_compute_region_instance_template.live_template", "name", IMAGE),
    replaced("google_compute_region_instance_group_manager.live_group", "name", SIZE),
    replaced("terraform_data.live_drain", "triggers_replace"),
    object("google_compute_forwarding_rule.traffic_entry", ["no-op"]),
  ],
  azure: [
    replaced("azurerm_linux_virtual_machine_scale_set.live_group", "name", { ...IMAGE, ...SIZE }),
    replaced("azurerm_monitor_autoscale_setting.live_scaling", "name"),
    ...["azurerm_lb.traffic_entry", "azurerm_resource_group.group"].map((address) => object(address, ["no-op"])),
  ],
};

/** A name that a pattern of addresses.ts stands for: the first of each choice. */
const sample = (pattern: string): string =>
  pattern
    .replaceAll("(secrets_)?", "")
    .replaceAll("[A-Z][A-Z0-9_]*", "A")
    .replaceAll("[a-z0-9-]+", "a")
    .replaceAll("[0-9a-f]{8}", "00000000")
    .replace(/\(([^()|]*)\|[^()]*\)/g, "$1")
    .replace(/\(([^()|]*)(\|[^()]*)*\)/g, "$1")
    .split("|")[0]!;

/** What a cloud's constructs make and its contract speaks of, by address. */
const objectsOf = (cloud: Cloud): readonly string[] => {
  const made = STACK_LAYERS.flatMap((layer) =>
    Object.entries(MADE[cloud][layer]).map(([type, pattern]) => {
      const address = `${type}.${sample(pattern)}`;
      expect([address, isMade(cloud, layer, address)]).toEqual([address, true]);
      return address;
    }),
  );
  const { compute, entry, configuration, rights, weights, limits, pointers, wayIn } = CONTRACTS[cloud];
  const types = [compute, configuration, rights, weights, limits, pointers].flatMap((table) => Object.keys(table));
  const named = [...types, ...entry].map((type) => `${type}.live_schedule`);
  return [...new Set([...made, ...named, ...wayIn.map((type) => `${type}.live_break_glass_session`)])];
};

const write = (name: string, changes: readonly Json[]) => {
  const file = join(folder, `${name}.json`);
  const whole = { format_version: "1.2", applyable: true, complete: true, errored: false };
  writeFileSync(file, JSON.stringify({ ...whole, resource_changes: changes }));
  return readPlan(file);
};
/** What may force a replacement of a type, by the contract of whatever cloud it is of. */
const causeOf = (type: string): string => CLOUDS.flatMap((cloud) => CONTRACTS[cloud].compute[type] ?? [])[0] ?? "name";
const ways = (address: string): Json[] => [
  ...[["create"], ["update"], ["delete"]].map((actions) => object(address, actions)),
  replaced(address, causeOf(address.split(".")[0]!)),
];

test.each(CLOUDS)("objects of the other clouds are never held in a plan of %s, whatever happens to them", (cloud) => {
  const bump = write(`${cloud}-bump`, BUMPS[cloud]);
  const values = { ...IMAGE, ...SIZE };
  const all = (actions: string[], before: Json | null) =>
    BUMPS[cloud].map(({ address }) => object(address as string, actions, { before, after: values }));
  const first = write(`${cloud}-first`, all(["create"], null));
  const idle = write(`${cloud}-idle`, all(["no-op"], values));
  const result = (facts: typeof bump, ...more: Json[]) =>
    judge(subjectOf({ ...facts, changes: [...facts.changes, ...more.map((one) => digest(parseChange(one), facts.secrets))] }), CONTEXT).result; // prettier-ignore
  expect([bump, first, idle].map((facts) => result(facts))).toEqual(Array(3).fill("contract held"));
  const own = objectsOf(cloud);
  const foreign = CLOUDS.flatMap((other) => (other === cloud ? [] : objectsOf(other))).filter((address) => !own.includes(address)); // prettier-ignore
  expect(foreign.length).toBeGreaterThan(100);
  const held = foreign.flatMap((address) =>
    ways(address).flatMap((change) => {
      // What is made comes in a first deployment, and all else in a plan that changes nothing else.
      const isNew = (change.change as { actions: string[] }).actions.join() === "create";
      const plans = [bump, isNew ? first : idle].map((facts) => result(facts, change));
      const changes = [...BUMPS[cloud], change] as never;
      const broken = violations(cloud, "bump", { resource_changes: changes }).some((one) => one.address === address);
      return plans.includes("contract held") || !broken ? [`${JSON.stringify(change)} ${plans.join()}`] : [];
    }),
  );
  expect(held).toEqual([]);
  // The twin in Rego is shown whole plans.
  const some = foreign.filter((_, index) => index % 30 === 0).flatMap(ways);
  const whole = some.map((change, index) => judge(subjectOf(write(`${cloud}-${index}`, [...BUMPS[cloud], change])), CONTEXT).result); // prettier-ignore
  expect(new Set(whole)).toEqual(new Set(["needs a human"]));
});

test("a part that a fork adds and names by its slot is replaced with the group, where it is of the group's cloud", () => {
  const schedule = replaced("aws_autoscaling_schedule.live_night", "autoscaling_group_name");
  expect(violations("aws", "bump", { resource_changes: [...BUMPS.aws, schedule] as never })).toEqual([]);
  const facts = write("schedule", [...BUMPS.aws, schedule]);
  expect(judge(subjectOf(facts), CONTEXT).result).toBe("contract held");
  // A drain is Google's, and there nothing but a drain is a part of the group.
  const gate = (name: string) => replaced(`terraform_data.${name}`, "triggers_replace");
  for (const [cloud, name] of [["aws", "live_drain"], ["azure", "live_drain"], ["google", "live_warm"]] as const) // prettier-ignore
    expect([cloud, violations(cloud, "bump", { resource_changes: [...BUMPS[cloud], gate(name)] as never })]).toEqual([
      cloud,
      [expect.objectContaining({ address: `terraform_data.${name}` })],
    ]);
  expect(violations("google", "bump", { resource_changes: [...BUMPS.google, gate("live_warm_drain")] as never })).toEqual([]); // prettier-ignore
});
