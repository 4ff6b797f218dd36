import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { newFolder } from "./support/synth";

const ROOT = join(__dirname, "..");
const temporary = newFolder();
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(temporary, { recursive: true, force: true });
});

/** tsx keeps its cache beside ours. */
const listed = () => readdirSync(temporary).filter((name) => !name.startsWith("tsx-"));

/** Makes a folder with a file in it, says where it is, and stays. */
const HOLDER = `
  const { scratchFolder, removeScratch } = require("./system/scratch");
  removeScratch(scratchFolder("fleet-gone"));
  const folder = scratchFolder("fleet-held");
  require("node:fs").writeFileSync(folder + "/plan", "");
  console.log(folder);
  setInterval(() => {}, 1000);`;

interface Holder {
  readonly folder: string;
  end(signal: NodeJS.Signals): Promise<NodeJS.Signals | number | null>;
}

const endOf = (child: ChildProcess, signal: NodeJS.Signals): Promise<NodeJS.Signals | number | null> =>
  new Promise((resolve) => {
    child.once("close", (code, by) => resolve(by ?? code));
    child.kill(signal);
  });

async function holder(more = ""): Promise<Holder> {
  const child = spawn(process.execPath, ["--require", "tsx/cjs", "--eval", HOLDER + more], {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.add(child);
  const said = await new Promise<Buffer>((resolve) => child.stdout.once("data", resolve));
  return { folder: said.toString().trim(), end: (signal) => endOf(child, signal) };
}

test("a folder goes with its process: by an end, by a signal, and after a kill with the next start", async () => {
  const [living, killed, ...signalled] = await Promise.all(Array.from({ length: 5 }, () => holder()));
  expect(listed()).toHaveLength(5);
  for (const [index, signal] of (["SIGINT", "SIGTERM", "SIGHUP"] as const).entries()) {
    expect(await signalled[index]!.end(signal)).toBe(signal);
    expect([signal, existsSync(signalled[index]!.folder)]).toEqual([signal, false]);
  }
  await killed!.end("SIGKILL");
  expect(existsSync(killed!.folder)).toBe(true);

  // What looks like the folder of a dead process, and is something else.
  const dead = basename(killed!.folder);
  const others = [
    "immutable-fleet-demo-a1B2c3",
    dead.replace(/ns\d+/, "ns1"),
    `${dead}-notes`,
    dead.replace(/-ns\d+/, ""),
  ];
  for (const other of others) mkdirSync(join(temporary, other));
  writeFileSync(join(temporary, dead.replace("held", "file")), "");
  symlinkSync(temporary, join(temporary, dead.replace("held", "link")));
  const left = listed().filter((name) => name !== dead);

  const next = await holder('process.on("SIGTERM", () => process.exit(3));');
  expect(listed().sort()).toEqual([...left, basename(next.folder)].sort());
  // Somebody else listens, and ends the process in its own time.
  expect(await next.end("SIGTERM")).toBe(3);
  expect(existsSync(next.folder)).toBe(false);
  expect(existsSync(join(living!.folder, "plan"))).toBe(true);
  await living!.end("SIGTERM");
}, 30_000);

test("a demo that is told to stop leaves nothing in the temporary folder", async () => {
  const at = newFolder();
  const demo = spawn(process.execPath, ["--require", "tsx/cjs", "cli/demo.ts"], {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: at },
    stdio: "ignore",
  });
  running.add(demo);
  const demos = () => readdirSync(at).filter((name) => name.startsWith("immutable-fleet-demo-"));
  while (demos().length === 0 && demo.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(demos()).toHaveLength(1);
  await endOf(demo, "SIGTERM");
  expect(demos()).toEqual([]);
  rmSync(at, { recursive: true, force: true });
}, 60_000);
