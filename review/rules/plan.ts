/** Rules on the plan as a whole: whether it can be judged and applied at all, and whether it is what was asked for. */
import { LEFTOVERS_CHECK } from "../../constructs/contract/live-size";
import { sameMeaning } from "../../constructs/contract/meaning";
import { isHidden } from "../read/secrets";
import { isOnly, type Subject } from "../subject";
import { listed, say } from "../text";
import { finding, NOTHING_TO_DO, type Finding } from "./finding";

/** https://developer.hashicorp.com/terraform/internals/json-format#change-representation, and what each may stand beside. */
const KNOWN_ACTIONS = [
  ...["no-op", "read", "create", "update", "delete", "forget", "open"],
  ...["delete,create", "create,delete", "create,forget"],
];

export function errored({ facts }: Subject): Finding[] {
  if (facts.errored !== true) return [];
  return [
    finding(
      "errored",
      "error",
      undefined,
      say`Planning failed: what the file holds is only a part of the plan, and terraform will refuse to apply it.`,
      say`Read terraform's own message, mend the cause and plan again.`,
    ),
  ];
}

export function incomplete({ facts }: Subject): Finding[] {
  const found: Finding[] = [];
  if (facts.complete === false && facts.errored !== true)
    found.push(
      finding(
        "partial",
        "human",
        undefined,
        say`The plan is partial: it was made with -target, or terraform put changes off to a later plan.`,
        say`Plan the whole stack.`,
      ),
    );
  if (facts.deferred > 0 || facts.changes.some(({ indexUnknown }) => indexUnknown))
    found.push(
      finding(
        "deferred",
        "human",
        undefined,
        say`Some changes are deferred: this plan does not say what will happen to them.`,
        say`Apply what the plan does hold only if you mean to, then plan and review again.`,
      ),
    );
  if (facts.invocations > 0)
    found.push(
      finding(
        "invocations",
        "human",
        undefined,
        say`The plan runs ${facts.invocations} provider action(s) besides its changes; what they do is not in the plan.`,
        say`Take the actions out of the release, or approve them by hand.`,
      ),
    );
  return found;
}

export const unknownActions = ({ facts }: Subject): Finding[] =>
  facts.changes
    .filter(({ actions }) => !KNOWN_ACTIONS.includes(actions.join()))
    .map((change) =>
      finding(
        "unknown-action",
        "human",
        change,
        say`Terraform wants to ${listed(change.actions)} this; this review does not know that action.`,
        say`Use a version of this project that knows it, or read the plan by hand.`,
      ),
    );

export const failedChecks = ({ facts }: Subject): Finding[] =>
  facts.failedChecks.map(({ address, messages }) => ({
    rule: "failed-check",
    level: address === `check.${LEFTOVERS_CHECK}` ? ("warning" as const) : ("human" as const),
    address,
    reason: say`A check of the configuration fails: ${listed(messages.length > 0 ? messages : ["no message"], 2)}.`,
    todo: say`Mend what the check is about, or decide that it may wait.`,
  }));

export function destroysAll({ changes }: Subject): Finding[] {
  if (changes.length === 0 || !changes.every((change) => isOnly(change, "delete") && change.reason === undefined))
    return [];
  return [
    finding(
      "destroy",
      "human",
      undefined,
      say`The plan destroys ${changes.length} object(s) and creates none: it was made with -destroy.`,
      say`Apply it only to take the stack down.`,
    ),
  ];
}

/**
 * Terraform evaluates no check with -destroy, and the provider deletes no resource group in which there is something:
 * https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/guides/features-block#prevent_deletion_if_contains_resources
 */
export const leftBehind = (subject: Subject): Finding[] =>
  destroysAll(subject).length === 0
    ? []
    : subject.facts.leftBehind.map(({ resourceGroup, name }) =>
        finding(
          "left-behind",
          "human",
          undefined,
          say`Terraform does not know scale set ${name} in resource group ${resourceGroup}, maybe of a failed rollout: it keeps what it stands on from being destroyed.`,
          say`Delete it first: az vmss delete --resource-group ${resourceGroup} --name ${name}`,
        ),
      );

/** A plan that changes no machine, told apart by why. */
export function noEffect({ facts, changes, slots, leftOvers }: Subject, expectBump: boolean): Finding[] {
  if (changes.length > 0 || facts.errored === true) return [];
  const level = expectBump ? "human" : "note";
  const [reason, todo] =
    facts.drift.length > 0 && facts.applyable === true && facts.outputs.length === 0 && leftOvers.length === 0
      ? [
          say`Nothing is changed in the cloud: the plan only records drift. It is not an image bump.`,
          say`For a bump, plan without -refresh-only.`,
        ]
      : facts.outputs.length > 0
        ? [
            say`Only outputs change: ${listed(facts.outputs)}. It is not an image bump; an apply that failed leaves this behind too.`,
            say`Look at what runs, not at outputs, before you call the image live.`,
          ]
        : leftOvers.length > 0
          ? [say`Nothing changes but left-overs, which are cleared away.`, NOTHING_TO_DO]
          : [
              say`Nothing changes: what the release asks for already runs here.`,
              expectBump
                ? say`The bump had no effect. Check that the version differs, and that its variable reaches the group.`
                : NOTHING_TO_DO,
            ];
  const idle: Finding[] = [finding("no-effect", level, undefined, reason, todo)];
  for (const { release, template, name } of slots.values())
    if (release?.imageId && template?.before.image && !sameMeaning(release.imageId, template.before.image))
      idle.push(
        finding(
          "not-wired",
          "human",
          template,
          say`Slot ${[name]} is released with image ${release.imageId}, but runs ${template.before.image} and the plan keeps it.`,
          say`The variable does not reach the group: look for a fixed image id or ignore_changes.`,
        ),
      );
  return idle;
}

export const hiddenAddresses = ({ facts }: Subject): Finding[] =>
  facts.changes
    .filter(({ address, previousAddress = "" }) => isHidden(address) || isHidden(previousAddress))
    .map((change) =>
      finding(
        "hidden-address",
        "note",
        change,
        say`An address that contains a secret value: that index of it is not shown.`,
        say`Use keys that are no secrets: addresses are in logs and in the state.`,
      ),
    );

export function unsaid({ facts, configuration }: Subject): Finding[] {
  const found: Finding[] = [];
  if (facts.unsaid.includes("applyable") && facts.unsaid.includes("variables"))
    found.push(
      finding(
        "redacted",
        "note",
        undefined,
        say`This form of plan holds no variables, and does not say whether planning finished: the release, its epoch and an errored or partial plan cannot be known from it.`,
        say`Review the full JSON where you may read it.`,
      ),
    );
  if (!configuration)
    found.push(
      finding(
        "no-configuration",
        "note",
        undefined,
        say`No configuration was given, and no cdk.tf.json lies beside the plan. Order is read from the plan alone, which says nothing about objects that it leaves as they are.`,
        say`Give the stack's cdk.tf.json with --config.`,
      ),
    );
  return found;
}
