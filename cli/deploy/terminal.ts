/** Shows what terraform does in several stacks at once, asks, and passes Ctrl-C on. */
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Watcher } from "../../operations/deploy/run";
import type { Verb } from "../../operations/deploy/stack";
import type { Follower } from "../../operations/terraform";
import { clean } from "../../review/text";

/** npm, npx and a terminal may each pass the same Ctrl-C on. */
const SAME_SIGNAL_MS = 1000;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const LONGEST_LINE = 1000;

export class Terminal implements Watcher {
  private readonly verb: Verb;
  private readonly isApproved: boolean;
  private readonly width: number;
  private readonly print: (line: string) => void;
  private readonly running = new Set<ChildProcess>();
  private stopped = false;
  private lastSignal = -SAME_SIGNAL_MS;

  /** @param isApproved whether nobody is asked */
  constructor(verb: Verb, stacks: readonly string[], isApproved: boolean, print: (line: string) => void) {
    this.verb = verb;
    this.isApproved = isApproved;
    this.width = Math.max(0, ...stacks.map((stack) => stack.length));
    this.print = print;
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
  }

  close(): void {
    for (const signal of SIGNALS) process.off(signal, this.onSignal);
  }

  isStopped(): boolean {
    return this.stopped;
  }

  follow(stack: string): Follower {
    const head = stack.padEnd(this.width);
    return {
      line: (text) => this.print(`${head}  ${clean(text, LONGEST_LINE)}`.trimEnd()),
      started: (child) => {
        this.running.add(child);
        child.once("close", () => this.running.delete(child));
      },
    };
  }

  async approves(stack: string): Promise<boolean> {
    if (this.stopped) return false;
    if (this.isApproved) return true;
    const answer = await answerTo(`\n${this.verb} ${stack} as shown? yes, no or stop: `);
    if (!["y", "yes", "n", "no", ""].includes(answer)) this.stopped = true;
    return answer === "y" || answer === "yes";
  }

  /** Terraform ends what it has begun, writes its state and gives its lock back; told twice it stops at once. */
  private readonly onSignal = (): void => {
    const now = performance.now();
    if (now - this.lastSignal < SAME_SIGNAL_MS) return;
    this.lastSignal = now;
    console.error(
      this.stopped
        ? "interrupted again: terraform stops at once; things may be left that it does not know"
        : "interrupted: terraform ends what it has begun, and nothing more is tried",
    );
    this.stopped = true;
    for (const child of this.running) child.kill("SIGINT");
  };
}

/** What somebody types; "stop" for Ctrl-C and the end of input. */
function answerTo(question: string): Promise<string> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    lines.on("SIGINT", () => lines.close());
    lines.on("close", () => resolve("stop"));
    lines.question(question, (answer) => {
      resolve(answer.trim().toLowerCase());
      lines.close();
    });
  });
}
