import { HEADERS, type Status } from "../../local-cloud/running/live";
import { newsLine, Observation } from "../../local-cloud/running/load/observe";
import { rows } from "../../local-cloud/running/load/run";
import { sent, tally } from "../../local-cloud/running/load/tally";
import { service } from "./service";

const entry = (url: string, of = "prod-web") =>
  ({
    id: url,
    cloud: "aws",
    service: of,
    region: "us-east-1",
    address: "a",
    port: 80,
    style: "requests",
    serves: true,
    url,
  }) as const;
const machine = (healthy: boolean) =>
  ({ instance: "i", group: "g", zone: "z", version: "1.0.0", image: "ami", state: "serving", healthy }) as const;
const status = (entries: Status["entries"]): Status => ({
  speed: 20,
  entries,
  groups: ["prod-web", "prod-api"].map((of) => ({ id: of, name: `${of}-g`, cloud: "aws", service: of, region: "us-east-1", version: "1.0.0", size: 2, machines: [machine(true), machine(false)] })), // prettier-ignore
});

test("a run has the steps, the samples of its own groups, and every request in a step", async () => {
  const { origin, close } = await service((_, response) => response.setHeader(HEADERS.version, "1.0.0").end());
  const lines: string[] = [];
  let heard: () => void = () => undefined;
  const news = new Promise<void>((resolve) => (heard = resolve));
  const seen = await Observation.start({
    running: { status: () => status([entry(origin)]) },
    load: { rate: 100 },
    onNews: (line) => {
      lines.push(line);
      if (line.includes("1.0.0")) heard();
    },
  });
  seen.step("one");
  await news;
  seen.step("two");
  const run = await seen.end("title", ["a note"]);
  close();
  expect(run.entries.map(({ name }) => name)).toEqual(["aws us-east-1"]);
  expect(run.entries[0]!.samples[0]!.groups).toEqual([{ name: "prod-web-g", version: "1.0.0", healthy: 1 }]);
  expect(run.steps.map(({ title }) => title)).toEqual(["one", "two"]);
  expect(run.steps[0]!.to).toBe(run.steps[1]!.from);
  expect(run.notes[0]).toBe("a note");
  expect(run.notes[1]).toMatch(/^The load /);
  expect(rows(run)).toHaveLength(2);
  expect(sent(tally(run.entries[0]!.outcomes))).toBeGreaterThan(0);
  expect(lines.join("\n")).toMatch(/aws: 1\.0\.0 \d+\/s {2}\(\d+ sent, 0 failed\)/);
});

test("entries of one place are told apart, and those of other services are left out", async () => {
  const { origin, close } = await service((_, response) => response.end());
  // One that sends everybody away gets no load.
  const away = { ...entry(origin, "prod-web"), port: 81, serves: false };
  const entries = [entry(origin, "prod-web"), entry(origin, "prod-api"), entry(origin, "prod-shop"), away];
  const running = { status: () => status(entries) };
  const seen = await Observation.start({ running, services: ["prod-web", "prod-api"] });
  const run = await seen.end("title");
  close();
  expect(run.entries.map(({ name }) => name)).toEqual(["aws us-east-1 prod-web:80", "aws us-east-1 prod-api:80"]);
  await expect(Observation.start({ running, services: ["prod-none"] })).rejects.toThrow(
    "Nothing of prod-none takes traffic",
  );
});

test("the live line says who answers and what failed", () => {
  const second = { counts: [{ version: "1.0.0", result: "answered", count: 29 } as const, { version: "", result: "5xx", count: 1 } as const], p50: 1, p99: 1, longest: 1 }; // prettier-ignore
  const news = new Map([
    ["aws us-east-1", { sent: 1000, failed: 0, pending: 0, second }],
    ["google us-central1", { sent: 1000, failed: 1200, pending: 0, second: { ...second, counts: [] } }],
  ]);
  expect(newsLine(news)).toBe("aws: 1.0.0 29/s  google: no answer, 1,200 FAILED  (2,000 sent, 1,200 failed)");
});
