/** JSON:API as HCP Terraform speaks it: documents are read against a schema, refusals become one clear message. */
import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { clean } from "../review/text";
import { HcpError } from "./error";
import { isPrivate, type Host } from "./host";
import type { Right } from "./rights";
import type { Token } from "./token";
import { exchange, type Request, type Wire } from "./wire";

const MEDIA_TYPE = "application/vnd.api+json";
const MOST_DOCUMENT_BYTES = 32 * 1024 * 1024;
/** Of a hundred entries each. */
const MOST_PAGES = 1000;
const MOST_DOWNLOAD_BYTES = 512 * 1024 * 1024;

export interface ApiOptions {
  readonly host: Host;
  readonly token: Token;
  readonly wire: Wire;
}

/** What a request is about, for messages. */
export interface About {
  readonly right: Right;
  /** Such as `workspace "web" of organization "example"`. */
  readonly what: string;
  /** Where a person sets the right. */
  readonly settings: string;
}

const errors = z.object({
  errors: z.array(z.object({ title: z.string().optional(), detail: z.string().optional() })),
});
const page = z.object({
  meta: z.object({ pagination: z.object({ "next-page": z.number().nullable() }) }).optional(),
});

export class Api {
  readonly host: Host;
  private readonly token: Token;
  private readonly wire: Wire;

  constructor({ host, token, wire }: ApiOptions) {
    this.host = host;
    this.token = token;
    this.wire = wire;
  }

  /** The same for requests that nothing ends: to clean up after an interrupt. */
  withoutSignal(): Api {
    return new Api({ host: this.host, token: this.token, wire: { sleep: this.wire.sleep } });
  }

  sleep(ms: number): Promise<void> {
    return this.wire.sleep(ms, this.wire.signal);
  }

  get<S extends z.ZodType>(path: string, schema: S, about: About): Promise<z.output<S>> {
    return this.ask({ method: "GET", repeatable: true }, path, schema, about);
  }

  /** Every entry of a list, over all its pages; `enough` ends it early. */
  async list<S extends z.ZodType>(
    path: string,
    entry: S,
    about: About,
    enough: (entries: readonly z.output<S>[]) => boolean = () => false,
  ): Promise<z.output<S>[]> {
    const found: z.output<S>[] = [];
    const schema = page.extend({ data: z.array(entry) });
    let number: number | null = 1;
    while (number !== null) {
      const query: string = `${path.includes("?") ? "&" : "?"}page%5Bnumber%5D=${number}&page%5Bsize%5D=100`;
      const answer: z.output<typeof schema> = await this.get(path + query, schema, about);
      found.push(...answer.data);
      const next: number | null = enough(found) ? null : (answer.meta?.pagination["next-page"] ?? null);
      if (next !== null && (next !== number + 1 || number === MOST_PAGES))
        throw new HcpError(
          `${this.host.hostname} gave page ${next} to follow page ${number} of a list (${path.split("?")[0]})`,
        );
      number = next;
    }
    return found;
  }

  /** @param repeatable whether sending it twice does no harm */
  send<S extends z.ZodType>(
    method: "POST" | "PATCH",
    path: string,
    document: unknown,
    schema: S,
    about: About,
    repeatable = false,
  ): Promise<z.output<S>> {
    return this.ask({ method, body: JSON.stringify(document), repeatable }, path, schema, about);
  }

  /** Uploads to an address that holds its own key. */
  async upload(url: string, body: Buffer): Promise<void> {
    const target = this.storage(url);
    const request = { method: "PUT", url: target, body, contentType: "application/octet-stream" } as const;
    await exchange(this.wire, { ...request, repeatable: true }, async (answer) => {
      if (!answer.ok) throw new HcpError(`the upload was refused with ${answer.status}; run the command again`);
      await answer.arrayBuffer();
    });
  }

  /** What is at an address that holds its own key; nothing where there is nothing yet. */
  async bytes(url: string): Promise<Buffer> {
    const request = { method: "GET", url: this.storage(url), repeatable: true } as const;
    return exchange(this.wire, request, async (answer) => {
      const body = await bounded(answer, MOST_DOCUMENT_BYTES);
      return answer.status === 200 ? body : Buffer.alloc(0);
    });
  }

  /**
   * Writes what is at a path to a file, for its owner's eyes only.
   *
   * @returns false when there is nothing yet, or the token may not have it
   */
  async download(path: string, file: string): Promise<boolean> {
    const request = { method: "GET", url: this.url(path), token: this.token.value, repeatable: true } as const;
    return exchange(this.wire, request, async (answer) => {
      if (answer.status !== 200 || !answer.body) {
        await answer.arrayBuffer();
        return false;
      }
      const out = createWriteStream(file, { mode: 0o600 });
      await pipeline(Readable.fromWeb(answer.body as never), limit(MOST_DOWNLOAD_BYTES), out);
      return true;
    });
  }

  private url(path: string): string {
    return `${this.host.address}/api/v2${path}`;
  }

  private storage(url: string): string {
    if (!URL.canParse(url) || !isPrivate(new URL(url)))
      throw new HcpError(`${this.host.hostname} gave an address without TLS to send files to; nothing was sent`);
    return url;
  }

  private async ask<S extends z.ZodType>(
    request: Pick<Request, "method" | "body" | "repeatable">,
    path: string,
    schema: S,
    about: About,
  ): Promise<z.output<S>> {
    const whole = { ...request, url: this.url(path), token: this.token.value, contentType: MEDIA_TYPE };
    return exchange(this.wire, whole, async (answer) => {
      const body = await bounded(answer, MOST_DOCUMENT_BYTES);
      if (!answer.ok) throw this.refusal(answer.status, body.toString("utf8"), about);
      const parsed = schema.safeParse(body.length === 0 ? undefined : parse(body.toString("utf8")));
      if (parsed.success) return parsed.data;
      const [issue] = parsed.error.issues;
      throw new HcpError(
        `${this.host.hostname} gave an answer that is not understood (${path.split("?")[0]}: ${issue?.path.join(".") ?? ""})`,
      );
    });
  }

  private refusal(status: number, body: string, { right, what, settings }: About): HcpError {
    const { hostname } = this.host;
    const said = this.said(body);
    if (status === 401)
      return new HcpError(
        `${hostname} does not accept the token from ${this.token.from}: it is wrong or expired; make another one at https://${hostname}/app/settings/tokens`,
        status,
      );
    if (status === 403)
      return new HcpError(
        `the token from ${this.token.from} may not ${right.to} (${what}): its team needs ${right.needs}, set at ${settings}${said}`,
        status,
      );
    if (status === 404)
      return new HcpError(
        `there is no ${what}, or the token from ${this.token.from} may not ${right.to}: then its team needs ${right.needs}, set at ${settings}`,
        status,
      );
    return new HcpError(`${hostname} refused with ${status} (${what})${said}`, status);
  }

  /** What the server said, in one line without the token. */
  private said(body: string): string {
    const found = errors.safeParse(parse(body)).data?.errors ?? [];
    const words = found.map(({ title, detail }) => detail ?? title ?? "").filter(Boolean);
    const line = words.join("; ").replaceAll(this.token.value, "(token)");
    return line === "" ? "" : `: ${clean(line)}`;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function bounded(answer: Response, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const body = answer.body ? (Readable.fromWeb(answer.body as never) as AsyncIterable<Buffer>) : [];
  for await (const chunk of body) {
    length += chunk.length;
    if (length > most) throw new HcpError(`an answer is larger than ${most >> 20} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const limit = (most: number): Transform => {
  let length = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length;
      done(length > most ? new HcpError(`a download is larger than ${most >> 20} MB`) : null, chunk);
    },
  });
};
