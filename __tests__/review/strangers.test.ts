/**
 * What may come in a plan from nobody's hand: nothing. Plans of the project's own stacks, which real providers made and which
 * lie beside the project on some machines, and small ones of the same form that are made here.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { violations } from "../../constructs/contract/plan-contract";
import { wayOutTemplate } from "../../constructs/contract/way-out";
import { Catalog } from "../../local-cloud/schemas/catalog";
import type { PlanFacts } from "../../review/facts";
import { digest, parseChange } from "../../review/read/digest";
import { readPlan } from "../../review/read/plan";
import { review } from "../../review/review";
import { subjectOf } from "../../review/subject";
import { plain } from "../../review/text";
import { judge } from "../../review/verdict";
import { CASES, describeWithFacts, PROVIDER_FACTS } from "../support/needs";
import { CONTEXT, judged, NEW, OLD, type Json } from "./lab";

const folder = mkdtempSync(join(tmpdir(), "fleet-strangers-"));
afterAll(() => rmSync(folder, { recursive: true }));

const object = (address: string, actions: readonly string[], change: Json = {}): Json => {
  const [type = "", name = ""] = address.split(/[.[]/);
  const before = actions.join() === "create" ? null : { name: "a" };
  const after = actions.join() === "delete" ? null : { name: "b" };
  return { address, mode: "managed", type, name, change: { actions, before, after, after_unknown: {}, ...change } };
};
const idle = (...addresses: string[]) => addresses.map((address) => object(address, ["no-op"]));
const SERVICE = ["aws_lb.traffic_entry", "aws_lb_listener_rule.traffic_routes", "aws_iam_role.identity_role"];
const FOUNDATION = ["aws_vpc.network_vpc", "aws_subnet.network_private-us-east-1a"];

let count = 0;
function planOf(changes: readonly Json[], more: Json = {}): string {
  const file = join(folder, `${count++}.json`);
  const whole = { applyable: true, complete: true, errored: false };
  writeFileSync(file, JSON.stringify({ format_version: "1.2", ...whole, ...more, resource_changes: changes }));
  return file;
}
const RELEASE = { release: { value: { version: "1.1.0", image_id: NEW } } };
const group = (actions: readonly string[], before: number | null, after: number | null, name = "live") => [
  object(`aws_launch_template.${name}_template`, actions, {
    before: before === null ? null : { image_id: OLD, name_prefix: "a" },
    after: after === null ? null : { image_id: NEW, name_prefix: actions.includes("delete") ? "b" : "a" },
    replace_paths: [["name_prefix"]],
  }),
  object(`aws_autoscaling_group.${name}_group`, actions, {
    before: before === null ? null : { desired_capacity: before },
    after: after === null ? null : { desired_capacity: after },
    replace_paths: [["name_prefix"]],
  }),
];
const REPLACED = ["create", "delete"];
const BUMP = [...group(REPLACED, 2, 2), ...idle(...SERVICE)];
const FIRST = [...group(["create"], null, 2), ...SERVICE.map((address) => object(address, ["create"]))];

describe("a first deployment", () => {
  test("is of a stack of which nothing exists, and makes what the project makes", () => {
    expect(judged(planOf(FIRST, { variables: RELEASE })).hard).toEqual([]);
    const network = FOUNDATION.map((address) => object(address, ["create"]));
    expect(judged(planOf(network)).subject.step).toBe("first");
    expect(judged(planOf(network)).result).toBe("contract held");
  });

  test("brings nothing else, and says what grants rights or opens a way in", () => {
    const { result, about } = judged(
      planOf([...FIRST, object("aws_iam_user_policy_attachment.admin", ["create"])], { variables: RELEASE }),
    );
    expect(result).toBe("needs a human");
    expect(about("created")).toMatch(
      /^aws_iam_user_policy_attachment.admin: Is none of the objects that this project makes. It grants rights./,
    );
    const way = judged(planOf([...FIRST, object("aws_vpc_security_group_ingress_rule.open", ["create"])]));
    expect(way.about("created")).toMatch(/It may open a way in/);
  });

  test.each([
    ["azurerm_virtual_network.network_network", "azurerm_resource_group_template_deployment.network_nat"],
    ["azurerm_linux_virtual_machine_scale_set.machines", "azurerm_resource_group_template_deployment.more"],
  ])("beside %s brings a template of this project's own, and no other", (anchor, address) => {
    const own = wayOutTemplate("prod-zones", "westeurope");
    const role = { type: "Microsoft.Authorization/roleAssignments", apiVersion: "2022-04-01", name: "owner" };
    const others = [
      JSON.stringify({ resources: [role] }),
      own.replace('"resources":[', `"resources":[${JSON.stringify(role)},`),
      own.replace("2025-03-01", "2025-03-01\n"),
      null,
    ];
    const besides = object(anchor, ["create"], { after: { name: "a", instances: 2 } });
    const createdIn = (template_content: string | null) =>
      judged(planOf([besides, object(address, ["create"], { after: { template_content } })])).about("created");
    expect(createdIn(own)).toBeUndefined();
    for (const said of others.map(createdIn)) expect(said).toContain(address);
  });

  test.each<[string, Json[], Json]>([
    ["a state that holds something", FIRST, { prior_state: { values: { root_module: { resources: [{ mode: "managed", type: "aws_lb" }] } } } }], // prettier-ignore
    ["an object that stays as it is", [...FIRST, ...idle("aws_route53_record.discovery_name")], {}],
  ])("is none with %s", (_, changes, more) => {
    const { result, subject, hard } = judged(planOf(changes, { variables: RELEASE, ...more }));
    expect([result, subject.step, new Set(hard)]).toEqual(["needs a human", "mixed", new Set(["created", "mixed"])]);
  });

  test("the end of a service on Azure is blocked by a scale set that its state does not know", () => {
    const gone = ["azurerm_resource_group.group", "azurerm_linux_virtual_machine_scale_set.live_group"].map((address) => object(address, ["delete"])); // prettier-ignore
    const set = (name: string, resource_group_name = "PROD-WEB-WESTEUROPE") => ({ name, resource_group_name });
    const type = "Microsoft.Compute/virtualMachineScaleSets";
    const resources = [set("web-1-0-0-aaa"), set("WEB-1-1-0-bbb"), set("api-1-0-0-ccc", "prod-api-westeurope")];
    const image_id = `/subscriptions/${"0".repeat(36)}/resourceGroups/images/providers/Microsoft.Compute/images/web`;
    const state = (listed: readonly Json[]) => ({
      variables: { release: { value: { version: "1.1.0", image_id } } },
      prior_state: {
        values: {
          root_module: {
            resources: [
              { mode: "managed", type: "azurerm_resource_group", values: { name: "prod-web-westeurope" } },
              { mode: "managed", type: "azurerm_linux_virtual_machine_scale_set", values: { name: "web-1-0-0-aaa" } },
              { mode: "data", type: "azurerm_resources", name: "size_all_sets", values: { type, resources: listed } },
            ],
          },
        },
      },
    });
    const said = judged(planOf(gone, state(resources)));
    expect(said.about("left-behind")).toMatch(
      /scale set web-1-1-0-bbb in resource group prod-web-westeurope.* Delete it first: az vmss delete --resource-group prod-web-westeurope --name web-1-1-0-bbb/s,
    );
    expect(said.hard.filter((rule) => rule === "left-behind")).toHaveLength(1);
    expect(judged(planOf(gone, state(resources.slice(0, 1)))).hard).not.toContain("left-behind");
    expect(judged(planOf(FIRST, { ...state(resources), variables: RELEASE })).hard).not.toContain("left-behind");
  });

  test("is a lost state where the service runs, was released, lost objects, or is planned in another workspace", () => {
    const running = {
      prior_state: {
        values: { root_module: { resources: [{ mode: "data", type: "aws_autoscaling_group", values: { name: "web-1-0-0-abc" } }] } }, // prettier-ignore
      },
    };
    const drifted = { resource_drift: [{ ...object("aws_lb.traffic_entry", ["delete"]) }] };
    const said = (more: Json, context = {}) =>
      judged(planOf(FIRST, { variables: RELEASE, ...more }), undefined, context);
    expect(said(running).about("lost-state")).toMatch(/a group of this service runs already: web-1-0-0-abc/);
    expect(said(drifted).about("lost-state")).toMatch(/the state knew objects that are gone: aws_lb.traffic_entry/);
    expect(said({}, { workspace: "dev" }).about("lost-state")).toMatch(/planned in workspace dev/);
    for (const one of [said(running), said(drifted), said({}, { workspace: "dev" })])
      expect([one.result, one.hard]).toEqual(["needs a human", ["lost-state"]]);
    const file = planOf(FIRST, { variables: RELEASE });
    const configuration = join(folder, "cdk.tf.json");
    const metadata = { "//": { metadata: { stackName: "prod-web-aws-us-east-1" } } };
    writeFileSync(
      configuration,
      JSON.stringify({ ...metadata, resource: { aws_launch_template: { live_template: {} } } }),
    );
    const history = (environment: string, service: string) => `${environment} ${service} 1.0.0`;
    expect(judged(file, configuration, { history }).about("lost-state")).toMatch(/released before: prod web 1.0.0/);
  });
});

describe("an existing stack", () => {
  test.each<[string, string[], string]>([
    ["an administrator in a foundation", FOUNDATION, "aws_iam_role_policy_attachment.admin"],
    ["a group of the only slot that somebody deleted", SERVICE, "aws_autoscaling_group.live_group"],
    [
      "a name that a construct gives, in another layer",
      SERVICE,
      "aws_vpc_security_group_ingress_rule.network_doors_in",
    ],
    ["a name that a construct gives, in a module", SERVICE, "module.evil.aws_ssm_parameter.configuration_LOG_LEVEL"],
    ["a name that a construct gives, with an index of its own", SERVICE, 'aws_ssm_parameter.configuration_A["b"]'],
    ["a policy under another name", SERVICE, "aws_iam_role_policy.more"],
    ["the policy of the machines, which is there for good", SERVICE, "aws_iam_role_policy.access_machines"],
  ])("gets no %s", (_, there, address) => {
    const { result, hard } = judged(planOf([...idle(...there), object(address, ["create"])], { variables: RELEASE }));
    expect([result, hard]).toEqual(["needs a human", expect.arrayContaining(["created"])]);
  });

  test("gets no second group of machines beside a bump, and no part of the other slot beside a fill", () => {
    const second = object("aws_autoscaling_group.miners", REPLACED, { replace_paths: [["name_prefix"]] });
    expect(judged(planOf([...BUMP, second], { variables: RELEASE })).hard).toEqual(["replaces-other"]);
    const slots = [...group(["create"], null, 2, "green"), ...group(["no-op"], 2, 2, "blue"), ...idle(...SERVICE)];
    const traffic = { traffic: { value: { blue: 100, green: 0 } } };
    expect(judged(planOf(slots, { variables: traffic })).hard).toEqual([]);
    for (const name of ["blue_extra", "green_extra", "miners"])
      expect([name, judged(planOf([...slots, object(`aws_autoscaling_policy.${name}`, ["create"])], { variables: traffic })).hard]).toEqual([name, expect.arrayContaining(["created"])]); // prettier-ignore
  });

  test("takes no update of which the plan says nothing", () => {
    const rule = object("aws_lb_listener_rule.traffic_routes", ["update"], { before: {}, after: {} });
    expect(judged(planOf([...idle(...FOUNDATION), rule])).hard).toContain("updated");
  });
});

test("settings that change, come and go, with the rights to them, are one step", () => {
  const setting = (name: string, actions: string[]) =>
    object(`aws_ssm_parameter.configuration_${name}`, actions, { before: { value: "a" }, after: { value: "b" } });
  const changes = [
    ...idle(...SERVICE, "aws_autoscaling_group.live_group"),
    setting("A", ["update"]),
    setting("B", ["create"]),
    setting("C", ["delete"]),
    object("aws_iam_role_policy.access_machines", ["update"], {
      before: { policy: "{}" },
      after: { policy: '{"a":1}' },
    }),
  ];
  const { result, hard, subject } = judged(planOf(changes, { variables: RELEASE }));
  expect([result, hard, subject.step]).toEqual(["contract held", [], "configuration"]);
  expect(violations("aws", "configuration", { resource_changes: changes as never })).toEqual([]);
});

test("a plan of another project is not judged, exit 2 of the command, with a sentence", () => {
  const { result, hard, about } = judged(planOf([object("aws_instance.web", ["create"]), object("aws_vpc.this", ["create"])])); // prettier-ignore
  expect([result, hard]).toEqual(["not judged", ["not-judged"]]);
  expect(about("not-judged")).toMatch(/no group of machines, no release and no layer of this project/);
});

describe("machines that take traffic", () => {
  const slots = (blue: number, green: number, before: number, after: number) => {
    const route = (weight: number) => [
      {
        forward: [
          {
            target_group: [
              { arn: "x/blue/1", weight: 100 - weight },
              { arn: "x/green/2", weight },
            ],
          },
        ],
      },
    ];
    return planOf(
      [
        ...group(["no-op"], blue, blue, "blue"),
        ...group(["no-op"], green, green, "green"),
        object("aws_lb_listener_rule.traffic_routes", ["update"], {
          before: { action: route(before) },
          after: { action: route(after) },
        }),
      ],
      { variables: { traffic: { value: { blue: 100 - after, green: after } } } },
    );
  };
  test.each<[string, string, string | undefined]>([
    ["a bump of a group that grew", planOf([...group(REPLACED, 6, 2)], { variables: RELEASE }), "live would have 2 machine(s) for the traffic that 6 carry now"], // prettier-ignore
    ["a bump that keeps its size", planOf([...group(REPLACED, 6, 6)], { variables: RELEASE }), undefined],
    ["a bump to a size that is not known", planOf([group(REPLACED, 6, 6)[0]!, object("aws_autoscaling_group.live_group", REPLACED, { before: { desired_capacity: 6 }, after: {} })], { variables: RELEASE }), "does not say how many machines slot live would have"], // prettier-ignore
    ["limits below what runs", planOf([object("aws_autoscaling_group.live_group", ["update"], { before: { desired_capacity: 6, max_size: 8 }, after: { desired_capacity: 6, max_size: 4 } })], { variables: RELEASE }), "live would have 4 machine(s) for the traffic that 6 carry now"], // prettier-ignore
    ["a cut to a slot that is smaller", slots(6, 2, 0, 100), "green would have 2 machine(s) for the traffic that 6 carry now"], // prettier-ignore
    ["a canary with too few machines for its part", slots(12, 1, 0, 25), "green would have 1 machine(s) for the traffic that 3 carry now"], // prettier-ignore
    ["a canary with its part of the machines", slots(12, 3, 0, 25), undefined],
    ["an abort", slots(6, 2, 25, 0), undefined],
  ])("%s", (_, file, expected) => {
    const { about, hard } = judged(file);
    expect(hard.filter((rule) => rule === "fewer-machines")).toHaveLength(expected === undefined ? 0 : 1);
    if (expected) expect(about("fewer-machines")).toContain(expected);
  });

  test("the contract of a bump and of a shift says so too", () => {
    const of = (step: "bump" | "shift", changes: Json[], variables: Json) =>
      violations("aws", step, { resource_changes: changes as never, variables: variables as never });
    expect(of("bump", group(REPLACED, 6, 2), RELEASE)).toEqual([
      { address: "aws_autoscaling_group.live_group", reason: "slot live would have 2 machines for the traffic that 6 carry now" }, // prettier-ignore
    ]);
    const both = [...group(["no-op"], 6, 6, "blue"), ...group(["no-op"], 1, 1, "green")];
    expect(of("shift", both, { traffic: { value: { blue: 0, green: 100 } } })).toEqual([
      { address: "aws_autoscaling_group.green_group", reason: "slot green would have 1 machine for the traffic that 6 carry now" }, // prettier-ignore
    ]);
  });
});

/** Types of all clouds that the local cloud knows: about 300. */
const TYPES = ["aws", "google", "azurerm"].flatMap((name) => [...new Catalog(name as "aws").resourceNames]);
const ACTIONS = [["create"], ["update"], ["delete"], REPLACED];

/** Types whose one more object is held, in whatever step the plan takes: none. */
function heldWith(facts: PlanFacts, turn: number, types = TYPES): string[] {
  return types.flatMap((type, index) => {
    const actions = ACTIONS[(index + turn) % ACTIONS.length]!;
    const stranger = object(`${type}.stranger`, actions, actions === REPLACED ? { replace_paths: [["name"]] } : {});
    const changes = [...facts.changes, digest(parseChange(stranger), facts.secrets)];
    const { result } = judge(subjectOf({ ...facts, changes }), CONTEXT);
    return result === "contract held" ? [`${actions.join()} ${type}`] : [];
  });
}

test("one more object of any type, whatever happens to it, is never held", () => {
  expect(TYPES.length).toBeGreaterThan(290);
  for (const file of [planOf(BUMP, { variables: RELEASE }), planOf(FIRST, { variables: RELEASE })]) {
    const facts = readPlan(file);
    expect(judge(subjectOf(facts), CONTEXT).result).toBe("contract held");
    expect(ACTIONS.flatMap((_, turn) => heldWith(facts, turn))).toEqual([]);
  }
});

const OWN = join(PROVIDER_FACTS, "own-stacks");
const present = existsSync(OWN);

const BUMPED = "machines replaced: new image only";
const RENEWED = "machines replaced: new epoch, same image: a routine rebuild";
const RELAUNCHED = "machines replaced: changed launch settings, same image";
const LIMITS = "capacity limits changed in place";
const MOVED = "traffic moves";
const SCALED = "traffic moves, and the fewest machines of a slot with it";
const FILLED = "an empty slot is filled";
const RETIRED = "a slot is emptied";
const NOTHING = "nothing changes";
/** Headline of each plan; what needs a human is marked. */
const DESERVED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "prod-api-aws-us-east-1": { "02-fill": FILLED, "03-shift": MOVED, "04-rollback": MOVED, "05-retire": RETIRED },
  "prod-api-google-us-central1": { "fill-and-cut": "! several steps at once", retire: RETIRED },
  "prod-shop-aws-us-east-1": {
    "02-fill": FILLED,
    "03-shift5": MOVED,
    "04-shift25": NOTHING,
    "05-abort": MOVED,
    "06-restart": RENEWED,
    "07-shift5": MOVED,
    "08-shift25": NOTHING,
    "09-shift100": SCALED,
    "10-rollback": NOTHING,
    "11-retire": MOVED,
  },
  // The machine of the filled slot was changed too, so the slot with the traffic was replaced beside it.
  "prod-shop-azure-westeurope": {
    fill: "! several steps at once: changed launch settings, same image",
    shift25: MOVED,
    full: SCALED,
    retire: RETIRED,
  },
  "prod-shop-google-us-central1": {
    fill: FILLED,
    "shift-25": MOVED,
    full: SCALED,
    rollback: MOVED,
    "renew-idle": RENEWED,
    "cut-and-retire-at-once": "! several steps at once",
  },
  "prod-web-aws-us-east-1": {
    "02-bump": BUMPED,
    "03-epoch": RENEWED,
    "04-limits": LIMITS,
    "05-machine": RELAUNCHED,
    "06-rollback": "machines replaced: a rollback, new image only",
    "07-scaled-nothing": NOTHING,
    "08-bump-at-7": BUMPED,
    "09-port-health": "machines and their entry replaced: changed launch settings, same image",
  },
  "prod-web-azure-westeurope": { bump: BUMPED, epoch: RENEWED, machine: RELAUNCHED, limits: LIMITS },
  "prod-web-google-us-central1": {
    bump: BUMPED,
    machine: RELAUNCHED,
    limits: LIMITS,
    rollback: "machines replaced: a rollback, new image only",
  },
};

describeWithFacts("the project's own stacks on the real providers", () => {
  const files = present
    ? readdirSync(OWN, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .flatMap(({ name }) => readdirSync(join(OWN, name)).map((file): [string, string] => [name, file.replace(/\.json$/, "")])) // prettier-ignore
    : [];
  const facts = new Map(files.map(([stack, step]) => [`${stack} ${step}`, readPlan(join(OWN, stack, `${step}.json`))]));

  test.each(files)("%s %s gets the verdict and the headline that its step deserves", (stack, step) => {
    const expectBump = /(^|-)(bump|rollback)(-|$)/.test(step) && stack.startsWith("prod-web");
    const options = { catalog: CONTEXT.catalog, now: CONTEXT.now, expectBump };
    const { result, headline } = review([{ facts: facts.get(`${stack} ${step}`)! }], options).stacks[0]!;
    const deserved = DESERVED[stack]?.[step] ?? (/first$/.test(step) ? "first deployment" : undefined);
    expect(`${result === "contract held" ? "" : "! "}${plain(headline)}`).toBe(deserved);
  });

  test("one more object of any type in any of them is never held", () => {
    const held = [...facts].flatMap(([name, each], turn) => {
      const types = TYPES.filter((_, index) => index % 5 === turn % 5);
      return heldWith(each, turn, types).map((what) => `${name}: ${what}`);
    });
    expect(held).toEqual([]);
  });

  test("with six machines, the bumps that keep two are not held, and the one that keeps six is", () => {
    const of = (name: string) => judged(join(CASES, "03-bump-of-grown-group", `plan-${name}.json`));
    expect(of("aws-us-east-1").result).toBe("contract held");
    for (const name of ["google-us-central1", "azure-westeurope"])
      expect([of(name).result, of(name).about("fewer-machines")]).toEqual([
        "needs a human",
        expect.stringMatching(/would have 2 machine\(s\) for the traffic that 6 carry now/),
      ]);
  });

  test("an administrator and an open group in an existing foundation need a human, by name", () => {
    const at = join(CASES, "01-created-in-existing-foundation");
    const { result, findings } = judged(join(at, "plan.json"), join(at, "cdk.tf.json"));
    const said = findings.map(({ address, reason }) => `${address ?? ""} ${plain(reason)}`).join("\n");
    expect(result).toBe("needs a human");
    expect(said).toMatch(/aws_iam_role_policy_attachment.admin .*grants rights/);
    expect(said).toMatch(/aws_vpc_security_group_ingress_rule.open .*may open a way in/);
  });
});
