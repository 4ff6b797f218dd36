/** Which plan rules run for a type, in the order in which the real provider runs them. */
import type { PlanRule } from "../engine/draft";
import type { TypeSchema } from "../schemas/catalog";
import { AWS_BY_TYPE } from "./aws";
import { awsRegion, awsRequiredTags, awsTagsAll } from "./aws-general";
import { AZURE_BY_TYPE } from "./azure";
import { checks } from "./checks";
import { GOOGLE_BY_TYPE, googleAnnotations, googleDefaults, googleLabels } from "./google";

const BY_TYPE: Record<string, readonly PlanRule[]> = { ...AWS_BY_TYPE, ...GOOGLE_BY_TYPE, ...AZURE_BY_TYPE };

/** The rules for every type of a provider. */
const GENERAL: Record<TypeSchema["provider"], readonly PlanRule[]> = {
  aws: [awsRegion, awsTagsAll, awsRequiredTags],
  google: [googleDefaults, googleLabels, googleAnnotations],
  azurerm: [],
};

export function planRules(schema: TypeSchema): readonly PlanRule[] {
  return [...GENERAL[schema.provider], ...(BY_TYPE[schema.name] ?? []), checks];
}
