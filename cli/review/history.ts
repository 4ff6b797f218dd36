/** What was released before, as a checkout tells it: the record beside the release file, and version control. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readJsonIfThere } from "../../images/json-file";
import { releaseFile } from "../../releases/file";
import { recordFile, recordSchema } from "../../releases/record";
import type { History } from "../../review/rules/stack";

/** Stack names come from plans; only what can be a name leads to a file. */
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** @param folder of the releases */
export const historyIn =
  (folder: string): History =>
  (environment, service) => {
    if (!NAME.test(environment) || !NAME.test(service)) return undefined;
    return recorded(recordFile(folder, environment, service)) ?? committed(releaseFile(folder, environment, service));
  };

function recorded(file: string): string | undefined {
  const record = readJsonIfThere(file, recordSchema)?.value;
  const last = record?.history[0] ?? (record?.rollout?.applied ? record.rollout.from : undefined);
  return last && `version ${last.version}, by ${file}`;
}

/** A release file that named several versions was released before; without version control, or a whole checkout, nothing is known. */
function committed(file: string): string | undefined {
  const options = [
    "log",
    "-100",
    "--format=",
    "--patch",
    "--unified=0",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
  ];
  const { status, stdout } = spawnSync("git", ["-C", dirname(file), ...options, "--", basename(file)], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (status !== 0) return undefined;
  const versions = [...stdout.matchAll(/^[+].*?"version"\s*:\s*"([^"]+)"/gm)].map(([, version]) => version!);
  const named = [...new Set(versions)];
  return named.length > 1 ? `versions ${named.slice(0, 3).join(", ")}, by the history of ${file}` : undefined;
}

/**
 * The workspace that terraform had selected in a stack's folder, where it is not the one that the stack uses: `default`, or
 * the stack's own in HCP Terraform. https://developer.hashicorp.com/terraform/cli/config/environment-variables#tf_workspace
 */
export function otherWorkspace(folder: string, stack: string | undefined): string | undefined {
  const selected = process.env["TF_WORKSPACE"] || selectedIn(folder);
  return selected === undefined || ["", "default", stack].includes(selected) ? undefined : selected;
}

function selectedIn(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, ".terraform", "environment"), "utf8").trim();
  } catch {
    return undefined;
  }
}
