/** The JSON Schemas of the catalog's files, made from the very rules that the tools check by: for editors and other languages. */
import { z } from "zod";
import { recordSchema } from "./catalog";
import { channelSchema } from "./channel";
import { policySchema } from "./policy";

const SCHEMAS = { version: recordSchema, channel: channelSchema, policy: policySchema };

/** JSON Schema, draft 2020-12, by the name of its file. */
export const jsonSchemas = (): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, schema]) => [
      `${name}.schema.json`,
      { title: `images/catalog: ${name}`, ...z.toJSONSchema(schema, { io: "input" }) },
    ]),
  );
