/** Commands as somebody types them. */
import type { Environment } from "../constructs/contract/spec";

/**
 * A command that needs the cloud, or writes where the state of what runs there is. Whoever works on the local cloud, which sets
 * these variables, must type it with its wrapper.
 */
export function typed(command: string): string {
  const { FLEET_STATE_DIR: states, LOCAL_CLOUD_HCP_SESSION: hcp } = process.env;
  return states ? onLocalCloud(command) : hcp ? `npm run local -- --hcp ${command}` : command;
}

export const onLocalCloud = (command: string): string => `npm run local -- ${command}`;

/** How stacks of an environment are deployed: one command, which orders them and loses no error. */
export function deployCommand({ backend }: Environment, stacks: readonly string[]): string {
  const names = stacks.join(" ");
  return backend.kind === "hcp" && !process.env.FLEET_STATE_DIR
    ? `${typed(`npx fleet hcp plan ${names}`)}, then ${typed(`npx fleet hcp apply ${names}`)}`
    : typed(`npx fleet deploy ${names}`);
}

/** A `fleet release` command as somebody types it for one service; several environments may have a service of that name. */
export function commandFor(name: string, command: string): string {
  const [environment, service] = name.split("/");
  return `npx fleet release ${command} --env ${environment} --service ${service}`;
}
