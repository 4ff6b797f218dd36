/** Which weights a release file may give its slots. Pure. */
import { placementsOf } from "../constructs/contract/names";
import type { Problem } from "../constructs/contract/problem";
import { allowedWeight, isShare, shareOf, type Weights } from "../constructs/contract/slots";
import type { Environment, Service } from "../constructs/contract/spec";
import type { SlotRelease } from "./file";

interface Place {
  readonly environment: Environment;
  readonly service: Service;
  readonly file: string;
}

/** The same rules that the synthesized variables hold, said before anything is written. */
export function trafficProblems(
  context: Place,
  slots: Record<keyof Weights, SlotRelease | null>,
  traffic: Weights,
): Problem[] {
  const { file, service } = context;
  const path = `${file} traffic`;
  const names = ["blue", "green"] as const;
  const allowed = allowedWeight(service);
  return [
    ...(traffic.blue + traffic.green === 100
      ? []
      : [{ path, message: `weights must add up to 100, got ${traffic.blue} and ${traffic.green}` }]),
    ...names
      .filter((name) => slots[name] === null && traffic[name] > 0)
      .map((name) => ({
        path: `${path}.${name}`,
        message: `slot ${name} is empty and must have weight 0, got ${traffic[name]}; fill it first`,
      })),
    ...names
      .filter((name) => slots[name]?.breakGlass && traffic[name] > 0)
      .map((name) => ({
        path: `${path}.${name}`,
        message: `people may get into the machines of slot ${name}, so it must have weight 0, got ${traffic[name]}`,
      })),
    ...names
      .filter((name) => !allowed(traffic[name]))
      .map((name) => ({
        path: `${path}.${name}`,
        message: `strategy blueGreen moves all traffic at once: must be 0 or 100, got ${traffic[name]}`,
      })),
    ...(service.strategy === "canary" ? canaryProblems(context, slots, traffic) : []),
  ];
}

function canaryProblems(
  { environment, service, file }: Place,
  slots: Record<keyof Weights, SlotRelease | null>,
  traffic: Weights,
): Problem[] {
  const { min } = service.capacity;
  const machines = (name: keyof Weights) => slots[name]?.capacity ?? min;
  const [blue, green] = [machines("blue"), machines("green")];
  const byMachines = placementsOf(environment, service).some(({ cloud }) => cloud === "azure");
  const isMixed = traffic.blue > 0 && traffic.green > 0;
  return [
    ...(["blue", "green"] as const)
      .filter((name) => traffic[name] === 100 && machines(name) < min)
      .map((name) => ({
        path: `${file} slots.${name}.capacity`,
        message: `must be at least ${min}, the service's capacity.min, in a slot with all the traffic, got ${machines(name)}`,
      })),
    ...(byMachines && isMixed && !isShare(traffic.green, green, blue)
      ? [
          {
            path: `${file} traffic`,
            message: `on Azure machines give the share: ${blue} blue and ${green} green are ${Math.round(shareOf(blue, green))} and ${Math.round(shareOf(green, blue))}, got ${traffic.blue} and ${traffic.green}; change the weights or the slots' capacity`,
          },
        ]
      : []),
  ];
}
