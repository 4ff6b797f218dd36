import type { Run, Variable, VariableSet, Workspace } from "../../local-hcp/model";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Faults, SettingError } from "../../local-hcp/faults";
import { redact } from "../../local-hcp/redact";
import { isFinal, RUN_STATES, type RunStatus, settle } from "../../local-hcp/run-states";
import { Store } from "../../local-hcp/store";
import { Tickets } from "../../local-hcp/tickets";
import { literal, resolve } from "../../local-hcp/variables";

describe("the states of a run", () => {
  const all = Object.keys(RUN_STATES) as RunStatus[];

  test("every state can be reached, and every way ends", () => {
    const reached = new Set<RunStatus>(["pending"]);
    for (const status of reached) for (const next of RUN_STATES[status].next) reached.add(next);
    expect([...reached].sort()).toEqual([...all].sort());
    expect(all.filter(isFinal).sort()).toEqual(
      [
        "applied",
        "canceled",
        "discarded",
        "errored",
        "force_canceled",
        "planned_and_finished",
        "policy_soft_failed",
      ].sort(),
    );
  });

  test("a user's action leads to a state that is allowed from there", () => {
    const LEADS = { apply: "confirmed", discard: "discarded", cancel: "canceled", override: "policy_checked" } as const;
    for (const status of all)
      for (const action of RUN_STATES[status].actions) expect(RUN_STATES[status].next).toContain(LEADS[action]);
  });

  const run = { planOnly: false, savePlan: false, autoApply: false, allowEmptyApply: false, hasChanges: true };
  test.each<[string, Partial<typeof run>, RunStatus | undefined]>([
    ["waits for a user", {}, undefined],
    ["applies by itself", { autoApply: true }, "confirmed"],
    ["is saved, also when it would apply by itself", { savePlan: true, autoApply: true }, "planned_and_saved"],
    ["ends when it may only plan", { planOnly: true, autoApply: true }, "planned_and_finished"],
    ["ends when nothing changes", { hasChanges: false, autoApply: true }, "planned_and_finished"],
    ["applies nothing when that is wanted", { hasChanges: false, allowEmptyApply: true, autoApply: true }, "confirmed"],
  ])("after its checks a run %s", (_, change, next) => {
    expect(settle({ ...run, ...change })).toBe(next);
  });
});

describe("variables", () => {
  const workspace = { id: "ws-1", organization: "acme", projectId: "prj-1" } as Workspace;
  const runWith = (value?: string) =>
    ({ options: { variables: value === undefined ? [] : [{ key: "v", value }] } }) as unknown as Pick<Run, "options">;
  const variable = (ownerId: string, value: string, more: Partial<Variable> = {}) =>
    ({ ownerId, key: "v", value, category: "terraform", hcl: false, ...more }) as Variable;
  const set = (id: string, more: Partial<VariableSet>) =>
    ({
      id,
      name: id,
      organization: "acme",
      global: false,
      priority: false,
      workspaceIds: [],
      projectIds: [],
      ...more,
    }) as VariableSet;

  /** From the weakest to the strongest. */
  const sources: [string, VariableSet | undefined][] = [
    ["global", set("global", { global: true })],
    ["project", set("project", { projectIds: ["prj-1"] })],
    ["near", set("near", { workspaceIds: ["ws-1"] })],
    ["ws-1", undefined],
    ["run", undefined],
    ["prior-near", set("prior-near", { workspaceIds: ["ws-1"], priority: true })],
    ["prior-project", set("prior-project", { projectIds: ["prj-1"], priority: true })],
    ["prior-global", set("prior-global", { global: true, priority: true })],
  ];

  test.each(sources.map(([name], i) => [name, i] as const))("%s wins over what comes before it", (name, i) => {
    const present = sources.slice(0, i + 1).reverse();
    const { terraform } = resolve({
      workspace,
      run: runWith(present.some(([source]) => source === "run") ? '"run"' : undefined),
      variables: present.map(([source]) => variable(source, source)),
      sets: present.flatMap(([, one]) => (one ? [one] : [])),
    });
    expect(terraform).toEqual({ v: `"${name}"` });
  });

  test("sets of other workspaces, projects and organizations do not count", () => {
    const sets = [
      set("a", { workspaceIds: ["ws-2"] }),
      set("b", { projectIds: ["prj-2"], priority: true }),
      set("c", { global: true, organization: "other" }),
    ];
    const variables = sets.map(({ id }) => variable(id, id));
    expect(resolve({ workspace, run: runWith(), variables, sets })).toEqual({ terraform: {}, env: {} });
  });

  test("a text is a literal that means itself, HCL stays as it is, and the environment is apart", () => {
    expect(literal('a "b" ${c} %{d}\n\b \\b')).toBe('"a \\"b\\" $${c} %%{d}\\n\\u0008 \\\\b"');
    const variables = [variable("ws-1", "[1]", { hcl: true }), variable("ws-1", "x", { category: "env", key: "E" })];
    expect(resolve({ workspace, run: runWith(), variables, sets: [] })).toEqual({
      terraform: { v: "[1]" },
      env: { E: "x" },
    });
  });
});

test("tickets open what they were issued for until they end, and cannot be forged", () => {
  let time = 0;
  const tickets = new Tickets("secret", () => new Date(time));
  const ticket = tickets.issue("plan", "run-1", 60);
  expect(tickets.read(ticket)).toEqual({ use: "plan", id: "run-1" });
  const other = Buffer.from(JSON.stringify(["state", "run-1", 60])).toString("base64url");
  for (const forged of [
    `${other}.${ticket.split(".")[1]}`,
    `${ticket}x`,
    "",
    "x.y",
    new Tickets("x", () => new Date()).issue("plan", "run-1", 60),
  ])
    expect(tickets.read(forged)).toBeUndefined();
  time = 60_000;
  expect(tickets.read(ticket)).toBeUndefined();
});

test("faults happen as often as was said, where it was said", () => {
  const faults = new Faults("429@/runs:2, 500");
  expect(faults.take("429", "GET /workspaces")).toBe(false);
  expect([1, 2, 3].map(() => faults.take("429", "POST /runs"))).toEqual([true, true, false]);
  expect([1, 2].map(() => faults.take("500", "GET /"))).toEqual([true, false]);
});

test.each(["404", "429:0", "slow upload", "run-error:x"])("the fault %p is refused", (text) => {
  expect(() => new Faults(text)).toThrow(
    `"${text}" is not a fault of the HCP stand-in; a fault is name[@text][:times], and the names are 429, 500, lost, slow-upload,`,
  );
});

test("a redacted plan has no variable, state, configuration or sensitive value, and the schemas of what changes", () => {
  const change = {
    actions: ["update"],
    before: { name: "a", password: "old", list: [{ key: "k1" }, { key: "k2" }] },
    after: { name: "b", password: "new", list: [{ key: "k1" }] },
    before_sensitive: { password: true, list: [{}, { key: true }] },
    after_sensitive: { password: true },
  };
  const plan = {
    format_version: "1.2",
    variables: { token: { value: "new" } },
    prior_state: {},
    configuration: {},
    resource_changes: [{ address: "x.y", type: "x", provider_name: "p", change }],
    output_changes: { o: { actions: ["create"], before: null, after: "new", after_sensitive: true } },
  };
  const schemas = {
    format_version: "1.0",
    provider_schemas: { p: { provider: {}, resource_schemas: { x: {}, other: {} } }, q: {} },
  };
  expect(redact(plan, schemas)).toEqual({
    plan_format_version: "1.2",
    resource_drift: [],
    resource_changes: [
      {
        address: "x.y",
        type: "x",
        provider_name: "p",
        change: {
          ...change,
          before: { name: "a", password: null, list: [{ key: "k1" }, { key: null }] },
          after: { name: "b", password: null, list: [{ key: "k1" }] },
        },
      },
    ],
    relevant_attributes: [],
    output_changes: { o: { actions: ["create"], after: null, before: null, after_sensitive: true } },
    provider_format_version: "1.0",
    provider_schemas: { p: { provider: {}, resource_schemas: { x: {} }, data_source_schemas: {} } },
  });
});

test.each([
  ["is torn", '{"id": "prj-1", "ser', /Unterminated string|Unexpected end/],
  ["holds something else", "[]", /it holds no record with the id prj-/],
])("a record on disk that %s is said with its file, and stays", (_, text, reason) => {
  const folder = mkdtempSync(join(tmpdir(), "fleet-hcp-store-"));
  const made = new Store(folder, () => new Date(0)).create("project", { name: "acme" } as never);
  const file = join(folder, "project", `${made.id}.json`);
  writeFileSync(file, text);
  let error: unknown;
  try {
    new Store(folder, () => new Date(0));
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(SettingError);
  expect((error as Error).message).toContain(`cannot read its record ${file}: `);
  expect((error as Error).message).toMatch(reason);
  expect(readFileSync(file, "utf8")).toBe(text);
  rmSync(folder, { recursive: true });
});
