/** One HTTP request, repeated where that is safe, with the token sent to nobody but the host it belongs to. */
import { isPrivate } from "./host";
import { HcpError, reasonOf } from "./error";

export interface Wire {
  /** Waits; rejects when the signal ends it. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Ends what is under way. */
  readonly signal?: AbortSignal;
}

export interface Request {
  readonly method: "GET" | "POST" | "PATCH" | "PUT";
  readonly url: string;
  readonly token?: string;
  readonly body?: string | Buffer;
  readonly contentType?: string;
  /** Whether it does no harm to send it again when it is not known what became of it. */
  readonly repeatable: boolean;
}

const MOST_ATTEMPTS = 6;
const MOST_REDIRECTS = 3;
const LONGEST_WAIT_MS = 60_000;
const REQUEST_MS = 60_000;

/** The server, or the way to it, failed; another attempt may do. */
class Unavailable extends HcpError {
  /** What the server asks to wait, in milliseconds. */
  readonly wait: number | undefined;
  /** It was not even looked at, so that another attempt does no harm. */
  readonly refused: boolean;

  constructor(message: string, status?: number, wait?: number) {
    super(message, status);
    this.wait = wait;
    this.refused = status === 429;
  }
}

/**
 * Sends a request and gives its answer to `read`, whose failures count as the way's.
 * @throws HcpError when no attempt got an answer
 */
export async function exchange<T>(wire: Wire, request: Request, read: (answer: Response) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    wire.signal?.throwIfAborted();
    try {
      return await once(wire, request, read);
    } catch (error) {
      wire.signal?.throwIfAborted();
      if (!(error instanceof Unavailable)) throw error;
      const wait = error.wait ?? 1000 * 2 ** (attempt - 1);
      if (!(request.repeatable || error.refused) || attempt === MOST_ATTEMPTS || wait > LONGEST_WAIT_MS) throw error;
      await wire.sleep(wait, wire.signal);
    }
  }
}

async function once<T>(wire: Wire, request: Request, read: (answer: Response) => Promise<T>): Promise<T> {
  const timeout = AbortSignal.timeout(REQUEST_MS);
  const signal = wire.signal ? AbortSignal.any([wire.signal, timeout]) : timeout;
  const { origin } = new URL(request.url);
  try {
    const answer = await follow(request, signal);
    if (answer.status !== 429 && answer.status < 500) return await read(answer);
    await answer.arrayBuffer();
    throw new Unavailable(`${origin} answered ${answer.status}`, answer.status, waitOf(answer.headers));
  } catch (error) {
    if (error instanceof HcpError) throw error;
    const { cause } = error as { cause?: unknown };
    throw new Unavailable(`${origin} cannot be reached: ${reasonOf(cause ?? error)}`);
  }
}

/** A redirect is followed without the token: it leads to storage that has its own key in the address. */
async function follow({ method, url, token, body, contentType }: Request, signal: AbortSignal): Promise<Response> {
  let answer = await fetch(url, {
    method,
    redirect: "manual",
    signal,
    headers: {
      ...(contentType && { "Content-Type": contentType }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: body as BodyInit }),
  });
  for (let from = url, hops = 0; method === "GET" && answer.status >= 300 && answer.status < 400; hops++) {
    const location = answer.headers.get("location");
    if (location === null || hops === MOST_REDIRECTS)
      throw new HcpError(`${new URL(from).origin} redirects to nowhere`);
    const next = new URL(location, from);
    // Nobody outside of this machine may point into it.
    const isInward = next.protocol === "http:" && new URL(url).protocol === "https:";
    if (!isPrivate(next) || isInward) throw new HcpError(`${new URL(from).origin} redirects to an address without TLS`);
    await answer.arrayBuffer();
    from = next.href;
    answer = await fetch(from, { redirect: "manual", signal });
  }
  return answer;
}

/** https://developer.hashicorp.com/terraform/cloud-docs/api-docs#rate-limiting */
function waitOf(headers: Headers): number | undefined {
  const after = headers.get("retry-after") ?? headers.get("x-ratelimit-reset");
  if (after === null) return undefined;
  const seconds = Number(after);
  const ms = Number.isNaN(seconds) ? new Date(after).getTime() - Date.now() : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
