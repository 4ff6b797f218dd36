/** Commands that keep the stock of images fresh and small. */
import { CLOUDS } from "../../constructs/contract/spec";
import { cloudCommands } from "../../images/cloud-commands";
import { bury } from "../../images/lifecycle";
import { prune } from "../../images/prune";
import { named, refuse } from "../../images/refuse";
import { outdated, planRebuild, stale, type Rebuild } from "../../images/upkeep";
import { table } from "../table";
import { recordToWrite } from "./build-commands";
import { BY, type ImageCommand } from "./command";
import { IN_USE, used } from "./fleet-view";

export const outdatedCommand: ImageCommand = {
  summary: "Lists images that are built on an older base than the newest approved one.",
  args: [],
  run(input) {
    const found = outdated(input.catalog(), input.now);
    const rows = found.map(({ record, where, newer, due, overdue }) => ({
      image: record.image,
      version: record.version,
      where,
      base: named(record.base!.image, record.base!.version),
      newest: named(newer.image, newer.version),
      due,
      overdue,
    }));
    return {
      text: rows.length === 0
        ? "every image is built on the newest approved version of its base"
        : table(
            ["image", "version", "in", "built on", "newest", "rebuild until"],
            rows.map((r) => [r.image, r.version, r.where.join(", "), r.base, r.newest, r.due + (r.overdue ? ", overdue" : "")]),
          ), // prettier-ignore
      json: rows,
      findings: rows.length > 0,
    };
  },
};

export const staleCommand: ImageCommand = {
  summary: "Lists images that are older than policy.json allows.",
  args: [],
  run(input) {
    const rows = stale(input.catalog(), input.now).map(({ record, where, ageDays, maxAge }) => ({
      image: record.image,
      version: record.version,
      where,
      ageDays,
      maxAge,
    }));
    return {
      text:
        rows.length === 0
          ? "no image is older than policy.json allows"
          : table(
              ["image", "version", "in", "days old", "allowed"],
              rows.map((r) => [r.image, r.version, r.where.join(", "), String(r.ageDays), r.maxAge]),
            ),
      json: rows,
      findings: rows.length > 0,
    };
  },
};

/** The command lines of one version's builds, ready to run; each architecture has places of its own. */
function buildLines({ image, version, base, archs }: Rebuild): string[] {
  const on = base ? ` --base ${base.image}@${base.version}` : "";
  const [variables, folder] = ["release.auto.pkrvars.json", `images/packer/${image}`];
  return [
    `packer init ${folder}`,
    ...archs.flatMap((arch) => {
      const [option, suffix] = arch === "x86_64" ? ["", ""] : [` --arch ${arch}`, `-${arch}`];
      // What is built on no image of the catalog is built on a vendor's.
      const values = [`images/packer/places${suffix}`, ...(base ? [] : [`${folder}/vendor${suffix}`])];
      return [
        `npx fleet image export ${image} --packer ${version}${on}${option} > ${folder}/${variables}`,
        `packer build ${values.map((file) => `-var-file=${file}.pkrvars.hcl `).join("")}${folder}`,
      ];
    }),
    `npx fleet image ingest ${folder}/packer-manifest.json --image ${image}`,
  ];
}

export const planRebuildCommand: ImageCommand = {
  summary: "Says what to build anew, bases first, with the commands.",
  args: [],
  run(input) {
    const plan = planRebuild(input.catalog(), input.now);
    const lines = plan.map((rebuild, index) =>
      [
        `${index + 1}. ${named(rebuild.image, rebuild.version)}, because ${rebuild.why}`,
        ...buildLines(rebuild).map((line) => `   ${line}`),
      ].join("\n"),
    );
    const note = plan.length > 1 ? ["", "Test and approve each base before what is built on it."] : [];
    return {
      text: plan.length === 0 ? "nothing needs to be built anew" : [...lines, ...note].join("\n"),
      json: plan.map((rebuild) => ({ ...rebuild, commands: buildLines(rebuild) })),
      findings: plan.length > 0,
    };
  },
};

export const pruneCommand: ImageCommand = {
  summary: "Says which versions may be deleted and prints the clouds' commands; deletes nothing.",
  args: [],
  options: {
    ...IN_USE,
    emit: { value: "CLOUDS", help: "print the delete commands of these clouds only" },
    record: { help: "write the tombstones, once the commands have been run" },
    ...BY,
  },
  run(input) {
    if (input.many("in-use").length === 0)
      refuse(
        "--in-use",
        "is needed, or an image that still runs could be chosen: give `terraform show -json` of every stack, or a list from each cloud",
      );
    const clouds = input.words("emit", CLOUDS);
    const catalog = input.catalog();
    const verdicts = prune(catalog, used(catalog, input), input.now);
    const going = verdicts.filter(({ keep }) => keep.length === 0).map(({ record }) => record);
    const commands = going.flatMap((record) => cloudCommands("delete", record, clouds));
    const rows = verdicts.map(({ record, keep }) => ({
      image: record.image,
      version: record.version,
      verdict: keep.length === 0 ? "delete" : "keep",
      reasons: keep.length === 0 ? [`${record.lifecycle.state}, and nothing holds it`] : keep,
    }));
    const lines = table(
      ["image", "version", "verdict", "because"],
      rows.map((row) => [row.image, row.version, row.verdict, row.reasons.join("; ")]),
    );
    return {
      text: [lines, ...(commands.length > 0 ? ["", ...commands] : [])].join("\n"),
      json: { versions: rows, commands },
      write: input.on("record") ? going.map((record) => recordToWrite(input.folder, bury(record, input.act()))) : [],
      findings: going.length > 0 && !input.on("record"),
    };
  },
};
