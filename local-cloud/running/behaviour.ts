/**
 * How machines of an image behave, so that bad releases can be tried: one file per image, `<folder>/<name>.json`, where
 * `LOCAL_CLOUD_BEHAVIOUR` names the folder. The file whose `image` is contained in a machine's image id holds for it; of several
 * the one with the longest text. A machine without a file is well.
 */
export interface Behaviour {
  /** Text that the image id contains: `web-v1-1-0`, `ami-0123`. */
  readonly image: string;
  /** Seconds from the start of the machine until it listens. @default 20 */
  readonly bootSec?: number;
  /** The health path never answers 200. @default false */
  readonly neverHealthy?: boolean;
  /** It ends while it boots. @default false */
  readonly crashAtBoot?: boolean;
  /** Share of requests, 0 to 1, that are answered with 500; health checks are not among them. @default 0 */
  readonly failShare?: number;
  /** Seconds after the start before `failShare` holds. @default 0 */
  readonly failAfterSec?: number;
  /** Milliseconds of the cloud's time that each request takes at least. @default 0 */
  readonly latencyMs?: number;
  /** It dies when it has answered so many requests. */
  readonly dieAfterRequests?: number;
  /** Requests a second, of this computer's time, that count as 100 % load for autoscaling. @default 200 */
  readonly capacity?: number;
  /** Seconds that it drains for after a notice. @default DRAIN_SEC of its boot settings, or else 30 */
  readonly drainSec?: number;
  /** Seconds that it keeps an idle connection. @default 620, as the web image's Nginx */
  readonly keepAliveSec?: number;
  /** It does not hear a notice. @default false */
  readonly ignoresNotice?: boolean;
  /** Port on which it serves, where that is not the one that the cloud asks for. */
  readonly port?: number;
}
