import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloudObject, JournalError, Store } from "../../local-cloud/cloud/store";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "local-cloud-store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const object = (id: string, more: Partial<CloudObject> = {}): CloudObject => ({
  key: `aws_vpc ${id}`,
  type: "aws_vpc",
  id,
  serial: 1,
  attributes: { id, text: "line\nbreak é" },
  ...more,
});
const journal = () => join(folder, "journal.jsonl");

function written(...objects: CloudObject[]): Buffer {
  const store = new Store(folder);
  for (const one of objects) store.put(one);
  store.close();
  return readFileSync(journal());
}

test("a last record that is cut at any byte is left out, and the rest stays", () => {
  const before = written(object("a"));
  const bytes = written(object("b"));
  for (let length = before.length; length < bytes.length; length++) {
    writeFileSync(journal(), bytes.subarray(0, length));
    const store = new Store(folder);
    expect(store.all().map(({ id }) => id)).toEqual(["a"]);
    store.put(object("c"));
    store.close();
    const again = new Store(folder);
    expect(again.all().map(({ id }) => id)).toEqual(["a", "c"]);
    again.close();
  }
});

test("a journal that something else changed is refused with its line, and stays as it is", () => {
  written(object("a"));
  appendFileSync(journal(), "not json\n");
  const before = readFileSync(journal());
  expect(() => new Store(folder)).toThrow(JournalError);
  expect(() => new Store(folder)).toThrow(/journal\.jsonl, line 3: not a journal entry/);
  expect(readFileSync(journal())).toEqual(before);
});

test("a removed object is gone but still known", () => {
  const store = new Store(folder);
  store.put(object("a"));
  store.remove("aws_vpc a");
  store.close();
  const again = new Store(folder);
  expect(again.all()).toEqual([]);
  expect(again.knew("aws_vpc a")).toBe(true);
  expect(again.knew("aws_vpc b")).toBe(false);
  again.close();
});

test("an object that terraform never heard of is undone at the next start", () => {
  const store = new Store(folder);
  store.put(object("a", { unheard: true }));
  store.put(object("b", { unheard: true }));
  store.heard("aws_vpc b");
  store.close();
  const again = new Store(folder);
  expect(again.all().map(({ id }) => id)).toEqual(["b"]);
  again.close();
});

test("a long journal is rewritten with the same content and the same cloud id", () => {
  const store = new Store(folder);
  for (let i = 0; i < 2100; i++) store.put(object(String(i % 3), { serial: i }));
  store.remove("aws_vpc 0");
  const { cloudId } = store;
  store.close();
  const long = readFileSync(journal()).length;
  new Store(folder).close();
  expect(readFileSync(journal()).length).toBeLessThan(long / 100);
  const again = new Store(folder);
  expect(again.cloudId).toBe(cloudId);
  expect(again.all().map(({ id }) => id)).toEqual(["1", "2"]);
  expect(again.knew("aws_vpc 0")).toBe(true);
  expect(again.nextSerial()).toBe(2100);
  again.close();
});

test("what another process appends is taken in", () => {
  const store = new Store(folder);
  const other = new Store(folder, { shared: true });
  other.put(object("a"));
  store.refresh();
  expect(store.all().map(({ id }) => id)).toEqual(["a"]);
  store.put(object("b"));
  other.refresh();
  expect(other.all().map(({ id }) => id)).toEqual(["a", "b"]);
  store.close();
  other.close();
});
