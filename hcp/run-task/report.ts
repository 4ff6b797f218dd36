/** A review as HCP Terraform shows the result of a run task. */
import type { Review } from "../../review/model";
import { markdown } from "../../review/render/markdown";
import { LEVEL_WORDS } from "../../review/render/words";
import { plain } from "../../review/text";

export type Status = "running" | "passed" | "failed";

interface Outcome {
  readonly type: "task-result-outcomes";
  readonly attributes: Readonly<Record<string, unknown>>;
}

const MOST_OUTCOMES = 30;
const LONGEST_LINE = 250;
const LEVELS = { error: "error", human: "error", warning: "warning", note: "info" } as const;
const RESULT_LEVELS = {
  "contract held": "info",
  "not judged": "warning",
  "needs a human": "warning",
  error: "error",
} as const;

export const document = (status: Status, message: string, outcomes: readonly Outcome[] = []): unknown => ({
  data: {
    type: "task-results",
    attributes: { status, message: message.slice(0, LONGEST_LINE) },
    ...(outcomes.length > 0 && { relationships: { outcomes: { data: outcomes } } }),
  },
});

/**
 * Passed only when the contract held.
 * @param problems what else speaks against the plan
 * @param unchecked what could not be looked at
 */
export function reported(review: Review, problems: readonly string[], unchecked: readonly string[]): unknown {
  const [stack] = review.stacks;
  const isPassed = review.result === "contract held" && problems.length === 0;
  const message = [
    isPassed ? "contract held" : review.result === "contract held" ? "error" : review.result,
    ...(stack ? [plain(stack.headline)] : []),
  ].join(": ");
  const findings = (stack?.findings ?? []).filter(({ level }) => level !== "note");
  return document(isPassed ? "passed" : "failed", message, [
    outcome("review", "The whole review", review.result, RESULT_LEVELS[review.result], body(review, unchecked)),
    ...problems.map((problem, index) => outcome(`problem-${index + 1}`, problem, "error", "error")),
    ...findings
      .slice(0, MOST_OUTCOMES)
      .map(({ rule, level, address, reason, todo }, index) =>
        outcome(
          `${rule}-${index + 1}`,
          `${address ?? "plan"}: ${plain(reason)} ${plain(todo)}`,
          LEVEL_WORDS[level],
          LEVELS[level],
        ),
      ),
  ]);
}

/** At most 60,000 characters: the rendering keeps to a comment's limit, far below the megabyte that is advised. */
const body = (review: Review, unchecked: readonly string[]): string =>
  [markdown(review), ...unchecked.map((what) => `Not checked: ${what}.`)].join("\n");

const outcome = (id: string, description: string, label: string, level: string, text?: string): Outcome => ({
  type: "task-result-outcomes",
  attributes: {
    "outcome-id": id,
    description: description.slice(0, LONGEST_LINE),
    tags: { Status: [{ label, level }] },
    ...(text !== undefined && { body: text }),
  },
});
