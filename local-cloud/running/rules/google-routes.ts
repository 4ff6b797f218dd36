/** The routes of a URL map of Google Cloud: https://docs.cloud.google.com/load-balancing/docs/url-map-concepts */
import type { Obj } from "../../protocol/values";
import type { Condition, Forward, Redirect, Route } from "../model";
import { block, blocks, number, text, texts } from "./look";

/** The key of the backend service that a link names. */
type Find = (link: string) => string | undefined;

/** Host rules first, the plainest name before a pattern; then what holds for every host. */
export function routesOf(map: Obj, find: Find): Route[] {
  const matchers = new Map(blocks(map, "path_matcher").map((matcher) => [text(matcher, "name"), matcher]));
  const hosts = [...blocks(map, "host_rule")].sort((a, b) => wildness(a) - wildness(b));
  const perHost = hosts.flatMap((rule) => {
    const values = texts(rule, "hosts");
    const host: Condition[] = values.includes("*") ? [] : [{ kind: "host", values }];
    return matcherRoutes(matchers.get(text(rule, "path_matcher")), host, find);
  });
  return [...perHost, ...always(map, [], find)];
}

/** Keys of the backend services that a route leads to. */
export const poolsOf = ({ action }: Route): string[] =>
  action.kind === "forward" ? action.targets.map(({ pool }) => pool) : [];

const wildness = (rule: Obj): number =>
  Math.max(...texts(rule, "hosts").map((host) => (host.includes("*") ? 1 : 0)), 0);

function matcherRoutes(matcher: Obj | undefined, host: Condition[], find: Find): Route[] {
  if (!matcher) return [];
  const rules = [...blocks(matcher, "route_rules")]
    .sort((a, b) => (number(a, "priority") ?? 0) - (number(b, "priority") ?? 0))
    .flatMap((rule) =>
      blocks(rule, "match_rules").flatMap((match) => {
        const conditions = matchConditions(match);
        return conditions
          ? routeTo(rule, [...host, ...conditions], find, "service", "route_action", "url_redirect")
          : [];
      }),
    );
  const paths = blocks(matcher, "path_rule")
    .flatMap((rule) => texts(rule, "paths").map((path) => ({ rule, path })))
    .sort((a, b) => b.path.length - a.path.length)
    .flatMap(({ rule, path }) => {
      // `/api/*` takes `/api` too.
      const values = /.\/\*$/.test(path) ? [path, path.slice(0, -2)] : [path];
      const condition: Condition = { kind: "path", values };
      return routeTo(rule, [...host, condition], find, "service", "route_action", "url_redirect");
    });
  return [...rules, ...paths, ...always(matcher, host, find)];
}

/** `undefined`: it asks for something that a request here does not have. */
function matchConditions(match: Obj): Condition[] | undefined {
  const [prefix, whole, template] = ["prefix_match", "full_path_match", "path_template_match"].map((name) =>
    text(match, name),
  );
  const headers = blocks(match, "header_matches").map((header): Condition | undefined => {
    const [exact, start, end] = ["exact_match", "prefix_match", "suffix_match"].map((name) => text(header, name));
    const value =
      exact || (start ? `${start}*` : "") || (end ? `*${end}` : "") || (header.present_match === true ? "*" : "");
    const played = value !== "" && header.invert_match !== true;
    return played ? { kind: "header", name: text(header, "header_name"), values: [value] } : undefined;
  });
  if (template || text(match, "regex_match") || blocks(match, "query_parameter_matches").length > 0) return undefined;
  if (!headers.every((header) => header !== undefined)) return undefined;
  const path = whole || (prefix ? `${prefix}*` : "");
  return [...(path ? [{ kind: "path", values: [path] } as const] : []), ...headers];
}

const always = (part: Obj, conditions: Condition[], find: Find): Route[] =>
  routeTo(part, conditions, find, "default_service", "default_route_action", "default_url_redirect");

function routeTo(
  part: Obj,
  conditions: Condition[],
  find: Find,
  service: string,
  action: string,
  redirect: string,
): Route[] {
  const weighted = blocks(block(part, action), "weighted_backend_services");
  const parts =
    weighted.length > 0
      ? weighted.map((one) => ({ link: text(one, "backend_service"), weight: number(one, "weight") ?? 0 }))
      : [{ link: text(part, service), weight: 1 }];
  const targets = parts.flatMap(({ link, weight }) => {
    const pool = find(link);
    return pool === undefined ? [] : [{ pool, weight }];
  });
  const to = block(part, redirect);
  if (targets.length > 0) return [{ conditions, action: { kind: "forward", targets } satisfies Forward }];
  return to ? [{ conditions, action: redirectTo(to) }] : [];
}

const CODES: Record<string, number> = {
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

function redirectTo(to: Obj): Redirect {
  const path = text(to, "path_redirect") || "{path}";
  const host = text(to, "host_redirect") || "{host}";
  return {
    kind: "redirect",
    status: CODES[text(to, "redirect_response_code")] ?? 301,
    location: `${to.https_redirect === true ? "https" : "http"}://${host}${path}`,
  };
}
