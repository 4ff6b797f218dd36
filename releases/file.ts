/** releases/<environment>/<service>.json: what runs in a service's slots, and where its traffic goes. */
import { join } from "node:path";
import { z } from "zod";
import type { Weights } from "../constructs/contract/slots";
import type { Service } from "../constructs/contract/spec";
import { readJsonIfThere } from "../images/json-file";
import { commandFor } from "./command-for";

export const epoch = z.string().regex(/^[a-z0-9-]{0,32}$/, "at most 32 lower-case letters, digits and hyphens");

const utc = z.iso.datetime({ offset: false, precision: 0, error: "a time in UTC such as 2026-11-28T18:00:00Z" });

/** Most characters of why people get into machines. */
export const REASON_LIMIT = 200;

const slot = z.strictObject({
  /** Version of the service's image in the catalog. */
  version: z.string(),
  /** Change it to build the same version anew: routine recreation, or a retry after a failed rollout. @default "" */
  epoch: epoch.default(""),
  /** Fewest machines of the slot, and what a new group starts with. @default - the service's capacity.min */
  capacity: z.int().min(1).nullable().default(null),
  /** People may get into these machines, until a time and for a reason: npx fleet release break-glass. @default - nobody may */
  breakGlass: z.strictObject({ until: utc, reason: z.string().min(1).max(REASON_LIMIT) }).optional(),
});

const weight = z.int().min(0).max(100);

export const oneSlot = z.strictObject({ slots: z.strictObject({ live: slot }) });

export const twoSlots = z.strictObject({
  /** null: the slot is empty. */
  slots: z.strictObject({ blue: slot.nullable(), green: slot.nullable() }),
  /** Share of the traffic, in percent. */
  traffic: z.strictObject({ blue: weight, green: weight }),
});

/** Of a service whose strategy is not known. */
export const anyRelease = z.union([oneSlot, twoSlots]);

/** One of two slots. */
export type Colour = keyof Weights;
export const COLOURS: readonly Colour[] = ["blue", "green"];
export const otherThan = (colour: Colour): Colour => (colour === "blue" ? "green" : "blue");

export type SlotRelease = z.output<typeof slot>;
export type OneSlot = z.output<typeof oneSlot>;
export type TwoSlots = z.output<typeof twoSlots>;
export type ReleaseFile = OneSlot | TwoSlots;

/** The form that a service's file has by its strategy. */
export const formOf = ({ strategy }: Pick<Service, "strategy">): typeof oneSlot | typeof twoSlots =>
  strategy === "replace" ? oneSlot : twoSlots;

export const releaseFile = (folder: string, environment: string, service: string): string =>
  join(folder, environment, `${service}.json`);

/** What a service runs. A file that is missing is a problem too, with the command that makes it. */
export function readRelease(folder: string, environment: { readonly name: string }, service: Service) {
  const file = releaseFile(folder, environment.name, service.name);
  const create = commandFor(`${environment.name}/${service.name}`, "set --version V");
  return readJsonIfThere(file, formOf(service)) ?? { problems: [{ path: file, message: `is missing; create it: ${create}` }] }; // prettier-ignore
}

/** The slot with all the traffic; undefined while two share it. */
export const fullSlot = ({ traffic }: TwoSlots): Colour | undefined => COLOURS.find((name) => traffic[name] === 100);

const shortSlot = ({ version, epoch, capacity, breakGlass }: SlotRelease) => ({
  version,
  ...(epoch !== "" && { epoch }),
  ...(capacity !== null && { capacity }),
  ...(breakGlass && { breakGlass }),
});

/** The text of a file: what has its default is left out, as a person would. */
export function releaseText(value: ReleaseFile): string {
  const short =
    "traffic" in value
      ? {
          slots: {
            blue: value.slots.blue && shortSlot(value.slots.blue),
            green: value.slots.green && shortSlot(value.slots.green),
          },
          traffic: { blue: value.traffic.blue, green: value.traffic.green },
        }
      : { slots: { live: shortSlot(value.slots.live) } };
  return `${JSON.stringify(short, null, 2)}\n`;
}

/** Whether two files say the same, in whatever words. */
export const sameRelease = (a: ReleaseFile | null, b: ReleaseFile | null): boolean =>
  a === null || b === null ? a === b : releaseText(a) === releaseText(b);
