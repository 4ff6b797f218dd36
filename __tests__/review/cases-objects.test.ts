/**
 * The cases in which "every action is a replacement" is the wrong check. The plans are real ones, of terraform and the
 * local cloud, wherever terraform 1.11 can make them; the others are a real plan with one thing changed.
 */
import type { Catalog } from "../../review/images";
import { Cases, cbd, data, group, template, type Change, type Resources } from "./case";
import { machines, PROVIDER, release } from "./fixtures";
import { CONTEXT, judged, NEW, OLD, type Json } from "./lab";

let lab: Cases;
beforeAll(async () => void (lab = await Cases.start()));
afterAll(() => lab.stop());
const deployed: Cases["deployed"] = (...args) => lab.deployed(...args);
const bump = () => lab.bump();

/** A part of the group that a fork adds and names by its slot. */
const schedule = (resource: Resources, more: Json) => {
  const group = { autoscaling_group_name: "${aws_autoscaling_group.live_group.name}" };
  resource.aws_autoscaling_schedule = {
    live_night: { scheduled_action_name: "night", recurrence: "0 22 * * *", min_size: 2, ...group, ...more },
  };
};

describe("left-overs and forced replacements", () => {
  const gate =
    (command: string): Change =>
    (resource) => {
      schedule(resource, { lifecycle: cbd, provisioner: [{ "local-exec": { command } }] });
    };

  test("7, 8 and 9: after a failed gate the old group is a left-over, explained and counted", async () => {
    await deployed(gate("true"));
    bump();
    lab.write(machines(gate("false")));
    expect(await lab.apply()).toBe(1);
    const again = await lab.judge();
    expect(again.soft).toContain("left-over");
    expect(again.about("left-over")).toMatch(/the group web-ami-5aae54eb180ebd2b6.*which may still serve/);
    lab.variables(release(OLD, "1.0.0", "back"));
    lab.write(machines(gate("true")));
    const back = await lab.judge();
    expect([back.result, back.subject.leftOvers.length > 0]).toEqual(["contract held", true]);
  });

  test("10: a group that never got healthy is tainted, and that is why it goes", async () => {
    await deployed();
    await lab.run("taint", "aws_autoscaling_group.live_group");
    const { result, about } = await lab.judge();
    expect(result).toBe("contract held");
    expect(about("tainted")).toMatch(/created by an apply that failed: its machines never got healthy/);
  });

  test("11: -replace is somebody's request", async () => {
    await deployed();
    const { result, about } = await lab.judge(["-replace=aws_autoscaling_group.live_group"]);
    expect(result).toBe("needs a human");
    expect(about("by-request")).toMatch(/asked terraform to.*change epoch/);
  });

  test("12: replace_triggered_by is right when a part of the group triggers it, and not otherwise", async () => {
    const by =
      (trigger: string): Change =>
      (resource) => {
        data(resource).other = { input: "${var.release.epoch}", triggers_replace: "${var.release.epoch}" };
        schedule(resource, { lifecycle: { ...cbd, replace_triggered_by: [trigger] } });
      };
    await deployed(by("aws_autoscaling_group.live_group.id"));
    bump();
    const right = await lab.judge();
    expect([right.result, right.soft]).toEqual(["contract held", ["triggered"]]);
    await deployed(by("terraform_data.other.id"));
    lab.variables(release(OLD, "1.0.0", "again"));
    expect((await lab.judge()).hard).toContain("triggered");
  });

  test("13: a replacement that only an unknown value forces", async () => {
    const spurious =
      (value: string): Change =>
      (resource) => {
        data(resource).source = { input: value };
        group(resource).name_prefix = "web-${terraform_data.source.output}-";
      };
    await deployed(spurious("a"));
    lab.write(machines(spurious("b")));
    expect((await lab.judge()).about("unknown-cause")).toMatch(/because name_prefix is not known yet/);
  });

  test("29: something else moves with the image", async () => {
    await deployed();
    bump();
    lab.write(machines((resource) => (template(resource).instance_type = "t3.large")));
    const { result, about } = await lab.judge();
    expect(result).toBe("contract held");
    expect(about("image-and-more")).toMatch(/Besides the image, the machines change in instance_type/);
    expect((await lab.judge([], { expectBump: true })).result).toBe("needs a human");
  });

  test("29: an attribute outside of the key forces the replacement", async () => {
    await deployed();
    bump();
    lab.write(machines((resource) => (group(resource).availability_zones = ["us-east-1b"])));
    const { soft, hard } = await lab.judge();
    expect([...soft, ...hard]).toContain("image-and-more");
  });

  test("30: a fixed name is taken while both exist", async () => {
    const fixed: Change = (resource) => {
      delete group(resource).name_prefix;
      group(resource).name = "web";
      group(resource).lifecycle = { ...cbd, replace_triggered_by: ["aws_launch_template.live_template.id"] };
    };
    await deployed(fixed);
    bump();
    expect((await lab.judge()).about("name-taken")).toMatch(/same name as the old one, web, while both exist/);
  });

  test("39: a provisioner at destruction is skipped silently", async () => {
    await deployed((resource) => {
      const provisioner = [{ "local-exec": { command: "true", when: "destroy" } }];
      schedule(resource, { lifecycle: cbd, provisioner });
    });
    bump();
    const { result, soft } = await lab.judge();
    expect([result, soft]).toEqual(["contract held", ["destroy-provisioner"]]);
  });
});

describe("addresses and order", () => {
  test("14: groups keyed by address come and go without an order", async () => {
    const keyed: Change = (resource) => {
      for (const [type, name] of [
        ["aws_launch_template", "live_template"],
        ["aws_autoscaling_group", "live_group"],
      ] as const)
        resource[type]![name] = { ...resource[type]![name], for_each: "${toset([var.release.image_id])}" };
      group(resource).launch_template = { id: "${aws_launch_template.live_template[each.key].id}", version: "1" };
      delete resource.aws_autoscaling_policy;
    };
    await deployed(keyed);
    bump();
    const { result, about } = await lab.judge();
    expect(result).toBe("needs a human");
    expect(about("keyed-by-address")).toMatch(
      /live_group\["ami-5aae54eb180ebd2b6"\]: Goes while .*live_group\["ami-aa8cff6d474f28a76"\] comes/,
    );
  });

  test("14: and so do constructs whose id holds the version", async () => {
    const named =
      (version: string): Change =>
      (resource) => {
        for (const type of Object.keys(resource))
          resource[type] = Object.fromEntries(
            Object.entries(resource[type]!).map(([name, block]) => [`${name}_${version}`, block]),
          );
        const text = JSON.stringify(resource).replace(/(live_(?:template|group))\./g, `$1_${version}.`);
        Object.assign(resource, JSON.parse(text));
      };
    await deployed(named("1_0_0"));
    bump();
    lab.write(machines(named("1_1_0")));
    const { result, hard } = await lab.judge();
    expect([result, hard.filter((rule) => rule === "keyed-by-address").length]).toEqual(["needs a human", 3]);
  });

  test("15: a count that shrinks beside a bump", async () => {
    const counted =
      (count: number): Change =>
      (resource) =>
        (data(resource).worker = { count });
    await deployed(counted(2));
    bump();
    lab.write(machines(counted(1)));
    expect((await lab.judge()).about("deleted")).toMatch(
      /terraform_data.worker\[1\]: Is destroyed and nothing takes its place: its count shrinks/,
    );
  });

  test("16: a block that is gone", async () => {
    await deployed((resource) => (data(resource).other = {}));
    bump();
    lab.write(machines());
    expect((await lab.judge()).about("deleted")).toMatch(/its resource block is gone/);
  });

  test("23: a dependent without create_before_destroy goes before the new group exists", async () => {
    await deployed((resource) => {
      data(resource).alarm = { triggers_replace: ["${aws_autoscaling_group.live_group.id}"] };
    });
    bump();
    const { result, about } = await lab.judge();
    expect(result).toBe("needs a human");
    expect(about("destroyed-first")).toMatch(
      /terraform_data.alarm: Depends on the group aws_autoscaling_group.live_group and is destroyed before the new group exists/,
    );
  });

  test("24: an update beside the group is read against the contract", async () => {
    await deployed((resource) => (data(resource).other = { input: "${var.release.version}" }));
    bump();
    expect((await lab.judge()).about("updated")).toMatch(/terraform_data.other: Is updated in input, output/);
  });

  test("25: a template that is changed in place is a rollout in place", async () => {
    const inPlace: Change = (resource) => {
      template(resource).name_prefix = "web-";
      group(resource).name_prefix = "web-";
    };
    await deployed(inPlace);
    bump();
    const { result, findings } = await lab.judge();
    expect(result).toBe("needs a human");
    expect(JSON.stringify(findings)).toMatch(/aws_launch_template.live_template.*Is changed in place in.*image_id/);
  });

  test("limits alone are a step, and no step together with a bump", async () => {
    await deployed();
    const more: Change = (resource) => (group(resource).max_size = 6);
    lab.write(machines(more));
    const alone = await lab.judge();
    expect([alone.result, alone.subject.step]).toEqual(["contract held", "limits"]);
  });
});

describe("the image", () => {
  const image = (block: Json): Json => ({
    ...machines((resource) => (template(resource).image_id = "${data.aws_ami.newest.id}")),
    data: { aws_ami: { newest: block } },
  });

  test("21: that a data source chooses moves by itself", async () => {
    await deployed();
    bump();
    const plan = await lab.plan();
    lab.write(image({ most_recent: true, owners: ["self"], filter: [{ name: "name", values: ["web-*"] }] }));
    expect(judged(plan, lab.configuration).about("moving-image")).toMatch(
      /^data.aws_ami.newest: The machines take whatever image is newest/,
    );
  });

  test("22: that differs from the pin is found", async () => {
    await deployed((resource) => (template(resource).image_id = OLD));
    bump();
    expect((await lab.judge()).about("image-not-pinned")).toMatch(
      new RegExp(`Would boot ${OLD}, but the release pins ${NEW}`),
    );
  });

  test("21: that is read during the apply is not known", async () => {
    await deployed();
    lab.write({
      ...machines((resource) => {
        data(resource).late = { input: "${var.release.version}" };
        template(resource).image_id = "${terraform_data.late.output}";
      }),
    });
    bump();
    expect((await lab.judge()).hard).toContain("image-unknown");
  });

  test("34: that is marked sensitive is refused, not shown", async () => {
    await deployed();
    lab.write(machines((resource) => (template(resource).image_id = "${sensitive(var.release.image_id)}")));
    bump();
    const { result, about, findings } = await lab.judge();
    expect(result).toBe("needs a human");
    expect(about("image-hidden")).toBeDefined();
    expect(JSON.stringify(findings)).not.toContain(NEW);
  });

  test("that the catalog does not know, calls otherwise, or has revoked", async () => {
    await deployed();
    lab.variables(release("ami-0123456789abcdef0", "1.2.0"));
    expect((await lab.judge()).soft).toContain("not-in-catalog");
    lab.variables(release(NEW, "1.0.0"));
    expect((await lab.judge()).about("version-mismatch")).toMatch(/calls this image version 1.0.0, the catalog 1.1.0/);
    bump();
    const plan = await lab.plan();
    const withLifecycle = (lifecycle: object): Catalog => {
      return (id) => {
        const record = CONTEXT.catalog(id);
        return record && { ...record, lifecycle: { ...record.lifecycle, ...lifecycle } };
      };
    };
    const of = (lifecycle: object) => judged(plan, lab.configuration, { catalog: withLifecycle(lifecycle) });
    const revoked = of({ state: "revoked", reason: "CVE-2026-1234", replacement: "1.1.1" });
    expect([revoked.result, revoked.about("revoked")]).toEqual([
      "needs a human",
      expect.stringContaining("Version 1.1.0 is revoked: CVE-2026-1234. Release 1.1.1."),
    ]);
    expect(of({ state: "tested" }).soft).toContain("not-approved");
    expect(of({ notAfter: "2026-11-20T00:00:00Z" }).hard).toContain("expired");
  });
});

test("37: a stack that reads another one's outputs was planned with the old ones", async () => {
  await deployed();
  const producer = {
    ...machines(),
    output: {
      "cross-stack-output-aws_autoscaling_grouplive_groupname": { value: "${aws_autoscaling_group.live_group.name}" },
    },
  };
  lab.write(producer);
  bump();
  const first = await lab.judge();
  expect(first.soft).toContain("feeds-others");
  await lab.open("consumer", {
    ...PROVIDER,
    "//": { metadata: { stackName: "prod-api-aws-us-east-1" } },
    data: {
      terraform_remote_state: {
        "cross-stack-reference-input-prod-web-aws-us-east-1": { backend: "local", config: { path: "/dev/null" } },
      },
    },
  });
  expect(judged(await lab.plan(), lab.configuration, { others: [first.subject] }).about("stale-input")).toMatch(
    /stack prod-web-aws-us-east-1, which change in this release/,
  );
});
