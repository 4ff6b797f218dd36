import { AWS, AZURE, fleetOf, GOOGLE, ONE, projects, time, TWO, type Project } from "./support";

const make = projects();
const web = (strategy: "replace" | "blueGreen" | "canary", more: object = {}) =>
  fleetOf({ name: "web", strategy, placements: [AWS], ...more });

function two(strategy: "blueGreen" | "canary" = "canary", more: object = {}): Project {
  const project = make(web(strategy, more));
  project.release(TWO);
  return project;
}

function one(more: object = {}): Project {
  const project = make(web("replace", more));
  project.release(ONE);
  return project;
}

test("a canary from start to retirement: what each step writes, and what it waits for", async () => {
  const steps = [{ weight: 0, approve: true }, { weight: 10, bakeSec: 600 }, { weight: 100 }];
  const project = two("canary", { rollout: { steps } });
  expect(await project.ok("start --version 1.1.0")).toBe(
    [
      "prod/web: release 1.0.0 → 1.1.0, step 1 of 3: fill-green, 0 % on 1.1.0",
      "plan:    creates the machines of slot green",
      "deploy:  npx fleet deploy prod-web-aws-us-east-1",
      "then:    npx fleet release next --step fill-green --env prod --service web",
      `written: ${project.folder}/releases/prod/web.rollout.json`,
      `written: ${project.folder}/releases/prod/web.json`,
    ].join("\n"),
  );
  expect(project.file()).toEqual({ ...TWO, slots: { ...TWO.slots, green: { version: "1.1.0" } } });
  const unapproved = await project.next();
  expect(unapproved).toMatchObject({ code: 2 });
  expect(unapproved.out).toContain("waits for approval\nthen:    npx fleet release next --step fill-green --env prod --service web --approve"); // prettier-ignore
  expect((await project.next(60, "--approve --by boss@example.com")).out).toContain("step 2 of 3: shift-10, 10 % on 1.1.0"); // prettier-ignore
  expect(project.record().rollout?.approvals).toEqual([{ step: "fill-green", by: "boss@example.com", at: time(120) }]);
  expect(await project.next()).toMatchObject({ code: 2, out: expect.stringContaining(`bakes until ${time(780)}`) });
  expect(await project.next(599)).toMatchObject({ code: 2 });
  expect(await project.next(1)).toMatchObject({ code: 0, out: expect.stringContaining("shift-100") });
  expect((await project.next()).out).toContain("prod/web: release 1.0.0 → 1.1.0 is finished\nslot blue stays filled for a rollback"); // prettier-ignore
  expect(project.file()).toMatchObject({ slots: { blue: { version: "1.0.0" } }, traffic: { blue: 0, green: 100 } });
  expect(project.record()).toEqual({
    schema: 1,
    history: [
      { version: "1.1.0", epoch: "", since: time(840) },
      { version: "1.0.0", epoch: "", since: null },
    ],
    failed: [],
    idle: { slot: "blue", since: time(840), holds: "previous" },
    rollout: null,
  });
  expect((await project.run("retire")).error).toBe(
    `prod/web: slot blue with 1.0.0 lost its traffic at ${time(840)} and is kept for a rollback for 3600 s; retire it after ${time(4440)}`,
  );
  project.now = 4440;
  expect(await project.ok("retire")).toContain("plan:    deletes the machines of slot blue");
  expect((await project.next()).out).toContain("prod/web: retire is finished");
  expect(project.file()).toEqual({ slots: { blue: null, green: { version: "1.1.0" } }, traffic: { blue: 0, green: 100 } }); // prettier-ignore
  expect(project.record().idle).toBeNull();
});

test("an edit of fleet.ts does not change a rollout that is under way", async () => {
  const project = two("canary", { rollout: { steps: [{ weight: 10, bakeSec: 600 }, { weight: 100 }] } });
  await project.ok("start --version 1.1.0");
  const fleet = web("canary", { rollout: { steps: [{ weight: 100 }] } });
  project.now = 60;
  expect((await project.run("next", { fleet })).out).toContain("step 2 of 3: shift-10");
});

test("abort moves all traffic back, and keeps the failed slot for a look", async () => {
  const project = two();
  await project.ok("start --version 1.1.0");
  await project.next();
  const { slots } = project.file() as never as { slots: object };
  expect(await project.ok("abort")).toContain("step 3 of 3: abort, 0 % on 1.1.0\nplan:    moves the traffic\n");
  expect(project.file()).toEqual({ slots, traffic: { blue: 100, green: 0 } });
  expect((await project.run("start --version 1.2.0")).error).toBe(
    "prod/web: has an open release that was aborted, 1.0.0 → 1.1.0; when abort is deployed, npx fleet release next --env prod --service web says so",
  );
  expect((await project.next()).out).toContain("is aborted\nslot green stays filled for a look");
  expect((await project.run("rollback")).error).toContain(
    "holds 1.1.0 in slot green, which was not the release before",
  );
  expect((await project.run("start --version 1.2.0")).error).toBe(
    `prod/web: drains slot green until ${time(210)}; wait`,
  );
  project.now += 90;
  expect(await project.ok("start --version 1.1.0")).toContain("release 1.0.0 → 1.1.0 (2026-11-21), step 1 of 4: bump-green"); // prettier-ignore
});

test("rollback is one update while the old slot is filled, skips gates, and is refused for a revoked image", async () => {
  const rollout = { steps: [{ weight: 100, bakeSec: 900, approve: true }] };
  const project = two("blueGreen", { rollout });
  await project.ok("start --version 1.1.0");
  await project.next();
  await project.next(60, "--approve");
  await project.next(900);
  expect((await project.run("start --version 1.2.0")).error).toBe(
    `prod/web: keeps 1.0.0 in slot blue for a rollback until ${time(3720)}; wait, or give that up with --drop-previous`,
  );
  project.lifecycle("1.0.0", { lifecycle: { state: "revoked", reason: "CVE-2026-1" } });
  expect((await project.run("rollback")).error).toMatch(
    /^prod\/web rollback: web 1\.0\.0 is revoked on .*: CVE-2026-1/,
  );
  project.lifecycle("1.0.0", {});
  expect(await project.ok("rollback")).toContain("rollback 1.1.0 → 1.0.0, step 1 of 1: rollback, 100 % on 1.0.0\nplan:    moves the traffic\n"); // prettier-ignore
  expect((await project.run("abort")).error).toContain("has an open rollback, which moves no traffic to a new release");
  expect((await project.next()).code).toBe(0);
  expect(project.record()).toMatchObject({
    history: [{ version: "1.0.0" }, { version: "1.1.0", rolledBack: true }, { version: "1.0.0" }],
    idle: { slot: "green", holds: "unwanted" },
  });
});

test("strategy replace: start, rollback by the history, and no way back to what was rolled back", async () => {
  const project = one();
  await project.ok("start --version 1.1.0");
  expect((await project.next()).out).toBe(
    `prod/web: release 1.0.0 → 1.1.0 is finished\nwritten: ${project.folder}/releases/prod/web.rollout.json`,
  );
  expect(await project.ok("rollback")).toContain("rollback 1.1.0 → 1.0.0");
  expect(project.file()).toEqual(ONE);
  await project.next();
  expect((await project.run("rollback")).error).toBe(
    "prod/web: has no earlier release on record; npx fleet release start --version V --env prod --service web releases a version",
  );
  expect((await project.run("retire")).error).toContain('has strategy "replace", whose only slot is always filled');
});

test("a rollout that fails while it builds machines: the way out in each cloud, with the orphan's name", async () => {
  const project = one({ placements: [AWS, GOOGLE, AZURE] });
  await project.ok("start --version 1.1.0");
  project.now = 60;
  const retry = await project.ok("renew");
  expect(project.file()).toEqual({ slots: { live: { version: "1.1.0", epoch: "2026-11-21" } } });
  expect(retry).toMatch(/aws-us-east-1: nothing stays in the way: deploy again, or abort$/m);
  expect(retry).toMatch(/google-us-central1: a failed group keeps its name/);
  expect(retry).toMatch(/az vmss delete --resource-group prod-web-westeurope --name web-1-1-0-[0-9a-f]{8} --subscription 00000000-0000-0000-0000-000000000001$/m); // prettier-ignore
  project.now = 120;
  const back = await project.ok("abort");
  const name = (text: string) => /--name (\S+)/.exec(text)![1];
  expect(name(back)).not.toBe(name(retry));
  // Google Cloud needs a new name for the way back.
  expect(project.file()).toEqual({ slots: { live: { version: "1.0.0", epoch: "2026-11-21" } } });
  expect(project.record().failed).toMatchObject([{ version: "1.1.0", epoch: "2026-11-21" }, { version: "1.1.0", epoch: "" }]); // prettier-ignore
  await project.next();
  expect(await project.ok("start --version 1.1.0")).toContain("1.0.0 (2026-11-21) → 1.1.0 (2026-11-21-2)");
});

test("without Google Cloud the way back is the old release as it was", async () => {
  const project = one({ placements: [AWS, AZURE] });
  await project.ok("start --version 1.1.0");
  project.now = 60;
  await project.ok("abort");
  expect(project.file()).toEqual(ONE);
});

test("renew --older-than picks what is due, and says what it cannot judge", async () => {
  const names = ["due", "fresh", "open", "unknown"] as const;
  const project = make(fleetOf(...names.map((name) => ({ name, strategy: "replace" as const, placements: [AWS] }))));
  for (const name of names) project.release(ONE, name);
  await project.ok("set --service due --version 1.1.0");
  project.now = 20 * 86_400;
  await project.ok("set --service fresh --version 1.1.0");
  await project.ok("start --service open --version 1.1.0");
  project.now = 31 * 86_400;
  const run = await project.run("renew --older-than 30d");
  expect(run.code).toBe(2);
  expect(run.out).toContain("prod/due: renew 1.1.0 → 1.1.0 (2026-12-22), step 1 of 1: bump");
  expect(run.out).toContain(`prod/fresh: 1.1.0 is live since ${time(20 * 86_400)}; not due`);
  expect(run.out).toContain("prod/open: has an open release; left alone");
  expect(run.out).toContain("prod/unknown: nobody recorded since when 1.0.0 is live; renew it without --older-than");
  expect(project.file("due")).toEqual({ slots: { live: { version: "1.1.0", epoch: "2026-12-22" } } });
});

test("renew of two slots goes through the idle one", async () => {
  const project = two("blueGreen");
  expect(await project.ok("renew")).toContain("renew 1.0.0 → 1.0.0 (2026-11-21), step 1 of 2: fill-green");
});

test("the live image is revoked on the way: all traffic leaves it in one step", async () => {
  const project = two("canary", { rollout: { steps: [{ weight: 5, bakeSec: 900 }, { weight: 25 }, { weight: 100 }] } });
  await project.ok("start --version 1.1.0");
  await project.next();
  project.lifecycle("1.0.0", { lifecycle: { state: "revoked", reason: "CVE" } });
  expect((await project.run("abort")).error).toMatch(/^prod\/web abort: web 1\.0\.0 is revoked/);
  expect((await project.next()).out).toContain("step 4 of 4: shift-100, 100 % on 1.1.0");
  expect(project.file()).toMatchObject({ traffic: { blue: 0, green: 100 } });
});

test("the live image is revoked before: start says the one deployment that leaves it", async () => {
  const project = two();
  project.lifecycle("1.0.0", { lifecycle: { state: "revoked", reason: "CVE" } });
  const { error } = await project.run("start --version 1.1.0");
  const line = /npx fleet release (set .*)$/.exec(error)![1]!;
  expect(line).toBe("set --slot green --version 1.1.0 --traffic green=100 --env prod --service web");
  await project.ok(line);
  expect(project.file()).toMatchObject({ slots: { green: { version: "1.1.0" } }, traffic: { blue: 0, green: 100 } });
});

test("set makes the first release, and edits it with the same checks", async () => {
  const project = make(web("canary"));
  expect((await project.run("start --version 1.0.0")).error).toBe(
    "prod/web: was never released; npx fleet release set --version V --env prod --service web makes its first release",
  );
  expect(await project.ok("set --version 1.0.0")).toContain("plan:    creates the service");
  expect(project.file()).toEqual(TWO);
  expect(await project.ok("set --slot green --version 1.1.0")).toContain("plan:    creates the machines of slot green");
  expect(await project.ok("set --traffic green=30")).toContain("plan:    moves the traffic");
  expect(await project.ok("set --slot green --capacity 4")).toContain("changes how many the machines of slot green are at least"); // prettier-ignore
  expect(await project.ok("set --traffic green=100")).toContain("moves the traffic");
  expect(project.record()).toMatchObject({ history: [{ version: "1.1.0" }, { version: "1.0.0" }], idle: { slot: "blue" } }); // prettier-ignore
  expect(await project.ok("set --slot green --capacity none")).toContain("at least");
  expect(project.file()).toMatchObject({ slots: { green: { version: "1.1.0" } } });
});

test("a slot that nobody has a record of counts as idle from now", async () => {
  const project = two();
  project.release({ slots: { blue: { version: "1.0.0" }, green: { version: "1.1.0" } }, traffic: { blue: 0, green: 100 } }); // prettier-ignore
  const run = await project.run("retire");
  expect(run).toMatchObject({ code: 2, out: expect.stringContaining(`so it counts from now; retire it after ${time(3600)}`) }); // prettier-ignore
  project.now = 3600;
  expect((await project.run("retire --slot blue")).code).toBe(0);
});

test("--dry-run says what would be written, and writes nothing", async () => {
  const project = two();
  const before = project.releases();
  const run = await project.run("start --version 1.1.0 --dry-run");
  expect(run.code).toBe(0);
  expect(run.out).toContain(`would write ${project.folder}/releases/prod/web.json\n{\n  "slots": {`);
  expect(project.releases()).toEqual(before);
});

test("--json has the step, what to deploy and the files", async () => {
  const project = two("blueGreen");
  expect(JSON.parse(await project.ok("start --version 1.1.0 --json"))).toMatchObject({
    service: "prod/web",
    deploy: "npx fleet deploy prod-web-aws-us-east-1",
    rollout: { at: 0, applied: null, steps: [{ id: "fill-green", contract: { step: "fill", slot: "green" } }, { id: "shift-100" }] }, // prettier-ignore
    files: [{ file: `${project.folder}/releases/prod/web.rollout.json` }, { file: `${project.folder}/releases/prod/web.json` }], // prettier-ignore
    dryRun: false,
  });
  expect(JSON.parse(await project.ok("status --json"))).toMatchObject([
    {
      name: "prod/web",
      slots: [
        { slot: "blue", role: "live" },
        { slot: "green", role: "candidate", weight: 0 },
      ],
    },
  ]);
});
