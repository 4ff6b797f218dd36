/** Pictures are golden files: `UPDATE_GOLDEN=1 npx jest __tests__/running/picture` writes them anew; look at them before they land. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Recorder, type Result } from "../../local-cloud/running/load/outcomes";
import { chart } from "../../local-cloud/running/load/picture/chart";
import { page } from "../../local-cloud/running/load/picture/page";
import { svg } from "../../local-cloud/running/load/picture/svg";
import { type EntryRun, type Run, rows } from "../../local-cloud/running/load/run";

const GOLDEN = join(__dirname, "golden");

/** Ten requests a second, whose version and result are a function of their time. */
function entry(
  name: string,
  seconds: number,
  of: (second: number, index: number) => [version: string, result: Result],
): EntryRun {
  const recorder = new Recorder();
  for (let index = 0; index < seconds * 10; index++) {
    const [version, result] = of(Math.floor(index / 10), index);
    recorder.settle(recorder.open(index * 100, 0, 0), 2 + (index % 5), { version, result, first: true });
  }
  const machines = (second: number) => [
    ...(second < 8 ? [{ name: "web-1-0-0-aa", version: "1.0.0", healthy: 2 }] : []),
    ...(second > 2 ? [{ name: "web-1-1-0-bb", version: "1.1.0", healthy: Math.min(2, second - 3) }] : []),
  ];
  const samples = Array.from({ length: seconds }, (_, second) => ({ at: second * 1000, groups: machines(second) }));
  return { name, outcomes: recorder.outcomes(), samples };
}

const bump = (second: number): string => (second < 6 ? "1.0.0" : "1.1.0");

const RUN: Run = {
  title: `web <script>"in" prod & elsewhere`,
  entries: [
    entry("aws us-east-1", 12, (second) => [bump(second), "answered"]),
    entry("google us-central1", 12, (second, index) =>
      second === 6 && index % 3 === 0 ? ["", "5xx"] : [bump(second), "answered"],
    ),
  ],
  steps: [
    { title: "serves 1.0.0", from: 0, to: 2000 },
    { title: "bump to 1.1.0", from: 2000, to: 12000 },
  ],
  notes: ["One second here is 20 of the cloud's.", "</ul><script>alert(1)</script>"],
};

test.each([
  ["run.svg", svg],
  ["run.html", page],
])("%s is as it was looked at", (name, drawn) => {
  const file = join(GOLDEN, `${name}.golden`);
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, drawn(RUN));
  expect(drawn(RUN)).toBe(readFileSync(file, "utf8"));
});

test("texts stay texts", () => {
  for (const drawn of [svg(RUN), page(RUN)]) {
    expect(drawn).not.toContain("<script");
    expect(drawn).toContain("&lt;script&gt;");
    expect(drawn).not.toMatch(/(?:href|src)=/);
  }
  expect(svg({ ...RUN, title: "a\u0000\ud800b" })).toContain('<title id="title">a\ufffd\ufffdb</title>');
});

test("the table has each entry and step once, with what failed", () => {
  expect(rows(RUN)).toEqual([
    ["aws us-east-1", "serves 1.0.0", "20", "0", "4", "6", "1.0.0"],
    ["aws us-east-1", "bump to 1.1.0", "100", "0", "4", "6", "1.0.0, 1.1.0"],
    ["google us-central1", "serves 1.0.0", "20", "0", "4", "6", "1.0.0"],
    ["google us-central1", "bump to 1.1.0", "100", "4", "4", "6", "1.0.0, 1.1.0"],
  ]);
});

test("all that was sent is drawn, however long the run", () => {
  for (const seconds of [1, 7, 199, 200, 201, 1000]) {
    const drawn = chart({ ...RUN, entries: [entry("a", seconds, (second, index) => [bump(second), index % 7 ? "answered" : "reset"])] }); // prettier-ignore
    const [panel] = drawn.panels;
    expect(panel!.columns.length).toBeLessThanOrEqual(200);
    const each = panel!.columns.map(
      ({ from, to, answered, failed }) => (answered.reduce((all, count) => all + count, 0) + failed) * (to - from),
    );
    expect(Math.round(each.reduce((all, count) => all + count, 0))).toBe(seconds * 10);
  }
});

test("who answers without a version is drawn, too", () => {
  const run = { ...RUN, entries: [entry("a", 3, () => ["", "answered"])] };
  expect(chart(run).versions).toEqual(["", "1.0.0"]);
  expect(svg(run)).toContain(">no version</text>");
});

test("a run in which nothing was sent is a picture", () => {
  const run = { ...RUN, entries: [{ name: "a", outcomes: new Recorder().outcomes(), samples: [] }], steps: [] };
  expect(svg(run)).toContain("0 requests, 0 failed");
  expect(svg(run)).not.toMatch(/NaN|Infinity|undefined/);
});
