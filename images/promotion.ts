/** Moving a channel's pointer: what policy, state, soak time, pin and order allow. */
import { allowedIn } from "./allowed";
import type { ImageRecord, Lookup } from "./catalog";
import { everyOf, type Channel } from "./channel";
import { after, reached, stamp } from "./clock";
import type { ChannelPolicy, Policy } from "./policy";
import { named, refuse } from "./refuse";
import { compareVersions } from "./version";
import { without } from "./without";
import { ownIn } from "../constructs/contract/own";

/** Who does something when, and why. */
export interface Act {
  readonly now: Date;
  readonly by: string;
  readonly reason?: string | undefined;
}

/** What a decision about a channel looks at. */
export interface ChannelView {
  readonly policy: Policy;
  readonly lookup: Lookup;
  /** The image's channels by name. */
  readonly channels: ReadonlyMap<string, Channel>;
}

function pointTo(current: Channel | undefined, target: ImageRecord, name: string, policy: Policy, act: Act): Channel {
  const now = stamp(act.now);
  const left = current && {
    version: current.version,
    since: current.since,
    until: now,
    ...(current.reason !== undefined && { reason: current.reason }),
    ...(current.first !== undefined && { first: current.first }),
  };
  return {
    schema: 1,
    image: target.image,
    channel: name,
    version: target.version,
    pinned: false,
    since: now,
    by: act.by,
    ...(act.reason !== undefined && { reason: act.reason }),
    previous: [...(left ? [left] : []), ...(current?.previous ?? [])].slice(0, policy.keep.channelPrevious),
    promoted: current ? everyOf({ ...current, promoted: [...current.promoted, target.version] }) : [target.version],
  };
}

function known(policy: Policy, name: string): ChannelPolicy {
  const names = Object.keys(policy.channels);
  return (
    ownIn(policy.channels, name) ??
    refuse("channel", `must be one of ${names.join(", ") || "those in policy.json, which has none"}, got "${name}"`)
  );
}

/** Whatever a promotion and a rollback both demand of a version, in plain words; none when it may go in. */
function obstacle(target: ImageRecord, name: string, view: ChannelView, now: Date): string | undefined {
  const rule = known(view.policy, name);
  const allowed = allowedIn({ name, policy: { ...rule, promotedOnly: false } }, target, view.lookup, now);
  if (!allowed.ok) return allowed.reason;
  if (allowed.ended)
    return `${named(target.image, target.version)} is past its end of life, ${target.lifecycle.notAfter}`;
  const missing = missingPlaces(target, rule);
  return missing.length === 0
    ? undefined
    : `${named(target.image, target.version)} has no image for ${missing.join(", ")}; channel ${name} needs it: build it, or take it out of channels.${name}.places in policy.json`;
}

/** Places of a channel that a version was not built for. */
export const missingPlaces = ({ artifacts }: ImageRecord, { places, archs }: ChannelPolicy): string[] =>
  Object.entries(places).flatMap(([cloud, regions]) =>
    regions.flatMap((region) =>
      archs
        .filter((arch) => !artifacts.some((a) => a.cloud === cloud && a.region === region && a.arch === arch))
        .map((arch) => `${cloud} ${region} ${arch}`),
    ),
  );

interface TooSoon {
  readonly why: string;
  /** Whether time alone would help. */
  readonly wait: boolean;
}

function soaked(
  target: ImageRecord,
  rule: ChannelPolicy,
  view: ChannelView,
  now: Date,
  isFirst: boolean,
): TooSoon | undefined {
  if (rule.from === undefined) return undefined;
  const before = view.channels.get(rule.from);
  const stays = [
    ...(before ? [{ version: before.version, since: before.since, until: stamp(now) }] : []),
    ...(before?.previous ?? []),
  ].filter((entry) => entry.version === target.version);
  const what = named(target.image, target.version);
  if (stays.length === 0)
    return { why: `${what} was never in channel ${rule.from}; promote it there first`, wait: false };
  const { soak } = rule;
  if (soak === undefined || isFirst) return undefined;
  if (stays.some(({ since, until }) => reached(stamp(after(since, soak)), new Date(until)))) return undefined;
  const { since } = stays[0]!;
  const why = `${what} has been in channel ${rule.from} since ${since} and must be there for ${soak}: wait until ${stamp(after(since, soak))}`;
  return { why, wait: true };
}

function notPinned(current: Channel | undefined): void {
  if (current?.pinned)
    refuse(
      `channel ${current.channel}`,
      `is pinned to ${current.version}${current.reason ? ` (${current.reason})` : ""}; unpin it first`,
    );
}

/**
 * The channel after a promotion.
 *
 * @param isFirst whether the time in the channel before is given up: for the first version that a channel ever gets, because
 * nothing runs there that could be kept meanwhile. It is recorded with its reason. All else must hold
 * @throws InvalidInputError when policy, state, soak, pin or order forbid it
 */
export function promote(target: ImageRecord, name: string, view: ChannelView, act: Act, isFirst = false): Channel {
  const rule = known(view.policy, name);
  const current = view.channels.get(name);
  notPinned(current);
  const path = `promote ${named(target.image, target.version)} to ${name}`;
  if (current?.version === target.version) refuse(path, `channel ${name} already points at ${target.version}`);
  if (isFirst && current)
    refuse("--first", `is for a channel that never had a version, and ${name} is at ${current.version}; leave it out`);
  if (isFirst && act.reason === undefined) refuse("--reason", "is needed with --first, and is recorded");
  const problem = obstacle(target, name, view, act.now);
  if (problem) refuse(path, problem);
  const tooSoon = soaked(target, rule, view, act.now, isFirst);
  const begin = current ? "" : `; the first version of a channel may come at once, which is recorded: npx fleet image promote ${target.image} ${target.version} ${name} --first --reason TEXT`; // prettier-ignore
  if (tooSoon) refuse(path, tooSoon.wait ? `${tooSoon.why}${begin}` : tooSoon.why);
  if (current && compareVersions(target.version, current.version) < 0)
    refuse(path, `channel ${name} is at ${current.version}, which is newer; use rollback to go back`);
  const channel = pointTo(current, target, name, view.policy, act);
  return isFirst ? { ...channel, first: act.reason } : channel;
}

/**
 * The channel after going back, to `to` or to the latest earlier version that may still run.
 * @throws InvalidInputError when there is none
 */
export function rollback(image: string, name: string, to: string | undefined, view: ChannelView, act: Act): Channel {
  known(view.policy, name);
  const path = `rollback ${image} in ${name}`;
  const current =
    view.channels.get(name) ?? refuse(path, `channel ${name} points at nothing yet; promote a version first`);
  notPinned(current);
  const earlier = current.previous.map((entry) => entry.version).filter((entry) => entry !== current.version);
  if (to !== undefined && !earlier.includes(to))
    refuse(path, `must go to one of ${earlier.join(", ") || "no earlier version at all"}, got "${to}"`);
  const tried = (to === undefined ? earlier : [to]).map((wanted) => {
    const target = view.lookup(image, wanted);
    const problem = target ? obstacle(target, name, view, act.now) : `${named(image, wanted)} is not in the catalog`;
    return { target, problem };
  });
  const target =
    tried.find(({ problem }) => problem === undefined)?.target ??
    refuse(
      path,
      `no earlier version may run there: ${tried.map(({ problem }) => problem).join("; ") || "there is none"}`,
    );
  return pointTo(current, target, name, view.policy, act);
}

/** The channel held where it is, or let go. @throws InvalidInputError when it points at nothing or is so already */
export function pin(image: string, name: string, pinned: boolean, view: ChannelView, act: Act): Channel {
  known(view.policy, name);
  const word = pinned ? "pin" : "unpin";
  const current =
    view.channels.get(name) ?? refuse(`${word} ${image} in ${name}`, "points at nothing yet; promote a version first");
  if (current.pinned === pinned) refuse(`${word} ${image} in ${name}`, `the channel is ${word}ned already`);
  const reason = act.reason !== undefined && { reason: act.reason };
  return { ...without(current, "reason"), pinned, by: act.by, ...reason };
}
