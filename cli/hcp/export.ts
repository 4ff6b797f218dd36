/** `fleet hcp export`: the stacks as files to commit. */
import { locks, staleness, writeExport } from "../../hcp/export";
import { OF_STACKS, UsageError, type HcpCommand } from "./command";

export const exportCommand: HcpCommand = {
  summary:
    "Writes the stacks, their release variables and lock files into a folder to commit.\nExit code: 0, or 2 when --check finds it stale, or 1 for an error.",
  options: {
    out: { value: "DIR", help: "folder to write to (hcp-stacks)" },
    check: { help: "write nothing, list what is stale" },
    "fs-mirror": { value: "DIR", help: "providers' packages, where their registry cannot be reached" },
    "net-mirror": { value: "URL", help: "the same, from a network mirror" },
    "without-lock": { help: "write no lock files: versions stay pinned, packages are not" },
    stacks: OF_STACKS.stacks!,
    "skip-synth": OF_STACKS["skip-synth"]!,
  },
  async run(line) {
    const out = line.text("out") ?? "hcp-stacks";
    const [fs, net] = [line.text("fs-mirror"), line.text("net-mirror")];
    if (fs !== undefined && net !== undefined) throw new UsageError("give --fs-mirror or --net-mirror, not both");
    const withLock = !line.on("without-lock");
    const stacks = await line.stacksOnHcp();
    if (line.on("check")) return check(out, staleness(out, stacks, withLock), line.on("json"));
    const mirror = { ...(fs !== undefined && { fs }), ...(net !== undefined && { net }) };
    writeExport(out, stacks, withLock ? await locks(out, stacks, mirror) : new Map());
    const names = stacks.map(({ name }) => name);
    console.log(
      line.on("json")
        ? JSON.stringify({ out, stacks: names }, null, 2)
        : `${names.length} stacks written to ${out}; commit it`,
    );
    return 0;
  },
};

function check(out: string, stale: readonly string[], asJson: boolean): number {
  if (asJson) console.log(JSON.stringify({ out, stale }, null, 2));
  else if (stale.length === 0) console.log(`${out} is up to date`);
  else
    console.error(
      [`${out} is stale:`, ...stale.map((line) => `  ${line}`), "write it anew: npx fleet hcp export"].join("\n"),
    );
  return stale.length === 0 ? 0 : 2;
}
