import type { Obj, Value } from "../../local-cloud/protocol/values";
import { UNKNOWN } from "../../local-cloud/protocol/values";
import { readSettings } from "../../local-cloud/settings";
import { changed, planned, SETTINGS } from "./planning";

/** Plan steps of single types beyond the flags, as the notes on the providers tell them. */

const replaced = (type: string, first: Obj, second: Obj): string[] =>
  changed(type, first, second).result.requiresReplace.map((path) => path.join("."));

describe("aws", () => {
  test("a template that an override names has its id after the apply", () => {
    const override = (name: string): Value => ({
      instance_type: "m5.large",
      launch_template_specification: [{ launch_template_id: null, launch_template_name: name, version: null }],
    });
    const specification: Value = [{ launch_template_id: "lt-1", launch_template_name: null, version: null }];
    const policy = (...names: string[]): Obj => ({
      mixed_instances_policy: [
        { launch_template: [{ launch_template_specification: specification, override: names.map(override) }] },
      ],
    });
    const result = planned("aws_autoscaling_group", policy("a", "b"), policy("a", "c"));
    const text = JSON.stringify(result.planned.mixed_instances_policy);
    expect(text.match(/"launch_template_id":"unknown"/g)).toHaveLength(1);
    expect(text).toMatch(/"launch_template_id":"unknown","launch_template_name":"b"/);
  });

  test("a regional gateway that is told its addresses is another one than one that finds them", () => {
    const gateway = (zones: Value[]): Obj => ({
      availability_mode: "regional",
      vpc_id: "v",
      availability_zone_address: zones,
    });
    const zone = (name: string): Obj => ({ availability_zone: name, allocation_ids: ["e"], availability_zone_id: "z" });
    const config = gateway([zone("a")]);
    expect(replaced("aws_nat_gateway", gateway([]), config)).toEqual(["regional_nat_gateway_auto_mode", "id"]);
    const { result } = changed("aws_nat_gateway", config, gateway([zone("b")]));
    expect(result.requiresReplace).toEqual([]);
    expect(result.planned.regional_nat_gateway_address).toBe(UNKNOWN);
    const nowhere = planned("aws_nat_gateway", gateway([{ allocation_ids: ["e"] }]));
    expect(nowhere.problems.map(({ summary }) => summary).join()).toContain("needs availability_zone or");
  });

  test("an insecure value is unknown again when the value changes with it", () => {
    const prior: Obj = { name: "p", type: "String", value: "a", insecure_value: "a", version: 3 };
    const { planned: next } = planned(
      "aws_ssm_parameter",
      { name: "p", type: "String", insecure_value: UNKNOWN },
      prior,
    );
    expect([next.insecure_value, next.value]).toEqual([UNKNOWN, UNKNOWN]);
  });

  test("a region of another partition is refused", () => {
    const { problems } = planned("aws_vpc", { cidr_block: "10.0.0.0/16", region: "cn-north-1" });
    expect(problems.map(({ summary }) => summary)).toEqual([
      'Invalid Region Value: "cn-north-1" is not in partition "aws"',
    ]);
  });

  test("blue/green updates are for some engines", () => {
    const server = (engine: string): Obj => ({ engine, instance_class: "c", blue_green_update: [{ enabled: true }] });
    expect(planned("aws_db_instance", server("postgres")).problems).toEqual([]);
    expect(planned("aws_db_instance", server("oracle-ee")).problems).toHaveLength(1);
  });

  test("a tag policy that is enforced asks for its tags", () => {
    const env = { LOCAL_CLOUD_TAG_POLICY: '{"aws_lb": ["Owner", "Cost"]}' };
    expect(readSettings("aws", {}, env).requiredTags).toEqual({});
    const settings = {
      ...SETTINGS,
      requiredTags: readSettings("aws", { tag_policy_compliance: "error" }, env).requiredTags ?? {},
    };
    const lb = (tags: Obj): Obj => ({ name: "web", subnets: ["a"], tags });
    expect(planned("aws_lb", lb({ Cost: "1" }), null, settings).problems).toEqual([
      {
        summary: "Missing Required Tags",
        detail: "An organizational tag policy requires the following tags for aws_lb: [Owner]",
        path: ["tags"],
      },
    ]);
    expect(planned("aws_lb", lb({ Cost: "1", Owner: UNKNOWN }), null, settings).problems).toEqual([]);
    expect(() => readSettings("aws", { tag_policy_compliance: "error" }, { LOCAL_CLOUD_TAG_POLICY: "Owner" })).toThrow(
      'LOCAL_CLOUD_TAG_POLICY is Owner; it takes JSON such as {"aws_lb": ["Owner"]}',
    );
  });
});

describe("google", () => {
  const range = (name: string): Obj => ({
    range_name: name,
    ip_cidr_range: "10.0.0.0/24",
    reserved_internal_range: "",
  });
  const subnet = (ranges: Value[], send = false): Obj => ({
    ...{ name: "a", network: "n", region: "r", ip_cidr_range: "10.0.0.0/20" },
    ...{ secondary_ip_range: ranges, send_secondary_ip_range_if_empty: send },
  });

  test("secondary ranges: their order is nothing, and they go only when that is asked for", () => {
    const after = (config: Obj) =>
      planned("google_compute_subnetwork", config, { project: "demo", ...subnet([range("a"), range("b")], true) })
        .planned.secondary_ip_range;
    expect(after(subnet([range("b"), range("a")], true))).toEqual([range("a"), range("b")]);
    expect(after(subnet([], true))).toEqual([]);
    expect(after(subnet([], false))).toEqual([range("a"), range("b")]);
  });

  const server = (more: Obj): Obj => ({ name: "db", region: "r", database_version: "POSTGRES_15", ...more });
  const replica = [{ cascadable_replica: null, failover_target: null }];
  const becomesReplica = server({
    instance_type: "READ_REPLICA_INSTANCE",
    master_instance_name: "other",
    replica_configuration: replica,
  });

  test.each<[string, Value[], string[]]>([
    ["a switchover is in place", ["other"], []],
    ["a replica of a stranger is another server", [], ["master_instance_name", "id"]],
  ])("%s", (_, names, expected) => {
    const prior = server({ instance_type: "CLOUD_SQL_INSTANCE", replica_names: names });
    expect(replaced("google_sql_database_instance", prior, { ...becomesReplica, replica_names: [] })).toEqual(expected);
  });

  test("a replica is promoted once it names no master", () => {
    const prior = { project: "demo", ...becomesReplica };
    const promoted = server({ instance_type: "CLOUD_SQL_INSTANCE" });
    const result = planned("google_sql_database_instance", promoted, prior);
    expect([result.planned.master_instance_name, result.planned.replica_configuration]).toEqual([null, []]);
    expect([result.requiresReplace, result.problems]).toEqual([[], []]);
    const left = planned("google_sql_database_instance", { ...promoted, master_instance_name: "other" }, prior);
    expect(left.problems.map(({ summary }) => summary)).toEqual([
      "Replica promote configuration check failed. Please remove master_instance_name and try again.",
    ]);
  });

  test.each(["google_compute_instance_group", "google_compute_autoscaler"])("%s plans the provider's zone", (type) => {
    const settings = { ...SETTINGS, zone: "us-central1-b" };
    expect(planned(type, { name: "a" }, null, settings).planned.zone).toBe("us-central1-b");
  });
});

describe("azure", () => {
  test.each<[Obj, Obj | null, string | null, string | null]>([
    [{ storage_mb: 32768, storage_tier: "P4" }, null, "P4", null],
    [
      { storage_mb: 131072, storage_tier: "P4" },
      null,
      "P4",
      "invalid 'storage_tier' \"P4\" for defined 'storage_mb' size '131072'",
    ],
    [{ storage_mb: 1048576 }, { storage_mb: 32768, storage_tier: "P4" }, "P30", null],
    [{ storage_mb: 65536 }, { storage_mb: 32768, storage_tier: "P10" }, "P10", null],
    [
      { storage_mb: 1048576, storage_tier: "P4" },
      { storage_mb: 32768, storage_tier: "P4" },
      "P4",
      "expected one of [P30, P40, P50]",
    ],
  ])("postgres: %j after %j", (config, prior, tier, message) => {
    const result = planned("azurerm_postgresql_flexible_server", { name: "db", ...config }, prior);
    expect(result.planned.storage_tier).toBe(tier);
    if (message === null) expect(result.problems).toEqual([]);
    else expect(result.problems.map(({ summary }) => summary).join()).toContain(message);
  });

  test("a container moves from its account's name to the id, and to no other account", () => {
    const type = "azurerm_storage_container";
    const [named, byId] = [
      { name: "c", storage_account_name: "a" },
      { name: "c", storage_account_id: "/subscriptions/1" },
    ];
    expect(replaced(type, { id: "https://a.blob.core.windows.net/c", ...named }, byId)).toEqual([]);
    expect(
      replaced(type, { id: "https://a.blob.core.windows.net/c", ...named }, { ...named, storage_account_name: "b" }),
    ).toEqual([...["storage_account_name", "id"]]);
    expect(
      replaced(type, { id: "/subscriptions/1/c", ...byId }, { ...byId, storage_account_id: "/subscriptions/2" }),
    ).toEqual([...["storage_account_id", "id"]]);
  });
});
