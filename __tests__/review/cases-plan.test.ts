/**
 * The cases in which "every action is a replacement" is the wrong check. The plans are real ones, of terraform and the
 * local cloud, wherever terraform 1.11 can make them; the others are a real plan with one thing changed.
 */
import { Cases, cbd, group, template, type Resources } from "./case";
import { machines, release } from "./fixtures";
import { judged, NEW, OLD, type Json } from "./lab";

let lab: Cases;
beforeAll(async () => void (lab = await Cases.start()));
afterAll(() => lab.stop());
const deployed: Cases["deployed"] = (...args) => lab.deployed(...args);
const bump = () => lab.bump();

type Plan = { resource_changes: { address: string; change: Json; mode: string }[] } & Json;

describe("a bump", () => {
  beforeAll(async () => {
    await deployed();
    bump();
  });

  test("holds when it replaces exactly the machines, new before old", async () => {
    const { result, hard, soft, subject } = await lab.judge();
    expect({ result, hard, soft, step: subject.step }).toEqual({
      result: "contract held",
      hard: [],
      soft: [],
      step: "bump",
    });
  });

  test("2: that was planned with -target is partial", async () => {
    const { result, about } = await lab.judge(["-target=aws_launch_template.live_template"]);
    expect(result).toBe("needs a human");
    expect(about("partial")).toMatch(/made with -target.*Plan the whole stack/);
  });

  test("6: an output that moves with it is no finding", async () => {
    lab.write({ ...machines(), output: { image: { value: "${var.release.image_id}" } } });
    expect((await lab.judge()).result).toBe("contract held");
    lab.write(machines());
  });

  test("20: OpenTofu's and terraform 1.16's forget orders leave a machine behind", async () => {
    const plan = await lab.plan();
    for (const actions of [["create", "forget"], ["forget", "create"], ["forget"]]) {
      const file = lab.edited(plan, ({ resource_changes }: Plan) => (resource_changes[0]!.change.actions = actions));
      const { result, hard } = judged(file, lab.configuration);
      expect([result, hard]).toEqual(["needs a human", expect.arrayContaining(["forget"])]);
    }
  });

  test("31: deferred changes and an unknown index are partial", async () => {
    const plan = await lab.plan();
    const deferred = lab.edited(plan, (json: Json) => (json.deferred_changes = [{ reason: "instance_count_unknown" }]));
    expect(judged(deferred, lab.configuration).hard).toEqual(["deferred"]);
    const unknown = lab.edited(plan, ({ resource_changes }: Plan) =>
      Object.assign(resource_changes[0]!, { index_unknown: true }),
    );
    expect(judged(unknown, lab.configuration).hard).toEqual(["deferred"]);
  });

  test("32: provider actions need a human even when no resource changes with them", async () => {
    const file = lab.edited(
      await lab.plan(),
      (json: Json) => (json.action_invocations = [{ address: "action.aws_lambda_invoke.x" }]),
    );
    expect(judged(file, lab.configuration).hard).toEqual(["invocations"]);
  });

  test("33: ephemeral resources are ignored and never named", async () => {
    const file = lab.edited(await lab.plan(), ({ resource_changes }: Plan) =>
      resource_changes.push({
        address: "ephemeral.aws_secret.x",
        mode: "ephemeral",
        type: "aws_secret",
        name: "x",
        change: { actions: ["open"], before: null, after: null },
      } as never),
    );
    expect(judged(file, lab.configuration).result).toBe("contract held");
  });

  test("35: an action that nobody knows yet needs a human", async () => {
    const file = lab.edited(
      await lab.plan(),
      ({ resource_changes }: Plan) => (resource_changes[0]!.change.actions = ["transmute"]),
    );
    expect(judged(file, lab.configuration).about("unknown-action")).toMatch(
      /aws_autoscaling_group.live_group: Terraform wants to transmute this/,
    );
  });

  test("36: carries the digest of exactly this plan, and a configuration of another synth is refused", async () => {
    const plan = await lab.plan();
    const { subject } = judged(plan, lab.configuration);
    expect(subject.facts.digest).toMatch(/^[0-9a-f]{64}$/);
    lab.write(machines((resource) => delete resource.aws_autoscaling_policy));
    expect(judged(plan, lab.configuration).about("other-configuration")).toMatch(
      /live_scaling.*not the one that was planned/,
    );
    lab.write(machines());
  });

  test("38: back to the old version is the same step the other way round", async () => {
    expect(await lab.apply()).toBe(0);
    lab.variables(release(OLD, "1.0.0"));
    const { result, subject } = await lab.judge();
    expect([result, subject.step]).toEqual(["contract held", "bump"]);
  });
});

describe("plans that are no bump", () => {
  test("1 and 27: an errored plan is an error, whatever part of it was written", async () => {
    await deployed((resource) => (group(resource).lifecycle = { ...cbd, prevent_destroy: true }));
    bump();
    const { result, hard } = await lab.judge();
    expect([result, hard[0]]).toEqual(["error", "errored"]);
    expect(hard).toContain("prevent-destroy");
  });

  test("3: -destroy", async () => {
    await deployed();
    const { result, about } = await lab.judge(["-destroy"]);
    expect(result).toBe("needs a human");
    expect(about("destroy")).toMatch(/destroys 3 object\(s\) and creates none/);
  });

  test("4: refresh only, and drift without a change", async () => {
    await deployed((resource) => (group(resource).lifecycle = { ...cbd, ignore_changes: ["desired_capacity"] }));
    lab.scale(4);
    const { result, about } = await lab.judge(["-refresh-only"]);
    expect(result).toBe("contract held");
    expect(about("no-effect")).toMatch(/only records drift. It is not an image bump/);
    expect((await lab.judge(["-refresh-only"], { expectBump: true })).result).toBe("needs a human");
  });

  test("5: nothing changes, which is a failure when a bump was meant", async () => {
    await deployed();
    expect((await lab.judge()).result).toBe("contract held");
    const { result, about } = await lab.judge([], { expectBump: true });
    expect(result).toBe("needs a human");
    expect(about("no-effect")).toMatch(/The bump had no effect/);
  });

  test("5: nothing changes because the variable does not reach the group", async () => {
    await deployed((resource) => {
      for (const type of ["aws_launch_template", "aws_autoscaling_group"])
        for (const block of Object.values(resource[type]!)) {
          block.name_prefix = "web-";
          if (block.image_id) block.image_id = OLD;
        }
    });
    bump();
    expect((await lab.judge()).about("not-wired")).toMatch(new RegExp(`released with image ${NEW}, but runs ${OLD}`));
  });

  test("6: only outputs change", async () => {
    await deployed();
    lab.write({ ...machines(), output: { note: { value: "x" } } });
    const { result, about } = await lab.judge();
    expect(result).toBe("contract held");
    expect(about("no-effect")).toMatch(/Only outputs change: note/);
  });

  test("18 and 17: a move alone is a note, a move with a bump needs a human", async () => {
    await deployed();
    const renamed = (resource: Resources) => {
      resource.aws_autoscaling_policy = { live_policy: resource.aws_autoscaling_policy!.live_scaling! };
    };
    const blocks = {
      moved: [{ from: "aws_autoscaling_policy.live_scaling", to: "aws_autoscaling_policy.live_policy" }],
    };
    lab.write({ ...machines(renamed), ...blocks });
    const alone = await lab.judge();
    expect([alone.result, alone.soft]).toEqual(["contract held", expect.arrayContaining(["moved"])]);
    bump();
    const mixed = await lab.judge();
    expect([mixed.result, mixed.hard]).toEqual(["needs a human", ["moved-and-changed"]]);
  });

  test("19: an import", async () => {
    await deployed();
    const made = { aws_cloudwatch_log_group: { logs: { name: "/web" } } };
    lab.write(machines((resource) => Object.assign(resource, made)));
    expect(await lab.apply()).toBe(0);
    await lab.run("state", "rm", "aws_cloudwatch_log_group.logs");
    lab.write({
      ...machines((resource) => Object.assign(resource, made)),
      import: [{ to: "aws_cloudwatch_log_group.logs", id: "/web" }],
    });
    expect((await lab.judge()).hard).toContain("import");
  });

  test("20: forget", async () => {
    await deployed();
    const without = machines((resource) => delete resource.aws_autoscaling_policy);
    lab.write({
      ...without,
      removed: [{ from: "aws_autoscaling_policy.live_scaling", lifecycle: [{ destroy: false }] }],
    });
    const { hard, about } = await lab.judge();
    expect(hard).toContain("forget");
    expect(about("forget")).toMatch(/leaves it in the cloud/);
  });

  test("28: a check fails", async () => {
    await deployed();
    lab.write({
      ...machines(),
      check: {
        size: {
          assert: [
            { condition: "${aws_autoscaling_group.live_group.min_size > 5}", error_message: "The group is too small." },
          ],
        },
      },
    });
    expect((await lab.judge()).about("failed-check")).toMatch(
      /check.size: A check of the configuration fails: The group is too small\./,
    );
  });

  test("26: create_before_destroy taken away changes nothing now, and is found all the same", async () => {
    await deployed();
    lab.write(
      machines((resource) => {
        delete template(resource).lifecycle;
        delete group(resource).lifecycle;
        for (const policy of Object.values(resource.aws_autoscaling_policy!)) delete policy.lifecycle;
      }),
    );
    const idle = await lab.judge();
    expect(idle.hard).toEqual(["lacks-order", "lacks-order", "lacks-order"]);
    bump();
    const next = await lab.judge();
    expect([next.result, new Set(next.hard)]).toEqual(["needs a human", new Set(["destroyed-first"])]);
  });
});
