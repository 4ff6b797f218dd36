/** CDKTF keeps the whole stack trace of every token, for its errors: a third of the time of a synth, and nobody reads them here. */

/** As CDKTF asks for one, and nobody else: https://github.com/hashicorp/terraform-cdk/blob/v0.21.0/packages/cdktf/lib/tokens/private/stack-trace.ts */
const isOfToken = () => Error.stackTraceLimit === Number.MAX_SAFE_INTEGER;

/** Runs something during which no token keeps where it was made. Errors keep their own traces. */
export function withoutCreationStacks<T>(run: () => T): T {
  const capture = Error.captureStackTrace;
  Error.captureStackTrace = (target, below) => {
    if (!isOfToken()) capture(target, below);
  };
  try {
    return run();
  } finally {
    Error.captureStackTrace = capture;
  }
}
