/**
 * Keeps one comment per pull request up to date on GitHub. It reads a review file, checks it against the schema and
 * renders it here, so that whoever made the file decides nothing about the comment but its facts.
 */
import { readFileSync, statSync } from "node:fs";
import { jsonIn, parseJson, reasonOf } from "../constructs/contract/json-text";
import { reviewSchema, type Review } from "./model";
import { UnusableFile } from "./read/scan-file";
import { markdown, marker } from "./render/markdown";

export interface PostOptions {
  /** GitHub's API, such as https://api.github.com. */
  readonly api: string;
  readonly token: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly pullRequest: number;
  /** Login that writes the comments: a comment of anybody else is never touched, whatever it says. */
  readonly author: string;
  /** Tells several reviews of one pull request apart. */
  readonly name: string;
  readonly link?: string;
}

const MOST_BYTES = 4 * 1024 * 1024;
const MOST_PAGES = 50;
const PER_PAGE = 100;

/** @throws UnusableFile */
export function readReview(file: string): Review {
  const make = "make it with: npx fleet review --format json --out review.json";
  let input: unknown;
  try {
    if (statSync(file).size > MOST_BYTES)
      throw new UnusableFile(`${file} is larger than 4 MB, which no review is; ${make}`);
    input = parseJson(jsonIn(readFileSync(file)));
  } catch (error) {
    if (error instanceof UnusableFile) throw error;
    throw new UnusableFile(`${file} is not a readable review file: ${reasonOf(error)}; ${make}`);
  }
  const parsed = reviewSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UnusableFile(
    `${file} is not a review file: ${issue?.path.map(String).join(".") || "it"} ${issue?.message ?? ""}; ${make}`,
  );
}

interface Comment {
  readonly id: number;
  readonly body?: string | null;
  readonly user?: { readonly login?: string } | null;
}

/** What happened to the comment. */
export type Posted = "created" | "updated" | "unchanged" | "outdated";

/** Creates the comment, or changes the one that is there. A review of an older commit is not posted: "outdated". */
export async function post(review: Review, options: PostOptions): Promise<Posted> {
  const { repository, pullRequest, author, name, link } = options;
  const call = caller(options);
  if (review.head !== undefined) {
    const { head } = (await call("GET", `/repos/${repository}/pulls/${pullRequest}`)) as { head?: { sha?: string } };
    if (!head?.sha?.startsWith(review.head)) return "outdated";
  }
  const body = markdown(review, { name, ...(link === undefined ? {} : { link }) });
  const own = await find(
    call,
    repository,
    pullRequest,
    (comment) => comment.user?.login === author && firstLine(comment) === marker(name),
  );
  if (!own) {
    await call("POST", `/repos/${repository}/issues/${pullRequest}/comments`, { body });
    return "created";
  }
  if (own.body?.replace(/\r\n/g, "\n").trim() === body.trim()) return "unchanged";
  await call("PATCH", `/repos/${repository}/issues/comments/${own.id}`, { body });
  return "updated";
}

const firstLine = ({ body }: Comment) => body?.split(/\r?\n/, 1)[0];

type Call = (method: string, path: string, body?: object) => Promise<unknown>;

async function find(call: Call, repository: string, pullRequest: number, test: (comment: Comment) => boolean) {
  for (let page = 1; page <= MOST_PAGES; page++) {
    const path = `/repos/${repository}/issues/${pullRequest}/comments?per_page=${PER_PAGE}&page=${page}`;
    const comments = (await call("GET", path)) as Comment[];
    const own = comments.find(test);
    if (own || comments.length < PER_PAGE) return own;
  }
  return undefined;
}

function caller({ api, token }: PostOptions): Call {
  return async (method, path, body) => {
    const response = await fetch(`${api.replace(/\/$/, "")}${path}`, {
      method,
      redirect: "error",
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${token}`,
        "user-agent": "immutable-fleet",
        "x-github-api-version": "2022-11-28",
        ...(body ? { "content-type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch((error: unknown) => {
      throw new UnusableFile(`GitHub cannot be reached at ${api}: ${(error as Error).message}`);
    });
    if (!response.ok)
      throw new UnusableFile(
        `GitHub answered ${response.status} to ${method} ${path}${ADVICE[response.status] ? `: ${ADVICE[response.status]}` : ""}`,
      );
    return response.json();
  };
}

const ADVICE: Readonly<Record<number, string>> = {
  401: "the token is not valid",
  403: "the token needs pull-requests: write",
  404: "check repository and pull request, and that the token may read them",
};
