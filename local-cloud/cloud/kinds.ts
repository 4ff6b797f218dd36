/** Types of terraform that are one kind of object in the cloud: whatever finds or names the one finds the other. */

const KINDS: readonly (readonly string[])[] = [
  ["aws_vpc", "aws_default_vpc"],
  ["aws_subnet", "aws_default_subnet"],
  ["aws_security_group", "aws_default_security_group"],
  ["aws_route_table", "aws_default_route_table"],
  ["aws_network_acl", "aws_default_network_acl"],
  ["aws_lb", "aws_alb"],
  [
    "azurerm_linux_virtual_machine_scale_set",
    "azurerm_windows_virtual_machine_scale_set",
    "azurerm_orchestrated_virtual_machine_scale_set",
    "azurerm_virtual_machine_scale_set",
  ],
  ["azurerm_linux_virtual_machine", "azurerm_windows_virtual_machine"],
];

const BY_TYPE = new Map(KINDS.flatMap((kind) => kind.map((type) => [type, kind] as const)));

/** The types that are the same kind of object, the type itself among them. */
export const alike = (type: string): readonly string[] => BY_TYPE.get(type) ?? [type];

/** AWS: the type takes over an object that comes with another one, and gives it back instead of deleting it. */
export const adopts = (type: string): boolean => type.startsWith("aws_default_");
