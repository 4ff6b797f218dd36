/** `npx fleet review post`: the step that holds the token. It runs nothing of the pull request and reads one small file. */
import { parseArgs } from "node:util";
import { post, readReview } from "../../review/post";
import { UsageError } from "./usage";

const OPTIONS = {
  review: { type: "string" },
  repository: { type: "string", default: process.env["GITHUB_REPOSITORY"] ?? "" },
  "pull-request": { type: "string", default: "" },
  api: { type: "string", default: process.env["GITHUB_API_URL"] ?? "https://api.github.com" },
  author: { type: "string", default: "github-actions[bot]" },
  name: { type: "string", default: "fleet" },
  link: { type: "string" },
} as const;

const SAID = {
  created: "comment created",
  updated: "comment updated",
  unchanged: "comment is up to date",
  outdated: "not posted: the pull request has a newer commit than the review",
} as const;

export async function postCommand(args: readonly string[]): Promise<number> {
  const values = parsed(args);
  const { review, repository, api, author, name, link } = values;
  if (review === undefined) throw new UsageError("--review is missing");
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository))
    throw new UsageError(`--repository must be OWNER/NAME, got "${repository}"`);
  if (!/^[1-9]\d{0,9}$/.test(values["pull-request"]))
    throw new UsageError(`--pull-request must be its number, got "${values["pull-request"]}"`);
  if (!/^https:\/\/|^http:\/\/(127\.0\.0\.1|localhost)(:|\/|$)/.test(api))
    throw new UsageError(`--api must be an https address, got "${api}"`);
  if (!/^[a-z0-9-]{1,40}$/.test(name))
    throw new UsageError(`--name must be at most 40 lower-case letters, digits and hyphens, got "${name}"`);
  const token = process.env["GITHUB_TOKEN"];
  if (!token) throw new UsageError("the environment variable GITHUB_TOKEN is missing");
  const pullRequest = Number(values["pull-request"]);
  const outcome = await post(readReview(review), {
    api,
    token,
    repository,
    pullRequest,
    author,
    name,
    ...(link === undefined ? {} : { link }),
  });
  console.log(SAID[outcome]);
  return 0;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
