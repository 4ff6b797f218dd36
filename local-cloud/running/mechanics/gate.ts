/** What terraform waits for: how many machines count, and for how long it is asked. */
import type { Gate, HealthCheck } from "../model";
import type { Clock } from "./clock";
import type { Keeper } from "./keeper";
import type { Machine } from "./machine";
import { probe } from "./probe";
import type { Registry } from "./registry";

const LEAST_POLL_MS = 20;

interface Wait {
  readonly clock: Clock;
  /** The gate as it is now; undefined when nothing is to be waited for any more. */
  gate(): Gate | undefined;
  count(gate: Gate): Promise<number>;
  /** Why the waiting ends without an answer. */
  interrupted(): string | undefined;
}

/** Settles when the gate opens; says what terraform is told when it does not. */
export async function waitAt({ clock, gate, count, interrupted }: Wait): Promise<string | undefined> {
  const begun = performance.now();
  for (;;) {
    const now = gate();
    if (!now) return undefined;
    const have = await count(now);
    if (now.exactly ? have === now.wanted : have >= now.wanted) return undefined;
    const why = interrupted();
    if (why !== undefined) return why;
    if (performance.now() - begun >= clock.ms(now.timeoutSec)) return now.error.replaceAll("{have}", String(have));
    await new Promise((resolve) => setTimeout(resolve, clock.ms(now.pollSec, LEAST_POLL_MS)));
  }
}

/** How many machines of the groups count. */
export async function counted(
  { counts }: Gate,
  keepers: readonly Keeper[],
  registry: Registry,
  clock: Clock,
): Promise<number> {
  const verdicts = await Promise.all(
    keepers.flatMap((keeper) =>
      keeper.active.map(async (machine) => {
        if (machine.startedAt === undefined || machine.stopped) return false;
        if (counts === "launched") return true;
        if (counts === "healing") return keeper.healer.well(machine);
        if (counts === "answers") return answers(machine, clock);
        // In every pool: one that it is not registered in yet has not seen it healthy.
        const targets = registry.of(machine);
        return targets.length === registry.poolsOf(machine.group.id) && targets.every(({ healthy }) => healthy);
      }),
    ),
  );
  return verdicts.filter(Boolean).length;
}

function answers(machine: Machine, clock: Clock): Promise<boolean> {
  const { port, healthPath: path } = machine.group;
  const check: HealthCheck = {
    ...{ protocol: "http", port, path, pass: [[200, 200]], intervalSec: 5, timeoutSec: 10 },
    ...{ firstPasses: 1, healthyAfter: 1, unhealthyAfter: 1, firstDelay: [0, 0] },
  };
  return probe(machine, check, clock);
}
