/** What hashicorp/aws does at plan time for every type: regions, and tags. */
import type { ProviderSettings } from "../engine/request";
import { absent, equal, isObject, type Obj, Unknown, type Value, whollyKnown } from "../protocol/values";
import type { PlanRule } from "../engine/draft";

/** `region` is the provider's when unset; a real change is a replacement. */
export const awsRegion: PlanRule = (draft) => {
  if (!draft.schema.region) return;
  const planned = draft.planned.region ?? null;
  const region = draft.settings.region;
  if ((planned === null || planned === "" || planned instanceof Unknown) && absent(draft.config.region) && region) {
    draft.set("region", region);
  }
  const wanted = draft.planned.region;
  if (typeof wanted === "string" && region && partition(wanted) !== partition(region)) {
    draft.problem(`Invalid Region Value: "${wanted}" is not in partition "${partition(region)}"`, ["region"]);
  }
  const before = draft.prior?.region ?? null;
  const now = draft.planned.region ?? null;
  const oldStyle = (before === null && now === region) || (now === null && before === region);
  if (!draft.create && draft.changed("region") && !oldStyle) draft.forceNew("region");
};

/** `tags_all` is the provider's default tags with the resource's own tags over them. */
export const awsTagsAll: PlanRule = (draft) => {
  if (!draft.schema.tagsAll) return;
  const tags = draft.planned.tags ?? null;
  if (!whollyKnown(tags)) return draft.setUnknown("tags_all");
  const own = isObject(tags) ? tags : {};
  const merged = mergedTags(draft.settings, tags);
  const emptyTag = Object.values(own).some((value) => value === "" || value === null);
  const emptyAny = Object.values(merged).some((value) => value === "" || value === null);
  const size = Object.keys(merged).length;
  if (draft.schema.framework) return draft.set("tags_all", merged);
  if (draft.create ? Object.keys(own).length > 0 : draft.changed("tags")) {
    if (emptyTag) draft.setUnknown("tags_all");
    else if (size === 0 || !emptyAny || !emptyTag) draft.set("tags_all", merged);
  } else if (size > 0) {
    if (!emptyAny) draft.set("tags_all", merged);
    else if (!equal(merged, draft.prior?.tags_all ?? null)) draft.setUnknown("tags_all");
  }
};

/** The provider's default tags with an object's own over them, without those that the provider ignores. */
export function mergedTags(settings: ProviderSettings, tags: Value): Obj {
  const all: Obj = { ...settings.defaultTags, ...(isObject(tags) ? tags : {}) };
  const ignored = (key: string) =>
    settings.ignoreTags.includes(key) || settings.ignoreTagPrefixes.some((prefix) => key.startsWith(prefix));
  return Object.fromEntries(Object.entries(all).filter(([key]) => !ignored(key)));
}

/** The separate parts of AWS: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
const partition = (region: string): string => /^(cn|us-gov)(?=-)/.exec(region)?.[0].replace(/^/, "aws-") ?? "aws";

/** A tag policy of the organisation asks for tags on some types. */
export const awsRequiredTags: PlanRule = (draft) => {
  const required = draft.schema.tagsAll ? draft.settings.requiredTags?.[draft.schema.name] : undefined;
  const tags = draft.planned.tags ?? null;
  if (!required || !whollyKnown(tags) || !(draft.create || draft.changed("tags"))) return;
  const given: Obj = { ...draft.settings.defaultTags, ...(isObject(tags) ? tags : {}) };
  const missing = required.filter((key) => !(key in given));
  if (missing.length === 0) return;
  const detail = `An organizational tag policy requires the following tags for ${draft.schema.name}: [${missing.join(" ")}]`;
  draft.problem("Missing Required Tags", ["tags"], detail);
};
