import type * as fileSystem from "node:fs";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store } from "../../local-cloud/cloud/store";
import { keepStates, recoverStates } from "../../local-cloud/states";
import { plainText, ROOT, run } from "./support";

/** A disk that is full, or may not be written: it is said, nothing half is left behind, and the next start goes on. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "local-cloud-disk-"));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const object = (id: string, unheard = false) => ({
  ...{ key: `aws_vpc ${id}`, type: "aws_vpc", id, serial: 1, attributes: { id, text: "x".repeat(100) } },
  ...(unheard ? { unheard } : {}),
});
const ids = (store: Store) => store.all().map(({ id }) => id);

/** From now on the disk takes only so many bytes, and then nothing. */
function room(bytes: number): void {
  const fs = jest.requireActual<typeof fileSystem>("node:fs");
  const { writeSync } = fs;
  let left = bytes;
  jest.spyOn(fs, "writeSync").mockImplementation(((fd: number, buffer: Buffer, offset = 0) => {
    if (left === 0) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    const part = Math.min(left, buffer.length - offset);
    left -= part;
    return writeSync(fd, buffer, offset, part);
  }) as never);
}

test("a line that the disk takes only in part is cut off again, and the object stays as it was", () => {
  for (const bytes of [0, 1, 50, 150]) {
    rmSync(join(folder, "journal.jsonl"), { force: true });
    const store = new Store(folder);
    store.put(object("a"));
    const before = readFileSync(join(folder, "journal.jsonl"));
    room(bytes);
    expect(() => store.put(object("b"))).toThrow(/journal\.jsonl cannot be used: the disk is full \(ENOSPC\)/);
    expect(() => store.remove("aws_vpc a")).toThrow(/the disk is full/);
    jest.restoreAllMocks();
    expect(readFileSync(join(folder, "journal.jsonl"))).toEqual(before);
    expect(ids(store)).toEqual(["a"]);
    store.put(object("c"));
    store.close();
    const again = new Store(folder);
    expect(ids(again)).toEqual(["a", "c"]);
    again.close();
  }
});

test("what terraform heard while the disk was full is written when there is room", () => {
  const store = new Store(folder);
  store.put(object("a", true));
  room(10);
  store.heard("aws_vpc a");
  jest.restoreAllMocks();
  store.close();
  const again = new Store(folder);
  expect(ids(again)).toEqual(["a"]);
  again.close();
});

describe("terraform's states", () => {
  const state = (serial: number, ...names: string[]) =>
    JSON.stringify({
      serial,
      resources: [{ type: "aws_vpc", instances: names.map((id) => ({ attributes: { id } })) }],
    });
  const at = (name: string) => join(folder, "state", name);
  const write = (files: Record<string, string>) => {
    mkdirSync(join(folder, "state"), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
  };

  test.each([
    ["half of it", (text: string) => text.slice(0, 40)],
    ["nothing", () => ""],
    ["something else", () => "[]"],
  ])("a state with %s in it is replaced by its last whole version, and what only it knew is undone", (_, damage) => {
    const store = new Store(folder);
    store.beginSession();
    for (const id of ["a", "other"]) store.put(object(id));
    write({ "one.tfstate": state(3, "a"), "two.tfstate": state(1, "other") });
    keepStates(folder);
    store.beginSession();
    for (const id of ["b", "later"]) store.put(object(id));
    write({
      "one.tfstate": damage(state(4, "a", "b")),
      "one.tfstate.backup": state(2),
      "two.tfstate": state(2, "other", "later"),
    });
    const [words = "", ...more] = recoverStates(folder, store);
    expect(words).toMatch(
      /one\.tfstate was not whole, as after a full disk\. Its last whole version is back \(serial 3\)/,
    );
    expect(more).toEqual([]);
    expect(readFileSync(at("one.tfstate"), "utf8")).toBe(state(3, "a"));
    expect(readFileSync(at("two.tfstate"), "utf8")).toBe(state(2, "other", "later"));
    expect(ids(store).sort()).toEqual(["a", "later", "other"]);
    expect(recoverStates(folder, store)).toEqual([]);
    store.close();
  });

  test("terraform's own backup serves where nothing was kept, and a state that was deleted stays so", () => {
    const store = new Store(folder);
    write({ "one.tfstate": state(1, "a"), "new.tfstate": "" });
    keepStates(folder);
    rmSync(at("one.tfstate"));
    write({ "two.tfstate": "{", "two.tfstate.backup": state(7, "b") });
    expect(recoverStates(folder, store)).toHaveLength(1);
    expect(readFileSync(at("two.tfstate"), "utf8")).toBe(state(7, "b"));
    expect(existsSync(at("one.tfstate"))).toBe(false);
    expect(readFileSync(at("new.tfstate"), "utf8")).toBe("");
    store.close();
  });
});

test("an apply on a disk with no more room says so, and goes on from there when there is", async () => {
  const stack = join(folder, "stack");
  mkdirSync(stack);
  writeFileSync(
    join(stack, "main.tf"),
    `terraform {
  backend "local" {
    path = "../cloud/state/stack.tfstate"
  }
}
provider "aws" {
  region = "us-east-1"
}
variable "n" {
  default = 1
}
resource "aws_sns_topic" "x" {
  count = var.n
  name  = "topic-\${count.index}"
  tags  = { for i in range(20) : "key-\${i}" => join("", [for j in range(25) : "0123456789"]) }
}
`,
  );
  const local = (command: string, blocks = "unlimited") =>
    run(
      "sh",
      [
        "-c",
        `ulimit -f ${blocks}; exec "$0" "$1" sh -c "$2"`,
        ...[join(ROOT, "node_modules/.bin/tsx")],
        join(ROOT, "local-cloud/run.ts"),
        command,
      ],
      { LOCAL_CLOUD_DIR: join(folder, "cloud"), TF_CLI_ARGS: "-no-color", TF_IN_AUTOMATION: "1" },
    );
  const terraform = (words: string) => `terraform -chdir=${stack} ${words}`;
  const first = await local(`${terraform("init")} && ${terraform("apply -auto-approve")}`);
  expect(first.output).toContain("Apply complete!");

  const full = await local(`cd ${folder} && ${terraform("apply -auto-approve -var n=40")}`, "128");
  expect(full.code).not.toBe(0);
  expect(plainText(full.output)).toMatch(/journal\.jsonl cannot be used: the file has reached the largest size/);
  expect(full.output).not.toMatch(/^\s+at .*\.ts:/m);

  const next = await local(terraform("apply -auto-approve -var n=40"));
  expect(plainText(next.output)).toContain("Apply complete!");
  expect(next.output).not.toContain("could not be parsed");
  const last = await local(terraform("plan -detailed-exitcode -var n=40"));
  expect([last.code, plainText(last.output)]).toEqual([0, expect.stringContaining("No changes")]);
});

test("a folder that cannot be written is said in words", async () => {
  writeFileSync(join(folder, "file"), "");
  for (const [dir, reason] of [
    [join(folder, "file"), "part of the path is a file"],
    [join(folder, "file", "cloud"), "part of the path is a file"],
  ] as const) {
    for (const args of [["true"], ["--ls"], ["--scale", "web", "2"]]) {
      const result = await run(join(ROOT, "node_modules/.bin/tsx"), [join(ROOT, "local-cloud/run.ts"), ...args], {
        LOCAL_CLOUD_DIR: dir,
      });
      expect([args, result.code, result.output]).toEqual([args, 1, expect.stringContaining(reason)]);
      expect(result.output).not.toMatch(/^\s+at /m);
    }
  }
});
