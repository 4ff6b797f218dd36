/** The stacks that a synth wrote, each with the workspace that its cloud block names. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { jsonIn, parseJson } from "../constructs/contract/json-text";
import { deploymentOrder, RELEASE_FILE } from "../constructs/contract/names";
import { HcpError } from "./error";
import { DEFAULT_HOSTNAME } from "./host";

/** Where a stack's state and runs are. */
export interface Place {
  readonly hostname: string;
  readonly organization: string;
  readonly workspace: string;
  readonly project?: string;
}

export interface Stack {
  readonly name: string;
  /** Holds cdk.tf.json and, for a service, its release variables. */
  readonly folder: string;
  /** Undefined where the state is not in HCP Terraform. */
  readonly place?: Place;
  /** Terraform's variables, as the synth wrote them beside cdk.tf.json. */
  readonly variables: Readonly<Record<string, unknown>>;
}

const manifest = z.object({
  stacks: z.record(
    z.string(),
    z.object({ name: z.string(), workingDirectory: z.string(), dependencies: z.array(z.string()).default([]) }),
  ),
});

const configuration = z.object({
  terraform: z
    .object({
      cloud: z
        .object({
          organization: z.string(),
          hostname: z.string().optional(),
          workspaces: z.object({ name: z.string().optional(), project: z.string().optional() }),
        })
        .optional(),
    })
    .optional(),
});

/**
 * Every stack of a synth, in the order to deploy them.
 * @param out the folder that cdktf writes to
 * @throws HcpError when there is no synth, or it is not whole
 */
export function readStacks(out: string): readonly Stack[] {
  const { stacks } = readSynthesized(join(out, "manifest.json"), manifest);
  return inOrder(Object.values(stacks)).map(({ name, workingDirectory }) =>
    readStack(name, join(out, workingDirectory)),
  );
}

/** @throws HcpError when the folder holds no stack */
export function readStack(name: string, folder: string): Stack {
  const { cloud } = readSynthesized(join(folder, "cdk.tf.json"), configuration).terraform ?? {};
  const variables = readVariables(folder);
  if (!cloud?.workspaces.name) return { name, folder, variables };
  const { organization, hostname = DEFAULT_HOSTNAME, workspaces } = cloud;
  const { project } = workspaces;
  return {
    name,
    folder,
    variables,
    place: { hostname, organization, workspace: cloud.workspaces.name, ...(project && { project }) },
  };
}

/** The release variables that lie beside a stack's cdk.tf.json; none where it has no release. @throws HcpError */
export function readVariables(folder: string): Readonly<Record<string, unknown>> {
  const file = join(folder, RELEASE_FILE);
  return existsSync(file) ? readSynthesized(file, z.record(z.string(), z.unknown())) : {};
}

/** A file that the synth wrote. @throws HcpError when it is missing, no JSON, or of another form */
export function readSynthesized<S extends z.ZodType>(file: string, schema: S): z.output<S> {
  let content: unknown;
  try {
    content = parseJson(jsonIn(readFileSync(file)));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new HcpError(
      `${file} ${missing ? "is missing" : `is not readable JSON: ${(error as Error).message}`}; write it anew with: npx cdktf synth`,
    );
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new HcpError(
    `${file} ${parsed.error.issues[0]?.path.join(".") ?? ""} is not as cdktf writes it; write it anew with: npx cdktf synth`,
  );
}

type Listed = z.output<typeof manifest>["stacks"][string];

/** By layer, and after the stacks whose outputs they read. */
function inOrder(stacks: readonly Listed[]): Listed[] {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  const placed = new Set<Listed>();
  const place = (stack: Listed): void => {
    if (placed.has(stack)) return;
    for (const name of stack.dependencies) {
      const other = byName.get(name);
      if (other) place(other);
    }
    placed.add(stack);
  };
  for (const stack of [...stacks].sort((a, b) => deploymentOrder(a.name) - deploymentOrder(b.name))) place(stack);
  return [...placed];
}

/** Stacks by name, `*` standing for anything, in the order to deploy them. @throws HcpError for a name that none has */
export function choose(stacks: readonly Stack[], names: readonly string[]): readonly Stack[] {
  const forms = names.map((name) => ({
    name,
    form: new RegExp(`^${name.split("*").map(escape).join(".*")}$`),
  }));
  const unknown = forms.find(({ form }) => !stacks.some((stack) => form.test(stack.name)));
  if (unknown)
    throw new HcpError(`there is no stack "${unknown.name}"; stacks: ${stacks.map(({ name }) => name).join(", ")}`);
  return stacks.filter((stack) => forms.some(({ form }) => form.test(stack.name)));
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Where a stack's runs are. @throws HcpError when its state is not in HCP Terraform */
export function placeOf({ name, place }: Stack): Place {
  if (place) return place;
  throw new HcpError(
    `${name} does not keep its state in HCP Terraform; give its environment in fleet.ts the backend { kind: "hcp", organization: "…" }`,
  );
}
