import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Api } from "../../hcp/api";
import { anything, workspaceDocument } from "../../hcp/model";
import { RIGHTS } from "../../hcp/rights";
import { Started } from "../../hcp/started";

const TOKEN = "user.atlasv1.very-secret";
const ABOUT = { right: RIGHTS.plan, what: 'workspace "web"', settings: "SETTINGS" };

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const status =
  (code: number, headers: Record<string, string> = {}, body: unknown = {}): Answer =>
  (_, response) =>
    response.writeHead(code, headers).end(JSON.stringify(body));

/** A server that gives one prepared answer after the other; the last one again and again. */
class Scripted {
  readonly seen: { method: string; url: string; token: boolean }[] = [];
  readonly slept: number[] = [];
  private readonly server: Server;
  private script: Answer[] = [];

  constructor() {
    this.server = createServer((request, response) => {
      this.seen.push({
        method: request.method!,
        url: request.url!,
        token: request.headers.authorization === `Bearer ${TOKEN}`,
      });
      const next = this.script.length > 1 ? this.script.shift()! : this.script[0]!;
      request.resume().on("end", () => next(request, response));
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  api(...script: Answer[]): Api {
    this.script = script;
    this.seen.length = 0;
    this.slept.length = 0;
    return new Api({
      host: { hostname: "app.terraform.io", address: this.address },
      token: { value: TOKEN, from: "TFE_TOKEN" },
      wire: { sleep: async (ms) => void this.slept.push(ms) },
    });
  }
}

const server = new Scripted();
const folder = mkdtempSync(join(tmpdir(), "fleet-wire-"));
beforeAll(() => server.start());
afterAll(() => {
  server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const get = (api: Api) => api.get("/x", anything, ABOUT);
const post = (api: Api, repeatable = false) => api.send("POST", "/x", {}, anything, ABOUT, repeatable);

describe("is tried again", () => {
  test("after 429, as late as the server asks, whatever was asked", async () => {
    const busy = status(429, { "Retry-After": "7" });
    await post(server.api(busy, status(429, { "X-RateLimit-Reset": "0.5" }), status(201)));
    expect(server.slept).toEqual([7000, 500]);
    expect(server.seen).toHaveLength(3);
  });

  test("after 5xx and broken connections, ever later, where repeating does no harm", async () => {
    const broken: Answer = (request) => void request.socket.destroy();
    await get(server.api(status(500), broken, status(503), status(200)));
    expect(server.slept).toEqual([1000, 2000, 4000]);
    await post(server.api(status(502), status(201)), true);
    expect(server.seen).toHaveLength(2);
  });

  test("not for ever", async () => {
    await expect(get(server.api(status(500)))).rejects.toThrow(`${server.address} answered 500`);
    expect(server.seen).toHaveLength(6);
    await expect(get(server.api(status(429, { "Retry-After": "3600" })))).rejects.toThrow("answered 429");
    expect(server.seen).toHaveLength(1);
  });

  test("not where something may have been done already", async () => {
    await expect(post(server.api(status(500)))).rejects.toThrow("answered 500");
    expect(server.seen).toHaveLength(1);
  });

  test("not after a refusal", async () => {
    await expect(get(server.api(status(422, {}, { errors: [{ detail: "no" }] })))).rejects.toThrow(
      'refused with 422 (workspace "web"): no',
    );
    expect(server.seen).toHaveLength(1);
  });
});

describe("the token", () => {
  test("stays with its host: a redirect is followed without it", async () => {
    const api = server.api(status(307, { Location: "/elsewhere" }), status(200, {}, { plan: true }));
    const file = join(folder, "plan.json");
    expect(await api.download("/plans/plan-1/json-output", file)).toBe(true);
    expect(server.seen.map(({ url, token }) => ({ url, token }))).toEqual([
      { url: "/api/v2/plans/plan-1/json-output", token: true },
      { url: "/elsewhere", token: false },
    ]);
    expect(readFileSync(file, "utf8")).toBe('{"plan":true}');
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  test("is not sent where files go to", async () => {
    const api = server.api(status(200));
    await api.upload(`${server.address}/object`, Buffer.from("x"));
    await api.bytes(`${server.address}/log`);
    expect(server.seen.map(({ token }) => token)).toEqual([false, false]);
    await expect(server.api(status(200)).upload("http://storage.example.com/x", Buffer.from("x"))).rejects.toThrow(
      "without TLS",
    );
    expect(server.seen).toEqual([]);
  });

  test("is not followed out of TLS, nor in circles", async () => {
    await expect(get(server.api(status(302, { Location: "http://example.com/" })))).rejects.toThrow(
      "redirects to an address without TLS",
    );
    await expect(get(server.api(status(302, { Location: "/again" })))).rejects.toThrow("redirects to nowhere");
  });

  test("is in no message, also when the server sends it back", async () => {
    const echo = { errors: [{ detail: `your token ${TOKEN} is\u001b[31m no good` }] };
    for (const code of [400, 403, 409, 422])
      await expect(get(server.api(status(code, {}, echo)))).rejects.toThrow(
        /your token \(token\) is\ufffd\[31m no good/,
      );
  });
});

describe("a refusal says what is missing and where to set it", () => {
  test.each([
    [
      401,
      "app.terraform.io does not accept the token from TFE_TOKEN: it is wrong or expired; make another one at https://app.terraform.io/app/settings/tokens",
    ],
    [
      403,
      'the token from TFE_TOKEN may not queue plans (workspace "web"): its team needs Plan on the workspace, set at SETTINGS',
    ],
    [
      404,
      'there is no workspace "web", or the token from TFE_TOKEN may not queue plans: then its team needs Plan on the workspace, set at SETTINGS',
    ],
  ])("%i", async (code, message) => {
    await expect(get(server.api(status(code)))).rejects.toThrow(new Error(message));
  });

  test("an answer of another shape is one too", async () => {
    await expect(server.api(status(200, {}, { data: {} })).get("/x?y", workspaceDocument, ABOUT)).rejects.toThrow(
      "gave an answer that is not understood (/x: data.id)",
    );
  });
});

test("what cannot be ended is said, and the rest is ended all the same", async () => {
  const started = new Started();
  const ended: string[] = [];
  started.add(async () => void ended.push("first"));
  started.add(() => Promise.reject(new Error("no way")));
  started.add(async () => "run-1 canceled");
  expect(await started.undoAll()).toEqual(["run-1 canceled", "not ended: no way"]);
  expect(ended).toEqual(["first"]);
});
