import { plainText, Sandbox } from "./support";

/** Applies a configuration whose outputs are all `true`, plans it again, and destroys it. */
export async function holds(configuration: string, outputs: Record<string, string>, providers?: string): Promise<void> {
  const sandbox = new Sandbox();
  try {
    await sandbox.start();
    const lines = Object.entries(outputs).map(([name, value]) => `output "${name}" {\n  value = ${value}\n}`);
    const applied = await sandbox.apply(["", configuration, ...lines, ""].join("\n"), providers);
    expect(plainText(applied.output)).toMatch(/Apply complete!/);
    const shown = await sandbox.terraform("output", "-json");
    const values = JSON.parse(shown.stdout) as Record<string, { value: unknown }>;
    expect(Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]))).toEqual(
      Object.fromEntries(Object.keys(outputs).map((name) => [name, true])),
    );
    expect(await sandbox.plan()).toEqual([]);
    expect(plainText((await sandbox.terraform("destroy", "-auto-approve")).output)).toMatch(/Destroy complete!/);
  } finally {
    await sandbox.close();
  }
}
