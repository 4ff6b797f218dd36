import type { Review } from "../../../review/model";
import { say } from "../../../review/text";

/** A release in which everything that a review can say has a place: one stack held with left-overs, one broken, one failed. */
export const trouble: Review = {
  schema: 1,
  result: "error",
  stacks: [
    {
      stack: "prod-web-aws-us-east-1",
      service: "web",
      placement: "aws us-east-1",
      result: "contract held",
      step: "bump",
      headline: say`machines replaced: a rollback, new image only`,
      plan: { digest: "a".repeat(64), at: "2026-11-21T00:00:00Z", terraform: "1.11.4" },
      slots: [
        {
          slot: "live",
          old: { id: "ami-0123456789abcdef0", version: "1.2.0" },
          new: { id: "ami-5aae54eb180ebd2b6", version: "1.0.0" },
          cause: "image",
          order: "new first",
          capacity: { before: 3, peak: 9, after: 3 },
          traffic: { before: 100, after: 100 },
        },
      ],
      findings: [
        {
          rule: "left-over",
          level: "warning",
          address: "aws_autoscaling_group.live_group",
          reason: say`Left over from a rollout that did not finish (${"d6784739"}): the group ${"web-1-0-0-753f14e8"}, which may still serve. It is deleted in this plan.`,
          todo: say`Make sure that the new image is good before you apply: afterwards this group is gone.`,
        },
        {
          rule: "tainted",
          level: "note",
          address: "aws_autoscaling_group.live_group",
          reason: say`This group was created by an apply that failed: its machines never got healthy.`,
          todo: say`Nothing to do.`,
        },
      ],
      moreFindings: 0,
      images: [],
      blastRadius: say`1 group replaced, 1 left-over deleted, 14 untouched.`,
      rollBack: [],
      drift: { relevant: 0, all: 0 },
      objects: [{ address: "aws_autoscaling_group.live_group", what: say`replaced, new first` }],
      moreObjects: 0,
    },
    {
      stack: "prod-api-azure-westeurope",
      service: "api",
      placement: "azure westeurope",
      result: "needs a human",
      step: "mixed",
      headline: say`several steps at once`,
      plan: { digest: "b".repeat(64) },
      slots: [
        {
          slot: "blue",
          old: {
            id: "/subscriptions/0/resourceGroups/g/providers/Microsoft.Compute/galleries/fleet/images/api/versions/2.0.0",
          },
          new: {
            id: "/subscriptions/0/resourceGroups/g/providers/Microsoft.Compute/galleries/fleet/images/api/versions/2.1.0",
          },
          order: "old first",
          capacity: { before: 3, peak: 3, after: null },
          traffic: { before: 100, after: 0 },
        },
        {
          slot: "green",
          order: "unchanged",
          capacity: { before: null, peak: null, after: null },
          traffic: { before: 0, after: 100 },
        },
      ],
      findings: [
        {
          rule: "destroyed-first",
          level: "human",
          address: 'azurerm_monitor_metric_alert.api["eu"]',
          reason: say`Depends on the group ${"azurerm_linux_virtual_machine_scale_set.blue_group[0]"} and is destroyed before the new group exists, to come back last.`,
          todo: say`Set create_before_destroy on it.`,
        },
      ],
      moreFindings: 3,
      images: [say`${"api"} ${"2.1.0"}: ${"approved"}, built 2 days ago from commit ${"d05eb1234"}.`],
      blastRadius: say`1 group replaced, 2,411 untouched.`,
      rollBack: [
        say`Put version ${"2.0.0"} back in ${"releases/prod/api.json"}, slot blue, and deploy: the same step the other way round.`,
      ],
      drift: { relevant: 1, all: 3 },
      objects: [],
      moreObjects: 0,
    },
    {
      stack: "prod-web-google-us-central1",
      service: "web",
      placement: "google us-central1",
      result: "error",
      step: "none",
      headline: say`nothing changes`,
      plan: { digest: "c".repeat(64) },
      slots: [],
      findings: [
        {
          rule: "errored",
          level: "error",
          reason: say`Planning failed: what the file holds is only a part of the plan, and terraform will refuse to apply it.`,
          todo: say`Read terraform's own message, mend the cause and plan again.`,
        },
      ],
      moreFindings: 0,
      images: [],
      blastRadius: say`0 untouched.`,
      rollBack: [],
      drift: { relevant: 0, all: 0 },
      objects: [],
      moreObjects: 0,
    },
  ],
};
