/** What a cloud says that it holds, in the form of its own command's JSON, or the manifest of builds. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { jsonIn, parseJson } from "../constructs/contract/json-text";
import { ARCHS, type Artifact } from "./catalog";
import { everyImage } from "./manifest";
import { refuse } from "./refuse";

/** An image that is somewhere, with what it says of itself. */
export interface Listed {
  readonly artifact: Artifact;
  /** Image and version by its tags; undefined where it has none of our templates. */
  readonly made?: { readonly image: string; readonly version: string } | undefined;
  readonly createdAt: Date;
}

/** Commands whose output is read, by cloud. AWS's does not say where its images are, so the query puts it there. */
export const LIST_COMMANDS = {
  aws: `aws ec2 describe-images --region REGION --owners self --include-disabled --filters Name=tag-key,Values=image_version --output json --query "{Region: 'REGION', Images: Images}"`,
  google: "gcloud compute images list --project PROJECT --no-standard-images --show-deprecated --format=json",
  azure:
    "az sig image-version list --subscription ID --resource-group GROUP --gallery-name GALLERY --gallery-image-definition IMAGE --output json",
} as const;

/** What our templates write on an image; all three, or it is not theirs. Google's labels have hyphens for dots. */
function madeBy(tags: Readonly<Record<string, string>>): Listed["made"] {
  const { image, image_version: version, git_sha: gitSha } = tags;
  return image && version && gitSha ? { image, version: version.replaceAll("-", ".") } : undefined;
}

const date = (text: string | null | undefined) => new Date(text ?? 0);
const archOf = (text: string | undefined) => ARCHS.find((arch) => arch === text?.toLowerCase()) ?? "x86_64";
const tags = z.record(z.string(), z.string()).nullish();

const amazon = z
  .looseObject({
    Region: z.string(),
    Images: z.array(
      z.looseObject({
        ImageId: z.string(),
        CreationDate: z.string().optional(),
        Architecture: z.string().optional(),
        Tags: z.array(z.looseObject({ Key: z.string(), Value: z.string() })).nullish(),
      }),
    ),
  })
  .transform(({ Region, Images }): Listed[] =>
    Images.map(({ ImageId, CreationDate, Architecture, Tags }) => ({
      artifact: { cloud: "aws", region: Region, arch: archOf(Architecture), id: ImageId },
      made: madeBy(Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key, Value]))),
      createdAt: date(CreationDate),
    })),
  );

const GOOGLE_LINK = /\/(projects\/[^/]+\/global\/images\/[^/]+)$/;
const google = z
  .array(
    z.looseObject({
      selfLink: z.string().regex(GOOGLE_LINK),
      creationTimestamp: z.string().optional(),
      architecture: z.string().optional(),
      labels: tags,
    }),
  )
  .transform((images): Listed[] =>
    images.map(({ selfLink, creationTimestamp, architecture, labels }) => ({
      artifact: { cloud: "google", region: "global", arch: archOf(architecture), id: GOOGLE_LINK.exec(selfLink)![1]! },
      made: madeBy(labels ?? {}),
      createdAt: date(creationTimestamp),
    })),
  );

const azure = z
  .array(
    z.looseObject({
      id: z.string().regex(/\/galleries\/[^/]+\/images\/[^/]+\/versions\/[^/]+$/i),
      location: z.string(),
      publishingProfile: z.looseObject({ publishedDate: z.string().nullish() }).nullish(),
      tags,
    }),
  )
  .transform((versions): Listed[] =>
    versions.map(({ id, location, publishingProfile, tags: own }) => ({
      artifact: { cloud: "azure", region: location.toLowerCase().replaceAll(/\s/g, ""), arch: "x86_64", id },
      made: madeBy(own ?? {}),
      createdAt: date(publishingProfile?.publishedDate),
    })),
  );

/**
 * The images in a list of a cloud, or in a manifest, all runs of it.
 * @throws InvalidInputError when it cannot be read or is none of these: an image that is not seen would not be found
 */
export function readListed(file: string): Listed[] {
  let text: string;
  let input: unknown;
  try {
    text = jsonIn(readFileSync(file));
    input = parseJson(text);
  } catch (error) {
    return refuse(file, `cannot be read as JSON (${(error as Error).message}); export it again`);
  }
  if (typeof input === "object" && input !== null && "last_run_uuid" in input)
    return everyImage(text, file).map(({ artifact, data, at }) => ({
      artifact,
      made: data.image && data.version ? { image: data.image, version: data.version } : undefined,
      createdAt: at,
    }));
  const found = [amazon, google, azure].map((form) => form.safeParse(input)).find(({ success }) => success);
  return (
    found?.data ??
    refuse(
      file,
      `must be a manifest of Packer, or what one of these prints: ${Object.values(LIST_COMMANDS).join("; ")}`,
    )
  );
}
