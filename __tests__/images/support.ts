/** A catalog in a temporary folder, and the command run as a user runs it. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { image } from "../../cli/image";
import type { ImageRecord } from "../../images/catalog";
import { describeUnless, testUnless } from "../support/needs";

export const NOW = new Date("2026-11-20T12:00:00Z");
export const AT = NOW.toISOString();
export const ACT = { now: NOW, by: "ops@example.com" };

export const tempFolder = (): string => mkdtempSync(join(tmpdir(), "images-"));

let serial = 0;

type Changes = {
  base?: { image: string; version: string };
  build?: Partial<ImageRecord["build"]>;
  lifecycle?: Partial<ImageRecord["lifecycle"]>;
};

/** A record as a person would write it: approved, built 50 days ago, on three clouds. */
export function record(name: string, version: string, { base, build, lifecycle }: Changes = {}): ImageRecord {
  const dashed = version.replaceAll(".", "-");
  const hex = (serial++).toString(16).padStart(17, "0");
  return {
    schema: 1,
    image: name,
    version,
    ...(base && { base }),
    build: {
      at: "2026-10-01T09:00:00Z",
      runUuid: "05ea93fa-9252-4fc3-8bd9-64bdc9f584a9",
      gitSha: "a".repeat(40),
      template: `images/packer/${name}`,
      templateSha256: "b".repeat(64),
      packer: "1.14.2",
      manifestSha256: "c".repeat(64),
      ...build,
    },
    artifacts: [
      { cloud: "aws", region: "us-east-1", arch: "x86_64", id: `ami-${hex}` },
      { cloud: "google", region: "global", arch: "x86_64", id: `projects/my-images/global/images/${name}-v${dashed}` },
      {
        cloud: "azure",
        region: "westeurope",
        arch: "x86_64",
        id: `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/images/providers/Microsoft.Compute/galleries/fleet/images/${name}/versions/${version}`,
      },
    ],
    lifecycle: { state: "approved", since: "2026-10-02T09:00:00Z", by: "release@example.com", ...lifecycle },
  };
}

export function write(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : `${JSON.stringify(content, null, 2)}\n`);
}

/** Puts records, policy and releases into a new folder. */
export function project(records: readonly ImageRecord[], policy?: unknown): string {
  const root = tempFolder();
  mkdirSync(join(root, "catalog"), { recursive: true });
  mkdirSync(join(root, "releases"), { recursive: true });
  for (const entry of records) write(join(root, "catalog", entry.image, `${entry.version}.json`), entry);
  if (policy !== undefined) write(join(root, "catalog/policy.json"), policy);
  return root;
}

/** Every file below a folder with its content: what must not change when a command refuses. */
export const snapshot = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file, readFileSync(file, "utf8")]),
  );

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** `fleet image …` in a project of `project()`. */
export async function fleetImage(root: string, ...args: string[]): Promise<Run> {
  const out: string[] = [];
  const error: string[] = [];
  const log = jest.spyOn(console, "log").mockImplementation((text: string) => void out.push(text));
  const err = jest.spyOn(console, "error").mockImplementation((text: string) => void error.push(text));
  const common = [
    "--catalog",
    join(root, "catalog"),
    ...(args.includes("--releases") ? [] : ["--releases", join(root, "releases")]),
  ];
  const time = args.includes("--now") ? [] : ["--now", AT];
  try {
    return { code: await image.run([...args, ...common, ...time]), out: out.join("\n"), error: error.join("\n") };
  } finally {
    log.mockRestore();
    err.mockRestore();
  }
}

/** A tool of the machine; tests that need it say so when they are skipped. */
export function has(tool: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${tool}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const lacks = (tool: string): string | undefined => (has(tool) ? undefined : `${tool} is not installed`);

/** `test` when the tool is there; else a skipped test whose name says what is missing. */
export const testWith = (tool: string, name: string, run: () => Promise<void>): void =>
  testUnless(lacks(tool))(name, run);

/** The same of many tests. */
export const describeWith = (tool: string, name: string, run: () => void): void =>
  describeUnless(lacks(tool))(name, run);
