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
