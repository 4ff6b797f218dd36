/** Finds the route of a request in the table, checks the token's right, and writes the answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { App } from "./app";
import { ApiError, errorDocument, notFound, paginate, type Resource } from "./json-api";
import { type Identity, may, ROLES, type Right, type Role, runIdentity, taskIdentity } from "./rights";

/** A request, as handlers see it. */
export interface Call {
  readonly app: App;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly bytes: Buffer;
  /** The document, or an empty one. */
  readonly body: unknown;
  readonly identity: Identity;
}

export interface Reply {
  /** @default 200 */
  readonly status?: number;
  readonly data?: Resource;
  readonly list?: readonly Resource[];
  /** Anything that is not JSON:API. */
  readonly bytes?: string | Buffer;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (call: Call) => Reply | Promise<Reply>;

/** Who may use a route: `anyone` needs no token, `account` any good one. */
export type Need = Right | "anyone" | "account";

/** Method, pattern with `:names`, need, handler. */
export type Route = readonly [string, string, Need, Handler];

/** Finds what a relationship points to, for `include`. */
export type Lookup = (call: Call, type: string, id: string) => Resource | undefined;

const JSON_API = "application/vnd.api+json";
const LARGEST_BODY = 100 * 1024 * 1024;
/** What `terraform` reads from every answer, and what tells HCP Terraform from Terraform Enterprise. */
const HEADERS = { "TFP-API-Version": "2.6", "TFP-AppName": "HCP Terraform", "X-RateLimit-Limit": "30" };

interface Compiled {
  readonly method: string;
  readonly expression: RegExp;
  readonly need: Need;
  readonly handler: Handler;
}

/** Answers one request at a time from a table of routes. */
export class Router {
  readonly #routes: readonly Compiled[];
  readonly #lookup: Lookup;
  readonly #app: App;

  constructor(app: App, routes: readonly Route[], lookup: Lookup) {
    this.#app = app;
    this.#lookup = lookup;
    this.#routes = routes.map(([method, pattern, need, handler]) => ({
      method,
      need,
      handler,
      expression: new RegExp(`^${pattern.replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`),
    }));
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.#app.base);
    const method = request.method ?? "GET";
    this.#app.onRequest({ method, path: url.pathname, authorized: request.headers.authorization !== undefined });
    try {
      send(response, await this.#reply(request, method, url));
    } catch (error) {
      if (response.headersSent || response.destroyed) return;
      const known = error instanceof ApiError ? error : new ApiError(500, "internal error", (error as Error).message);
      send(response, { status: known.status, headers: known.headers, bytes: JSON.stringify(errorDocument(known)) });
    }
  }

  async #reply(request: IncomingMessage, method: string, url: URL): Promise<Reply> {
    const path = url.pathname;
    const bytes = await readAll(request);
    if (path.startsWith("/api/")) this.#misbehave(`${method} ${path}`);
    const { route, params } = this.#find(method, path);
    const identity = this.#identify(request.headers.authorization);
    authorize(identity, route.need, method);
    const call: Call = {
      app: this.#app,
      method,
      path,
      params,
      query: url.searchParams,
      bytes,
      body: method === "PUT" ? {} : parse(bytes),
      identity: identity ?? NOBODY,
    };
    const reply = await route.handler(call);
    if (path.startsWith("/api/") && this.#app.faults.take("lost", `${method} ${path}`))
      throw new ApiError(500, "internal error");
    return reply.data || reply.list ? this.#document(call, reply) : reply;
  }

  #misbehave(where: string): void {
    if (this.#app.faults.take("429", where))
      throw new ApiError(429, "Too many requests", "You have exceeded the API's rate limit.", {
        "Retry-After": "1",
        "X-RateLimit-Reset": "0.2",
      });
    if (this.#app.faults.take("500", where)) throw new ApiError(500, "internal error");
  }

  #find(method: string, path: string): { route: Compiled; params: Record<string, string> } {
    for (const route of this.#routes) {
      const match = route.method === method ? route.expression.exec(path) : null;
      if (match) {
        const named = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
        return { route, params: Object.fromEntries(named) as Record<string, string> };
      }
    }
    throw notFound();
  }

  #identify(header: string | undefined): Identity | undefined {
    const token = /^Bearer (.+)$/i.exec(header ?? "")?.[1];
    if (token === undefined) return undefined;
    const role = (Object.entries(this.#app.tokens) as [Role, string][]).find(([, text]) => text === token)?.[0];
    if (role) return ROLES[role];
    const ticket = this.#app.tickets.read(token);
    if (ticket?.use === "run-token") return runIdentity(ticket.id);
    return ticket?.use === "task-token" ? taskIdentity(ticket.id) : undefined;
  }

  #document(call: Call, { data, list, status, headers }: Reply): Reply {
    const page = list && paginate(list, call.query);
    const primary = page?.items ?? [data!];
    const included = this.#included(call, primary);
    const document = {
      data: page ? page.items : data,
      ...(included.length > 0 && { included }),
      ...(page && { meta: page.meta }),
    };
    return { status: status ?? 200, bytes: JSON.stringify(document), ...(headers && { headers }) };
  }

  /** What `include=a.b,c` asks for: relationships by name, `_` and `-` being the same. */
  #included(call: Call, primary: readonly Resource[]): Resource[] {
    const found = new Map<string, Resource>();
    for (const path of (call.query.get("include") ?? "").split(",").filter(Boolean)) {
      let from = primary;
      for (const name of path.replaceAll("_", "-").split(".")) {
        from = from.flatMap((resource) => {
          const data = resource.relationships?.[name]?.data ?? [];
          return (Array.isArray(data) ? data : [data]).flatMap(({ type, id }: { type: string; id: string }) => {
            const other = this.#lookup(call, type, id);
            return other ? [other] : [];
          });
        });
        for (const resource of from) found.set(`${resource.type}/${resource.id}`, resource);
      }
    }
    return [...found.values()];
  }
}

const NOBODY: Identity = { kind: "user", name: "nobody", rights: [] };

/** What a token cannot see is not found; what it sees and may not do is forbidden. */
function authorize(identity: Identity | undefined, need: Need, method: string): void {
  if (need === "anyone") return;
  if (!identity) throw new ApiError(401, "unauthorized");
  if (need === "account" || may(identity, need)) return;
  if (method === "GET" || !may(identity, "workspace:read")) throw notFound();
  throw new ApiError(403, "forbidden", "You are not authorized to perform this action.");
}

function parse(bytes: Buffer): unknown {
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch {
    throw new ApiError(400, "JSON body is invalid");
  }
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LARGEST_BODY) throw new ApiError(413, "payload too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status ?? 200, {
    ...HEADERS,
    ...(reply.bytes !== undefined && { "Content-Type": reply.contentType ?? JSON_API }),
    ...reply.headers,
  });
  response.end(reply.bytes);
}
