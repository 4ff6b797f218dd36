import { readFileSync } from "node:fs";
import { join } from "node:path";
import { changes } from "../../constructs/contract/plan";
import { violations } from "../../constructs/contract/plan-contract";
import type { Cloud } from "../../constructs/contract/spec";
import { Deployment, STACKS, summary } from "./deployment";
import { fleetWith, type Draft } from "./fleet";
import type { Terraform } from "./terraform";

export interface Ground {
  /** Plan of a changed setting, one line for each object. */
  readonly setting: readonly string[];
  /** Plan of one more secret. */
  readonly secret: readonly string[];
  /** Plan of a service that comes to use the database. */
  readonly database: readonly string[];
}

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
    deployment = await Deployment.start(cloud, (made) => made.release({ version: "1.0.0" }, draft()));
    persistent = deployment.terraform(STACKS[cloud].foundation.replace("foundation", "persistent"));
    await persistent.init();
  });
  afterAll(() => (deployment as Deployment | undefined)?.stop());

  const ground = () => [deployment.foundation, persistent];
  const expectGroundUntouched = async () => {
    for (const stack of ground()) expect(summary(await stack.plan())).toEqual([]);
  };
  const state = (terraform: Terraform) => terraform.run("show", "-json");

  test("foundation, persistent store and service come up in this order", async () => {
    const plan = await persistent.plan();
    expect(violations(cloud, "first", plan)).toEqual([]);
    await persistent.applyPlan();
    await deployment.take("first");
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
  });

  test("no state holds a secret", async () => {
    for (const stack of [...ground(), deployment.service]) {
      const text = JSON.stringify(JSON.parse(await state(stack)), null, 1);
      expect([stack.folder, SECRET.exec(text)?.[0]]).toEqual([stack.folder, undefined]);
    }
  });

  test("a service that goes leaves the ground; the persistent store goes only when protection is lifted on purpose", async () => {
    await deployment.service.run("apply", "-destroy", "-input=false", "-no-color", "-auto-approve");
    await expectGroundUntouched();
    const { code, text } = await persistent.attempt("apply", "-destroy", "-input=false", "-no-color", "-auto-approve");
    expect(code).toBe(1);
    expect(text).toMatch(/Instance cannot be destroyed|prevent_destroy/);
    deployment.release(
      { version: "1.1.0" },
      draft(({ placements: [placement] }) => (placement!.persistent!.protected = false)),
    );
    await persistent.run("apply", "-input=false", "-no-color", "-auto-approve");
    await persistent.run("apply", "-destroy", "-input=false", "-no-color", "-auto-approve");
    expect(changes(await deployment.foundation.plan())).toEqual([]);
  });
}
