import { LiveLine } from "../../cli/demo/live-line";

const CLEAR = "\r\u001b[2K";

test("on a terminal the line stays below what is said, and no longer than the terminal is wide", () => {
  const written: string[] = [];
  const live = new LiveLine(
    (text) => written.push(text),
    true,
    () => 31,
  );
  live.say("one");
  live.show("40/s");
  live.show("41/s");
  live.say("two");
  live.show("x".repeat(100));
  live.show("");
  live.say("three");
  expect(written).toEqual([
    ...["one\n", "40/s", CLEAR, "41/s", CLEAR, "two\n", "41/s", CLEAR, "x".repeat(30), CLEAR, "three\n"],
  ]);
});

test("elsewhere it is a line of its own every few seconds", () => {
  const written: string[] = [];
  const live = new LiveLine((text) => written.push(text), false);
  for (const [line, at] of [["a", 10_000], ["b", 11_000], ["c", 15_000], ["", 30_000]] as const) live.show(line, at); // prettier-ignore
  live.say("said");
  expect(written).toEqual(["  a\n", "  c\n", "said\n"]);
});
