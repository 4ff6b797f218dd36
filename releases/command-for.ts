/** Commands as somebody types them. */

/**
 * A command that needs the cloud, or writes where the state of what runs there is. Whoever works on the local cloud, which sets
 * this variable, must type it with its wrapper.
 */
export const typed = (command: string): string =>
  process.env.FLEET_STATE_DIR ? `npm run local -- ${command}` : command;

/** A `fleet release` command as somebody types it for one service; several environments may have a service of that name. */
export function commandFor(name: string, command: string): string {
  const [environment, service] = name.split("/");
  return `npx fleet release ${command} --env ${environment} --service ${service}`;
}
