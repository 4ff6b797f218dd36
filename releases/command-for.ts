/** A `fleet release` command as somebody types it for one service; several environments may have a service of that name. */
export function commandFor(name: string, command: string): string {
  const [environment, service] = name.split("/");
  return `npx fleet release ${command} --env ${environment} --service ${service}`;
}
