import { cpSync, mkdtempSync, readFileSync, readdirSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT } from "../../cli/project-copy";
import { synthesize } from "../../stacks/synthesize";
import { prod } from "./fleet";

/** Folders made by a test file; jest's workers end with the process, so they are cleaned by the caller's afterAll. */
export const newFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), "fleet-test-")));

export interface Stack {
  readonly data?: Record<string, Record<string, Block>>;
  readonly resource: Record<string, Record<string, Block>>;
  readonly terraform: { readonly backend?: Record<string, unknown>; readonly cloud?: unknown };
}
type Block = Record<string, unknown> & { lifecycle?: { create_before_destroy?: boolean } };

/** The live slot of a release file. */
export type Live = { version: string; epoch?: string; capacity?: number };

/** Folder with own releases and catalog, copied from the project. */
export class Workspace {
  readonly folder = newFolder();

  constructor() {
    for (const part of ["releases", "images/catalog"])
      cpSync(join(PROJECT, part), join(this.folder, part), { recursive: true });
  }

  /** Changes a JSON file of the workspace. */
  edit(file: string, change: (json: never) => unknown): void {
    const path = join(this.folder, file);
    const json: unknown = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify(change(json as never) ?? json));
  }

  release(live: Live): void {
    this.writeRelease({ slots: { live } });
  }

  /** The whole release file, as somebody edits it. */
  writeRelease(content: unknown): void {
    writeFileSync(join(this.folder, "releases/prod/web.json"), JSON.stringify(content));
  }

  synth(input: unknown = { environments: [prod()] }): void {
    synthesize(input, {
      releases: join(this.folder, "releases"),
      catalog: join(this.folder, "images/catalog"),
      outdir: this.outdir,
    });
  }

  get outdir(): string {
    return join(this.folder, "cdktf.out");
  }

  stackFolder(name: string): string {
    return join(this.outdir, "stacks", name);
  }

  stack(name: string): Stack {
    return JSON.parse(this.text(name)) as Stack;
  }

  text(name: string, file = "cdk.tf.json"): string {
    return readFileSync(join(this.stackFolder(name), file), "utf8");
  }
}

/** Every file below a folder, by relative path. */
export function filesBelow(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return new Map(
    paths
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [path, readFileSync(join(folder, path), "utf8")]),
  );
}

/** Addresses of resources and data sources, sorted. */
export const addresses = ({ data = {}, resource }: Stack): string[] =>
  [
    ...Object.entries(resource).flatMap(([type, blocks]) => Object.keys(blocks).map((name) => `${type}.${name}`)),
    ...Object.entries(data).flatMap(([type, blocks]) => Object.keys(blocks).map((name) => `data.${type}.${name}`)),
  ].sort();
