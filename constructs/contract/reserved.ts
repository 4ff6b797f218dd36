/** Names that a form allows and a cloud refuses, or gives another meaning: data, with the page that says so. */
import type { Cloud } from "./spec";

interface Reserved {
  readonly cloud: Cloud;
  /** What is named; names of everything begin with the environment's. */
  readonly what: "environment" | "service" | "project";
  readonly pattern: RegExp;
  /** Ends the sentence "is refused on <cloud>: …". */
  readonly why: string;
  readonly link: string;
}

const RESERVED_RESOURCE_NAME =
  "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-reserved-resource-name";
const BUCKET_NAMES = "https://cloud.google.com/storage/docs/buckets#naming";

const RESERVED: readonly Reserved[] = [
  {
    cloud: "aws",
    what: "environment",
    pattern: /^sg$/,
    why: "no security group's name may begin with sg-",
    link: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html",
  },
  {
    cloud: "aws",
    what: "environment",
    pattern: /^internal$/,
    why: "no load balancer's name may begin with internal-",
    link: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html",
  },
  {
    cloud: "aws",
    what: "environment",
    pattern: /^(aws|ssm)/,
    why: "no parameter's name may begin with aws or ssm",
    link: "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html",
  },
  {
    cloud: "aws",
    what: "environment",
    pattern: /^sthree$/,
    why: "no bucket's name may begin with sthree-",
    link: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
  },
  {
    cloud: "aws",
    what: "environment",
    pattern: /^(ec2|compute)$/,
    why: "AWS itself names machines under it, and the environment's private zone would hide those names",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html",
  },
  {
    cloud: "google",
    what: "environment",
    pattern: /g[o0]{2}g[l1]e/,
    why: "no bucket's name may contain google or a near misspelling, and google.internal is the metadata server's domain",
    link: BUCKET_NAMES,
  },
  {
    cloud: "google",
    what: "environment",
    pattern: /^goog/,
    why: "names that begin with goog are Google's own",
    link: BUCKET_NAMES,
  },
  {
    cloud: "google",
    what: "project",
    pattern: /google|null|undefined|ssl/,
    why: "no project's id contains google, null, undefined or ssl",
    link: "https://cloud.google.com/resource-manager/docs/creating-managing-projects#before_you_begin",
  },
  {
    cloud: "azure",
    what: "environment",
    pattern:
      /^(access|azure|bing|bizspark|biztalk|cortana|directx|dotnet|dynamics|excel|exchange|forefront|groove|hololens|hyperv|kinect|lync|msdn|o365|office|office365|onedrive|onenote|outlook|powerpoint|sharepoint|skype|visio|xbox)$/,
    why: "it is a trademark, which is no name for what is named after the environment alone",
    link: RESERVED_RESOURCE_NAME,
  },
  {
    cloud: "azure",
    what: "environment",
    pattern: /^login/,
    why: "no name may begin with login",
    link: RESERVED_RESOURCE_NAME,
  },
  ...(["environment", "service"] as const).map((what) => ({
    cloud: "azure" as const,
    what,
    pattern: /microsoft|windows/,
    why: "no name may contain microsoft or windows",
    link: RESERVED_RESOURCE_NAME,
  })),
];

/** Why clouds do not take a name, one sentence each; empty when all do. */
export const reservedNames = (what: Reserved["what"], name: string, clouds: readonly string[]): string[] =>
  RESERVED.filter((rule) => rule.what === what && clouds.includes(rule.cloud) && rule.pattern.test(name)).map(
    ({ cloud, why, link }) => `${JSON.stringify(name)} is refused on ${cloud}: ${why} (${link}); choose another name`,
  );
