/** What the clouds' command lines take, as they document it, and a reader that says what is wrong with a printed command. */

export interface Grammar {
  /** Flags that must be there. */
  readonly needs: readonly string[];
  /** Flags that may be there, besides those and those of every command of the tool. */
  readonly takes: readonly string[];
  /** Words that stand alone, after the command's name. */
  readonly words: number;
  /** Forms of values by flag; every value of the flag must fit. */
  readonly forms?: Readonly<Record<string, RegExp>>;
  readonly see: string;
}

const AWS = "https://docs.aws.amazon.com/cli/latest/reference";
const GOOGLE = "https://cloud.google.com/sdk/gcloud/reference";
const AZURE = "https://learn.microsoft.com/cli/azure";
const aws = (page: string, needs: string[], takes: string[] = [], more: Partial<Grammar> = {}): Grammar => ({ needs, takes, words: 0, see: `${AWS}/${page}.html`, ...more }); // prettier-ignore
const google = (page: string, words: number, needs: string[], takes: string[] = [], more: Partial<Grammar> = {}): Grammar => ({ needs, takes, words, see: `${GOOGLE}/${page}`, ...more }); // prettier-ignore
const azure = (page: string, needs: string[], takes: string[] = [], more: Partial<Grammar> = {}): Grammar => ({ needs, takes, words: 0, see: `${AZURE}/${page}`, ...more }); // prettier-ignore

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const VERSION_PLACE = ["--resource-group", "--gallery-name", "--gallery-image-definition", "--gallery-image-version"];
/** What `--set` and `--remove` may name of a version: https://learn.microsoft.com/rest/api/compute/gallery-image-versions/create-or-update */
const PROFILE = /^publishingProfile\.(excludeFromLatest=(true|false)|endOfLifeDate(=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)?|targetRegions)$/; // prettier-ignore

/** Commands that the project prints or documents for images, by name. */
export const GRAMMARS: Readonly<Record<string, Grammar>> = {
  "aws ec2 enable-image-deprecation": aws("ec2/enable-image-deprecation", ["--image-id", "--deprecate-at"], ["--dry-run"], { forms: { "--deprecate-at": TIME } }), // prettier-ignore
  "aws ec2 disable-image-deprecation": aws("ec2/disable-image-deprecation", ["--image-id"]),
  "aws ec2 disable-image": aws("ec2/disable-image", ["--image-id"]),
  "aws ec2 enable-image": aws("ec2/enable-image", ["--image-id"]),
  "aws ec2 disable-image-deregistration-protection": aws("ec2/disable-image-deregistration-protection", ["--image-id"]),
  "aws ec2 deregister-image": aws("ec2/deregister-image", ["--image-id"], ["--delete-associated-snapshots"]),
  "aws ec2 describe-images": aws("ec2/describe-images", [], ["--owners", "--filters", "--image-ids", "--include-disabled", "--include-deprecated"]), // prettier-ignore
  "aws ec2 copy-image": aws("ec2/copy-image", ["--source-region", "--source-image-id", "--name"], ["--encrypted", "--kms-key-id", "--copy-image-tags"]), // prettier-ignore
  "aws ec2 wait image-available": aws("ec2/wait/image-available", [], ["--image-ids", "--filters", "--owners"]),
  "aws rds copy-db-snapshot": aws("rds/copy-db-snapshot", ["--source-db-snapshot-identifier", "--target-db-snapshot-identifier"], ["--kms-key-id", "--source-region"]), // prettier-ignore
  "aws rds restore-db-instance-from-db-snapshot": aws("rds/restore-db-instance-from-db-snapshot", ["--db-instance-identifier"], ["--db-snapshot-identifier", "--db-subnet-group-name"]), // prettier-ignore
  "aws rds restore-db-instance-to-point-in-time": aws("rds/restore-db-instance-to-point-in-time", [], ["--source-db-instance-automated-backups-arn", "--target-db-instance-identifier", "--use-latest-restorable-time"]), // prettier-ignore
  "aws s3 sync": aws("s3/sync", [], ["--source-region"], { words: 2 }),
  "aws backup start-restore-job": aws("backup/start-restore-job", ["--recovery-point-arn", "--metadata"], ["--iam-role-arn"]), // prettier-ignore
  "aws acm request-certificate": aws("acm/request-certificate", ["--domain-name"], ["--validation-method"]),
  "aws iam create-policy": aws("iam/create-policy", ["--policy-name", "--policy-document"]),

  "gcloud compute images deprecate": google("compute/images/deprecate", 1, ["--state"], ["--replacement", "--deprecate-on", "--obsolete-on", "--delete-on"], { forms: { "--state": /^(ACTIVE|DEPRECATED|OBSOLETE|DELETED)$/, "--obsolete-on": TIME } }), // prettier-ignore
  "gcloud compute images delete": google("compute/images/delete", 1, []),
  "gcloud compute images list": google("compute/images/list", 0, [], ["--no-standard-images", "--filter", "--sort-by", "--limit", "--show-deprecated"]), // prettier-ignore
  "gcloud compute images add-iam-policy-binding": google("compute/images/add-iam-policy-binding", 1, ["--member", "--role"]), // prettier-ignore
  "gcloud projects add-iam-policy-binding": google("projects/add-iam-policy-binding", 1, ["--member", "--role"], ["--condition"]), // prettier-ignore
  "gcloud iam roles create": google("iam/roles/create", 1, [], ["--file", "--title", "--permissions", "--stage"]),
  "gcloud services enable": google("services/enable", NaN, []),
  "gcloud compute firewall-rules create": google("compute/firewall-rules/create", 1, [], ["--network", "--allow", "--source-ranges", "--target-tags", "--direction"]), // prettier-ignore
  "gcloud sql backups list": google("sql/backups/list", 0, [], ["--instance"]),
  "gcloud sql backups restore": google("sql/backups/restore", 1, ["--restore-instance"], ["--backup-instance"]),
  "gcloud storage rsync": google("storage/rsync", 2, [], ["--recursive"]),
  "gcloud beta filestore instances restore": google("beta/filestore/instances/restore", 1, ["--file-share"], ["--location", "--source-backup", "--source-backup-region"]), // prettier-ignore
  "gcloud certificate-manager certificates create": google("certificate-manager/certificates/create", 1, [], ["--location", "--domains", "--dns-authorizations"]), // prettier-ignore

  "az sig image-version update": azure("sig/image-version#az-sig-image-version-update", VERSION_PLACE, ["--set", "--remove", "--add", "--target-regions"], { forms: { "--set": PROFILE, "--remove": PROFILE, "--add": /^(publishingProfile\.targetRegions|name=\w+|regionalReplicaCount=\d+)$/ } }), // prettier-ignore
  "az sig image-version delete": azure("sig/image-version#az-sig-image-version-delete", VERSION_PLACE),
  "az sig image-version list": azure("sig/image-version#az-sig-image-version-list", VERSION_PLACE.slice(0, 3)),
  "az sig create": azure("sig#az-sig-create", ["--resource-group", "--gallery-name"], ["--location"]),
  "az sig image-definition create": azure("sig/image-definition#az-sig-image-definition-create", ["--resource-group", "--gallery-name", "--gallery-image-definition", "--publisher", "--offer", "--sku", "--os-type"], ["--os-state", "--hyper-v-generation", "--architecture", "--features", "--location"]), // prettier-ignore
  "az image delete": azure("image#az-image-delete", [], ["--ids", "--name", "--resource-group"]),
  "az role definition create": azure("role/definition#az-role-definition-create", ["--role-definition"]),
  "az role assignment create": azure("role/assignment#az-role-assignment-create", ["--role", "--scope"], ["--assignee", "--assignee-object-id", "--assignee-principal-type"]), // prettier-ignore
  "az vm image list": azure("vm/image#az-vm-image-list", [], ["--publisher", "--offer", "--sku", "--architecture", "--all", "--location"]), // prettier-ignore
  "az group create": azure("group#az-group-create", ["--name", "--location"]),
  "az postgres flexible-server geo-restore": azure("postgres/flexible-server#az-postgres-flexible-server-geo-restore", ["--location", "--source-server"], ["--resource-group", "--name"]), // prettier-ignore
};

/** Flags that every command of a tool takes. */
const EVERYWHERE: Readonly<Record<string, readonly string[]>> = {
  aws: ["--region", "--output", "--query", "--profile"],
  gcloud: ["--project", "--quiet", "--format"],
  az: ["--subscription", "--output", "--query", "-o"],
};
/** Flags without a value, and those that take all words up to the next flag. */
const SWITCHES = ["--delete-associated-snapshots", "--include-disabled", "--include-deprecated", "--encrypted", "--copy-image-tags", "--use-latest-restorable-time", "--dry-run", "--quiet", "--no-standard-images", "--show-deprecated", "--recursive", "--all"]; // prettier-ignore
const LISTS = ["--set", "--add", "--remove", "--filters", "--image-ids", "--owners", "--ids", "--features", "--target-regions"]; // prettier-ignore

/** The words of a line as a shell splits them. @throws on a quote that is not closed */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  for (let rest = line.trim(); rest !== "" && !rest.startsWith("#"); ) {
    const word = /^(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/s.exec(rest)?.[0];
    if (word === undefined) throw new Error(`a quote is not closed: ${rest}`);
    words.push(word.replaceAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs, (_all, a, b, c) => String(a ?? b ?? c)));
    rest = rest.slice(word.length).trim();
  }
  return words;
}

/** What a tool would refuse in a line; nothing when it takes it. Comments and other programs are left alone. */
export function refusals(line: string): string[] {
  const words = shellWords(line);
  if (!Object.hasOwn(EVERYWHERE, words[0] ?? "")) return [];
  const name = Object.keys(GRAMMARS)
    .filter((known) => words.join(" ").startsWith(`${known} `) || words.join(" ") === known)
    .sort((a, b) => b.length - a.length)[0];
  if (name === undefined) return [`nobody has written down what \`${words.slice(0, 4).join(" ")}\` takes`];
  return judged(GRAMMARS[name]!, EVERYWHERE[words[0]!]!, words.slice(name.split(" ").length));
}

function judged(
  { needs, takes, words: count, forms = {} }: Grammar,
  common: readonly string[],
  rest: readonly string[],
): string[] {
  const values = new Map<string, string[]>();
  const alone: string[] = [];
  let open: string | undefined;
  for (const word of rest) {
    if (word.startsWith("-")) {
      const [flag = "", ...after] = word.split("=");
      values.set(flag, [...(values.get(flag) ?? []), ...(after.length > 0 ? [after.join("=")] : [])]);
      open = after.length > 0 || SWITCHES.includes(flag) ? undefined : flag;
    } else if (open === undefined) alone.push(word);
    else {
      values.get(open)!.push(word);
      if (!LISTS.includes(open)) open = undefined;
    }
  }
  return [
    ...[...values.keys()].filter((flag) => ![...needs, ...takes, ...common].includes(flag)).map((flag) => `unknown ${flag}`),
    ...needs.filter((flag) => !values.has(flag)).map((flag) => `missing ${flag}`),
    ...[...values].filter(([flag, all]) => all.length === 0 && !SWITCHES.includes(flag)).map(([flag]) => `${flag} without a value`),
    ...[...values].filter(([flag, all]) => all.length > 1 && !LISTS.includes(flag)).map(([flag]) => `${flag} twice`),
    ...Object.entries(forms).flatMap(([flag, form]) => (values.get(flag) ?? []).filter((value) => !form.test(value)).map((value) => `${flag} ${value}`)),
    ...(Number.isNaN(count) || alone.length === count ? [] : [`${alone.length} words alone, ${count} wanted`]),
  ]; // prettier-ignore
}
