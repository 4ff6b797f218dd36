/** What a review shows of values, drift, data and ways back; on plans as terraform writes them, without running it. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Catalog, type ProviderName } from "../../local-cloud/schemas/catalog";
import type { Block } from "../../local-cloud/schemas/compact";
import { DATA_TYPES } from "../../review/keeps-data";
import type { Configuration } from "../../review/read/configuration";
import { readPlan } from "../../review/read/plan";
import { shownValues } from "../../review/read/values";
import { markdown } from "../../review/render/markdown";
import { text } from "../../review/render/text";
import { review } from "../../review/review";
import { plain } from "../../review/text";
import { CONTEXT, NEW, OLD } from "./lab";

const folder = mkdtempSync(join(tmpdir(), "fleet-ways-"));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;

/** Names the stack, so that the plan is one of this project. */
const OURS: Configuration = {
  file: "cdk.tf.json",
  stack: "prod-foundation-aws-us-east-1",
  blocks: new Map(),
  reads: [],
};

type Side = object | null;
const object = (address: string, actions: readonly string[], before: Side, after: Side, more: object = {}) => ({
  address,
  mode: "managed",
  type: address.split(".")[0]!,
  name: address.split(".")[1]!.replace(/\[.*/, ""),
  change: { actions, before, after, before_sensitive: {}, after_sensitive: {}, after_unknown: {}, ...more },
});
const same = (address: string, values: object) => object(address, ["no-op"], values, values);

interface Parts {
  readonly drift?: readonly object[];
  readonly variables?: object;
  readonly head?: string;
}
function reviewed(changes: readonly object[], { drift = [], variables = {}, head }: Parts = {}) {
  const file = join(folder, `plan-${count++}.json`);
  const plan = { format_version: "1.2", applyable: true, complete: true, errored: false, variables, resource_drift: drift, resource_changes: changes }; // prettier-ignore
  writeFileSync(file, JSON.stringify(plan));
  const found = review([{ facts: readPlan(file), configuration: OURS }], { ...CONTEXT, ...(head ? { head } : {}) });
  const [stack] = found.stacks;
  return {
    ...stack!,
    found,
    said: stack!.findings.map(({ rule, level, address, reason }) => `${level} ${rule} ${address ?? ""}: ${plain(reason)}`), // prettier-ignore
    back: stack!.rollBack.map(plain),
    blast: plain(stack!.blastRadius),
    head: plain(stack!.headline),
    shown: [text(found), markdown(found)].join("\n"),
  };
}

const RULE = "aws_vpc_security_group_ingress_rule.clients";
const closed = { cidr_ipv4: "10.0.0.0/8", from_port: 443, to_port: 443, ip_protocol: "tcp", description: "clients" };
const open = { ...closed, cidr_ipv4: "0.0.0.0/0", to_port: 65535 };

describe("drift that a plan undoes", () => {
  test("is said, with both values", () => {
    const { said, head, back, result, shown } = reviewed([object(RULE, ["update"], open, closed)], {
      drift: [object(RULE, ["update"], closed, open)],
    });
    expect(said[0]).toBe(
      `human updated ${RULE}: Was changed outside of Terraform, and the plan sets it back in cidr_ipv4 0.0.0.0/0 → 10.0.0.0/8, to_port 65535 → 443: this is drift being undone.`,
    );
    expect([head, result]).toEqual(["drift is undone: what was changed outside of Terraform is set back", "needs a human"]); // prettier-ignore
    expect(back).toEqual([expect.stringMatching(/^What only undoes drift has no commit to revert/)]);
    expect(shown).toContain("`cidr_ipv4` `0.0.0.0/0` → `10.0.0.0/8`");
    expect(shown).not.toContain("apart from the release");
  });

  test("in whatever order the plan's members stand", () => {
    const file = join(folder, "sorted.json");
    const members = { format_version: "1.2", resource_changes: [object(RULE, ["update"], open, closed)], resource_drift: [object(RULE, ["update"], closed, open)] }; // prettier-ignore
    writeFileSync(file, JSON.stringify(members));
    expect(readPlan(file).changes[0]!.undoes).toEqual(["cidr_ipv4", "to_port"]);
  });

  test("is told apart from what the configuration changes in the same object", () => {
    const { said } = reviewed([object(RULE, ["update"], open, { ...closed, from_port: 80 })], {
      drift: [object(RULE, ["update"], closed, open)],
    });
    expect(said[0]).toMatch(
      /sets it back in cidr_ipv4 .*: this is drift being undone. Besides, from_port 443 → 80 changes/,
    );
  });

  test("is no such thing when the plan keeps the drift or goes elsewhere", () => {
    const elsewhere = { ...closed, cidr_ipv4: "192.168.0.0/16" };
    const { said, head } = reviewed([object(RULE, ["update"], { ...closed, cidr_ipv4: "0.0.0.0/0" }, elsewhere)], {
      drift: [object(RULE, ["update"], closed, { ...closed, cidr_ipv4: "0.0.0.0/0" })],
    });
    expect(said[0]).toBe(
      `human updated ${RULE}: Is updated in cidr_ipv4 0.0.0.0/0 → 192.168.0.0/16, which no step of a release does to it. It may open a way in.`,
    );
    expect(head).not.toMatch(/drift/);
  });

  test("also of an object that was deleted by hand", () => {
    const { said } = reviewed([object(RULE, ["create"], null, closed), same("aws_vpc.network", { id: "vpc-1" })], {
      drift: [object(RULE, ["delete"], closed, null)],
    });
    expect(said.join("\n")).toMatch(
      /Was deleted outside of Terraform, and the plan makes it again: this is drift being undone/,
    );
  });

  test("and of limits that the plan may set back", () => {
    const group = "aws_autoscaling_group.live_group";
    const sizes = { name: "web-1", min_size: 2, max_size: 4, desired_capacity: 2 };
    const { said, result } = reviewed([object(group, ["update"], { ...sizes, max_size: 9 }, sizes)], {
      drift: [object(group, ["update"], sizes, { ...sizes, max_size: 9 })],
    });
    expect(result).toBe("contract held");
    expect(said[0]).toMatch(/^warning drift-undone .*sets it back in max_size 9 → 4: this is drift being undone/);
  });

  test.each([
    ["google_compute_firewall.clients", { source_ranges: ["10.0.0.0/8"] }, { source_ranges: ["0.0.0.0/0"] }, "source_ranges 0.0.0.0/0 → 10.0.0.0/8"], // prettier-ignore
    ["azurerm_network_security_rule.clients", { source_address_prefix: "VirtualNetwork" }, { source_address_prefix: "*" }, "source_address_prefix * → VirtualNetwork"], // prettier-ignore
  ])("%s", (address, ours, theirs, words) => {
    const { said } = reviewed([object(address, ["update"], theirs, ours)], { drift: [object(address, ["update"], ours, theirs)] }); // prettier-ignore
    expect(said[0]).toContain(`sets it back in ${words}`);
  });

  test("without a value that is a secret", () => {
    const masked = { before_sensitive: { cidr_ipv4: true }, after_sensitive: { cidr_ipv4: true } };
    const { shown } = reviewed([object(RULE, ["update"], open, closed, masked)], {
      drift: [object(RULE, ["update"], closed, open, masked)],
    });
    expect(shown).toContain("this is drift being undone");
    expect(shown).not.toMatch(/0\.0\.0\.0|10\.0\.0\.0/);
  });
});

const template = (id: string, type: string, size: number, name = "web-1-0-0-aaaaaaaa-") => ({
  image_id: id,
  instance_type: type,
  name_prefix: name,
  user_data: `planted ${type}`,
  block_device_mappings: [{ device_name: "/dev/xvda", ebs: [{ volume_size: size }] }],
});
const group = (name: string) => ({ name_prefix: name, desired_capacity: 2 });
const replaced = (slot: string, before: object, after: object, more: object = {}) => [
  object(`aws_launch_template.${slot}_template`, ["create", "delete"], before, after, { replace_paths: [["name_prefix"]] }), // prettier-ignore
  {
    ...object(`aws_autoscaling_group.${slot}_group`, ["create", "delete"], group("web-1-"), group("web-2-"), {
      replace_paths: [["name_prefix"]],
    }),
    ...more,
  },
];
const old = template(OLD, "t3.small", 20);
const rename = (values: object) => ({ ...values, name_prefix: "web-2-0-0-bbbbbbbb-" });
const machines = (slot: string, action: string) => {
  const side = (values: object): [Side, Side] => (action === "create" ? [null, values] : [values, null]);
  return [
    object(`aws_launch_template.${slot}_template`, [action], ...side(old)),
    object(`aws_autoscaling_group.${slot}_group`, [action], ...side(group("web-1-"))),
  ];
};
const forward = (blue: number) => ({
  action: [{ forward: [{ target_group: [{ arn: "blue", weight: blue }, { arn: "green", weight: 100 - blue }] }] }], // prettier-ignore
});
const shift = (from: number, to: number) => object("aws_lb_listener_rule.routes", ["update"], forward(from), forward(to)); // prettier-ignore

test("values of launch settings are shown, of the allow-list only", () => {
  const { said, shown } = reviewed(replaced("live", old, rename(template(OLD, "t3.medium", 40))), { head: "9f3c2ab" });
  expect(said.join("\n")).toMatch(
    /The machines change in instance_type t3.small → t3.medium, user_data, block_device_mappings.0.ebs.0.volume_size 20 → 40; the image stays/,
  );
  expect(shown).not.toContain("planted");
});

describe("the way back", () => {
  const ways: readonly [string, readonly object[], readonly RegExp[]][] = [
    ["an image", replaced("live", old, rename(template(NEW, "t3.small", 20))), [/^Put version 1.0.0 back in .*, slot live, and deploy: the same step the other way round/]], // prettier-ignore
    ["launch settings", replaced("live", old, rename(template(OLD, "t3.medium", 20))), [/^Revert commit 9f3c2ab \(it changed instance_type t3.small → t3.medium\) and deploy: .*with the old settings. A version put back restores the image only/]], // prettier-ignore
    ["image and launch settings", replaced("live", old, rename(template(NEW, "t3.medium", 20))), [/^Revert commit 9f3c2ab .* It must bring back version 1.0.0 .* too: put back alone, that keeps the new settings/]], // prettier-ignore
    ["an epoch", replaced("live", old, rename(old)), [/^Slot live is built again from the same image and settings, so that going back would restore nothing/]], // prettier-ignore
    ["a request", replaced("live", old, rename(old), { action_reason: "replace_by_request" }), [/^Slot live is built again from the same image/]], // prettier-ignore
    ["limits", [object("aws_autoscaling_group.live_group", ["update"], { min_size: 2, max_size: 4 }, { min_size: 3, max_size: 6 })], [/^Set the limits back to min_size 2, max_size 4, in fleet.ts or/]], // prettier-ignore
    ["a shift", [shift(100, 0)], [/^Set the weights back in .* one update again/]],
    [
      "a filled slot",
      [...machines("green", "create"), same("aws_autoscaling_group.blue_group[0]", { name: "b" })],
      [/^Empty slot green again/],
    ],
    ["fill and shift at once", [...machines("green", "create"), shift(100, 0)], [/^Set the weights back/, /^Empty slot green again/]], // prettier-ignore
    ["a retired slot", machines("blue", "delete"), [/^Fill slot blue again: put version 1.0.0 into .* New machines are made, and take traffic only when the weights say so/]], // prettier-ignore
    ["cut and retire at once", [...machines("blue", "delete"), shift(100, 0)], [/^Fill slot blue again/, /^Set the weights back/]], // prettier-ignore
    ["a first deployment", [object("aws_vpc.network", ["create"], null, {}), object("aws_subnet.a", ["create"], null, {})], [/^Nothing was here before: destroy the stack/]], // prettier-ignore
    ["a foundation", [object("aws_route.out", ["update"], { gateway_id: "a" }, { gateway_id: "b" }), object("aws_subnet.a", ["delete", "create"], { cidr_block: "a" }, { cidr_block: "b" })], [/^Revert commit 9f3c2ab, review the plan of that too, and deploy. What is destroyed or replaced here comes back as a new object, .*: aws_subnet.a\./]], // prettier-ignore
    ["a destroyed database", [object("aws_db_instance.main", ["delete"], { id: "x" }, null)], [/^No revert brings back what keeps data .* database aws_db_instance.main: only a backup does/, /^Revert commit 9f3c2ab/]], // prettier-ignore
    ["a database let go of", [object("aws_db_instance.main", ["forget"], { id: "x" }, null)], [/^What Terraform lets go of stays in the cloud. .* import block for each of aws_db_instance.main/]], // prettier-ignore
  ];
  test.each(ways)("from %s", (_name, changes, expected) => {
    const { back } = reviewed(changes, { head: "9f3c2ab" });
    expect(back).toEqual(expected.map((words) => expect.stringMatching(words) as string));
  });

  test("without a commit says which one all the same", () => {
    const { back } = reviewed(replaced("live", old, rename(template(OLD, "t3.medium", 20))));
    expect(back[0]).toMatch(/^Revert the commit that made this change \(it changed instance_type/);
  });
});

describe("what keeps data", () => {
  const others = Array.from({ length: 7 }, (_, at) => object(`aws_subnet.new_${at}`, ["create"], null, {}));
  const parts = ["aws_db_subnet_group", "aws_db_parameter_group", "aws_security_group", "aws_kms_alias", "aws_route53_record", "aws_iam_role"]; // prettier-ignore

  test("and is let go of is counted first, with the others that are", () => {
    const forgotten = ["aws_db_instance", "aws_s3_bucket", ...parts].map((type) => object(`${type}.main`, ["forget"], { id: "x" }, null)); // prettier-ignore
    const { blast, said } = reviewed([...others, ...forgotten]);
    expect(blast).toBe("1 database forgotten, 1 object store forgotten, 6 other objects forgotten, 7 other objects created, 0 untouched."); // prettier-ignore
    expect(said[0]).toMatch(/^human data-forgotten : Terraform lets go of what keeps data: .*: database aws_db_instance.main, object store aws_s3_bucket.main\.$/); // prettier-ignore
  });

  test("and is destroyed says so before anything else", () => {
    const destroyed = ["aws_vpc", ...parts, "aws_db_instance"].map((type) => object(`${type}.main`, ["delete"], { id: "x" }, null)); // prettier-ignore
    const { said, blast, shown } = reviewed(destroyed);
    expect(said[0]).toBe("human data-destroyed : What keeps data is destroyed, with all that it holds: database aws_db_instance.main."); // prettier-ignore
    expect(blast).toMatch(/^1 database destroyed, 7 other objects destroyed/);
    expect(shown).toContain("Only a backup brings it back");
  });

  test.each([
    ["google_sql_database_instance", "database"],
    ["google_storage_bucket", "object store"],
    ["google_filestore_instance", "file share"],
    ["google_compute_disk", "disk"],
    ["azurerm_postgresql_flexible_server", "database"],
    ["azurerm_storage_account", "object store"],
    ["azurerm_storage_share", "file share"],
    ["azurerm_managed_disk", "disk"],
    ["azurerm_key_vault_key", "key"],
    ["aws_efs_file_system", "file share"],
    ["aws_cloudwatch_log_group", "log store"],
  ])("%s is a %s, whatever happens to it", (type, word) => {
    const { said, blast, result } = reviewed([object(`${type}.main`, ["delete", "create"], { id: "x" }, { id: "y" })]);
    expect(said[0]).toMatch(new RegExp(`^human data-replaced : .* begins empty, .*: ${word} ${type}.main`));
    expect([blast, result]).toEqual([`1 ${word} replaced, 0 untouched.`, "needs a human"]);
  });

  test("is a type that the providers have", () => {
    const lib = (type: string) => {
      const [provider, ...name] = type.split("_");
      return join(__dirname, `../../node_modules/@cdktf/provider-${provider}/lib`, name.join("-"));
    };
    expect(DATA_TYPES.filter((type) => !existsSync(lib(type)))).toEqual([]);
    expect(readdirSync(lib("aws")).length).toBeGreaterThan(0);
  });
});

test("every value that may be shown is an attribute of the pinned providers, and none is a secret there", () => {
  const catalogs = new Map((["aws", "google", "azurerm"] as ProviderName[]).map((name) => [name, new Catalog(name)]));
  const attributeAt = (block: Block, [name = "", ...rest]: readonly string[]): ReturnType<Block["get"]> => {
    const attribute = block.get(name);
    return attribute && rest.length > 0 && attribute.elem instanceof Map
      ? attributeAt(attribute.elem, rest)
      : attribute;
  };
  const wrong = Object.entries(shownValues()).flatMap(([kind, paths]) => {
    const catalog = catalogs.get(kind.split("_")[0] as ProviderName)!;
    const blocks = [kind, kind.replace("google_compute_", "google_compute_region_")].flatMap(
      (name) => catalog.resource(name)?.block ?? [],
    );
    return paths.filter((path) => {
      const found = blocks.flatMap((block) => attributeAt(block, path.split(".")) ?? []);
      return found.length === 0 || found.some(({ sensitive }) => sensitive);
    }).map((path) => `${kind}.${path}`); // prettier-ignore
  });
  expect(wrong).toEqual([]);
});
