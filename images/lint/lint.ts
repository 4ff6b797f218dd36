/** Checks Packer templates without Packer and without a cloud. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, normalize } from "node:path";
import type { Problem } from "../../constructs/contract/problem";
import { RULES } from "./rules";
import { readTemplate, readText, strings, type Template } from "./template";

/** Every problem of every template; none when they are as the house wants them. */
export async function lintTemplates(folders: readonly string[]): Promise<Problem[]> {
  const found: Problem[] = [];
  for (const folder of folders) {
    const { template, problems } = await readTemplate(normalize(folder));
    found.push(...problems, ...(await unformatted(template)));
    // Rules see the template as a whole: with a file missing they would report what is in it as missing.
    if (problems.length === 0) found.push(...RULES.flatMap((rule) => rule(template)), ...scripts(template));
  }
  return found;
}

async function unformatted({ files }: Template): Promise<Problem[]> {
  const { format } = await import("@cdktf/hcl-tools");
  const checked = await Promise.all(
    files
      .filter(({ file }) => file.endsWith(".hcl"))
      .map(async ({ file, text }) => ({ file, same: (await format(text)) === text })),
  );
  return checked
    .filter(({ same }) => !same)
    .map(({ file }) => ({ path: file, message: "is not formatted; run packer fmt" }));
}

/** Scripts that the template names: there, readable by a shell, and free of what moves. */
function scripts({ folder, files }: Template): Problem[] {
  const named = files.flatMap(({ body }) =>
    strings(body).flatMap(({ text }) => /^\$\{path\.root\}(\/[\w./-]+\.sh)$/.exec(text)?.[1] ?? []),
  );
  return [...new Set(named)].flatMap((name) => {
    const file = join(folder, name);
    if (!existsSync(file)) return [{ path: file, message: "is missing, and the template runs it" }];
    const { text, problem } = readText(file);
    if (problem) return [problem];
    const moving = /\S+:latest\b/.exec(text);
    return [...syntax(file), ...(moving ? [{ path: file, message: `must name one version, got "${moving[0]}"` }] : [])];
  });
}

function syntax(file: string): Problem[] {
  try {
    execFileSync("sh", ["-n", file], { stdio: "pipe" });
    return [];
  } catch (error) {
    return [{ path: file, message: `is no shell script: ${String((error as { stderr?: Buffer }).stderr).trim()}` }];
  }
}
