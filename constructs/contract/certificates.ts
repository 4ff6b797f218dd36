/** Certificates of traffic entries. They are regional on every cloud that takes them, so each placement has its own. */
import { placementId } from "./names";
import type { Cloud, Placement, Service } from "./spec";

/** The certificate of a service's entry in a placement; without one the entry listens on 80. */
export const certificateOf = ({ traffic }: Service, placement: Placement): string | undefined =>
  traffic.certificates[placementId(placement)];

interface Rule {
  /** Its first group is the region. */
  readonly form: RegExp;
  readonly what: (region: string) => string;
}

/** Clouds whose entries end TLS. Azure's passes TCP on, and the machines end it. */
const RULES: Readonly<Partial<Record<Cloud, Rule>>> = {
  aws: {
    form: /^arn:aws[a-z-]*:acm:([a-z0-9-]+):\d{12}:certificate\/.+$/,
    what: (region) => `the ARN of an ACM certificate in ${region}`,
  },
  google: {
    form: /^projects\/[^/]+\/locations\/([^/]+)\/certificates\/[^/]+$/,
    what: (region) => `projects/P/locations/${region}/certificates/NAME`,
  },
};

export const endsTls = (cloud: Cloud): boolean => RULES[cloud] !== undefined;

/** `aws-us-east-1` as cloud and region, for what was typed and need not be one. */
function parts(id: string): { readonly rule: Rule | undefined; readonly region: string } {
  const [cloud = "", ...region] = id.split("-");
  return { rule: Object.hasOwn(RULES, cloud) ? RULES[cloud as Cloud] : undefined, region: region.join("-") };
}

/**
 * What is wrong with the certificates of a service, as it was typed.
 *
 * @param certificates by placement; anything that is no text was refused before
 * @param known placements of the environment
 * @param needed placements where public clients come in
 */
export function certificateProblems(
  certificates: Readonly<Record<string, unknown>>,
  known: readonly string[],
  needed: readonly string[],
): { readonly id: string; readonly message: string }[] {
  const able = known.filter((id) => parts(id).rule);
  const problem = (id: string, value: unknown): string | undefined => {
    const { rule, region } = parts(id);
    if (!known.includes(id))
      return `names no placement of the environment; must be one of ${able.join(", ") || "none"}`;
    if (!rule) return "is not used: Azure's entry passes TCP on and the machines end TLS; leave it out";
    if (typeof value !== "string" || rule.form.exec(value)?.[1] === region) return undefined;
    return `must be ${rule.what(region)}, got ${JSON.stringify(value)}`;
  };
  const missing = needed.filter((id) => able.includes(id) && certificates[id] === undefined);
  return [
    ...Object.entries(certificates).flatMap(([id, value]) => {
      const message = problem(id, value);
      return message === undefined ? [] : [{ id, message }];
    }),
    ...missing.map((id) => ({
      id,
      message: 'public traffic needs a certificate; name one or set traffic.exposure to "internal"',
    })),
  ];
}
