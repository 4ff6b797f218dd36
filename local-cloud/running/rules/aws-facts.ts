/** How AWS behaves: an application load balancer, and Auto Scaling behind it. */
import { assumed, documented } from "./facts";

const ELB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application";
const ASG = "https://docs.aws.amazon.com/autoscaling/ec2/userguide";
const HEALTH = `${ELB}/target-group-health-checks.html`;
const ATTRIBUTES = `${ELB}/edit-target-group-attributes.html`;
const TROUBLE = `${ELB}/load-balancer-troubleshooting.html`;
const PROVIDER =
  "https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/autoscaling/group.go";
const LAG = "https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2366";

export const AWS = {
  // Entry
  style: documented(
    "requests",
    "Rules and weights apply to {}, each on its own, whatever connection it came on",
    `${ELB}/rule-action-types.html`,
  ),
  emptyStatus: documented(
    503,
    "A share of the weights whose target group has no target is answered with {}: a weight moves nothing by itself",
    TROUBLE,
  ),
  refusedStatus: documented(502, "A machine that refuses the connection: {}", TROUBLE),
  brokenStatus: documented(502, "A machine that ends the connection before it has answered: {}", TROUBLE),
  timedOutStatus: documented(504, "A machine that does not answer within the idle timeout: {}", TROUBLE),
  retries: assumed(
    0,
    "Another machine is tried {} times when one cannot be reached: no page speaks of it, and the causes of 502 exclude it",
    TROUBLE,
  ),
  idleSec: documented(
    60,
    "Idle connections, of clients and to machines, are kept for `idle_timeout`, {} s unless set",
    `${ELB}/edit-load-balancer-attributes.html`,
  ),
  routesSec: assumed(
    [0, 5],
    "A changed rule or weight holds on each node after {} s: no figure is published",
    `${ELB}/rule-action-types.html`,
  ),
  joinedSec: assumed([0, 2], "A node knows a registered target after {} s: no figure is published", HEALTH),
  leftSec: assumed([2, 19], "A node sends to a target that was deregistered for another {} s, as users measured", LAG),
  healthSec: documented([0, 0], "Each node checks each target itself, and acts on what it sees after {} s", HEALTH),
  // Target groups
  checkedWhenNamed: documented(
    true,
    "Targets are checked, and can be healthy, only while a listener or rule names their group: {}",
    HEALTH,
  ),
  firstPasses: documented(
    1,
    "A new target is healthy after its first passed check ({}); the threshold is for one that was unhealthy",
    HEALTH,
  ),
  firstCheckSec: assumed(
    [0, 0],
    "The first check of a target comes within the interval and {} s more: no figure is published",
    HEALTH,
  ),
  noneHealthy: documented("all", "When no target of a group is healthy, requests go to {} of them", HEALTH),
  unhealthy: assumed("only-new-stop", "A failing check stops new requests; those in flight go on ({})", HEALTH),
  drainSec: documented(
    300,
    "A target that leaves gets the deregistration delay, {} s unless set, for what is in flight",
    ATTRIBUTES,
  ),
  drainEarly: documented(true, "With nothing in flight it is done at once: {}", ATTRIBUTES),
  drainKeepAlive: assumed(
    "reroute",
    "A client's connection is not a target's: its next request goes elsewhere ({})",
    `${ELB}/load-balancer-listeners.html`,
  ),
  drainEndStatus: documented(502, "What is in flight when the delay is over: {}", TROUBLE),
  registrationSec: assumed(
    [1, 5],
    "A machine is registered {} s after its launch: no figure is published",
    `${ASG}/ec2-auto-scaling-lifecycle.html`,
  ),
  // Auto Scaling
  launchSec: assumed(
    [8, 20],
    "A machine starts to boot {} s after it was asked for, as a user measured",
    "https://www.daemonology.net/blog/2021-08-12-EC2-boot-time-benchmarking.html",
  ),
  graceEndsEarly: documented(
    false,
    "A passed check ends the grace period: {}",
    `${ASG}/health-check-grace-period.html`,
  ),
  reactionSec: assumed(
    [5, 30],
    "Auto Scaling acts on an unhealthy target at its next look, {} s later: the period is not published",
    `${ASG}/ec2-auto-scaling-health-checks.html`,
  ),
  replacedShare: documented(
    0.1,
    "Of a group's machines {} are replaced at a time, and at least one",
    `${ASG}/ec2-auto-scaling-health-checks.html`,
  ),
  replacedFirst: documented(
    "launch-first",
    "With a maintenance policy of at least 100 % the order is {}; without one the old machine goes first",
    `${ASG}/instance-maintenance-policy-overview-and-considerations.html`,
  ),
  scaleIn: assumed(
    "zone-balance-oldest",
    "Which machine goes: of the zone with most, the oldest template or else the nearest to its next hour, taken as {}",
    `${ASG}/ec2-auto-scaling-termination-policies.html`,
  ),
  leavesPools: documented(
    "first",
    "A machine that goes is deregistered and drains {}, then its system is shut down; so it is when the group goes, which is scaled to 0",
    `${ASG}/ec2-auto-scaling-lifecycle.html`,
  ),
  shutdownSec: assumed(
    120,
    "A system that is told to shut down has {} s; a page says only that one that hangs is ended",
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html",
  ),
  warmupSec: documented(
    300,
    "A machine's load counts after the instance warmup, or else {} s",
    `${ASG}/ec2-auto-scaling-default-instance-warmup.html`,
  ),
  outAfterSec: assumed(
    180,
    "Target tracking adds machines when its alarm has seen too much for {} s, as the alarms that it makes show",
    `${ASG}/as-scaling-target-tracking.html`,
  ),
  inAfterSec: assumed(
    900,
    "and takes machines when it has seen too little for {} s",
    `${ASG}/as-scaling-target-tracking.html`,
  ),
  lowShare: assumed(
    0.9,
    "where too little is below {} of the target, as the alarms that it makes show",
    `${ASG}/as-scaling-target-tracking.html`,
  ),
  // Terraform
  gateCounts: documented(
    "pools",
    "The apply counts machines that are healthy in every target group of theirs ({}); without a target group all count",
    PROVIDER,
  ),
  gateTimeoutSec: documented(
    600,
    "for as long as `wait_for_capacity_timeout`, {} s unless set; then the new group is tainted and stays",
    PROVIDER,
  ),
  gatePollSec: assumed(10, "It looks every {} s, and one look that is content is enough", PROVIDER),
} as const;
