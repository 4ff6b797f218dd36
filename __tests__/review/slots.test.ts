/** Two slots: the machines that take traffic stay. The plans are small and made by hand, in the form of the contract's steps. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judged, NEW, OLD } from "./lab";

const folder = mkdtempSync(join(tmpdir(), "fleet-slots-"));
afterAll(() => rmSync(folder, { recursive: true }));

const object = (type: string, name: string, actions: string[], before: object | null, after: object | null) => ({
  address: `${type}.${name}[0]`,
  mode: "managed",
  type,
  name,
  index: 0,
  ...(actions.join() === "delete" ? { action_reason: "delete_because_count_index" } : {}),
  change: {
    actions,
    before,
    after,
    after_unknown: {},
    ...(actions.length === 2 ? { replace_paths: [["name_prefix"]] } : {}),
  },
});
const blue = (actions: string[]) => [
  object(
    "aws_launch_template",
    "blue_template",
    actions,
    actions[0] === "create" && actions.length === 1 ? null : { image_id: OLD, name_prefix: "a-" },
    actions[0] === "delete" ? null : { image_id: NEW, name_prefix: "b-" },
  ),
  object(
    "aws_autoscaling_group",
    "blue_group",
    actions,
    actions[0] === "create" && actions.length === 1 ? null : { desired_capacity: 2, name_prefix: "a-" },
    actions[0] === "delete" ? null : { desired_capacity: 3, name_prefix: "b-" },
  ),
];
const green = object(
  "aws_autoscaling_group",
  "green_group",
  ["no-op"],
  { desired_capacity: 2 },
  { desired_capacity: 2 },
);
const route = (from: number, to: number) => {
  const action = (weight: number) => [
    {
      forward: [
        {
          target_group: [
            { arn: "x/web-blue/1", weight },
            { arn: "x/web-green/2", weight: 100 - weight },
          ],
        },
      ],
    },
  ];
  return object(
    "aws_lb_listener_rule",
    "traffic_routes",
    from === to ? ["no-op"] : ["update"],
    { action: action(from) },
    { action: action(to) },
  );
};

let count = 0;
function plan(weight: number, ...changes: object[]) {
  const file = join(folder, `${count++}.json`);
  const slot = { version: "1.1.0", image_id: NEW };
  const variables = {
    blue: { value: slot },
    green: { value: slot },
    traffic: { value: { blue: weight, green: 100 - weight } },
  };
  writeFileSync(
    file,
    JSON.stringify({
      format_version: "1.2",
      applyable: true,
      complete: true,
      errored: false,
      variables,
      resource_changes: [...changes, green],
    }),
  );
  return judged(file);
}

test.each([
  ["bump", ["create", "delete"]],
  ["fill", ["create"]],
  ["retire", ["delete"]],
])("%s of an idle slot holds; of a slot with traffic it needs a human", (step, actions) => {
  const idle = plan(0, ...blue(actions), route(0, 0));
  expect([idle.result, idle.subject.step]).toEqual(["contract held", step]);
  const serving = plan(30, ...blue(actions), route(30, 30));
  expect([serving.result, serving.hard]).toEqual(["needs a human", ["serving-slot"]]);
  expect(serving.about("serving-slot")).toMatch(
    /Slot blue takes 30 % of the traffic, and 2 of its object\(s\) are replaced, created or destroyed/,
  );
});

test("a shift holds, and says the weights before and after", () => {
  const { result, subject } = plan(50, route(5, 50));
  expect([result, subject.step, subject.weights]).toEqual([
    "contract held",
    "shift",
    { before: { blue: 5, green: 95 }, after: { blue: 50, green: 50 } },
  ]);
});

test("a shift together with the slot's fewest machines is one step, and with anything else of the group none", () => {
  const size = (attribute: string) =>
    object("aws_autoscaling_group", "blue_group", ["update"], { [attribute]: 1 }, { [attribute]: 3 });
  const { result, subject } = plan(50, size("min_size"), route(5, 50));
  expect([result, subject.step]).toEqual(["contract held", "scale"]);
  expect(plan(50, size("health_check_type"), route(5, 50)).result).toBe("needs a human");
});

test("a shift together with a bump is no step", () => {
  expect(plan(0, ...blue(["create", "delete"]), route(100, 0)).hard).toEqual(["mixed", "serving-slot"]);
});

describe("Google Cloud with one slot: traffic goes through a backend service of each group", () => {
  const of = (type: string, name: string, actions: string[], before: object, after: object, causes: string[] = []) => {
    const [made] = [object(type, name, actions, before, after)];
    return { ...made, address: `${type}.${name}`, index: undefined, change: { ...made.change, replace_paths: causes.map((cause) => [cause]) } }; // prettier-ignore
  };
  const image = (version: string) => `projects/images/global/images/web-${version}`;
  const NEW_FIRST = ["create", "delete"];
  const machines = [
    of("google_compute_region_instance_template", "live_template", NEW_FIRST, { name: "a", disk: [{ source_image: image("v1-0-0") }] }, { name: "b", disk: [{ source_image: image("v1-1-0") }] }, ["name", "disk"]),
    of("google_compute_region_instance_group_manager", "live_group", NEW_FIRST, { name: "a", target_size: 2 }, { name: "b", target_size: 2 }, ["name"]),
  ]; // prettier-ignore
  const own = of("google_compute_region_backend_service", "traffic_live_backend", NEW_FIRST, { name: "a" }, { name: "b" }, ["name"]); // prettier-ignore
  const pointer = of("google_compute_region_backend_service", "traffic_live_backend", ["update"], { name: "a", backend: [{ group: "a" }] }, { name: "a", backend: [{ group: "b" }] }); // prettier-ignore
  const routes = of("google_compute_region_url_map", "traffic_routes", ["update"], { default_service: "a" }, { default_service: "b" }); // prettier-ignore
  const entry = of("google_compute_forwarding_rule", "traffic_entry", ["update"], { labels: { slot: "a" } }, { labels: { slot: "b" } }); // prettier-ignore
  const hold = of("terraform_data", "traffic_warm_up", NEW_FIRST, { triggers_replace: ["a"] }, { triggers_replace: ["b"] }, ["triggers_replace"]); // prettier-ignore
  const said = (...changes: object[]) => {
    const file = join(folder, `${count++}.json`);
    const release = { version: "1.1.0", image_id: image("v1-1-0") };
    writeFileSync(
      file,
      JSON.stringify({
        format_version: "1.2",
        applyable: true,
        complete: true,
        errored: false,
        variables: { release: { value: release } },
        resource_changes: changes,
      }),
    );
    const { result, subject, hard } = judged(file);
    return [result, subject.step, hard.join(" ")];
  };

  test("a bump replaces it with the group, and what leads to it follows; as it was before, its pointer moved", () => {
    const [map, proxy, rule] = [["google_compute_region_url_map", "traffic_warm_routes"], ["google_compute_region_target_http_proxy", "traffic_warm_http"], ["google_compute_forwarding_rule", "traffic_warm_entry"]].map(([type, name]) => of(type!, name!, NEW_FIRST, { name: "a" }, { name: "b" }, ["name"])); // prettier-ignore
    expect(said(...machines, own, map!, proxy!, rule!, routes, entry, hold)).toEqual(["contract held", "bump", ""]);
    expect(said(...machines, pointer)).toEqual(["contract held", "bump", ""]);
  });

  test("what leads to it moves with it, and otherwise it is no step", () => {
    expect(said(...machines, pointer, routes)).toEqual(["needs a human", "mixed", "mixed"]);
    expect(said(...machines, entry)).toEqual(["needs a human", "mixed", "updated mixed"]);
    // Somebody's route beside the bump: more of it changes than where it leads to.
    const more = of("google_compute_region_url_map", "traffic_routes", ["update"], { default_service: "a" }, { default_service: "b", host_rule: [{ hosts: ["*"] }] }); // prettier-ignore
    expect(said(...machines, own, more)).toEqual(["needs a human", "mixed", "updated mixed"]);
  });

  test("without a group it is no release, and a slot's own backend service is never replaced", () => {
    expect(said(own, routes, hold)).toEqual(["needs a human", "bump", "no-group"]);
    const blue = of("google_compute_region_backend_service", "traffic_blue_backend", NEW_FIRST, { name: "a" }, { name: "b" }, ["name"]); // prettier-ignore
    expect(said(...machines, blue)[2]).toContain("replaces-other");
    const main = of("google_compute_region_url_map", "traffic_routes", NEW_FIRST, { name: "a" }, { name: "b" }, ["name"]); // prettier-ignore
    expect(said(...machines, own, main)[2]).toContain("replaces-other");
  });
});
