/** A small cloud by hand: no vendor's, so that each test says what it relies on. */
import { request, type Agent } from "node:http";
import { readBehaviours, WELL_BEHAVED, type Settled } from "../../../local-cloud/running/behaviours";
import { EventLog } from "../../../local-cloud/running/events";
import { HEADERS } from "../../../local-cloud/running/live";
import { World } from "../../../local-cloud/running/mechanics/world";
import type { Drain, Entry, Gate, Group, HealthCheck, Pool, Topology } from "../../../local-cloud/running/model";

/** A second of the cloud is ten milliseconds. */
export const SPEED = 100;

export const check: HealthCheck = {
  ...{ protocol: "http", port: 8080, path: "/healthz", pass: [[200, 200]], intervalSec: 2, timeoutSec: 2 },
  ...{ firstPasses: 1, healthyAfter: 2, unhealthyAfter: 2, firstDelay: [0, 0] },
};
export const drain: Drain = { seconds: 90, early: false, keepAlive: "reroute", end: { kind: "status", status: 502 } };
export const pool = (id: string, groups: string[], more: Partial<Pool> = {}): Pool => ({
  ...{ id, cloud: "aws", name: id, groups, port: 8080, check, checked: true, registration: [0, 0] },
  ...{ noneHealthy: "refuse", empty: { kind: "status", status: 503 }, unhealthy: "only-new-stop" },
  ...{ drain, detach: drain, ...more },
});
export const group = (id: string, more: Partial<Group> = {}): Group => ({
  ...{ id, cloud: "aws", name: id, service: "prod-web", region: "here", version: id, image: `image-${id}`, size: 2 },
  ...{ zones: ["a", "b", "c"], port: 8080, healthPath: "/healthz", userData: "DRAIN_SEC=5\n", launch: [0, 0] },
  ...{ scaleIn: "oldest", retirement: { pools: "first", margin: [0, 0], end: "killed" }, ...more },
});
export const gate = (object: string, wanted: number, more: Partial<Gate> = {}): Gate => ({
  ...{ object, on: ["create"], groups: [object], counts: "pools", wanted, exactly: false, pollSec: 1 },
  ...{ timeoutSec: 600, error: `want ${wanted} healthy, have {have}`, ...more },
});
export const entry = (targets: Record<string, number>, more: Partial<Entry> = {}): Entry => ({
  ...{ id: "entry", cloud: "aws", service: "prod-web", region: "here", address: "entry.example", port: 80 },
  ...{ protocol: "http", style: "requests", unmatched: { kind: "status", status: 404 } },
  routes: [{ conditions: [], action: { kind: "forward", targets: weights(targets) } }],
  propagation: { proxies: 2, routes: [0, 0], joined: [0, 0], left: [0, 0], health: [0, 0] },
  upstream: {
    ...{ refused: { kind: "status", status: 502 }, broken: { kind: "status", status: 502 }, timeoutSec: 600 },
    ...{ timedOut: { kind: "status", status: 504 }, retries: 0, idleSec: 600, clientIdleSec: 6000 },
  },
  ...more,
});
const weights = (targets: Record<string, number>) =>
  Object.entries(targets).map(([pool, weight]) => ({ pool, weight }));

/** A world that plays the topologies it is given. */
export function playing(behaviours: Record<string, Partial<Settled>> = {}) {
  const log = new EventLog();
  let topology: Topology = { entries: [], pools: [], groups: [], gates: [] };
  const world: World = new World({
    ...{ speed: SPEED, log },
    behaviours: (image) => ({ ...WELL_BEHAVED, bootSec: 1, ...behaviours[image] }),
    resize: (id, size) =>
      void apply({ groups: topology.groups.map((one) => (one.id === id ? { ...one, size } : one)) }),
  });
  const apply = (parts: Partial<Topology>, standing = false) =>
    world.apply((topology = { ...topology, ...parts }), standing);
  const url = () => world.status().entries[0]?.url ?? "";
  return { world, log, apply, get: (path = "/", options?: Ask) => ask(url() + path, options), url };
}
export { readBehaviours };

interface Ask {
  readonly agent?: Agent | false;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  /** 0: none. */
  readonly status: number;
  readonly version: string;
  readonly instance: string;
}

/** What a client gets; one that gets nothing has the status 0. */
export function ask(url: string, { agent = false, headers = {} }: Ask = {}): Promise<Answer> {
  return new Promise((resolve) => {
    const sent = request(url, { agent, headers }, (answer) => {
      const text = (name: string) => String(answer.headers[name] ?? "");
      answer.on("error", () => undefined).resume();
      answer.on("close", () =>
        resolve({
          status: answer.complete ? (answer.statusCode ?? 0) : 0,
          ...{ version: text(HEADERS.version), instance: text(HEADERS.instance) },
        }),
      );
    });
    sent.on("error", () => resolve({ status: 0, version: "", instance: "" }));
    sent.end();
  });
}

/** Asks again and again until told to stop; what came back. */
export function asking(get: (path: string) => Promise<Answer>, path = "/?ms=20000", workers = 8) {
  let going = true;
  const answers: Answer[] = [];
  const work = async () => {
    while (going) answers.push(await get(path));
  };
  const all = Promise.all(Array.from({ length: workers }, work));
  return async () => {
    going = false;
    await all;
    return answers;
  };
}

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
