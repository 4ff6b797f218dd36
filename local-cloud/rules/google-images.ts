/**
 * Names of Google images and image families.
 *
 * A provider compares them by their names where it may not ask the cloud:
 * https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_disk#image
 */
import type { Suppressor } from "./suppressors";

/** The projects of public images, by a word in the name of an image or family. */
const PUBLIC_PROJECTS: Record<string, string> = {
  centos: "centos-cloud",
  coreos: "coreos-cloud",
  debian: "debian-cloud",
  "fedora-coreos": "fedora-coreos-cloud",
  opensuse: "opensuse-cloud",
  rhel: "rhel-cloud",
  "rocky-linux": "rocky-linux-cloud",
  sles: "suse-cloud",
  ubuntu: "ubuntu-os-cloud",
  windows: "windows-cloud",
  "windows-sql": "windows-sql-cloud",
};

/** What a reference says: it may leave out the project, and say or not say whether it is a family. */
interface Reference {
  readonly project?: string;
  readonly name: string;
  readonly kind?: "image" | "family";
}

function parse(text: string): Reference | undefined {
  const link = /(?:projects\/([^/]+)\/)?global\/images\/(family\/)?([\w-]+)$/.exec(text);
  if (link) {
    return { name: link[3] ?? "", kind: link[2] ? "family" : "image", ...(link[1] ? { project: link[1] } : {}) };
  }
  const family = /^family\/([\w-]+)$/.exec(text);
  if (family) return { name: family[1] ?? "", kind: "family" };
  const short = /^(?:([^/]+)\/)?([\w-]+)$/.exec(text);
  return short ? { name: short[2] ?? "", ...(short[1] ? { project: short[1] } : {}) } : undefined;
}

/** The image of a disk in the state is the one, or of the family, that the configuration names. */
export const sameImage: Suppressor = ({ old, next }) => {
  const image = /^https:\/\/[^/]+\/compute\/[a-z0-9]+\/projects\/([^/]+)\/global\/images\/([\w-]+)/.exec(old);
  const wanted = parse(next);
  if (!image || !wanted) return false;
  const [, project = "", name = ""] = image;
  const { project: short } = wanted;
  if (short !== undefined && (PUBLIC_PROJECTS[short] ?? short) !== project) return false;
  return (wanted.kind !== "family" && name === wanted.name) || (wanted.kind !== "image" && ofFamily(name, wanted.name));
};

/** Whether the name of an image shows that it belongs to a family; the processors must agree. */
function ofFamily(image: string, family: string): boolean {
  const [arm, amd] = ["-arm64", "-amd64"];
  if (!image.includes(arm) && image.includes(without(family, amd))) return image.includes(amd) === family.endsWith(amd);
  if (image.includes(without(family, arm))) return image.includes(arm) === family.endsWith(arm);
  return longTermSupport(image).includes(family) || ofWindowsFamily(image, family);
}

const without = (text: string, end: string): string => (text.endsWith(end) ? text.slice(0, -end.length) : text);

/** Families that do not stand in the names of their images as they are. */
function longTermSupport(image: string): string[] {
  const ubuntu = /^ubuntu-(minimal-)?(\d+)(?:.*(arm64|amd64))?.*$/.exec(image);
  const cos = /^cos-(\d+)-/.exec(image);
  const sql = /^sql-(?:server-)?(\d{4})-([a-z]+)-windows-(?:server-)?(\d{4})(?:-r(\d+))?-dc-v\d+$/.exec(image);
  return [
    ...(ubuntu ? [`ubuntu-${ubuntu[1] ?? ""}${ubuntu[2]}-lts${ubuntu[3] ? `-${ubuntu[3]}` : ""}`] : []),
    ...(cos ? [`cos-${cos[1]}-lts`] : []),
    ...(sql ? [`sql-${EDITIONS[sql[2] ?? ""] ?? sql[2]}-${sql[1]}-win-${sql[3]}${sql[4] ? `-r${sql[4]}` : ""}`] : []),
  ];
}

const EDITIONS: Record<string, string> = { enterprise: "ent", standard: "std", express: "exp" };

const ofWindowsFamily = (image: string, family: string): boolean =>
  image.replace("-dc-", "-").includes(family.replace("windows-", "windows-server-"));

/**
 * Whether two references of an instance template resolve to the same image. Only the cloud knows whether a short name is
 * an image or a family, and of which project; here each of them is taken for possible.
 */
export function resolveAlike(old: string, next: string, project: string): boolean {
  const [a, b] = [parse(old), parse(next)];
  if (!a || !b) return false;
  const resolved = resolutions(b, project);
  return resolutions(a, project).some((form) => resolved.includes(form));
}

function resolutions({ project, name, kind }: Reference, own: string): string[] {
  const [, known] = Object.entries(PUBLIC_PROJECTS).find(([word]) => name.includes(word)) ?? [];
  const projects = project ? [project] : kind ? [own] : [own, ...(known ? [known] : [])];
  const kinds = kind ? [kind] : (["image", "family"] as const);
  return projects.flatMap((of) => kinds.map((as) => `${of}/${as}/${name}`));
}
