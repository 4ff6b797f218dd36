import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { FORMER, isMade, MADE, READ, STACK_LAYERS, type Layer } from "../../constructs/contract/addresses";
import { beyondGiven, GIVEN, givenTo, leavesOf, type Leaf } from "../../constructs/contract/given";
import { CLOUDS, type Cloud } from "../../constructs/contract/spec";
import { means } from "../../review/rules/rights";
import { RELEASE_FILE } from "../../constructs/contract/names";
import { describeUnless } from "../support/needs";
import { addresses, filesBelow, newFolder, type Stack } from "../support/synth";
import { checkovProgram, scan, type Scan } from "./checkov";
import { firstColumn, section } from "./document";
import { FLEETS, synthesizeAll } from "./fleets";
import { stale, unexplained } from "./judge";
import { BROKEN, REASONS } from "./reasons";
import { credentialsIn, secretsIn, secretsInState } from "./secrets";

const root = newFolder();
let folders: readonly string[];
beforeAll(() => {
  synthesizeAll(root);
  folders = Object.keys(FLEETS).flatMap((fleet) =>
    readdirSync(join(root, fleet, "stacks")).map((stack) => `${fleet}/stacks/${stack}`),
  );
});
afterAll(() => rmSync(root, { recursive: true }));

const stackAt = (folder: string) => JSON.parse(readFileSync(join(root, folder, "cdk.tf.json"), "utf8")) as Stack;

const program = checkovProgram();

describeUnless(program ? undefined : "no checkov on PATH or in CHECKOV")("checkov", () => {
  let found: Scan;
  beforeAll(async () => {
    found = await scan(program!, root);
  });
  const reasons = CLOUDS.flatMap((cloud) => REASONS[cloud]);

  test("looks at every stack, with every check that works", () => {
    expect([...found.looked].sort()).toEqual([...folders].sort());
    expect([...found.broken].sort()).toEqual(Object.keys(BROKEN));
  });

  test("finds nothing without a reason in reasons.ts and docs/security.md", () => {
    expect(unexplained(found.failures, reasons)).toEqual([]);
  });

  test("still finds what each reason is for", () => {
    expect(stale(found.failures, reasons)).toEqual([]);
  });
});

test("constructs/contract/addresses.ts names what the stacks are made of, and nothing else", () => {
  const made = { data: new Set<string>(), resource: new Set<string>() };
  for (const folder of folders) {
    const [, layer = "service"] = /-(foundation|persistent)-/.exec(folder) ?? [];
    const [, cloud] = /-(aws|google|azure)-/.exec(folder) ?? [];
    for (const address of addresses(stackAt(folder)))
      if (address.startsWith("data.")) made.data.add(address.split(".")[1]!);
      else {
        expect([folder, address, isMade(cloud as Cloud, layer as Layer, address)]).toEqual([folder, address, true]);
        made.resource.add(`${layer} ${address.split(".")[0]!}`);
      }
  }
  const named = CLOUDS.flatMap((cloud) =>
    STACK_LAYERS.flatMap((layer) => Object.keys(MADE[cloud][layer]).map((type) => `${layer} ${type}`)),
  );
  expect([...made.resource, ...FORMER].sort()).toEqual(named.sort());
  expect([...made.data].sort()).toEqual([...READ].sort());
});

/** Of what grants rights or is a way, types that take no value which could make it more: a name, or a reference to another object. */
const WITHOUT_VALUES: readonly string[] = [
  ...["aws_eip", "aws_internet_gateway", "aws_lb", "aws_lb_listener", "google_compute_address"],
  ...["google_compute_forwarding_rule", "google_compute_global_address", "google_service_account"],
  ...["azurerm_lb_rule", "azurerm_public_ip", "azurerm_user_assigned_identity"],
];

describe("constructs/contract/given-*.ts", () => {
  const objects = () =>
    folders.flatMap((folder) =>
      Object.entries(stackAt(folder).resource).flatMap(([type, blocks]) =>
        Object.entries(blocks).map(([name, values]) => ({ folder, type, name, values })),
      ),
    );

  test("says of every object what the stacks give it", () => {
    const more = objects().flatMap(({ folder, ...one }) =>
      beyondGiven({ ...one, hasExpressions: true }).map((what) => ({ folder, address: `${one.type}.${one.name}`, ...what })),
    ); // prettier-ignore
    expect(more).toEqual([]);
    const unsaid = objects().filter(({ type, name }) => Object.hasOwn(GIVEN, type) && !givenTo(type, name));
    expect(unsaid.map(({ folder, type, name }) => `${folder} ${type}.${name}`)).toEqual([]);
  });

  test("says nothing that no stack gives", () => {
    const given = objects().map((one) => ({ ...one, values: givenTo(one.type, one.name)?.values, leaves: leavesOf(one.values, { hasExpressions: true, isText: () => false }) })); // prettier-ignore
    const stale = Object.entries(GIVEN).flatMap(([type, { names, held }]) =>
      Object.entries(names).flatMap(([pattern, values]) => {
        const leaves = given.filter((one) => one.type === type && one.values === values).flatMap((one) => one.leaves);
        if (Object.keys(values).length === 0) return [];
        const texts = (path: string) => leaves.filter(([leaf]: Leaf) => leaf === path).map(([, value]) => value);
        const isMet = (path: string, text: string) =>
          texts(path).some((value) => value === undefined || (text.startsWith("~") ? new RegExp(`^(${text.slice(1)})$`).test(value) : value === text)); // prettier-ignore
        return Object.entries(values).flatMap(([path, texts]) => [
          ...(held.some((top) => path.startsWith(top) && /^([.@]|$)/.test(path.slice(top.length)))
            ? []
            : [`${path} is not held`]),
          ...[texts].flat().flatMap((text) => (isMet(path, text) ? [] : [`${type}.${pattern} ${path} ${text}`])),
        ]);
      }),
    );
    expect(stale).toEqual([]);
  });

  test("knows every type that grants rights or may open a way in", () => {
    const types = CLOUDS.flatMap((cloud) => STACK_LAYERS.flatMap((layer) => Object.keys(MADE[cloud][layer])));
    const meant = [...new Set(types)].filter((type) => means({ type }, "gives").length > 0);
    const known = (type: string) => Object.hasOwn(GIVEN, type) || WITHOUT_VALUES.includes(type);
    expect(meant.filter((type) => !known(type))).toEqual([]);
    expect(WITHOUT_VALUES.filter((type) => !meant.includes(type) || Object.hasOwn(GIVEN, type))).toEqual([]);
  });
});

test("no synthesized stack holds a secret", () => {
  expect(folders.flatMap((folder) => secretsIn(stackAt(folder)).map((what) => `${folder} ${what}`))).toEqual([]);
});

test("no synthesized file, release variables among them, holds anything that looks like a credential", () => {
  const files = [...filesBelow(root)];
  expect(files.filter(([path]) => path.endsWith(RELEASE_FILE)).length).toBeGreaterThan(10);
  expect(files.flatMap(([path, text]) => credentialsIn(text).map((what) => `${path}: ${what}`))).toEqual([]);
});

test("docs/security.md says what states hold that is secret", () => {
  const held = new Set(folders.flatMap((folder) => secretsInState(stackAt(folder))));
  expect(firstColumn(section("What a state holds")).sort()).toEqual([...held].sort());
});

describe("docs/security.md says what machines may do, all of it and nothing more", () => {
  const blocks = (cloud: Cloud, type: string) =>
    folders
      .filter((folder) => folder.startsWith("everything/") && folder.includes(`-${cloud}-`))
      .flatMap((folder) => Object.entries(stackAt(folder).resource[type] ?? {}))
      .map(([name, block]) => ({ name, block }));
  const of = (cloud: Cloud, types: readonly string[], attribute: string) =>
    types.flatMap((type) => blocks(cloud, type).map(({ block }) => block[attribute] as string));

  const RIGHTS: Readonly<Record<Cloud, () => readonly string[]>> = {
    aws: () =>
      blocks("aws", "aws_iam_role_policy")
        .filter(({ name }) => name === "access_machines")
        .flatMap(({ block }) => (JSON.parse(block.policy as string) as { Statement: { Action: string[] }[] }).Statement)
        .flatMap(({ Action }) => Action),
    google: () =>
      of(
        "google",
        ["google_project_iam_member", "google_storage_bucket_iam_member", "google_secret_manager_secret_iam_member"],
        "role",
      ),
    azure: () => of("azure", ["azurerm_role_assignment"], "role_definition_name"),
  };
  test.each([
    ["aws", "Machines on AWS"],
    ["google", "Machines on Google Cloud"],
    ["azure", "Machines on Azure"],
  ] as const)("%s", (cloud, title) => {
    expect(firstColumn(section(title)).sort()).toEqual([...new Set(RIGHTS[cloud]())].sort());
  });
});
