/** Which stack a plan is of: stack names read `<env>-<service or layer>-<cloud>-<region>`. */
import { basename, dirname } from "node:path";
import { CLOUDS } from "../constructs/contract/spec";
import type { Subject } from "./subject";

const FORM = new RegExp(`^([^-]+)-(.+)-(${CLOUDS.join("|")})-(.+)$`);

export interface Place {
  readonly stack: string;
  readonly environment?: string;
  readonly service?: string;
  readonly placement?: string;
}

/** By its configuration, else by the folder that the plan lies in. */
export function placeOf({ configuration, facts }: Pick<Subject, "configuration" | "facts">): Place {
  const folder = basename(dirname(facts.file));
  const stack = configuration?.stack ?? (folder === "." ? basename(facts.file) : `${folder}/${basename(facts.file)}`);
  const [, environment, service, cloud, region] = FORM.exec(stack) ?? [];
  return environment && service ? { stack, environment, service, placement: `${cloud!} ${region!}` } : { stack };
}
