/** What a table holds for a name that came from outside: "constructor" is no entry, though every object answers to it. */
export const ownIn = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
