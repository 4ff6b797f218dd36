/** The text of `--ls`. */
import type { Listing } from "./cloud/listing";

/** What runs, as tables for people. */
export function listing({ groups, machines, traffic, leftovers }: Listing): string {
  if (groups.length === 0) return "no groups run in this local cloud";
  const parts = [
    section(
      "groups",
      ["cloud", "region", "name", "size", "healthy", "image"],
      groups.map(({ cloud, region, name, size, healthy, image }) => [cloud, region, name, size, healthy, image]),
    ),
    section(
      "machines",
      ["name", "health", "image"],
      machines.map(({ name, healthy, image }) => [name, healthy ? "healthy" : "unhealthy", image]),
    ),
    section(
      "traffic",
      ["entry", "group", "weight"],
      traffic.map(({ entry, group, weight }) => [entry, group, weight ?? "-"]),
    ),
    section(
      "leftovers (exist, but in no terraform state)",
      ["type", "id"],
      leftovers.map(({ type, id }) => [type, id]),
    ),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function section(title: string, head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  if (rows.length === 0) return "";
  const table = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
  const lines = table.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd());
  return [title, ...lines].join("\n");
}
