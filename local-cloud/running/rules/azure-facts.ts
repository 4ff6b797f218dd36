/** How Azure behaves: a Standard load balancer, which forwards flows and reads nothing, and uniform scale sets behind it. */
import { assumed, documented } from "./facts";

const LB = "https://learn.microsoft.com/azure/load-balancer";
const SETS = "https://learn.microsoft.com/azure/virtual-machine-scale-sets";
const PROBES = `${LB}/load-balancer-custom-probe-overview`;
const MANAGE = `${LB}/manage-probes-how-to`;
const RESET = `${LB}/load-balancer-tcp-reset`;
const CONCEPTS = `${LB}/concepts`;
const HEALTH = `${SETS}/virtual-machine-scale-sets-health-extension`;
const REPAIRS = `${SETS}/virtual-machine-scale-sets-automatic-instance-repairs`;
const TERMINATE = `${SETS}/virtual-machine-scale-sets-terminate-notification`;
const EVENTS = "https://learn.microsoft.com/azure/virtual-machines/linux/scheduled-events";
const SEQUENCE = `${SETS}/virtual-machine-scale-sets-extension-sequencing`;

export const AZURE = {
  // Entry
  style: documented(
    "flows",
    "A connection is given to a machine once and stays with it: {}, not requests; no weights",
    CONCEPTS,
  ),
  empty: documented("silence", "Without a healthy machine nobody answers a new connection: {}", PROBES),
  refused: documented("reset", "A machine that refuses a connection does so itself: {}", CONCEPTS),
  idleMinutes: documented(
    4,
    "A flow without a packet for `idle_timeout_in_minutes`, {} unless set, is ended: by a reset where the rule says so, else silently",
    RESET,
  ),
  retries: documented(
    0,
    "Another machine is tried {} times: the balancer does not end connections of its own",
    CONCEPTS,
  ),
  proxies: assumed(1, "The data path is taken as {} whole, which knows a change everywhere at the same time", CONCEPTS),
  routesSec: assumed(
    [1, 10],
    "A changed rule holds for new flows after {} s: no figure is published",
    `${LB}/update-load-balancer-with-vm-scale-set`,
  ),
  joinedSec: assumed([0, 5], "A machine of a pool is known after {} s", CONCEPTS),
  leftSec: assumed([0, 5], "and forgotten after {} s", CONCEPTS),
  healthSec: assumed([0, 10], "What a probe found holds for new flows after {} s: no figure is published", PROBES),
  // Pools and probes
  checkedWhenNamed: documented(
    true,
    "A probe is in effect only where a rule uses it, and so are the machines of that rule's pool: {}",
    MANAGE,
  ),
  firstPasses: documented(1, "A new machine gets flows after {} passed probe", PROBES),
  healthyAfter: assumed(
    1,
    "and so does one that was down, after {}: pages speak of one, of as many as take it out, and of a delay after flapping",
    PROBES,
  ),
  threshold: assumed(
    1,
    "`probe_threshold` failures in a row take a machine out, {} where it is not set; pages contradict each other, so a change of its value is worth trying",
    MANAGE,
  ),
  firstProbeSec: assumed([0, 0], "The first probe comes within the interval and {} s more", PROBES),
  pass: documented([200, 200], "An HTTP probe passes with status {} and no other", PROBES),
  probeTimeoutSec: documented(30, "An answer to a probe may take its interval, and {} s at most", PROBES),
  noneHealthy: documented(
    "refuse",
    "With every machine down new flows are not taken up ({}), unless the probe says otherwise",
    PROBES,
  ),
  unhealthy: documented("only-new-stop", "A failing probe leaves the flows that a machine has ({})", PROBES),
  drainEnd: assumed(
    "continue",
    "A machine that leaves a pool, or whose pool a rule no longer names, keeps its flows as long as it lives ({}): a rule's edit does so, as support says",
    "https://github.com/MicrosoftDocs/azure-docs/issues/46796",
  ),
  registrationSec: assumed(
    [0, 2],
    "A machine stands in its pools {} s after its launch: membership is part of its network interface",
    `${LB}/update-load-balancer-with-vm-scale-set`,
  ),
  // Scale sets
  launchSec: assumed(
    [20, 40],
    "A machine starts to boot {} s after it was asked for: no figure is published",
    `${SETS}/virtual-machine-scale-sets-design-overview`,
  ),
  healthStates: documented(
    2,
    "Version 1 of the health extension takes status 200, and from version {} on a body is needed too, which a machine here does not have",
    HEALTH,
  ),
  healthIntervalSec: documented(5, "The health extension asks every `intervalInSeconds`, {} unless set", HEALTH),
  healthProbes: documented(1, "and its verdict changes after `numberOfProbes` equal results, {} unless set", HEALTH),
  graceSec: documented(600, "A machine that is not well is repaired after the grace period, {} s unless set", REPAIRS),
  graceEndsEarly: documented(false, "A passed check ends that period: {}", REPAIRS),
  reactionSec: assumed([0, 60], "It is repaired {} s after the verdict: the period is not published", REPAIRS),
  repairOrder: documented("terminate-first", "A repair takes the machine away and makes another: {}", REPAIRS),
  repairShare: documented(0.05, "Of a set's machines {} are repaired at a time, and at least one", REPAIRS),
  scaleIn: documented(
    "zone-balance-newest",
    "Which machine goes: {}, by the highest id, unless the set says otherwise",
    `${SETS}/virtual-machine-scale-sets-scale-in-policy`,
  ),
  leavesPools: assumed(
    "none",
    "A machine that is about to go leaves {} of its pools: it gets flows until its own probe fails",
    TERMINATE,
  ),
  noticeSec: documented(
    300,
    "The termination notice holds a deletion up for {} s unless set, and at most for that long",
    TERMINATE,
  ),
  noticeLatencySec: assumed([1, 6], "A machine sees the notice after {} s: it asks every 5 s", EVENTS),
  noticeCollective: documented(
    true,
    "A machine that has consented waits for the others that were told at the same time: {}",
    TERMINATE,
  ),
  marginSec: assumed([5, 30], "Then it is deleted within {} s: no figure is published", TERMINATE),
  end: assumed(
    "vanishes",
    "and the flows that it still has get no answer: it {}, and the balancer sends nothing of its own",
    CONCEPTS,
  ),
  // Terraform
  gateCounts: assumed(
    "answers",
    "The apply waits until every machine's extensions have ended well: a script that asks the machine itself ends when it {}",
    SEQUENCE,
  ),
  gatePollSec: assumed(5, "asking every {} s, as the script of this project does", SEQUENCE),
  budgetSec: documented(
    5400,
    "for as long as the script, and the time budget of the extensions, {} s unless set; then the set is left behind, unknown to terraform",
    SEQUENCE,
  ),
} as const;
