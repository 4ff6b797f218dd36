import { join } from "node:path";
import { edit } from "../../local-cloud/cloud/edit";
import type { Obj } from "../../local-cloud/protocol/values";
import { schemaOf } from "./planning";
import { plainText, ROOT, run, Sandbox } from "./support";

/** `--set`, `--unset` and `--rm`: drift for practice. */

const after = (type: string, object: Obj, path: string, text?: string) =>
  edit(schemaOf(type), object, path, text).attributes;

describe("one attribute", () => {
  const group: Obj = {
    name: "web",
    max_size: 3,
    protect_from_scale_in: false,
    tags: { Owner: "a" },
    tags_all: { Owner: "a", Env: "p" },
  };

  test.each<[string, string, Obj, string, string | undefined, Obj]>([
    ["a text as it is", "aws_lb", { name: "a" }, "name", "1", { name: "1" }],
    ["a number", "aws_autoscaling_group", group, "max_size", "5", { max_size: 5 }],
    ["a truth value", "aws_autoscaling_group", group, "protect_from_scale_in", "true", { protect_from_scale_in: true }],
    [
      "a tag, in both places",
      "aws_lb",
      group,
      "tags.Owner",
      "b",
      { tags: { Owner: "b" }, tags_all: { Owner: "b", Env: "p" } },
    ],
    ["a tag taken away", "aws_lb", group, "tags.Owner", undefined, { tags: {}, tags_all: { Env: "p" } }],
    ["a key with a dot", "aws_lb", { tags: {} }, 'tags["a.b"]', "c", { tags: { "a.b": "c" } }],
    ["a list", "aws_lb", { subnets: ["a"] }, "subnets", '["b","c"]', { subnets: ["b", "c"] }],
    ["an element", "aws_lb", { subnets: ["a", "b"] }, "subnets.1", "c", { subnets: ["a", "c"] }],
    ["one more element", "aws_lb", { subnets: ["a"] }, "subnets[1]", "c", { subnets: ["a", "c"] }],
    ["an element taken away", "aws_lb", { subnets: ["a", "b"] }, "subnets.0", undefined, { subnets: ["b"] }],
    [
      "inside the only block",
      "aws_lb",
      { access_logs: [{ bucket: "b", enabled: true }] },
      "access_logs.enabled",
      "false",
      { access_logs: [{ bucket: "b", enabled: false }] },
    ],
    [
      "an optional one taken away",
      "aws_lb",
      { drop_invalid_header_fields: true },
      "drop_invalid_header_fields",
      undefined,
      { drop_invalid_header_fields: false },
    ],
  ])("%s", (_, type, object, path, text, expected) => {
    expect(after(type, object, path, text)).toMatchObject(expected);
  });

  test.each<[string, string, Obj, string, string | undefined, RegExp]>([
    ["an unknown attribute", "aws_lb", {}, "nme", "x", /there is no attribute nme: the nearest are name/],
    [
      "an unknown attribute of a block",
      "aws_lb",
      { access_logs: [{}] },
      "access_logs.buket",
      "x",
      /no attribute access_logs\.0\.buket: the nearest are bucket/,
    ],
    ["what tells it from others", "aws_lb", {}, "id", "x", /id tells the object from others/],
    [
      "a number that is none",
      "aws_autoscaling_group",
      {},
      "max_size",
      "many",
      /max_size takes a whole number, got many/,
    ],
    ["a truth value that is none", "aws_lb", {}, "internal", "yes", /internal takes true or false, got yes/],
    ["a list that is none", "aws_lb", {}, "subnets", "subnet-1", /subnets takes a list in JSON, got subnet-1/],
    [
      "an element that is not there",
      "aws_lb",
      { subnets: ["a"] },
      "subnets.4",
      "x",
      /subnets has 1 elements: there is no subnets\.4/,
    ],
    [
      "one of many blocks",
      "aws_lb",
      { access_logs: [] },
      "access_logs.enabled",
      "true",
      /access_logs has 0 elements: say which/,
    ],
    [
      "what is inside nothing",
      "aws_lb",
      { name: "x" },
      "name.first",
      "x",
      /name is a string: there is nothing inside it/,
    ],
    [
      "a required one taken away",
      "aws_vpc_security_group_ingress_rule",
      {},
      "ip_protocol",
      undefined,
      /ip_protocol is required/,
    ],
  ])("%s is refused in words", (_, type, object, path, text, words) => {
    expect(() => after(type, object, path, text)).toThrow(words);
  });
});

test("terraform finds the drift, and sets it back", async () => {
  const sandbox = new Sandbox();
  await sandbox.start();
  const local = (...args: string[]) =>
    run(join(ROOT, "node_modules/.bin/tsx"), [join(ROOT, "local-cloud/run.ts"), ...args], {
      LOCAL_CLOUD_DIR: sandbox.cloudFolder,
    });
  const stack = (name: string, cidr: string) => `
    terraform {
      backend "local" {
        path = "cloud/state/${name}.tfstate"
      }
    }
    resource "aws_vpc" "net" {
      cidr_block = "${cidr}"
      tags       = { Owner = "a" }
    }
    resource "aws_security_group" "web" {
      for_each = { public = 1 }
      name     = "${name}"
      vpc_id   = aws_vpc.net.id
    }
    resource "aws_vpc_security_group_ingress_rule" "web" {
      security_group_id = aws_security_group.web["public"].id
      cidr_ipv4         = "10.0.0.0/8"
      ip_protocol       = "tcp"
      from_port         = 443
      to_port           = 443
    }`;
  try {
    await sandbox.apply(stack("one", "10.0.0.0/16"));
    await sandbox.terraform("init", "-reconfigure");
    sandbox.write(stack("two", "10.1.0.0/16"));
    await sandbox.terraform("init", "-reconfigure");
    await sandbox.terraform("apply", "-auto-approve");

    const twice = await local("--set", "aws_vpc.net", "tags.Owner", "b");
    expect([twice.code, twice.output]).toEqual([
      1,
      expect.stringMatching(/is 2 objects: say which, one\/aws_vpc\.net or two\/aws_vpc\.net/),
    ]);
    const rule = await local("--set", "two/aws_vpc_security_group_ingress_rule.web", "cidr_ipv4", "0.0.0.0/0");
    expect(rule).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('cidr_ipv4 was "10.0.0.0/8" and is "0.0.0.0/0"'),
    });
    expect((await local("--unset", "two/aws_vpc.net", "tags.Owner")).code).toBe(0);
    const drift = await sandbox.terraform("plan", "-input=false");
    expect(plainText(drift.output)).toMatch(/~ cidr_ipv4 = "0\.0\.0\.0\/0" -> "10\.0\.0\.0\/8"/);
    expect(plainText(drift.output)).toMatch(/\+ "Owner" = "a"/);
    expect(await sandbox.plan()).toEqual(["aws_vpc.net update", "aws_vpc_security_group_ingress_rule.web update"]);
    await sandbox.terraform("apply", "-auto-approve");
    expect(await sandbox.plan()).toEqual([]);

    const held = await local("--rm", "two/aws_vpc.net");
    expect([held.code, held.output]).toEqual([1, expect.stringContaining("DependencyViolation")]);
    expect((await local("--rm", 'two/aws_security_group.web["public"]')).stdout.trim().split("\n")).toHaveLength(2);
    expect(await sandbox.plan()).toEqual([
      'aws_security_group.web["public"] create',
      "aws_vpc_security_group_ingress_rule.web create",
    ]);

    for (const [args, words] of [
      [
        ["--set", "aws_vpc.nett", "tags.Owner", "b"],
        /nothing here has the address aws_vpc\.nett: the nearest are .*aws_vpc\.net/,
      ],
      [
        ["--set", "aws_vpc.net", "tags.Owner"],
        /--set takes an address, an attribute and a value, got aws_vpc\.net tags\.Owner\n\nusage/,
      ],
      [["--rm"], /--rm takes an address, got nothing/],
      [["--rm", 'two/aws_security_group.web["public"]'], /is in a state, but not in this local cloud any more/],
    ] as const) {
      const result = await local(...args);
      expect([args, result.code !== 0, result.output]).toEqual([args, true, expect.stringMatching(words)]);
      expect(result.output).not.toMatch(/^\s+at /m);
    }
  } finally {
    await sandbox.close();
  }
});
