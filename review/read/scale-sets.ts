/** Scale sets that a plan's look at the subscription found, beside those of its state. */
import type { LeftBehind } from "../facts";

const lower = (value: unknown): string => String(value ?? "").toLowerCase();

export class ScaleSets {
  private readonly groups = new Set<string>();
  private readonly own = new Set<string>();
  private readonly listed: LeftBehind[] = [];

  /** An object of `prior_state`. Azure compares names without case. */
  known(mode: unknown, type: unknown, { name, resources, type: listed }: Readonly<Record<string, unknown>>): void {
    if (mode === "managed" && type === "azurerm_resource_group") this.groups.add(lower(name));
    if (mode === "managed" && type === "azurerm_linux_virtual_machine_scale_set") this.own.add(lower(name));
    if (type !== "azurerm_resources" || lower(listed) !== "microsoft.compute/virtualmachinescalesets") return;
    for (const one of Array.isArray(resources) ? (resources as unknown[]) : []) {
      const { name, resource_group_name } = (one ?? {}) as Readonly<Record<string, unknown>>;
      this.listed.push({ resourceGroup: lower(resource_group_name), name: lower(name) });
    }
  }

  leftBehind(): readonly LeftBehind[] {
    return this.listed.filter(({ resourceGroup, name }) => this.groups.has(resourceGroup) && !this.own.has(name));
  }
}
