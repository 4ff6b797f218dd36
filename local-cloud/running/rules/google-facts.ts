/** How Google Cloud behaves: a regional application load balancer, whose proxies are Envoys, and managed instance groups behind it. */
import { assumed, documented } from "./facts";

const LB = "https://docs.cloud.google.com/load-balancing/docs";
const COMPUTE = "https://docs.cloud.google.com/compute/docs";
const DRAINING = `${LB}/enabling-connection-draining`;
const CHECKS = `${LB}/health-check-concepts`;
const L7 = `${LB}/l7-internal`;
const HEALING = `${COMPUTE}/reference/rest/v1/regionInstanceGroupManagers`;
const PROVIDER =
  "https://github.com/hashicorp/terraform-provider-google/blob/v6.50.0/google/services/compute/resource_compute_region_instance_group_manager.go";
const LATE = "https://github.com/argoproj/argo-rollouts/issues/4710";
const ENDPOINTS = "https://github.com/kubernetes/ingress-gce/issues/1718";
const NONE = "https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/panic_threshold";

export const GOOGLE = {
  // Entry
  style: documented(
    "requests",
    "Weights apply to {}, each on its own; a service of weight 0 is not in the map",
    `${COMPUTE}/reference/rest/v1/regionUrlMaps`,
  ),
  unmatchedStatus: documented(404, "A request that no route of the URL map takes: {}", `${L7}/troubleshooting-l7-ilb`),
  emptyStatus: assumed(
    503,
    "A backend service without a healthy machine answers {}, “no healthy upstream”, as users saw; its share of the weights stays its own",
    NONE,
  ),
  refusedStatus: assumed(
    503,
    "A machine that refuses the connection, or is not there: {}, as Envoy does",
    "https://www.envoyproxy.io/docs/envoy/latest/faq/load_balancing/transient_failures",
  ),
  brokenStatus: assumed(
    503,
    "A machine that ends the connection before it has answered: {}, as Envoy does",
    "https://www.envoyproxy.io/docs/envoy/latest/faq/load_balancing/transient_failures",
  ),
  timeoutSec: documented(30, "A machine has `timeout_sec` for an answer, {} s unless set", L7),
  timedOutStatus: assumed(504, "and a client gets {} after that", `${L7}/troubleshooting-l7-ilb`),
  retries: assumed(
    0,
    "Another machine is tried {} times: retries stand in the URL map, and what holds without them we found nowhere",
    `${COMPUTE}/reference/rest/v1/regionUrlMaps`,
  ),
  idleSec: documented(600, "A proxy keeps idle connections to machines for {} s", L7),
  clientIdleSec: documented(610, "and those of clients for `http_keep_alive_timeout_sec`, {} s unless set", L7),
  proxies: assumed(
    3,
    "{} proxies that learn of changes each in its own time: their number is Google's",
    `${LB}/proxy-only-subnets`,
  ),
  routesSec: assumed([2, 60], "A changed URL map holds after {} s: no bound is published, a user measured 8 s", LATE),
  joinedSec: assumed(
    [1, 60],
    "A proxy knows a machine of a group that is new to its service after {} s: no bound is published",
    LATE,
  ),
  leftSec: assumed([1, 60], "A proxy forgets one that has left after {} s: users saw 5 to 60 s", ENDPOINTS),
  healthSec: assumed([0, 2], "A proxy learns what the health checks found after {} s: no figure is published", CHECKS),
  // Backend services
  checkedWhenNamed: assumed(
    true,
    "Machines are checked while a forwarding rule leads to their backend service: {}; so an idle one has no verdict",
    CHECKS,
  ),
  firstCheckSec: assumed(
    [0, 3],
    "The first check of a machine that is new to a service comes within the interval and {} s more",
    "https://github.com/kubernetes/ingress-gce/issues/2222",
  ),
  newIsUnhealthy: documented(
    true,
    "A machine gets requests after `healthy_threshold` passes in a row, a new one too: {}",
    CHECKS,
  ),
  noneHealthy: assumed(
    "refuse",
    "With none healthy the service does {}: Envoy's sending to all below a share of healthy ones seems to be off",
    NONE,
  ),
  unhealthy: documented("only-new-stop", "A failing check ends no connection: {}", CHECKS),
  drainSec: documented(
    300,
    "A machine that leaves its group gets `connection_draining_timeout_sec` for what is in flight; the provider writes {} where it is not set",
    DRAINING,
  ),
  drainEarly: assumed(true, "With nothing in flight it is done at once: {}", DRAINING),
  drainKeepAlive: assumed(
    "reroute",
    "A client's connection is not a machine's: its next request goes elsewhere ({}). The page warns of old connections",
    DRAINING,
  ),
  drainEndStatus: assumed(503, "What is in flight when the time is over: {}, as Envoy does", DRAINING),
  detachSec: assumed(
    0,
    "A whole group that is taken out of a backend service gets {} s: the page says both that it drains and that it does not",
    DRAINING,
  ),
  registrationSec: assumed([0, 1], "A machine stands in its group {} s after its launch", `${COMPUTE}/instance-groups`),
  // Managed instance groups
  launchSec: assumed(
    [8, 20],
    "A machine starts to boot {} s after it was asked for: no figure is published",
    `${COMPUTE}/instances/instance-lifecycle`,
  ),
  graceEndsEarly: documented(true, "A passed check ends the initial delay: {}", HEALING),
  reactionSec: assumed([0, 10], "An unhealthy machine is repaired {} s after the verdict", HEALING),
  repairOrder: documented(
    "terminate-first",
    "A repair makes the machine anew under its name, so the order is {}",
    `${COMPUTE}/instance-groups/about-repair`,
  ),
  repairShare: assumed(
    1,
    "Machines repaired at the same time: a share of {}, all of them",
    `${COMPUTE}/instance-groups/about-repair`,
  ),
  scaleIn: assumed(
    "zone-balance-newest",
    "Which machine goes: {}; the order is not published",
    `${COMPUTE}/instance-groups/adding-an-auto-healing-policy`,
  ),
  leavesPools: documented(
    "first",
    "A machine that goes drains {}, also when its group is deleted; then its system is shut down",
    DRAINING,
  ),
  shutdownSec: documented(90, "A system that is told to shut down has {} s", `${COMPUTE}/shutdownscript`),
  marginSec: documented([0, 60], "The machine ends up to {} s after its time to drain", DRAINING),
  warmupSec: documented(
    60,
    "A machine's load counts after `cooldown_period`, {} s unless set",
    `${COMPUTE}/autoscaler`,
  ),
  outAfterSec: assumed(
    15,
    "The autoscaler adds machines when the load was too high for {} s: it looks all the time",
    `${COMPUTE}/autoscaler/understanding-autoscaler-decisions`,
  ),
  inAfterSec: documented(
    600,
    "and takes machines when it was too low for the stabilization period, {} s",
    `${COMPUTE}/autoscaler`,
  ),
  // Terraform
  gateCounts: documented(
    "healing",
    "The apply waits until the group is stable: its autohealing check has seen every machine healthy ({})",
    PROVIDER,
  ),
  gatePollSec: assumed(10, "It looks every {} s", PROVIDER),
  gateTimeoutSec: documented(
    900,
    "for as long as its timeout, {} s unless set; then the new group is tainted and stays",
    PROVIDER,
  ),
} as const;
