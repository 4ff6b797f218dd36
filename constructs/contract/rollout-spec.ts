/** How a service's release proceeds: its steps, what must hold before the next one, and how long the old release stays. */
import { z } from "zod";

const seconds = (min: number, max: number) => z.int().min(min).max(max);
const DAY = 86_400;

const analysis = z.strictObject({
  /**
   * Command and arguments, run without a shell. Exit 0 passes, 1 fails, 2 is inconclusive; so is anything else. It finds
   * FLEET_ENV, FLEET_SERVICE, FLEET_VERSION, FLEET_SLOT, FLEET_WEIGHT and FLEET_STEP in its environment.
   */
  run: z.array(z.string().min(1)).min(1),
  /** Runs that are wanted. @default 1 */
  count: z.int().min(1).max(1000).default(1),
  /** Time between two runs, in seconds. @default 60 */
  everySec: seconds(0, DAY).default(60),
  /** Longest time that one run may take, in seconds; a longer one is inconclusive. @default 300 */
  timeoutSec: seconds(1, DAY).default(300),
  /** Failed runs that are put up with. @default 0 */
  failureLimit: z.int().min(0).max(1000).default(0),
  /** Inconclusive runs that are put up with. @default 0 */
  inconclusiveLimit: z.int().min(0).max(1000).default(0),
});

/** What must hold after a step has been applied, before the next one. */
export const gateSchema = z.strictObject({
  /** Time that a step bakes from the moment that it is known to be applied, in seconds. @default 0 */
  bakeSec: seconds(0, 30 * DAY).default(0),
  /** Whether a person has to approve: `fleet release next --approve`. @default false */
  approve: z.boolean().default(false),
  /** A command that judges the new release. @default - none */
  analysis: analysis.optional(),
});

const step = z.strictObject({
  /**
   * Share of the traffic that the new release gets, in percent. A first step of 0 is the filling of its slot: its gate
   * holds before any traffic.
   */
  weight: z.int().min(0).max(100),
  ...gateSchema.shape,
});

export const rollout = z.strictObject({
  /**
   * Steps with rising weights, the last one 100. Strategy `replace` has none, and `blueGreen` none between 0 and 100.
   *
   * @default blueGreen: 100. canary: 5, 25, 100, each of the first two baked for 300 seconds; with a placement on Azure,
   * instead of 5 and 25 the next shares that machines can give.
   */
  steps: z
    .array(step)
    .min(1)
    .max(50)
    .superRefine((steps, context) => {
      const issue = (index: number, message: string) =>
        context.addIssue({ code: "custom", path: [index, "weight"], message });
      steps.forEach(({ weight }, index) => {
        const before = steps[index - 1]?.weight ?? -1;
        if (weight <= before) issue(index, `must be more than the ${before} before it, got ${weight}`);
      });
      const last = steps.at(-1)?.weight;
      if (last !== undefined && last !== 100)
        issue(steps.length - 1, `must be 100 in the last step, got ${last}; add a step with weight 100`);
    })
    .optional(),
  /** Time that the previous release stays filled and ready for a rollback once its traffic has ended, in seconds. @default 3600 */
  keepPreviousSec: seconds(0, 30 * DAY).default(3600),
});

export type Rollout = z.output<typeof rollout>;
export type RolloutStep = z.output<typeof step>;
export type Gate = z.output<typeof gateSchema>;
export type Analysis = z.output<typeof analysis>;

/** Whether a strategy has no steps at all, so that nothing else need be said of them. */
export const hasNoSteps = (strategy: unknown): boolean => strategy === "replace";

/**
 * What a strategy does not allow in `rollout.steps`, as path and message; empty when it fits.
 *
 * @param weights as they were typed; undefined without steps
 */
export function rolloutProblems(strategy: unknown, weights: readonly unknown[] | undefined) {
  if (weights === undefined) return [];
  if (hasNoSteps(strategy))
    return [
      {
        path: "rollout.steps",
        message: 'strategy "replace" moves in one step; leave them out, or use "blueGreen" or "canary"',
      },
    ];
  if (strategy !== "blueGreen") return [];
  return weights.flatMap((weight, index) =>
    typeof weight !== "number" || weight === 0 || weight === 100
      ? []
      : [
          {
            path: `rollout.steps[${index}].weight`,
            message: `strategy "blueGreen" moves all traffic at once: must be 0 or 100, got ${weight}; use "canary" for shares`,
          },
        ],
  );
}
