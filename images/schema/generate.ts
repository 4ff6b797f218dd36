/** `npx tsx images/schema/generate.ts` writes the published JSON Schemas beside this file; a test compares them with the code. */
import { join } from "node:path";
import { format } from "prettier";
import { jsonSchemas } from "../json-schema";
import { writeAll } from "../write";

async function write(): Promise<void> {
  const files = Object.entries(jsonSchemas()).map(async ([name, schema]) => ({
    file: join(__dirname, name),
    text: await format(JSON.stringify(schema), { parser: "json", printWidth: 120 }),
  }));
  writeAll(await Promise.all(files));
}

void write();
