/** The demo's story as text for people. */
import type { RunningGroup } from "../../local-cloud/server";
import { table } from "../table";
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
    plans: ({ plans, configurationUnchanged }) => {
      write(
        `\n  The release files changed. cdk.tf.json: ${configurationUnchanged ? "the same, byte for byte" : "CHANGED"}.\n`,
      );
      for (const plan of plans) write(`${planText(plan)}\n`);
    },
    groups: (groups) => write(`\n${groupTable(groups)}\n`),
  };
}

function planText({ stack, rows, violations }: PlannedStack): string {
  const body = table(
    ["address", "action", "old name → new name", "forced by / changes"],
    rows.map(({ address, action, oldName, newName, because }) => [
      address,
      action,
      oldName === newName ? newName : `${oldName} → ${newName}`,
      because,
    ]),
    "    ",
  );
  const verdict =
    violations.length === 0
      ? "    contract held"
      : violations.map(({ address, reason }) => `    CONTRACT BROKEN: ${address} ${reason}`).join("\n");
  return `  ${stack}\n${body}\n${verdict}`;
}

const groupTable = (groups: readonly RunningGroup[]) =>
  table(
    ["cloud", "group", "image", "healthy"],
    groups.map(({ cloud, name, image, healthy, size }) => [
      cloud,
      name,
      image.split("/").slice(-3).join("/"),
      `${healthy} of ${size}`,
    ]),
    "    ",
  );

export function summary(moves: readonly Move[], seconds: number): string {
  const rows = moves.flatMap((move) =>
    move.plans.map(({ stack, rows, violations }) => {
      const count = (start: string) => String(rows.filter(({ action }) => action.startsWith(start)).length);
      return [
        move.title,
        stack,
        count("replace"),
        count("update"),
        violations.length === 0 && move.configurationUnchanged ? "held" : "BROKEN",
      ];
    }),
  );
  const verdict = moves.every(kept) ? "Every plan kept its contract." : "A contract was broken.";
  return `${table(["move", "stack", "replaced", "updated", "contract"], rows, "  ")}\n\n  ${verdict} ${seconds.toFixed(0)} s in all.`;
}
