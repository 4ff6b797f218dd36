/**
 * Which attribute of which kind is about what. Paths are without indexes; the longest that an attribute begins with counts,
 * and "" stands for the whole object. What is not here is `else`: unknown drift is never taken for life.
 *
 * What is `computed` or `attached` here is what the providers' schemas mark as computed and fill in by themselves, once
 * satellites are made or data is written.
 */
import type { Subject } from "./subjects";
import { AWS } from "./tables/aws";
import { AZURE } from "./tables/azure";
import { GOOGLE } from "./tables/google";
import type { Table } from "./tables/rows";

/** By kind: global and regional kinds of Google are one. */
export const TABLE: Table = { ...AWS, ...GOOGLE, ...AZURE };

/** Attributes of any kind; they yield to a longer path, and to the same path, of the object's own kind. */
export const ANYWHERE: Readonly<Record<string, Subject>> = {
  tags: "else",
  tags_all: "else",
  labels: "else",
  terraform_labels: "else",
  effective_labels: "else",
  description: "else",
};
