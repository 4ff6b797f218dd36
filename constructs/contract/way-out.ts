/** The template by which Azure makes machines' way out, and the form by which a plan's template is known for it. */
import { goJson } from "./names";

export const NAT_GATEWAY = "Microsoft.Network/natGateways";
const ADDRESS = "Microsoft.Network/publicIPAddresses";

/**
 * A NAT gateway of all zones, and its address.
 * https://learn.microsoft.com/azure/nat-gateway/quickstart-create-nat-gateway-v2,
 * https://learn.microsoft.com/azure/templates/microsoft.network/2025-03-01/natgateways
 *
 * @param name of both
 */
export function wayOutTemplate(name: string, location: string): string {
  const common = { apiVersion: "2025-03-01", name, location, sku: { name: "StandardV2" }, zones: ["1", "2", "3"] };
  const address = `[resourceId('${ADDRESS}', '${name}')]`;
  return goJson({
    $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    contentVersion: "1.0.0.0",
    resources: [
      { ...common, type: ADDRESS, properties: { publicIPAllocationMethod: "Static" } },
      { ...common, type: NAT_GATEWAY, dependsOn: [address], properties: { publicIpAddresses: [{ id: address }] } },
    ],
  });
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** By type: the attribute whose text says what an object makes besides itself, and the form of this project's own. */
export const TEXTS: Readonly<Record<string, { readonly attribute: string; readonly form: string }>> = {
  azurerm_resource_group_template_deployment: {
    attribute: "template_content",
    form: `^${escaped(wayOutTemplate("NAME", "PLACE")).replaceAll(/NAME|PLACE/g, "[a-z0-9-]+")}$`,
  },
};

/** Whether an object makes nothing but what this project's own does; one that has no such text makes itself alone. */
export function isOwnText(type: string, after: unknown): boolean {
  const own = Object.hasOwn(TEXTS, type) ? TEXTS[type] : undefined;
  const text = own && (after as Record<string, unknown> | null | undefined)?.[own.attribute];
  return own === undefined || (typeof text === "string" && new RegExp(own.form).test(text));
}
