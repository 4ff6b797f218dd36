/**
 * What a rollout that failed while it built machines leaves in each cloud, and the way out. AWS names groups by a prefix and
 * needs nothing; on Google Cloud the failed group keeps its name; on Azure the failed scale set is not in Terraform's state,
 * so that only its owner can delete it.
 */
import { placementId, placementsOf, serviceStackName } from "../constructs/contract/names";
import { groupName, keyOf, launchFingerprint, type Release } from "../constructs/contract/release";
import type { Cloud, Placement, PlacementOn, Service } from "../constructs/contract/spec";
import type { Placed } from "./record";
import type { Subject } from "./subject";

/** What decides what a machine on Azure is; the launch fingerprint is made of it. */
export type AzureLaunch = (service: Service, placement: PlacementOn<"azure">) => unknown;

interface Place {
  readonly subject: Subject;
  readonly placement: Placement;
  /** The release that was being built; undefined where its image has no id. */
  readonly release: Release | undefined;
  readonly slot: Placed["slot"];
  readonly launch: AzureLaunch;
}

const WAYS: Readonly<Record<Cloud, (place: Place) => readonly string[]>> = {
  aws: () => ["nothing stays in the way: deploy again, or abort"],
  google: () => ["a failed group keeps its name: what is built next needs a new epoch, which renew and abort give it"],
  azure: (place) => [
    "a failed scale set stays behind, unknown to terraform, and costs money: a retry needs a new epoch, which renew gives it",
    ...deleteScaleSet(place),
  ],
};

function deleteScaleSet({ subject, placement, release, slot, launch }: Place): string[] {
  if (placement.cloud !== "azure" || release === undefined) return [];
  const { environment, service } = subject;
  const fingerprint = launchFingerprint([
    serviceStackName(environment, service, placement),
    launch(service, placement),
  ]);
  const name = groupName(service.name, slot, release.version, keyOf(release, fingerprint));
  const group = `${environment.name}-${service.name}-${placement.location}`;
  return [
    "after the deployment that ends the failure, if it still is there:",
    `  az vmss delete --resource-group ${group} --name ${name} --subscription ${placement.subscription}`,
  ];
}

/** One line or more for each placement. `releases` gives what was being built there, by stack. */
export const waysOut = (
  subject: Subject,
  slot: Placed["slot"],
  releases: ReadonlyMap<string, Release>,
  launch: AzureLaunch,
): readonly string[] =>
  placementsOf(subject.environment, subject.service).flatMap((placement) => {
    const release = releases.get(serviceStackName(subject.environment, subject.service, placement));
    const [way, ...more] = WAYS[placement.cloud]({ subject, placement, release, slot, launch });
    return [`${placementId(placement)}: ${way}`, ...more.map((line) => `  ${line}`)];
  });
