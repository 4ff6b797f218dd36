/**
 * What runs, as data: entries that take traffic, pools that they send it to, groups of machines, and gates that terraform's
 * apply waits for. A cloud's rules compute it from the objects of the store (`rules/`); the machinery makes it true and knows
 * nothing else (`mechanics/`). So no vendor's name stands in the machinery, and no socket in the rules.
 *
 * Times are seconds of the cloud. A session runs them `LOCAL_CLOUD_SPEED` times faster. Ids are keys of objects in the store
 * (`CloudObject.key`), with a suffix where one object makes several things, so that they stay the same from one topology to
 * the next: what keeps its id is changed in place, what loses it goes.
 */
import type { CloudObject } from "../cloud/store";

export type CloudName = "aws" | "google" | "azure";

/** From the least to the most; each case draws its own. Equal ends make it certain. */
export type Range = readonly [least: number, most: number];

/** Everything that runs at one moment. */
export interface Topology {
  readonly entries: readonly Entry[];
  readonly pools: readonly Pool[];
  readonly groups: readonly Group[];
  readonly gates: readonly Gate[];
}

/**
 * What the clouds' rules are (`topologyOf` of `rules/index.ts`): pure, without a memory, and total. A configuration that carries no traffic gives no entry, never
 * an error. It is called after each change of the store, so it must be cheap: a few milliseconds for 300 objects.
 */
export type Rules = (objects: readonly CloudObject[]) => Topology;

// Entries

/** A listener: one address and port that clients reach. */
export interface Entry {
  readonly id: string;
  readonly cloud: CloudName;
  /** Environment and service as the objects' names say it: `prod-web`. */
  readonly service: string;
  readonly region: string;
  /** Where clients of the real cloud would go: a DNS name or an IP address. */
  readonly address: string;
  readonly port: number;
  /** As the cloud has it. Here the entry speaks plain HTTP or TCP on loopback whatever stands here: TLS is not played. */
  readonly protocol: "http" | "https" | "tcp";
  /** `requests`: every request is routed afresh. `flows`: a connection is routed once and stays with its machine. */
  readonly style: "requests" | "flows";
  /** In order; the first that matches decides. A flow has no request to look at: only routes without conditions match it. */
  readonly routes: readonly Route[];
  /** What a client gets when no route matches. */
  readonly unmatched: Refusal;
  readonly propagation: Propagation;
  readonly upstream: Upstream;
}

/** One rule of an entry. */
export interface Route {
  /** All must hold; none means always. */
  readonly conditions: readonly Condition[];
  readonly action: Forward | Refusal | Redirect;
}

/** Texts are compared without case; `*` and `?` stand for any text and any character. */
export type Condition =
  | { readonly kind: "host"; readonly values: readonly string[] }
  | { readonly kind: "path"; readonly values: readonly string[] }
  | { readonly kind: "header"; readonly name: string; readonly values: readonly string[] };

/** To pools by their weights. A pool's share stays its own, whatever its health: a weight moves nothing by itself. */
export interface Forward {
  readonly kind: "forward";
  readonly targets: readonly { readonly pool: string; readonly weight: number }[];
}

/**
 * What a client gets instead of a machine's answer: a status, a reset (RST, or a closed connection where the system gives no
 * other), or silence until the client gives up.
 */
export type Refusal =
  | { readonly kind: "status"; readonly status: number; readonly body?: string }
  | { readonly kind: "reset" }
  | { readonly kind: "silence" };

export interface Redirect {
  readonly kind: "redirect";
  readonly status: number;
  /** `{host}`, `{path}` (with its query) and `{port}` stand for the request's own. */
  readonly location: string;
}

/** How late the proxies behind an entry learn what was changed. Each draws its own delay for each change, and keeps their order. */
export interface Propagation {
  /** Independent proxies; a client's connection belongs to one of them. */
  readonly proxies: number;
  /** Seconds until a changed route or weight holds. */
  readonly routes: Range;
  /** Seconds until a target that came gets requests, besides its health. */
  readonly joined: Range;
  /** Seconds until a target that went gets none. */
  readonly left: Range;
  /** Seconds until a verdict of the health checks is known to the proxies. */
  readonly health: Range;
}

/** What a proxy does with its own connections to the machines. A flow has none: connect and reset apply to it alone. */
export interface Upstream {
  /** The machine refuses the connection, or is not there. */
  readonly refused: Refusal;
  /** The machine ends the connection before it has answered. */
  readonly broken: Refusal;
  /** The machine does not answer within so many seconds. */
  readonly timeoutSec: number;
  readonly timedOut: Refusal;
  /** Another machine is tried when the connection cannot be made: so many times. */
  readonly retries: number;
  /** Seconds that an idle connection to a machine is kept for the next request. */
  readonly idleSec: number;
  /** Seconds that an idle connection of a client is kept. */
  readonly clientIdleSec: number;
}

// Pools

/** Machines that an entry sends to. */
export interface Pool {
  readonly id: string;
  readonly cloud: CloudName;
  readonly name: string;
  /** Groups whose machines stand in it. */
  readonly groups: readonly string[];
  /** Port of the machines. */
  readonly port: number;
  /** Absent: every machine counts as healthy once it is registered. */
  readonly check?: HealthCheck;
  /** Whether the checks run: on some clouds only while a listener names the pool. Without, nobody is healthy. */
  readonly checked: boolean;
  /** Seconds until a machine is registered, from when the cloud has started it. */
  readonly registration: Range;
  /** Whom requests go to when there are targets and none is healthy: nobody, or all of them. */
  readonly noneHealthy: "refuse" | "all";
  /** What a client gets when there is nobody to send to. */
  readonly empty: Refusal;
  /** What a failing check means for connections and requests that the target already has. */
  readonly unhealthy: "only-new-stop" | "cut";
  /** A machine leaves because it, or its group, is about to go. */
  readonly drain: Drain;
  /** A group that lives on is taken out of the pool; its machines stay. */
  readonly detach: Drain;
}

/** How a target leaves a pool. It is no target for new requests as soon as the proxies know. */
export interface Drain {
  /** Seconds that what is in flight gets. 0: it is cut at once. */
  readonly seconds: number;
  /** Whether the pool is done as soon as nothing is in flight, or only when the seconds are over. */
  readonly early: boolean;
  /** Connections of clients that the target served: its next request goes elsewhere, or to it until the drain ends. */
  readonly keepAlive: "reroute" | "stay";
  /** What is still in flight at the end, and a flow that is still open. `continue`: as long as the machine lives. */
  readonly end: Refusal | { readonly kind: "continue" };
}

export interface HealthCheck {
  readonly protocol: "http" | "tcp";
  readonly port: number;
  /** Of HTTP checks. */
  readonly path: string;
  /** Statuses that pass, both ends included. */
  readonly pass: readonly Range[];
  readonly intervalSec: number;
  readonly timeoutSec: number;
  /** Passes in a row that make a target healthy which has never been checked before. */
  readonly firstPasses: number;
  /** Passes in a row that make an unhealthy one healthy. */
  readonly healthyAfter: number;
  /** Failures in a row that make a healthy one unhealthy. */
  readonly unhealthyAfter: number;
  /** Seconds until the first check of a new target, besides the interval. */
  readonly firstDelay: Range;
}

// Groups

/** Machines that are kept alike. */
export interface Group {
  readonly id: string;
  readonly cloud: CloudName;
  /** Of the group in its cloud, which is unique there. */
  readonly name: string;
  /** `prod-web`. */
  readonly service: string;
  readonly region: string;
  /** `blue`, `green` or `live`, where the objects say it. */
  readonly slot?: string;
  /** Of the image, as tags or labels say it; "" where nothing does. */
  readonly version: string;
  readonly image: string;
  /** Machines that it wants now. */
  readonly size: number;
  /** Machines are spread over them evenly. Never empty. */
  readonly zones: readonly string[];
  /** Port and health path that the machines serve, as the checks of the cloud ask for it; an image may do something else. */
  readonly port: number;
  readonly healthPath: string;
  /** Boot settings, decoded: lines of NAME=value. */
  readonly userData: string;
  /** Seconds that the cloud takes to start a machine, before its image boots. */
  readonly launch: Range;
  readonly healing?: Healing;
  readonly scaleIn: ScaleInOrder;
  readonly retirement: Retirement;
  readonly scaling?: Scaling;
}

/** Which machine goes first. `zone-balance-…`: from the zone that has most machines. */
export type ScaleInOrder = "oldest" | "newest" | "zone-balance-oldest" | "zone-balance-newest";

/** Replaces machines that are not well. One that has died is replaced whatever the checks say. */
export interface Healing {
  /** Judged by the pools' own checks, all of which must pass, or by a check of the group's own. */
  readonly by: "pools" | HealthCheck;
  /** Seconds from the launch in which a failing check means nothing. */
  readonly graceSec: number;
  /** Whether one success ends that time. */
  readonly graceEndsEarly: boolean;
  /** Seconds between a verdict and what is done about it. */
  readonly reaction: Range;
  /** `launch-first`: the successor must be well before the machine goes. */
  readonly order: "launch-first" | "terminate-first";
  /** Machines replaced at a time: this share of the size, and at least one. */
  readonly share: number;
}

/**
 * What a machine goes through at its end. Its pools are left first or not at all; then it is told, unless it is never told, and
 * fails its health path from then on; then it is killed.
 */
export interface Retirement {
  /** `first`: it drains out of its pools before it is told. `none`: it stays a target until it is gone. */
  readonly pools: "first" | "none";
  /** Absent: it is killed without a word. */
  readonly notice?: Notice;
  /** Seconds from the last step to the end of the machine. */
  readonly margin: Range;
  /** What its open connections see: a machine that is killed ends them, one that vanishes leaves them without an answer. */
  readonly end: "killed" | "vanishes";
}

/** The cloud's word that a machine is about to go. */
export interface Notice {
  /** Seconds that the machine has at most. */
  readonly seconds: number;
  /** Seconds until the machine sees it: how often it asks, and how late the cloud says it. */
  readonly latency: Range;
  /** Whether the machine may end the time by its consent. */
  readonly consent: boolean;
  /** Whether a machine that has consented waits for the others that were told at the same time. */
  readonly collective: boolean;
}

/** Changes the size by the load. Absent where nothing scales. */
export interface Scaling {
  readonly min: number;
  readonly max: number;
  /** Share of a machine's capacity that is aimed at, in percent. */
  readonly targetPercent: number;
  /** Share below which machines are taken away. @default the one that is aimed at */
  readonly lowPercent?: number;
  /** Seconds after a launch in which a machine's load does not count. */
  readonly warmupSec: number;
  /** Seconds that the load must be too high, or too low, before something is done. */
  readonly outAfterSec: number;
  readonly inAfterSec: number;
  /** Seconds between two steps. */
  readonly cooldownSec: number;
  /** Machines that one step adds or takes. @default as many as the load asks for */
  readonly step?: number;
}

// Gates

/** What terraform's apply of an object waits for. */
export interface Gate {
  /** Key of the object. */
  readonly object: string;
  readonly on: readonly ("create" | "update")[];
  readonly groups: readonly string[];
  /**
   * When a machine counts. `launched`: it runs. `pools`: healthy in every pool that its group is in. `healing`: the group's own
   * check has seen it healthy. `answers`: its health path answers 200 when it is asked on the machine itself.
   */
  readonly counts: "launched" | "pools" | "healing" | "answers";
  readonly wanted: number;
  /** More machines than wanted do not open it either. */
  readonly exactly: boolean;
  /** Seconds between two looks; one look that is content opens the gate. */
  readonly pollSec: number;
  readonly timeoutSec: number;
  /** What terraform is told then. `{have}` stands for the machines that counted. */
  readonly error: string;
}
