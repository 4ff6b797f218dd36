/** The plan of a recovery: what is there, what is missing, and in which order it is done. Everything here is pure. */
import { regionOf } from "../../constructs/contract/names";
import type { Environment, Placement, Service } from "../../constructs/contract/spec";
import { deployCommand, typed } from "../../releases/command-for";
import { lacksCertificate, makeCertificate } from "./certificates";
import type { Destination, Proposal } from "./destination";
import { DATA, PARTS, type DataSource, type Part } from "./data";
import type { ImageCoverage } from "./images";

/** What terraform plans for a stack that does not exist yet. */
export interface PlannedStack {
  readonly stack: string;
  readonly creates: number;
  /** What is not a creation: empty for a first deployment. */
  readonly others: readonly string[];
}

export interface Rehearsal {
  readonly stacks: readonly PlannedStack[];
  /** Why it did not come to its end, one sentence each. */
  readonly problems: readonly string[];
}

export interface Situation {
  readonly environment: Environment;
  readonly services: readonly Service[];
  readonly to: Destination;
  /** The placement that is gone by; none where the cloud is new to the environment. */
  readonly source: Placement | undefined;
  /** Undefined where the environment has the placement and only a service does not use it. */
  readonly proposal?: Proposal | undefined;
  readonly images: readonly ImageCoverage[];
  readonly bound: readonly string[];
  readonly rehearsal: Rehearsal;
}

export interface DataNeed extends DataSource {
  readonly part: Part;
}

export interface Step {
  readonly title: string;
  readonly lines: readonly string[];
}

export interface RecoveryPlan {
  readonly result: "ready" | "missing";
  readonly environment: string;
  readonly to: string;
  readonly services: readonly string[];
  readonly images: readonly ImageCoverage[];
  readonly missing: readonly string[];
  /** To paste into fleet.ts. */
  readonly placement: Proposal["placement"] | null;
  readonly data: readonly DataNeed[];
  readonly rehearsal: Rehearsal;
  readonly steps: readonly Step[];
}

const imageName = ({ image, version, arch }: ImageCoverage) => `${image} ${version} ${arch}`;

export function recoveryPlan(situation: Situation): RecoveryPlan {
  const { environment, services, to, proposal, images, bound, rehearsal } = situation;
  const missing = [
    ...new Set(images.filter(({ id }) => id === null).map((one) => `image ${imageName(one)} is not in ${to.id}`)),
    ...(proposal?.leftOut ?? []).map(
      (name) => `placement ${name}: what there is names another region; make one for ${to.region}`,
    ),
    ...lacking(situation).map(
      ({ name }) => `${environment.name}/${name} traffic.certificates.${to.id}: is needed; make one in ${to.region}`,
    ),
    ...bound.map((text) => `${text}; it is not good in ${to.region}`),
    ...rehearsal.problems,
    ...rehearsal.stacks.flatMap(({ stack, others }) => others.map((other) => `${stack}: ${other}`)),
  ];
  const data = dataNeeds(situation);
  const plan = {
    environment: environment.name,
    to: to.id,
    services: services.map(({ name }) => name),
    images,
    missing,
    placement: proposal?.placement ?? null,
    data,
    rehearsal,
  };
  return { result: missing.length > 0 ? "missing" : "ready", ...plan, steps: stepsOf(situation, data) };
}

const lacking = ({ services, to }: Situation) => services.filter((service) => lacksCertificate(service, to));

function dataNeeds({ source, to }: Situation): DataNeed[] {
  if (!source?.persistent) return [];
  const { persistent } = source;
  return PARTS.filter((part) => persistent[part]).map((part) => ({
    part,
    ...DATA[to.cloud][part](regionOf(source), to.region),
  }));
}

function stepsOf(situation: Situation, data: readonly DataNeed[]): Step[] {
  const { environment, services, to, proposal, images } = situation;
  const stack = (layer: string) => `${environment.name}-${layer}-${to.id}`;
  const deploy = (...layers: string[]) => deployCommand(environment, layers.map(stack));
  const copies = [...new Set(images.flatMap(({ copy, problem, ...one }) => [...copy, ...(problem ? [`${imageName({ copy, ...one })}: ${problem}`] : [])]))]; // prettier-ignore
  const records = [...new Map(images.flatMap(({ record, add }) => (add ? [[`${record} ${JSON.stringify(add)}`, { record, add }] as const] : []))).values()]; // prettier-ignore
  const uncertified = lacking(situation);
  const narrow = services.filter(({ placements }) => placements && !placements.includes(to.id));
  const steps: (Step | undefined)[] = [
    copies.length === 0 && records.length === 0
      ? undefined
      : {
          title: "Bring the images there, while the region that has them answers",
          lines: [
            ...copies,
            ...records.map(({ record, add }) => `add to artifacts in ${record}, with the id that the copy has: ${JSON.stringify(add)}`), // prettier-ignore
          ],
        },
    uncertified.length === 0
      ? undefined
      : {
          title: "Make a certificate for each entry there, and name it in fleet.ts together with the placement",
          lines: [
            makeCertificate(to),
            ...uncertified.map(({ name }) => `${name}: add to traffic.certificates: ${JSON.stringify(to.id)}: "THE-NEW-ONE"`), // prettier-ignore
          ],
        },
    proposal && {
      title: `Add the placement to ${environment.name} in fleet.ts`,
      lines: [...literal(proposal.placement), LOOK[to.cloud](to.region, proposal.placement)],
    },
    narrow.length === 0
      ? undefined
      : {
          title: "Let the services run there, in fleet.ts",
          lines: narrow.map(({ name, placements = [] }) => `${name}: placements: ${JSON.stringify([...placements, to.id])}`),
        }, // prettier-ignore
    proposal && { title: "Deploy the network", lines: [deploy("foundation"), backendLine(environment)] },
    proposal?.placement.persistent
      ? {
          title: "Deploy the persistent store, and fill it before anything uses it",
          lines: [deploy("persistent"), ...data.map(({ part }) => `${part}: see the data below`)],
        }
      : undefined,
    {
      title: "Deploy the services: the same release files, so the same versions",
      lines: [
        deploy(...services.map(({ name }) => name)),
        typed(`npx fleet inventory ${services.map(({ name }) => stack(name)).join(" ")}`),
      ],
    },
    {
      title: "Move the traffic: point the services' DNS names at the new entries",
      lines: services.map(({ name }) => typed(`terraform -chdir=cdktf.out/stacks/${stack(name)} output address`)),
    },
    {
      title: "When the lost region is back, decide: keep both, or destroy one stack after the other and take it out of fleet.ts",
      lines: [],
    },
  ]; // prettier-ignore
  return steps.filter((step) => step !== undefined);
}

/** What only the account can say about a region. */
const LOOK: Readonly<Record<Destination["cloud"], (region: string, placement: Proposal["placement"]) => string>> = {
  aws: (region) => `zones, as the account sees them: aws ec2 describe-availability-zones --region ${region}`,
  google: (region) => `zones of the region: gcloud compute zones list --filter region:${region}`,
  azure: (region) => `whether the location has zones and the size: az vm list-skus --location ${region} --zone --resource-type virtualMachines`, // prettier-ignore
};

function backendLine({ backend }: Environment): string {
  const where = {
    local: "state is in files under state/: keep them",
    s3: `state goes to the bucket of ${backend.kind === "s3" ? backend.region : ""}: if that region is the lost one, name another bucket first`,
    gcs: "state goes to the same bucket: if that is in the lost region, name another one first",
    azurerm: "state goes to the same storage account: if that is in the lost region, name another one first",
    hcp: "state goes to HCP Terraform, which does not depend on the region",
  };
  return where[backend.kind];
}

/** A value as somebody writes it in fleet.ts. */
function literal(value: Proposal["placement"]): string[] {
  const lines = Object.entries(value).map(([name, inner]) => `  ${name}: ${source(inner)},`);
  return ["{", ...lines, "},"];
}
function source(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(source).join(", ")}]`;
  const props = Object.entries(value).map(
    ([name, inner]) => `${/^\w+$/.test(name) ? name : JSON.stringify(name)}: ${source(inner)}`,
  );
  return props.length === 0 ? "{}" : `{ ${props.join(", ")} }`;
}
