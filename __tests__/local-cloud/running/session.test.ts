/** `npm run local -- --run`: what a session leaves, and what it refuses. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WELL_BEHAVED, readBehaviours } from "../../../local-cloud/running/behaviours";
import { prepareRunning, runningFromEnvironment } from "../../../local-cloud/running/session";
import { ROOT, run } from "../support";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "local-cloud-running-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const TSX = join(ROOT, "node_modules/.bin/tsx");
const RUN = [join(ROOT, "local-cloud/run.ts"), "--run"];
const env = () => ({ LOCAL_CLOUD_DIR: join(folder, "cloud"), LOCAL_CLOUD_SPEED: "50" });
const write = (name: string, text: string) => {
  mkdirSync(join(folder, "behaviour"), { recursive: true });
  writeFileSync(join(folder, "behaviour", name), text);
};
const behaviours = () => readBehaviours(join(folder, "behaviour"));

test("the file with the longest part of an image's id says how its machines behave", () => {
  write("a.json", '{"image": "web", "bootSec": 3}');
  write("b.json", '{"image": "web-v1-1", "failShare": 0.2}');
  write("notes.txt", "none");
  expect(behaviours()("images/web-v1-1-0")).toEqual({ ...WELL_BEHAVED, image: "web-v1-1", failShare: 0.2 });
  expect(behaviours()("images/web-v1-0-0")).toMatchObject({ bootSec: 3, failShare: 0 });
  expect(behaviours()("images/api")).toEqual(WELL_BEHAVED);
});

test.each([
  ["{", /a\.json: .*JSON.*it takes an object in JSON such as/],
  ["[]", /a\.json: it takes an object/],
  ["{}", /a\.json: image is missing; it is a text that image ids contain/],
  ['{"image": "web", "neverHealty": true}', /a\.json: "neverHealty" is no field of a behaviour; there are image, /],
  ['{"image": "web", "failShare": 20}', /a\.json: failShare must be a share from 0 to 1, got 20/],
  ['{"image": "web", "dieAfterRequests": 0}', /a\.json: dieAfterRequests must be a whole number from 1/],
  ['{"image": "web", "neverHealthy": "yes"}', /a\.json: neverHealthy must be true or false, got "yes"/],
])("a behaviour file that cannot be used is refused: %s", (text, words) => {
  write("a.json", text);
  expect(behaviours).toThrow(words);
});

test.each([
  [{ LOCAL_CLOUD_SPEED: "fast" }, 'LOCAL_CLOUD_SPEED must be a number from 1 to 200, got "fast"'],
  [{ LOCAL_CLOUD_SPEED: "0" }, 'LOCAL_CLOUD_SPEED must be a number from 1 to 200, got "0"'],
  [{ LOCAL_CLOUD_SPEED: "1e9" }, 'LOCAL_CLOUD_SPEED must be a number from 1 to 200, got "1e9"'],
  [{ LOCAL_CLOUD_SPEDE: "9" }, "LOCAL_CLOUD_SPEDE is no setting: the nearest are LOCAL_CLOUD_SPEED"],
  [{ LOCAL_CLOUD_BEHAVIOUR: "/nowhere" }, "LOCAL_CLOUD_BEHAVIOUR is /nowhere; it takes a folder of behaviour files"],
])("a setting that cannot be used is refused: %j", (settings, words) => {
  expect(() => runningFromEnvironment(settings)).toThrow(words);
});

test("what exists when a session begins serves before its command does, and terraform is told what its gate found", async () => {
  const rules = () => ({ entries: [], pools: [], groups: [], gates: [] });
  const running = prepareRunning({ speed: 50, rules });
  const engine = { objects: () => [], revision: () => 1, resize: () => undefined, unhealthy: "" };
  const { LOCAL_CLOUD_RUNNING: control = "" } = await running.start(engine);
  expect(await (await fetch(control)).json()).toEqual({ speed: 50, entries: [], groups: [] });
  const drill = async (body: string) => (await fetch(control, { method: "POST", body })).json();
  expect(await drill('{"kill": "nobody"}')).toEqual({ error: 'there is no machine "nobody": there are none' });
  expect(await drill('{"explode": "a"}')).toEqual({
    error: expect.stringMatching(/^got .*with one of kill, zoneDown/),
  });
  expect(await running.gate("nothing", "create", undefined)).toBeUndefined();
  await running.close();
  expect(await listens(Number(new URL(control).port))).toBe(false);
});

/** A command that says where its session is, and stays. */
const STAYS = ["sh", "-c", 'echo "$LOCAL_CLOUD_RUNNING $$ $PPID"; exec sleep 60'];

async function started(child: ChildProcess): Promise<{ port: number; pid: number; session: number }> {
  const line = await new Promise<string>((resolve) => child.stdout?.once("data", (chunk) => resolve(String(chunk))));
  const [url = "", pid, session] = line.trim().split(" ");
  return { port: Number(new URL(url).port), pid: Number(pid), session: Number(session) };
}

const listens = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Whom the signal goes to: npm's place, or the session itself. */
const ENDS = [
  ["Ctrl-C", "SIGINT", "above"],
  ["kill -9 of what it was started through", "SIGKILL", "above"],
  ["kill -9", "SIGKILL", "itself"],
] as const;

test.each(ENDS)("after %s no process, socket or file of a session is left", async (_, signal, whom) => {
  const child = spawn(TSX, [...RUN, ...STAYS], { env: { ...process.env, ...env() } });
  const { port, pid, session } = await started(child);
  expect([await listens(port), alive(pid)]).toEqual([true, true]);
  process.kill(whom === "itself" ? session : child.pid!, signal);
  const lock = join(folder, "cloud", "lock");
  const left = async () => alive(pid) || alive(session) || existsSync(lock) || (await listens(port));
  while (await left()) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(readdirSync(join(folder, "cloud")).sort()).toEqual(["journal.jsonl", "state", "terraform-shim"]);
});

test("its command's failure is its own, sleeps of what terraform runs are of its time, and the plain form has none of it", async () => {
  const script = 'echo "${LOCAL_CLOUD_RUNNING:+running} ${FLEET_DRAIN_SEC:-unset}"; exit 3';
  const settings = env();
  expect(await run(TSX, [...RUN, "sh", "-c", script], settings)).toMatchObject({ code: 3, stdout: "running unset\n" });
  const sleep = join(folder, "cloud/terraform-shim/sleep/sleep");
  expect((await run(sleep, ["0.5"], {})).code).toBe(0);
  expect(await run(TSX, [RUN[0]!, "sh", "-c", script], settings)).toMatchObject({ code: 3, stdout: " 0\n" });
  const twice = await run(TSX, [RUN[0]!, TSX, ...RUN, "true"], settings);
  expect(twice).toMatchObject({ code: 2 });
  expect(twice.output).toContain("--run inside a session whose machines do not run");
});
