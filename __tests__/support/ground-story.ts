import { readFileSync } from "node:fs";
import { join } from "node:path";
import { changes } from "../../constructs/contract/plan";
import { violations } from "../../constructs/contract/plan-contract";
import type { Cloud } from "../../constructs/contract/spec";
import { Deployment, STACKS, summary } from "./deployment";
import { fleetWith, type Draft } from "./fleet";
import { filesBelow } from "./synth";
import type { Terraform } from "./terraform";

export interface Ground {
  /** Plan of a changed setting, one line for each object. */
  readonly setting: readonly string[];
  /** Plan of one more secret. */
  readonly secret: readonly string[];
  /** Plan of a service that comes to use the database. */
  readonly database: readonly string[];
}

/** Credentials of who deploys, as the three providers and HCP Terraform look for them: none may come out anywhere. */
const PLANTED: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: "AKIAPLANTEDPLANTED01",
  AWS_SECRET_ACCESS_KEY: "planted-aws-secret",
  AWS_SESSION_TOKEN: "planted-aws-session",
  GOOGLE_OAUTH_ACCESS_TOKEN: "planted-google-token",
  ARM_CLIENT_SECRET: "planted-arm-secret",
  TF_TOKEN_app_terraform_io: "planted-hcp-token",
};

/** Attributes that would hold a secret's value. */
const SECRET =
  /"(password|master_password|administrator_password|root_password|secret_string|secret_data|private_key)": "[^"]+"/;

/** The ground under a service on one cloud: logs, persistent store, settings and secrets; what may touch it and what not. */
export function describeGround(cloud: Cloud, expected: Ground): void {
  const draft = (edit: (environment: Draft["environments"][number]) => void = () => {}) =>
    fleetWith(({ environments: [environment] }) => {
      environment!.placements = environment!.placements.filter((placement) => placement.cloud === cloud);
      for (const placement of environment!.placements)
        Object.assign(placement, {
          logs: { alarmEmails: ["on-call@example.com"] },
          persistent: { database: {}, objects: {}, files: {} },
        });
      Object.assign(environment!.services[0]!, {
        settings: { LOG_LEVEL: "info" },
        secrets: ["API_TOKEN"],
        uses: { database: true, objects: "write", files: true },
      });
      edit(environment!);
    });
  let deployment: Deployment;
  let persistent: Terraform;

  beforeAll(async () => {
    Object.assign(process.env, PLANTED);
    deployment = await Deployment.start(cloud, (made) => made.release({ version: "1.0.0" }, draft()));
    persistent = deployment.terraform(STACKS[cloud].foundation.replace("foundation", "persistent"));
    await persistent.init();
  });
  afterAll(async () => {
    for (const name of Object.keys(PLANTED)) delete process.env[name];
    await (deployment as Deployment | undefined)?.stop();
  });

  const ground = () => [deployment.foundation, persistent];
  const expectGroundUntouched = async () => {
    for (const stack of ground()) expect(summary(await stack.planIfAny())).toEqual([]);
  };
  const state = (terraform: Terraform) => terraform.run("show", "-json");

  test("foundation, persistent store and service come up in this order", async () => {
    const plan = await persistent.plan();
    expect(violations(cloud, "first", plan)).toEqual([]);
    await persistent.applyPlan();
    await deployment.take("first");
    await deployment.expectNoChange();
    await expectGroundUntouched();
  });

  test("no bump, no epoch and no limits touch the ground", async () => {
    const configurations = () => ground().map(({ folder }) => readFileSync(join(folder, "cdk.tf.json"), "utf8"));
    const before = configurations();
    deployment.release({ version: "1.1.0" }, draft());
    await deployment.take("bump");
    deployment.release({ version: "1.1.0", epoch: "again" }, draft());
    await deployment.take("bump");
    const wider = draft(({ services: [service] }) => (service!.capacity.max = 12));
    deployment.release({ version: "1.1.0", epoch: "again" }, wider);
    await deployment.take("limits");
    expect(configurations()).toEqual(before);
    await expectGroundUntouched();
  });

  test("a setting changes without a machine, and so does the list of secrets", async () => {
    const released = { version: "1.1.0", epoch: "again" };
    const loud = (environment: Draft["environments"][number]) => {
      environment.services[0]!.capacity.max = 12;
      environment.services[0]!.settings = { LOG_LEVEL: "debug" };
    };
    deployment.release(released, draft(loud));
    expect(summary(await deployment.take("configuration"))).toEqual(expected.setting);
    deployment.release(
      released,
      draft((environment) => {
        loud(environment);
        environment.services[0]!.secrets = ["API_TOKEN", "TLS_KEY"];
      }),
    );
    expect(summary(await deployment.take("configuration"))).toEqual(expected.secret);
    await deployment.expectNoChange();
  });

  test("a service that comes to use the database gets rights, a setting and a way there, and no new machine", async () => {
    const released = { version: "1.1.0", epoch: "again" };
    const using = (database: boolean) =>
      draft(({ services: [service] }) => {
        service!.capacity.max = 12;
        service!.uses!.database = database;
      });
    deployment.release(released, using(false));
    await deployment.take("configuration");
    deployment.release(released, using(true));
    expect(summary(await deployment.take("configuration"))).toEqual(expected.database);
    await deployment.expectNoChange();
  });

  test("no file, state or plan holds a secret, or a credential of who deploys", async () => {
    const texts = new Map(filesBelow(deployment.workspace.outdir));
    for (const stack of [...ground(), deployment.service]) {
      texts.set(`state of ${stack.folder}`, JSON.stringify(JSON.parse(await state(stack)), null, 1));
      texts.set(`plan of ${stack.folder}`, JSON.stringify(await stack.plan(), null, 1));
    }
    const values = Object.values(PLANTED);
    for (const [name, text] of texts) {
      expect([name, SECRET.exec(text)?.[0]]).toEqual([name, undefined]);
      expect([name, values.filter((value) => text.includes(value))]).toEqual([name, []]);
    }
  });

  test("a service that goes leaves the ground; the persistent store goes only when protection is lifted on purpose", async () => {
    await deployment.service.run("apply", "-destroy", "-input=false", "-no-color", "-auto-approve");
    await expectGroundUntouched();
    const { code, text } = await persistent.attempt("apply", "-destroy", "-input=false", "-no-color", "-auto-approve");
    expect(code).toBe(1);
    expect(text).toMatch(/Instance cannot be destroyed|prevent_destroy/);
    const under = await deployment.foundation.attempt("apply", "-destroy", "-input=false", "-no-color", "-auto-approve"); // prettier-ignore
    expect([under.code, under.text]).toEqual([1, expect.stringMatching(/Instance cannot be destroyed|prevent_destroy/)]); // prettier-ignore
    await expectGroundUntouched();
    deployment.release(
      { version: "1.1.0" },
      draft(({ placements: [placement] }) => (placement!.persistent!.protected = false)),
    );
    await persistent.run("apply", "-input=false", "-no-color", "-auto-approve");
    await persistent.run("apply", "-destroy", "-input=false", "-no-color", "-auto-approve");
    expect(changes(await deployment.foundation.plan())).toEqual([]);
  });

  test("a part that is no longer declared stays in the cloud, unless protection was lifted", async () => {
    const withoutFiles = (isProtected: boolean) =>
      draft(({ placements: [placement], services: [service] }) => {
        service!.uses!.files = false;
        delete placement!.persistent!.files;
        placement!.persistent!.protected = isProtected;
      });
    const actions = async () => new Set(changes(await persistent.plan()).map(({ change }) => change.actions.join()));
    deployment.release({ version: "1.1.0" }, draft());
    await persistent.run("apply", "-input=false", "-no-color", "-auto-approve");

    deployment.release({ version: "1.1.0" }, withoutFiles(false));
    expect(await actions()).toContain("delete");

    deployment.release({ version: "1.1.0" }, withoutFiles(true));
    expect(await actions()).toEqual(new Set(["forget"]));
    await persistent.applyPlan();
    expect(await actions()).toEqual(new Set());
    // Its name is still taken.
    deployment.release({ version: "1.1.0" }, draft());
    const { code, text } = await persistent.apply();
    expect([code, text]).toEqual([1, expect.stringMatching(/already exists/i)]);
  });
}
