/** The command that names what builds left behind. */
import { deletionCommands } from "../../images/cloud-commands";
import { readSource } from "../../images/in-use";
import { LIST_COMMANDS, readListed } from "../../images/listed";
import { orphans } from "../../images/orphans";
import { named, refuse } from "../../images/refuse";
import { table } from "../table";
import type { ImageCommand } from "./command";
import { IN_USE } from "./fleet-view";

export const orphansCommand: ImageCommand = {
  summary: "Names images of our templates that no version owns, with the commands that remove them; removes nothing.",
  args: ["lists*"],
  options: IN_USE,
  run(input) {
    if (input.rest.length === 0)
      refuse(
        "fleet image orphans",
        `needs manifests of Packer, or lists of the clouds: ${Object.values(LIST_COMMANDS).join("; ")}`,
      );
    if (input.many("in-use").length === 0)
      refuse(
        "--in-use",
        "is needed, or an image that still runs could be named: give `terraform show -json` of every stack, or a list from each cloud",
      );
    const found = orphans(
      input.catalog(),
      input.rest.flatMap(readListed),
      input.many("in-use").map(readSource),
      input.now,
    );
    const going = found.filter(({ keep }) => keep.length === 0);
    const commands = deletionCommands(going.map(({ artifact }) => artifact));
    const rows = found.map(({ artifact, image, version, keep }) => ({
      cloud: artifact.cloud,
      region: artifact.region,
      id: artifact.id,
      built: named(image, version),
      verdict: keep.length === 0 ? "remove" : "keep",
      reasons: keep.length === 0 ? ["no version of the catalog owns it"] : keep,
    }));
    const lines = table(
      ["cloud", "region", "id", "built as", "verdict", "because"],
      rows.map((row) => [row.cloud, row.region, row.id, row.built, row.verdict, row.reasons.join("; ")]),
    );
    const text = found.length === 0 ? "every image of our templates belongs to a version" : lines;
    return {
      text: [text, ...(commands.length > 0 ? ["", ...commands] : [])].join("\n"),
      json: { images: rows, commands },
      findings: going.length > 0,
    };
  },
};
