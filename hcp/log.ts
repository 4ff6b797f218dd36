/** Terraform's log of a run, in lines that are safe to print: whoever may change a plan may write into its log. */
import { z } from "zod";
import { withoutCommands } from "../review/render/words";
import { clean } from "../review/text";
import type { Client } from "./client";
import { HcpError } from "./error";
import type { RunData } from "./model";

const entry = z.object({
  "@level": z.string(),
  "@message": z.string(),
  type: z.string().optional(),
  diagnostic: z
    .object({
      severity: z.string(),
      summary: z.string(),
      detail: z.string().optional(),
      address: z.string().optional(),
    })
    .optional(),
});

const LONGEST_LINE = 2000;
const CHUNK = 64 * 1024;
const MOST_BYTES = 64 * 1024 * 1024;
const [START, END] = ["\u0002", "\u0003"];

const shown = (text: string): string =>
  withoutCommands(clean(text.replace(/\u001b\[[0-9;]*m/g, ""), LONGEST_LINE)).trimEnd();

/** What the review has shown better. */
const DULL: readonly (string | undefined)[] = ["planned_change", "outputs"];

/** A line as a person reads it; logs may be in terraform's machine-readable form. */
export function readable(line: string): string[] {
  const found = parsed(line);
  if (!found) return line.trim() === "" ? [] : [shown(line)];
  if (DULL.includes(found.type)) return [];
  const { diagnostic } = found;
  if (!diagnostic) return [shown(found["@message"])];
  const where = diagnostic.address ? ` (${diagnostic.address})` : "";
  const detail = (diagnostic.detail ?? "").split("\n").filter((text) => text.trim() !== "");
  return [`${diagnostic.severity}: ${diagnostic.summary}${where}`, ...detail.map((text) => `  ${text}`)].map(shown);
}

function parsed(line: string): z.output<typeof entry> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return entry.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Reads a log piece by piece while it is written. */
export class LogReader {
  private readonly client: Client;
  private readonly phase: "plan" | "apply";
  private url: string | undefined;
  private offset = 0;
  private rest = "";
  private readonly decoder = new TextDecoder();

  constructor(client: Client, phase: "plan" | "apply") {
    this.client = client;
    this.phase = phase;
  }

  /** The whole lines that came since the last call. */
  async more(run: RunData): Promise<string[]> {
    this.url ??= await this.client.logUrl(run, this.phase);
    if (this.url === undefined) return [];
    const lines: string[] = [];
    for (;;) {
      if (!URL.canParse(this.url)) throw new HcpError("the log of the run has no address that can be read");
      if (this.offset > MOST_BYTES) throw new HcpError(`the log of the run is larger than ${MOST_BYTES >> 20} MB`);
      const url = new URL(this.url);
      url.searchParams.set("limit", String(CHUNK));
      url.searchParams.set("offset", String(this.offset));
      const piece = await this.client.api.bytes(url.href);
      if (piece.length === 0) return lines;
      this.offset += piece.length;
      // The mark at the end ends the last line too.
      const text = this.decoder.decode(piece, { stream: true }).replace(END, "\n").replace(START, "");
      const parts = (this.rest + text).split("\n");
      this.rest = parts.pop()!;
      lines.push(...parts);
    }
  }
}

/** The errors in a run's plan log, or its last lines where none are marked. */
export async function failure(client: Client, run: RunData, phase: "plan" | "apply"): Promise<string[]> {
  const lines = (await new LogReader(client, phase).more(run)).filter((line) => line.trim() !== "");
  const marked = lines.filter((line) => parsed(line)?.diagnostic?.severity === "error");
  return (marked.length > 0 ? marked : lines.slice(-10)).flatMap(readable);
}
