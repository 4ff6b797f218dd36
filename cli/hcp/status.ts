/** `fleet hcp status`: where each stack stands. */
import { statusOf, type StackStatus } from "../../hcp/status";
import { table } from "../table";
import { OF_STACKS, type HcpCommand } from "./command";

export const status: HcpCommand = {
  summary:
    "Shows where each stack stands: its newest run, who holds its workspace, what its state came from.\nExit code: 0, or 1 when something cannot be read.",
  args: "[STACK...]",
  options: { ...OF_STACKS, all: { help: "every stack whose state is in HCP Terraform, as without names" } },
  async run(line) {
    const stacks = await line.stacks(true);
    const found = await Promise.all(stacks.map((stack) => statusOf(stack, line.client(stack))));
    console.log(line.on("json") ? JSON.stringify({ stacks: found }, null, 2) : shown(found));
    return found.every(({ problem }) => problem === undefined) ? 0 : 1;
  },
};

const HEAD = ["stack", "release", "upload", "run", "status", "locked by"];

const shown = (found: readonly StackStatus[]): string =>
  [
    table(
      HEAD,
      found.map(({ stack, releases, upload, differing, run, status: state, locked }) => [
        stack,
        releaseWords(releases),
        differing ? `${upload}: ${differing.join(", ")}` : upload,
        run ?? "none",
        state ?? "",
        locked ?? "",
      ]),
    ),
    ...(found.some(({ upload }) => upload === "no workspace")
      ? ["no workspace: it does not exist, or the token may not see it, which needs Read on it"]
      : []),
    ...found.flatMap(({ stack, problem }) => (problem !== undefined ? [`${stack}: ${problem}`] : [])),
  ].join("\n");

function releaseWords(releases: StackStatus["releases"]): string {
  const entries = Object.entries(releases);
  return entries.length === 0
    ? "none"
    : entries.map(([name, version]) => (name === "release" ? version : `${name} ${version}`)).join(", ");
}
