/** Rules on what a stack is: one of this project, deployed or not, with as many machines as it needs. */
import { losses, machinesOf } from "../../constructs/contract/capacity";
import { placeOf } from "../place";
import { isOnly, type Slot, type Subject } from "../subject";
import { listed, say } from "../text";
import { finding, type Finding } from "./finding";

/** What was released before, in a few words; undefined for a service that never was. */
export type History = (environment: string, service: string) => string | undefined;

export const notJudged = ({ isOurs, facts }: Subject): Finding[] =>
  isOurs || facts.errored === true
    ? []
    : [
        finding(
          "not-judged",
          "human",
          undefined,
          say`The plan holds no group of machines, no release and no layer of this project: it is no stack of it, and is not judged.`,
          say`Read it by hand. For a stack of this project, give its cdk.tf.json with --config.`,
        ),
      ];

/** A plan that makes everything anew although something is there: its state is lost, or is another one's. */
export function lostState(subject: Subject, history: History | undefined, workspace: string | undefined): Finding[] {
  if (subject.step !== "first") return [];
  const { facts } = subject;
  const { environment, service } = placeOf(subject);
  const released = environment && service ? history?.(environment, service) : undefined;
  const evidence = [
    ...(facts.found.length > 0 ? [say`a group of this service runs already: ${listed(facts.found, 3)}`] : []),
    ...(facts.drift.length > 0
      ? [
          say`the state knew objects that are gone: ${listed(
            facts.drift.map(({ address }) => address),
            3,
          )}`,
        ]
      : []),
    ...(released === undefined ? [] : [say`the service was released before: ${released}`]),
    ...(workspace === undefined
      ? []
      : [say`it was planned in workspace ${workspace}, which is not the one that the stacks use`]),
  ];
  return evidence.map((what) =>
    finding(
      "lost-state",
      "human",
      undefined,
      say`The plan makes the whole stack anew, as for a first deployment, but ${what}.`,
      say`Make sure that the state is the right one: backend, key and workspace. Approve only if this place is really new.`,
    ),
  );
}

/** Slots that take traffic and would have fewer machines for it. */
export const fewerMachines = (subject: Subject): Finding[] =>
  losses(
    [...subject.slots.values()]
      // A slot that goes while it serves is said by itself.
      .filter(({ group }) => group !== undefined && !isOnly(group, "delete"))
      .map((slot) => ({
        slot: slot.name,
        share: { before: subject.weights.before?.[slot.name], after: subject.weights.after?.[slot.name] },
        ...machinesIn(slot),
      })),
  ).map(({ slot, before, after }) =>
    finding(
      "fewer-machines",
      "human",
      subject.slots.get(slot)?.group,
      after === undefined
        ? say`The plan does not say how many machines slot ${[slot]} would have for the traffic that ${before} carry now.`
        : say`Slot ${[slot]} would have ${after} machine(s) for the traffic that ${before} carry now.`,
      say`Release it with a capacity of at least ${before}, or wait until fewer machines are needed.`,
    ),
  );

export const machinesIn = ({ members, planes }: Slot) =>
  machinesOf(members.map((change) => ({ ...change, isGroup: planes.isGroup(change) })));
