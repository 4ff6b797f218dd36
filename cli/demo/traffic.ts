/** The demo's traffic: what clients see while it plays, as a live line, and afterwards as a table and a picture. */
import type { Running } from "../../local-cloud/running/live";
import { Observation } from "../../local-cloud/running/load/observe";
import { failedIn, verdict, writePictures } from "../../local-cloud/running/load/report";
import { ROW_HEAD, type Run, rows } from "../../local-cloud/running/load/run";
import { table } from "../table";
import type { LiveLine } from "./live-line";
import type { Traffic } from "./story";

/** So long is looked once the last step is over. */
const AFTER_MS = 2000;

export interface DemoTrafficProps {
  readonly running: Running;
  /** `prod-web` */
  readonly services: readonly string[];
  readonly live: LiveLine;
}

export class DemoTraffic implements Traffic {
  readonly #props: DemoTrafficProps;
  #seen: Observation | undefined;

  constructor(props: DemoTrafficProps) {
    this.#props = props;
  }

  async begin(): Promise<void> {
    const { running, services, live } = this.#props;
    this.#seen = await Observation.start({ running, services, onNews: (line) => live.show(line) });
  }

  step(title: string): void {
    this.#seen?.step(title);
  }

  async end(): Promise<Run> {
    const { running, live, services } = this.#props;
    await new Promise((resolve) => setTimeout(resolve, AFTER_MS));
    const { speed } = running.status();
    const run = await this.#seen!.end(`What clients of ${services.join(", ")} see`, [
      `Machines, load balancers and their times run ${speed} times faster than a cloud's: a second here is ${speed} there.`,
    ]);
    live.show("");
    return run;
  }

  /** Ends it when the story has failed. */
  kill(): void {
    this.#seen?.kill();
    this.#props.live.show("");
  }
}

export function trafficText(run: Run, folder: string): string {
  const notes = run.notes.map((note) => `  ${note}`);
  const files = writePictures(run, folder);
  return [
    "",
    table(ROW_HEAD, rows(run), "  "),
    "",
    ...notes,
    `  Picture: ${files.join(", ")}`,
    "",
    `  ${verdict(run)}`,
  ].join("\n");
}

export const noticed = (run: Run): boolean => failedIn(run) > 0;
