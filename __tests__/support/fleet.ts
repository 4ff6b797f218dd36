import type { FleetSpec } from "../../constructs/contract/spec";
import { oneOfEach } from "../../cli/one-of-each";
import { fleet } from "../../fleet";

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
export type Draft = Mutable<FleetSpec>;
export type EnvironmentDraft = Draft["environments"][number];
export type ServiceDraft = EnvironmentDraft["services"][number];

/** The example's prod in one region of each cloud, with all its services. */
export const prod = (): EnvironmentDraft => structuredClone(oneOfEach(fleet)) as EnvironmentDraft;

/** The same with only its first service, for a quick synth, changed by `edit`. */
export function fleetWith(edit: (draft: Draft) => void): Draft {
  const draft = { environments: [prod()] };
  draft.environments[0]!.services.splice(1);
  edit(draft);
  return draft;
}

/** That fleet with its service changed by `edit`. */
export const serviceWith = (edit: (service: ServiceDraft) => void): Draft =>
  fleetWith((draft) => edit(draft.environments[0]!.services[0]!));
