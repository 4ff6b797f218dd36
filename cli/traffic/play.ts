/** A walk under load: each step is deployed while requests go through the entries, and counted by itself. */
import type { Cloud } from "../../constructs/contract/spec";
import { Observation, type ObserveOptions } from "../../local-cloud/running/load/observe";
import type { Run } from "../../local-cloud/running/load/run";
import type { Applied, Deploy, Stage } from "./stage";
import type { Walk } from "./walks";

export interface PlayOptions {
  readonly load?: ObserveOptions["load"];
  readonly long?: ObserveOptions["long"];
  readonly onNews?: ObserveOptions["onNews"];
  /** Milliseconds after each step in which it is over and the load goes on. */
  readonly afterMs?: number;
  /** What one must know to read the run. */
  readonly notes?: readonly string[];
}

const AFTER_MS = 1000;

/** @throws Error with terraform's words when a step is not applied */
export async function playWalk(
  stage: Stage,
  { service, strategy, first, steps }: Walk,
  options: PlayOptions,
): Promise<Run> {
  await mustApply(stage, first, "first deployment");
  const seen = await observe(stage, options);
  try {
    seen.step("serves");
    await pause(options);
    for (const step of steps) {
      seen.step(step.title);
      await mustApply(stage, step, step.title);
      await pause(options);
    }
    return await seen.end(`${service}, ${strategy}`, options.notes);
  } catch (error) {
    seen.kill();
    throw error;
  }
}

export const observe = (stage: Stage, { load, long, onNews }: PlayOptions): Promise<Observation> =>
  Observation.start({
    running: stage.running,
    services: [stage.service],
    ...(load && { load }),
    ...(long && { long }),
    ...(onNews && { onNews }),
  });

export const pause = ({ afterMs = AFTER_MS }: PlayOptions): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, afterMs));

export async function mustApply(stage: Stage, deploy: Deploy, title: string): Promise<void> {
  const wrong = [...(await stage.deploy(deploy))].filter(([, { ok }]) => !ok);
  if (wrong.length === 0) return;
  const words = ([cloud, { text }]: readonly [Cloud, Applied]) => `${title} on ${cloud}:\n${text}`;
  throw new Error(`Terraform failed:\n\n${wrong.map(words).join("\n\n")}`);
}
