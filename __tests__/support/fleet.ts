import type { FleetSpec } from "../../constructs/contract/spec";
import { fleet } from "../../fleet";

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
export type Draft = Mutable<FleetSpec>;
export type ServiceDraft = Draft["environments"][number]["services"][number];

/** The example fleet, changed by `edit`. */
export function fleetWith(edit: (draft: Draft) => void): Draft {
  const draft = structuredClone(fleet) as Draft;
  edit(draft);
  return draft;
}

/** The example fleet with its service changed by `edit`. */
export const serviceWith = (edit: (service: ServiceDraft) => void): Draft =>
  fleetWith((draft) => edit(draft.environments[0]!.services[0]!));
