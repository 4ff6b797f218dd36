import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { review as command } from "../../cli/review";
import { post, readReview, type PostOptions } from "../../review/post";
import { json } from "../../review/render/json";
import { markdown, marker } from "../../review/render/markdown";
import { trouble } from "./golden/trouble";

interface Comment {
  id: number;
  body: string;
  user: { login: string };
}

/** The few calls of GitHub's API that posting makes, over a list of comments. */
class FakeGitHub {
  comments: Comment[] = [];
  head = "9f3c2ab0000000000000000000000000000000aa";
  refuse: number | undefined;
  calls: string[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        const url = new URL(request.url!, "http://local");
        this.calls.push(`${request.method} ${url.pathname}`);
        const answer = this.refuse
          ? {}
          : this.answer(request.method!, url, body === "" ? {} : (JSON.parse(body) as { body: string }));
        response.writeHead(request.headers.authorization === "Bearer t0ken" ? (this.refuse ?? 200) : 401, {
          "content-type": "application/json",
        });
        response.end(JSON.stringify(answer));
      });
    });
  }

  private answer(method: string, url: URL, sent: { body?: string }): unknown {
    if (url.pathname === "/repos/o/r/pulls/7") return { head: { sha: this.head } };
    if (method === "GET") {
      const page = Number(url.searchParams.get("page"));
      return this.comments.slice((page - 1) * 100, page * 100);
    }
    if (method === "POST")
      return this.comments.push({
        id: 1000 + this.comments.length,
        body: sent.body!,
        user: { login: "github-actions[bot]" },
      });
    return Object.assign(this.comments.find(({ id }) => url.pathname.endsWith(`/${id}`))!, { body: sent.body });
  }

  async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop = () => new Promise((done) => this.server.close(done));
}

let github: FakeGitHub;
let options: PostOptions;
beforeEach(async () => {
  github = new FakeGitHub();
  options = {
    api: await github.start(),
    token: "t0ken",
    repository: "o/r",
    pullRequest: 7,
    author: "github-actions[bot]",
    name: "fleet",
  };
});
afterEach(() => github.stop());

test("creates a comment, leaves it when nothing changed, and changes it in place", async () => {
  expect(await post(trouble, options)).toBe("created");
  expect(await post(trouble, options)).toBe("unchanged");
  const better = { ...trouble, stacks: trouble.stacks.slice(0, 1), result: "contract held" as const };
  expect(await post(better, options)).toBe("updated");
  expect(github.comments.map(({ body }) => body)).toEqual([markdown(better)]);
});

test("never touches another author's comment, nor another review's, and finds its own behind hundreds", async () => {
  const forged = Array.from({ length: 150 }, (_, id) => ({ id, body: markdown(trouble), user: { login: "mallory" } }));
  github.comments = [
    ...forged,
    { id: 500, body: `${marker("other")}\nx`, user: { login: "github-actions[bot]" } },
    { id: 501, body: `quoted\n${marker("fleet")}`, user: { login: "github-actions[bot]" } },
  ];
  expect(await post(trouble, options)).toBe("created");
  expect(await post({ ...trouble, stacks: trouble.stacks.slice(1) }, options)).toBe("updated");
  expect(github.comments.slice(0, 150)).toEqual(forged);
  expect(github.comments).toHaveLength(153);
});

test("does not post a review of an older commit", async () => {
  expect(await post({ ...trouble, head: "1111111" }, options)).toBe("outdated");
  expect(github.comments).toEqual([]);
  expect(await post({ ...trouble, head: "9f3c2ab" }, options)).toBe("created");
});

test("says what GitHub refused, without the token", async () => {
  github.refuse = 403;
  await expect(post(trouble, options)).rejects.toThrow(
    "GitHub answered 403 to GET /repos/o/r/issues/7/comments?per_page=100&page=1: the token needs pull-requests: write",
  );
  await expect(post(trouble, { ...options, api: "http://127.0.0.1:1" })).rejects.toThrow(
    /^GitHub cannot be reached at http:\/\/127.0.0.1:1/,
  );
});

describe("as a command", () => {
  const folder = mkdtempSync(join(tmpdir(), "fleet-post-"));
  const file = join(folder, "review.json");
  const said: string[] = [];
  beforeEach(() => {
    said.length = 0;
    for (const method of ["log", "error"] as const)
      jest.spyOn(console, method).mockImplementation((...line: unknown[]) => void said.push(line.join(" ")));
    process.env["GITHUB_TOKEN"] = "t0ken";
  });
  afterEach(() => {
    jest.restoreAllMocks();
    delete process.env["GITHUB_TOKEN"];
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (...args: string[]) =>
    command.run([
      "post",
      "--review",
      file,
      "--repository",
      "o/r",
      "--pull-request",
      "7",
      "--api",
      options.api,
      ...args,
    ]);

  test("posts a review file", async () => {
    writeFileSync(file, json(trouble));
    expect(await run()).toBe(0);
    expect(said).toEqual(["comment created"]);
  });

  test("refuses a file that is not exactly a review, before it calls anybody", async () => {
    for (const content of [
      "",
      "{}",
      json({ ...trouble, extra: 1 } as never),
      json(trouble).replace("several steps at once", "see [this](x)"),
      " ".repeat(5 << 20),
    ]) {
      writeFileSync(file, content);
      expect(() => readReview(file)).toThrow(/is not a (readable )?review file|larger than 4 MB/);
      expect(await run()).toBe(1);
    }
    expect(github.calls).toEqual([]);
    expect(said.join()).toMatch(/make it with: npx fleet review --format json/);
  });

  test.each([
    [["--repository", "o/r/x"], /--repository must be OWNER\/NAME, got "o\/r\/x"/],
    [["--pull-request", "x"], /--pull-request must be its number, got "x"/],
    [["--api", "http://example.com"], /--api must be an https address/],
    [["--name", "A b"], /--name must be at most 40/],
    [["--what"], /Unknown option '--what'/],
  ])("refuses %j", async (args, message) => {
    expect(await run(...args)).toBe(1);
    expect(said.join()).toMatch(message);
  });
});
