import type { FleetSpec } from "../../constructs/contract/spec";
import { fleet } from "../../fleet";

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
export type Draft = Mutable<FleetSpec>;
export type ServiceDraft = Draft["environments"][number]["services"][number];

/** The example fleet with only its first service, for a quick synth, changed by `edit`. */
export function fleetWith(edit: (draft: Draft) => void): Draft {
  const draft = structuredClone(fleet) as Draft;
  for (const environment of draft.environments) environment.services.splice(1);
  edit(draft);
  return draft;
}

/** The example fleet with its service changed by `edit`. */
export const serviceWith = (edit: (service: ServiceDraft) => void): Draft =>
  fleetWith((draft) => edit(draft.environments[0]!.services[0]!));
