/** The demo's story as text for people. */
import { table } from "../table";
import type { ServingGroup } from "./groups";
import type { PlanRow } from "./plan-rows";
import { kept, type Listener, type Move, type PlannedStack } from "./story";

/** Says what happens while it happens; `write` gets whole lines. */
export function textListener(write: (text: string) => void): Listener {
  let title = "";
  return {
    begin: (next) => {
      title = next;
      write(`▸ ${title} …`);
    },
    end: (seconds) => write(`  done in ${seconds.toFixed(1)} s`),
    plans: ({ edits, plans, configurationUnchanged }) => {
      write(`\n${edits.map((edit) => `  ${edit}`).join("\n")}`);
      write(`  cdk.tf.json: ${configurationUnchanged ? "the same, byte for byte" : "CHANGED"}\n`);
      for (const plan of plans) write(`${planText(plan)}\n`);
    },
    groups: (groups, missing) => write(`\n${groupText(groups, missing)}\n`),
  };
}

function planText({ stack, rows, violations }: PlannedStack): string {
  const verdict =
    violations.length === 0
      ? "    contract held"
      : violations.map(({ address, reason }) => `    CONTRACT BROKEN: ${address} ${reason}`).join("\n");
  return [`  ${stack}`, ...rows.map(rowText), verdict].join("\n");
}

function rowText({ address, action, oldName, newName, because }: PlanRow): string {
  const names = oldName === newName ? newName : `${oldName} → ${newName}`;
  const cause = action.startsWith("replace") ? `forced by ${because}` : because && `changes ${because}`;
  const indent = "    ".padEnd(24);
  return `    ${action.padEnd(20)}${address}\n${indent}${[names, cause].filter(Boolean).join(", ")}`;
}

const groupText = (groups: readonly ServingGroup[], missing: readonly string[]) => {
  const rows = groups.map(({ cloud, name, image, size, healthy, traffic }) => [
    cloud,
    name,
    image.split("/").slice(-3).join("/"),
    `${healthy} of ${size}`,
    traffic ? "yes" : "no",
  ]);
  const verdict =
    missing.length === 0
      ? "    The released images serve; no other group is left."
      : missing.map((line) => `    NOT AS RELEASED: ${line}`).join("\n");
  return `${table(["cloud", "group", "image", "healthy", "traffic"], rows, "    ")}\n${verdict}`;
};

export function summary(moves: readonly Move[], seconds: number): string {
  const rows = moves.flatMap((move) =>
    move.plans.map(({ stack, rows, violations }) => {
      const count = (start: string) => String(rows.filter(({ action }) => action.startsWith(start)).length);
      return [move.title, stack, count("replace"), count("update"), violations.length === 0 ? "held" : "BROKEN"];
    }),
  );
  const verdict = moves.every(kept)
    ? "Every plan kept its contract, and what was released serves."
    : "NOT as promised: see above.";
  return `${table(["move", "stack", "replaced", "updated", "contract"], rows, "  ")}\n\n  ${verdict} ${seconds.toFixed(0)} s in all.`;
}
