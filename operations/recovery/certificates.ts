/** Certificates of entries in another place. They are regional: those that there are say who needs one, and no more. */
import { endsTls } from "../../constructs/contract/certificates";
import type { Cloud, Service } from "../../constructs/contract/spec";
import type { Destination } from "./destination";

interface Certificate {
  /** What one looks like until there is one. */
  readonly placeholder: (region: string) => string;
  /** The cloud's own command; words in capitals stand for names. */
  readonly make: (region: string) => string;
}

const CERTIFICATES: Readonly<Partial<Record<Cloud, Certificate>>> = {
  aws: {
    placeholder: (region) => `arn:aws:acm:${region}:000000000000:certificate/not-made-yet`,
    make: (region) => `aws acm request-certificate --region ${region} --domain-name DOMAIN --validation-method DNS`,
  },
  google: {
    placeholder: (region) => `projects/PROJECT/locations/${region}/certificates/not-made-yet`,
    make: (region) => `gcloud certificate-manager certificates create NAME --location ${region} --domains DOMAIN --dns-authorizations AUTHORIZATION`, // prettier-ignore
  },
};

/** Whether a service's entry in the destination needs a certificate that fleet.ts does not have yet. */
export const lacksCertificate = ({ traffic }: Service, { cloud, id }: Destination): boolean =>
  endsTls(cloud) &&
  traffic.certificates[id] === undefined &&
  (traffic.exposure === "public" || Object.keys(traffic.certificates).some((other) => other.startsWith(`${cloud}-`)));

export const makeCertificate = ({ cloud, region }: Destination): string => CERTIFICATES[cloud]!.make(region);

/** What a service's entry in the destination shows in a rehearsal, as fleet.ts would say it. */
export function certificatesIn(service: Service, to: Destination): Record<string, string> {
  const lacking = lacksCertificate(service, to) ? CERTIFICATES[to.cloud]!.placeholder(to.region) : undefined;
  const shown = service.traffic.certificates[to.id] ?? lacking;
  return shown === undefined ? {} : { [to.id]: shown };
}
