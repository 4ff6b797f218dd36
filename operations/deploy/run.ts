/**
 * Deploys stacks in the order in which they stand on each other, and destroys them in the other. CDKTF would order them by
 * dependencies too, but then refuses to deploy a service alone, and it loses what terraform says of a stack that fails:
 * https://developer.hashicorp.com/terraform/cdktf/concepts/stacks#stack-dependencies
 */
import { refuse } from "../../images/refuse";
import { typed } from "../../releases/command-for";
import { groundsOf, stackFolder } from "../stacks";
import { each, StackTerraform, TerraformFailed, type Follower } from "../terraform";
import { inOrder, type Task } from "./schedule";
import { isOnHcp, mayLeaveBehind, protectedIn, work, type End, type Tried, type Verb } from "./stack";

export interface Wish {
  readonly verb: Verb;
  /** Folder of the last synth. */
  readonly output: string;
  /** Names of the stacks. */
  readonly chosen: readonly string[];
  /** Most stacks at once. */
  readonly atOnce: number;
}

/** Whoever watches, and may stop it. */
export interface Watcher {
  follow(stack: string): Follower;
  /** Whether to apply the plan of a stack that was just shown. */
  approves(stack: string): Promise<boolean>;
  isStopped(): boolean;
}

type Grounds = ReadonlyMap<string, readonly string[]>;

/**
 * What came of each stack, in the order in which they are worked on.
 * @throws InvalidInputError, before anything is changed, when the stacks must not be destroyed
 */
export async function run(wish: Wish, watcher: Watcher): Promise<ReadonlyMap<string, End>> {
  const { verb, output, chosen, atOnce } = wish;
  const grounds = groundsOf(output);
  const tasks = inTheirOrder(verb, grounds, chosen);
  refuseHcp(wish, tasks);
  if (verb === "destroy") await refuseToDestroy(wish, grounds);
  const one = async (stack: string): Promise<Tried> => {
    const folder = stackFolder(output, stack);
    const terraform = new StackTerraform(folder, process.env, watcher.follow(stack));
    try {
      const leavesBehind = mayLeaveBehind(folder);
      const end = await work({ verb, terraform, ask: () => watcher.approves(stack), leavesBehind });
      return verb === "deploy" ? await withMissingGround(end, output, stack, grounds.get(stack)!) : end;
    } finally {
      terraform.close();
    }
  };
  return inOrder(tasks, one, atOnce, () => watcher.isStopped());
}

function inTheirOrder(verb: Verb, grounds: Grounds, chosen: readonly string[]): Task[] {
  const names = [...grounds.keys()].filter((name) => chosen.includes(name));
  if (verb === "destroy") names.reverse();
  const after = (name: string) =>
    verb === "deploy" ? grounds.get(name)! : names.filter((other) => grounds.get(other)!.includes(name));
  return names.map((name) => ({ name, after: after(name).filter((other) => names.includes(other)) }));
}

/** Plans are made and approved there; a plan in a file of this machine is not what its runs apply. */
function refuseHcp({ verb, output }: Wish, tasks: readonly Task[]): void {
  const there = tasks.map(({ name }) => name).filter((name) => isOnHcp(stackFolder(output, name)));
  if (there.length === 0) return;
  const how =
    verb === "deploy"
      ? `${typed(`npx fleet hcp plan ${there.join(" ")}`)}, then npx fleet hcp apply`
      : `one after the other, in this order: ${there.map((name) => `npx cdktf destroy ${name}`).join(", ")}`;
  refuse(`fleet ${verb}`, `works on state of your own, and ${there.join(", ")} ${there.length === 1 ? "has its" : "have their"} state in HCP Terraform; ${verb} there: ${how}`); // prettier-ignore
}

async function refuseToDestroy({ output, chosen, atOnce }: Wish, grounds: Grounds): Promise<void> {
  const left = [...grounds].filter(
    ([name, below]) => !chosen.includes(name) && below.some((ground) => chosen.includes(ground)),
  );
  const standing = (await each(left, async ([name]) => ({ name, is: await isThere(output, name) }), atOnce))
    .filter(({ is }) => is)
    .map(({ name }) => name);
  if (standing.length > 0)
    refuse("fleet destroy", `would take away what ${standing.join(", ")} stand${standing.length === 1 ? "s" : ""} on; name ${standing.length === 1 ? "it" : "them"} too`); // prettier-ignore
  const guarded = chosen.flatMap((name) => {
    const held = protectedIn(stackFolder(output, name));
    return held.length > 0 ? [{ name, held }] : [];
  });
  for (const { name, held } of guarded)
    if (await isThere(output, name))
      refuse(
        name,
        `holds what is protected (${held.join(", ")}), so nothing was destroyed; lift the protection on purpose (docs/persistent.md), or name only stacks that neither keep data nor hold its network`,
      );
}

/** Whether a stack was ever deployed and not destroyed since. */
async function isThere(output: string, stack: string): Promise<boolean> {
  const terraform = new StackTerraform(stackFolder(output, stack));
  try {
    return await terraform.hasState();
  } catch (error) {
    if (!(error instanceof TerraformFailed)) throw error;
    return refuse(stack, `cannot be looked at, so that nobody can say whether it is deployed: ${error.message}`);
  } finally {
    terraform.close();
  }
}

/** Providers say only that they found no network: what was never deployed is named. */
async function withMissingGround(end: Tried, output: string, stack: string, below: readonly string[]): Promise<Tried> {
  if (!("error" in end) || below.length === 0) return end;
  const there = await each(below, (ground) => isThere(output, ground).catch(() => true));
  const missing = below.filter((_, index) => !there[index]);
  if (missing.length === 0) return end;
  const both = [...missing, stack].join(" ");
  return {
    ok: false,
    error: `it stands on ${missing.join(" and ")}, which ${missing.length === 1 ? "was" : "were"} never deployed: ${typed(`npx fleet deploy ${both}`)} deploys them in order\n${end.error}`,
  };
}
