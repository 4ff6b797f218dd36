/** A stack that was synthesized without the local cloud: its state would be kept where that of a real deployment is. */
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isObject, type Value } from "../protocol/values";

/** Why the folder is not to be used here; undefined when it is, or when it is no stack of this project. */
export function elsewhere(folder: string, stateFolder: string | undefined): string | undefined {
  const stack = readStack(join(folder, "cdk.tf.json"));
  if (!stack || !stateFolder) return undefined;
  const { name, path, text } = stack;
  const here = path !== undefined && dirname(resolve(folder, path)) === resolve(stateFolder);
  // The project names a state after its stack; cdktf's own default begins with terraform.
  if (here || !text.includes(name) || /(^|\/)terraform\.[^/]*$/.test(path ?? "")) return undefined;
  return (
    `${folder} was synthesized without the local cloud: the state of ${name} would be kept ` +
    `${path === undefined ? "in the backend of a real deployment" : `in ${path}`}. Nothing was done. ` +
    "Synthesize it for the local cloud first, with npm run local -- npx cdktf synth, or run what follows without npm run local."
  );
}

function readStack(file: string): { name: string; path?: string; text: string } | undefined {
  try {
    const { "//": comment, terraform } = JSON.parse(readFileSync(file, "utf8")) as Record<string, Value>;
    const metadata = isObject(comment) ? comment.metadata : undefined;
    const { backend = null, cloud = null } = isObject(terraform) ? terraform : {};
    if (!isObject(metadata) || typeof metadata.stackName !== "string") return undefined;
    const local = isObject(backend) && isObject(backend.local ?? null) ? (backend.local as Record<string, Value>) : {};
    return {
      name: metadata.stackName,
      text: JSON.stringify([backend, cloud]),
      ...(typeof local.path === "string" ? { path: local.path } : {}),
    };
  } catch {
    return undefined;
  }
}
