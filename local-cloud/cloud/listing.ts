/** A look inside the cloud: groups, machines, traffic, leftovers; and an autoscaler's hand. */
import { valuesAt } from "./graph";
import { GROUPS, sizeOf, type GroupType } from "./groups";
import type { CloudObject, Store } from "./store";
import type { Obj } from "../protocol/values";

/** One machine of a group. */
export interface Machine {
  readonly name: string;
  readonly group: string;
  readonly image: string;
  readonly healthy: boolean;
}

/** One group of machines. */
export interface RunningGroup {
  readonly name: string;
  readonly type: string;
  readonly cloud: GroupType["cloud"];
  readonly region: string;
  readonly image: string;
  readonly size: number;
  readonly healthy: number;
  /** Made by a create that failed: it exists, and terraform's state does not have it. */
  readonly leftover: boolean;
}

/** What runs. */
export interface Listing {
  readonly groups: readonly RunningGroup[];
  readonly machines: readonly Machine[];
  readonly traffic: readonly { readonly entry: string; readonly group: string; readonly weight: number | null }[];
  readonly leftovers: readonly { readonly type: string; readonly id: string }[];
}

/** No cloud has a group of more, and a number may be any. */
const MOST_MACHINES = 10_000;

/** Everything that runs, oldest first. */
export function list(store: Store): Listing {
  const objects = store.all().filter(({ type }) => GROUPS[type]);
  const groups = objects.map((object) => group(object, GROUPS[object.type] as GroupType, store));
  const machines = groups.flatMap((one) =>
    Array.from({ length: Math.min(one.size, MOST_MACHINES) }, (_, i) => ({
      name: `${one.name}-${String(i + 1)}`,
      group: one.name,
      image: one.image,
      healthy: one.healthy > i,
    })),
  );
  const leftovers = store
    .all()
    .filter(({ orphan }) => orphan)
    .map(({ type, id }) => ({ type, id }));
  return { groups, machines, traffic: traffic(store, objects), leftovers };
}

function group(object: CloudObject, type: GroupType, store: Store): RunningGroup {
  const { attributes, machines, orphan } = object;
  const size = sizeOf(object, type, store);
  return {
    name: String(attributes.name),
    type: object.type,
    cloud: type.cloud,
    region: String(attributes.region ?? attributes.location ?? attributes.zone ?? ""),
    image: machines?.image ?? "",
    size,
    healthy: machines?.healthy ? size : 0,
    leftover: orphan ?? false,
  };
}

type Traffic = Listing["traffic"][number];

function traffic(store: Store, groups: readonly CloudObject[]): Traffic[] {
  return groups.flatMap(({ attributes }) => [
    ...awsTraffic(store, attributes),
    ...googleTraffic(store, attributes),
    ...azureTraffic(store, attributes),
  ]);
}

function awsTraffic(store: Store, attributes: Obj): Traffic[] {
  const targets = valuesAt(attributes.target_group_arns, []);
  const entries = [...store.ofType("aws_lb_listener"), ...store.ofType("aws_lb_listener_rule")];
  return entries.flatMap((entry) => {
    const actions = entry.attributes.default_action ?? entry.attributes.action;
    const plain = valuesAt(actions, ["target_group_arn"]).map((arn) => ({ arn, weight: null }));
    const weighted = (Array.isArray(actions) ? actions : []).flatMap((action) => weights(action as Obj));
    return [...plain, ...weighted]
      .filter(({ arn }) => targets.includes(arn))
      .map(({ weight }) => ({ entry: label(entry), group: String(attributes.name), weight }));
  });
}

function weights(action: Obj): { arn: string; weight: number | null }[] {
  const forwards = Array.isArray(action.forward) ? (action.forward as Obj[]) : [];
  return forwards
    .flatMap((forward) => (Array.isArray(forward.target_group) ? (forward.target_group as Obj[]) : []))
    .map((target) => ({ arn: String(target.arn), weight: typeof target.weight === "number" ? target.weight : null }));
}

/** Google's backend services that send traffic to a group. */
export function backendServicesOf(store: Store, { instance_group: group }: Obj): CloudObject[] {
  if (typeof group !== "string") return [];
  return ["google_compute_backend_service", "google_compute_region_backend_service"].flatMap((type) =>
    store.ofType(type).filter((service) => valuesAt(service.attributes.backend, ["group"]).includes(group)),
  );
}

function googleTraffic(store: Store, attributes: Obj): Traffic[] {
  const services = backendServicesOf(store, attributes);
  const maps = [...store.ofType("google_compute_url_map"), ...store.ofType("google_compute_region_url_map")];
  return services.flatMap((service) =>
    maps.flatMap((map) => {
      const mine = (text: string) => text.endsWith(service.id);
      const whole = valuesAt(map.attributes.default_service, []).some(mine) ? [null] : [];
      const routes = (map.attributes.default_route_action as Obj[] | undefined) ?? [];
      const parts = routes
        .flatMap((route) => (route.weighted_backend_services as Obj[] | undefined) ?? [])
        .filter((part) => mine(String(part.backend_service)))
        .map((part) => (typeof part.weight === "number" ? part.weight : null));
      return [...whole, ...parts].map((weight) => ({ entry: label(map), group: String(attributes.name), weight }));
    }),
  );
}

function azureTraffic(store: Store, attributes: Obj): Traffic[] {
  const pools = valuesAt(attributes.network_interface, ["ip_configuration", "load_balancer_backend_address_pool_ids"]);
  return store
    .ofType("azurerm_lb_rule")
    .filter((rule) => valuesAt(rule.attributes.backend_address_pool_ids, []).some((pool) => pools.includes(pool)))
    .map((rule) => ({ entry: label(rule), group: String(attributes.name), weight: null }));
}

const label = ({ type, id, attributes }: CloudObject): string =>
  `${type} ${String(attributes.name || attributes.priority || attributes.port || id)}`;
