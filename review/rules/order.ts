/** Rules on order: new before old, from the plan's actions joined with the configuration's lifecycle. */
import { dependentsOf } from "../read/configuration";
import { blockOf, isNewFirst, isReplaced, type Subject } from "../subject";
import { listed, say } from "../text";
import { finding, NOTHING_TO_DO, type Finding } from "./finding";

export function destroyedFirst(subject: Subject): Finding[] {
  const { changes, configuration, planes } = subject;
  return changes
    .filter((change) => isReplaced(change) && !isNewFirst(change) && !change.actions.includes("forget"))
    .map((change) => {
      const group = changes.find(
        (other) =>
          planes.isGroup(other) &&
          other !== change &&
          configuration !== undefined &&
          dependentsOf(configuration, `${other.type}.${other.name}`).includes(`${change.type}.${change.name}`),
      );
      const why = blockOf(subject, change)?.createBeforeDestroy
        ? say` The configuration says create_before_destroy, the plan does otherwise: they do not belong together, or the state holds an older order.`
        : say``;
      return finding(
        "destroyed-first",
        "human",
        change,
        group
          ? say`Depends on the group ${group.address} and is destroyed before the new group exists, to come back last.${why}`
          : say`Is destroyed before its successor exists.${why}`,
        say`Set create_before_destroy on it.`,
      );
    });
}

/** Machines that the next bump would destroy first, although this plan does not touch them. */
export function lacksOrder({ configuration, facts, changes, planes }: Subject): Finding[] {
  if (!configuration || facts.errored === true) return [];
  const inPlan = new Set(changes.filter(isReplaced).map(({ type, name }) => `${type}.${name}`));
  return [...configuration.blocks.values()]
    .filter(
      (block) => planes.isCompute(named(block.address)) && !block.createBeforeDestroy && !inPlan.has(block.address),
    )
    .filter(
      // Terraform carries create_before_destroy over to what such an object depends on.
      ({ address }) =>
        !dependentsOf(configuration, address).some((other) => configuration.blocks.get(other)?.createBeforeDestroy),
    )
    .map(({ address }) => ({
      rule: "lacks-order",
      level: "human" as const,
      address,
      reason: say`Has no create_before_destroy in the configuration: the next bump would destroy it before its successor exists.`,
      todo: say`Set create_before_destroy on it.`,
    }));
}

/** A plan and a configuration that are not of one synth prove nothing about each other. */
export function disagrees({ configuration, changes }: Subject): Finding[] {
  if (!configuration) return [];
  const missing = changes.filter(
    ({ actions, inModule, type, name }) =>
      !inModule && actions.includes("create") && !configuration.blocks.has(`${type}.${name}`),
  );
  return missing.length === 0
    ? []
    : [
        finding(
          "other-configuration",
          "human",
          missing[0],
          say`The plan creates ${listed(
            missing.map(({ address }) => address),
            3,
          )}, which the given configuration does not know: it is not the one that was planned.`,
          say`Give the cdk.tf.json that the plan was made from.`,
        ),
      ];
}

export const destroyProvisioners = (subject: Subject): Finding[] =>
  [...subject.changes.filter(isReplaced), ...subject.leftOvers]
    .filter((change) => blockOf(subject, change)?.hasDestroyProvisioner)
    .map((change) =>
      finding(
        "destroy-provisioner",
        "warning",
        change,
        say`Has a provisioner that runs at destruction; Terraform skips it silently for an object that is created before destroy, or left over.`,
        say`Do what it does in another way, such as a drain gate of its own.`,
      ),
    );

export const preventsDestroy = (subject: Subject): Finding[] =>
  subject.changes
    .filter((change) => subject.planes.isCompute(change) && blockOf(subject, change)?.preventDestroy)
    .map((change) =>
      finding(
        "prevent-destroy",
        "human",
        change,
        say`Has prevent_destroy in the configuration, so the apply will refuse to destroy the old one.`,
        say`Take prevent_destroy away: a group of machines is made to be replaced.`,
      ),
    );

export const reads = (subject: Subject): Finding[] => {
  const found = subject.facts.changes
    .filter(({ mode, actions }) => mode === "data" && actions.includes("read"))
    .map((change) =>
      finding(
        "read-later",
        "note",
        change,
        say`Is read during the apply, so what depends on it is not known yet.`,
        NOTHING_TO_DO,
      ),
    );
  const moving = [...(subject.configuration?.blocks.values() ?? [])].filter(
    ({ mostRecent, address }) =>
      mostRecent &&
      dependentsOf(subject.configuration!, address).some((other) => subject.planes.isCompute(named(other))),
  );
  return [
    ...found,
    ...moving.map(
      ({ address }): Finding => ({
        rule: "moving-image",
        level: "human",
        address,
        reason: say`The machines take whatever image is newest: a plan made later may bring another one, without any change in the repository.`,
        todo: say`Pin the image id in the release.`,
      }),
    ),
  ];
};

const named = (address: string) => {
  const [type = "", name = ""] = address.split(".");
  return { type, name };
};
