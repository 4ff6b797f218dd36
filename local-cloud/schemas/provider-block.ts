/** The configuration block of a provider, from the names and types in the pinned @cdktf/provider-* package. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CompactAttribute } from "./compact";

const PRIMITIVES: Record<string, string> = {
  string: "s O",
  number: "i O",
  "boolean | cdktf.IResolvable": "b O",
  "string[]": "Ls O",
  "number[]": "Li O",
};

/** Reads the provider block of `aws`, `google` or `azurerm` in compact form. */
export function providerBlock(provider: string): Record<string, CompactAttribute> {
  const file = join(__dirname, `../../node_modules/@cdktf/provider-${provider}/lib/provider/index.d.ts`);
  const text = readFileSync(file, "utf8");
  const main = `${provider[0]?.toUpperCase()}${provider.slice(1)}ProviderConfig`;
  return readInterface(text, main);
}

function readInterface(text: string, name: string): Record<string, CompactAttribute> {
  const body = new RegExp(`export interface ${name} \\{([\\s\\S]*?)\\n\\}`).exec(text)?.[1] ?? "";
  const result: Record<string, CompactAttribute> = {};
  // Each property stands under a comment whose link ends in the name that terraform uses.
  for (const match of body.matchAll(/#(\w+) \w+#\w+\}\s*\*\/\s*readonly \w+\??: ([^;]+(?:;\s*\})?)/g)) {
    const [, property = "", type = ""] = match;
    if (property === "alias") continue;
    const nested = /^(\w+?)(\[\])?( \| cdktf\.IResolvable)?$/.exec(type);
    if (type.startsWith("{")) result[property] = "Ms O";
    else if (PRIMITIVES[type]) result[property] = PRIMITIVES[type];
    else if (nested) {
      const required = property === "features";
      const max = property === "endpoints" || property === "assume_role" ? {} : { max: 1 };
      const children = readInterface(text, nested[1] ?? "");
      result[property] = [`L* ${required ? "R" : "O"}B`, { ...max, ...(required ? { min: 1 } : {}), c: children }];
    }
  }
  return result;
}
