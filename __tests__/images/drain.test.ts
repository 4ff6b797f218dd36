/** How a machine leaves: the real script, against metadata services that change their mind while it asks. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { event, LEAVE, metadataOf, OTHER, OWN, type Metadata } from "./metadata";
import { CLOUDS, configured, INSTANCE, run, serve, standIn, start, stopScripts, stopServing, until, VENDOR, WEB, type Cloud } from "./on-machine"; // prettier-ignore
import { describeWith, testWith, write } from "./support";

afterEach(stopScripts);
afterEach(stopServing);

const DRAIN = join(WEB, "fleet-drain");

/** A machine whose nginx keeps what signals it was sent, and how it is seen. */
async function machine(cloud: Cloud, boot = "DRAIN_SEC=0\n", instance = INSTANCE[cloud]) {
  const root = configured(boot, instance);
  standIn(root, "systemctl", `echo "$@" >>"${root}/signals"`);
  const metadata = metadataOf(cloud);
  let polls = 0;
  /** What had happened on the machine when it consented. */
  const consentedTo: { drained: boolean; signals: string }[] = [];
  const file = (name: string) => (existsSync(join(root, name)) ? readFileSync(join(root, name), "utf8") : "");
  const mark = () => file("run/draining").trim().split(" ") as [by?: string, since?: string];
  const over = () => uptime() - Number(mark()[1]);
  const answer = metadata.answer;
  const url = await serve((request) => {
    if (request.method === "GET") polls++;
    if (request.method === "POST") consentedTo.push({ drained: over() >= seconds(boot), signals: file("signals") });
    return answer(request);
  });
  const env = { FLEET_VENDOR: VENDOR[cloud], FLEET_METADATA: url, FLEET_POLL: "0.05" };
  return {
    root,
    metadata,
    consentedTo,
    mark,
    over,
    draining: () => existsSync(join(root, "run/draining")),
    signals: () => file("signals"),
    watch: () => start(DRAIN, root, env),
    now: (more = {}) => start(DRAIN, root, { ...env, ...more }, ["--now"]),
    /** Waits until it has asked so often again: then it has acted on all that it was told before. */
    asks: async (times = 3) => {
      const before = polls;
      await until(() => polls > before + times);
    },
  };
}

const uptime = () => Number(readFileSync("/proc/uptime", "utf8").split(".")[0]);
const seconds = (boot: string) => Number(/DRAIN_SEC=(\d+)/.exec(boot)?.[1]);
const HUP = "kill --kill-who=main --signal=HUP nginx.service\n";

describeWith("jq", "the watch", () => {
  describe.each(CLOUDS)("on %s", (cloud) => {
    test("waits for the word, takes the machine out of service, and back when the end is called off", async () => {
      const { metadata, draining, signals, watch, asks } = await machine(cloud);
      const { said } = watch();
      await asks();
      expect(draining()).toBe(false);
      for (const time of [1, 2]) {
        LEAVE[cloud](metadata, true);
        await until(() => draining() && signals() === HUP.repeat(time));
        LEAVE[cloud](metadata, false);
        await until(() => !draining());
      }
      const lines = ["leaving service, 0 seconds", "the end was called off, back in service"];
      await until(() => said() === [...lines, ...lines].map((line) => `fleet-drain: ${line}\n`).join(""));
    });

    test("no answer says nothing: neither begins an end nor calls one off", async () => {
      const { metadata, draining, watch, asks } = await machine(cloud);
      metadata.status = 500;
      watch();
      await asks();
      expect(draining()).toBe(false);
      metadata.status = undefined;
      LEAVE[cloud](metadata, true);
      await until(draining);
      metadata.status = 500;
      LEAVE[cloud](metadata, false);
      await asks();
      expect(draining()).toBe(true);
    });

    test("one that starts again goes on where it was", async () => {
      const { root, metadata, draining, mark, watch, asks } = await machine(cloud, "DRAIN_SEC=900\n");
      write(join(root, "run/draining"), "cloud 1\n");
      LEAVE[cloud](metadata, true);
      watch();
      await asks();
      expect(mark()).toEqual(["cloud", "1"]);
      LEAVE[cloud](metadata, false);
      await until(() => !draining());
    });
  });

  test("hears of the end of a machine on Spot on AWS", async () => {
    const { metadata, draining, watch } = await machine("aws");
    metadata.spot = true;
    watch();
    await until(draining);
    metadata.spot = false;
    await until(() => !draining());
  });

  test("closes idle connections once no new ones come, before the drain is over", async () => {
    const { metadata, draining, signals, over, watch } = await machine("google", "DRAIN_SEC=900\nDRAIN_IDLE_SEC=1\n");
    metadata.preempted = true;
    watch();
    await until(draining);
    await until(() => signals() !== "");
    expect(over()).toBeGreaterThanOrEqual(1);
    expect(signals()).toBe(HUP);
  });
});

describeWith("jq", "Azure tells every machine of a set of everybody's end", () => {
  async function told(events: Metadata["events"], boot?: string) {
    const on = await machine("azure", boot);
    on.metadata.events = events;
    on.watch();
    await on.asks();
    return on;
  }

  test("another machine's end changes nothing here, and has no consent from here", async () => {
    const { draining, metadata } = await told([event("E-8", [OTHER]), event("E-9", [`${OWN}1`], "Reboot")]);
    expect(draining()).toBe(false);
    expect(metadata.consents).toEqual([]);
  });

  test("its own it consents to, once, however the name is written", async () => {
    const { metadata, draining, asks } = await told([event("E-8", [OTHER]), event("E-7", [OWN.toUpperCase()])]);
    await until(() => metadata.consents.length > 0);
    await asks();
    expect(metadata.consents).toEqual(["E-7"]);
    expect(draining()).toBe(true);
  });

  test("an end that others share it prepares for, and consents to for nobody", async () => {
    const { metadata, draining, asks } = await told([event("E-78", [OTHER, OWN])]);
    await until(draining);
    await asks();
    expect(metadata.consents).toEqual([]);
  });

  test("until that end is near it serves, as it can be days away", async () => {
    const { metadata, draining, asks } = await told(
      [event("E-78", [OTHER, OWN], "Redeploy", 86_400)],
      "DRAIN_SEC=60\n",
    );
    expect(draining()).toBe(false);
    metadata.events = [event("E-78", [OTHER, OWN], "Redeploy", 60)];
    await until(draining);
    metadata.events = [event("E-78", [OTHER, OWN], "Redeploy", 86_400)];
    await asks();
    expect(draining()).toBe(false);
  });

  test("consent is there when the drain is over and idle connections are closed, not before", async () => {
    const { metadata, consentedTo } = await told([event("E-7", [OWN])], "DRAIN_SEC=2\nDRAIN_IDLE_SEC=1\n");
    await until(() => metadata.consents.length > 0);
    expect(consentedTo).toEqual([{ drained: true, signals: HUP }]);
  });

  test("a consent that was not taken is given again", async () => {
    const on = await machine("azure");
    on.metadata.deaf = true;
    on.metadata.events = [event("E-7", [OWN])];
    on.watch();
    await until(() => on.consentedTo.length > 1);
    on.metadata.deaf = false;
    await until(() => on.metadata.consents.length > 0);
  });

  test.each(["Terminate", "Preempt", "Reboot", "Redeploy"] as const)("%s is an end", async (type) => {
    const { metadata, draining } = await told([event("E-7", [OWN], type)]);
    await until(() => draining() && metadata.consents.length > 0);
  });

  test("a freeze is none", async () => {
    const { metadata, draining } = await told([event("E-7", [OWN], "Freeze")]);
    expect(draining()).toBe(false);
    expect(metadata.consents).toEqual([]);
  });

  test("an end that has begun needs no consent", async () => {
    const { metadata, draining } = await told([{ ...event("E-7", [OWN]), EventStatus: "Started" }]);
    expect(draining()).toBe(true);
    expect(metadata.consents).toEqual([]);
  });

  test("a machine that does not know its name watches nothing, and says so", async () => {
    const { watch } = await machine("azure", "", "CLOUD=azure\n");
    const { said, ended } = watch();
    expect(await ended).toBe(0);
    expect(said()).toContain("NAME is not in");
  });
});

describe("a shutdown", () => {
  test("takes the machine out of service, and waits until the drain is over", async () => {
    const { now, mark, over, signals } = await machine("aws", "DRAIN_SEC=2\nDRAIN_IDLE_SEC=1\n");
    expect(await now().ended).toBe(0);
    expect(mark()[0]).toBe("shutdown");
    expect(over()).toBeGreaterThanOrEqual(2);
    expect(signals()).toBe(HUP);
  });

  testWith("jq", "during a drain waits for what is left of it, and is not called off", async () => {
    const { metadata, watch, now, mark, over, draining, asks } = await machine("azure", "DRAIN_SEC=3\n");
    watch();
    metadata.events = [event("E-7", [OWN])];
    await until(draining);
    const [, since] = mark();
    const leaving = now();
    await until(() => mark()[0] === "shutdown");
    metadata.events = [];
    await asks();
    expect(mark()).toEqual(["shutdown", since]);
    expect(await leaving.ended).toBe(0);
    expect(over()).toBeGreaterThanOrEqual(3);
    expect(mark()).toEqual(["shutdown", since]);
    expect(leaving.said()).toBe("");
  });

  testWith("jq", "that a word of the cloud's meets goes on; the consent comes when it is over", async () => {
    const { metadata, watch, now, mark, asks, consentedTo } = await machine("azure", "DRAIN_SEC=3\n");
    const { said } = watch();
    const leaving = now();
    await until(() => mark()[0] === "shutdown");
    const before = mark();
    metadata.events = [event("E-7", [OWN])];
    await asks();
    expect(mark()).toEqual(before);
    expect(await leaving.ended).toBe(0);
    await until(() => metadata.consents.length > 0);
    expect(consentedTo).toEqual([{ drained: true, signals: expect.stringContaining(HUP) as string }]);
    expect(said()).not.toContain("leaving service");
  });

  test("after a drain waits for nothing", async () => {
    const { root, now, mark } = await machine("aws", "DRAIN_SEC=900\n");
    const since = String(uptime() - 900);
    write(join(root, "run/draining"), `cloud ${since}\n`);
    expect(await now().ended).toBe(0);
    expect(mark()).toEqual(["shutdown", since]);
  });

  test("is not what systemd does to a watch that failed, before it starts it again", async () => {
    const { now, draining } = await machine("aws", "DRAIN_SEC=900\n");
    expect(await now({ SERVICE_RESULT: "exit-code" }).ended).toBe(0);
    expect(draining()).toBe(false);
  });
});

describe("the times", () => {
  const check = (boot: string, args: readonly string[] = ["--check"]) => run(DRAIN, configured(boot), {}, args);

  test.each(["", "DRAIN_SEC=0\n", "DRAIN_SEC=900\nDRAIN_IDLE_SEC=900\n", "DRAIN_SEC=20\nDRAIN_IDLE_SEC=0\n"])("%j is fine", async (boot) => {
    expect(await check(boot)).toEqual({ code: 0, out: "", error: "" });
  }); // prettier-ignore

  test.each(["901", "99999999999999999999", "-1", "1e2", "30s", "08", "1.5", "$(reboot)"])("DRAIN_SEC=%s is refused, whatever it is asked for", async (value) => {
    expect(await check(`DRAIN_SEC=${value}\n`, value === "901" ? ["--now"] : ["--check"])).toEqual({
      code: 1,
      out: "",
      error: `fleet-drain: DRAIN_SEC must be whole seconds, 0 to 900, got "${value}"; the machine's units allow no more\n`,
    });
  }); // prettier-ignore

  test("idle connections cannot be closed after the end", async () => {
    expect((await check("DRAIN_SEC=20\nDRAIN_IDLE_SEC=21\n")).error).toContain("DRAIN_IDLE_SEC must be whole seconds, 0 to 20, got");
  }); // prettier-ignore

  test("are part of what a machine is: a setting of the name does nothing", async () => {
    const root = configured("DRAIN_SEC=0\n");
    write(join(root, "run/settings"), "DRAIN_SEC=1000\n");
    expect(await run(DRAIN, root, {}, ["--check"])).toMatchObject({ code: 0 });
  });

  test("a slip in the call is said", async () => {
    expect((await check("", ["--nwo"])).error).toContain('must be called with --now, --check or nothing, got "--nwo"');
  });
});
