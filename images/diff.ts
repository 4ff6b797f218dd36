/** What changed between two versions of an image. */
import type { ImageRecord } from "./catalog";

export interface Change {
  readonly fact: string;
  readonly before: string;
  readonly after: string;
}

const NONE = "none";

/** The facts that people compare, each in one short text. */
const FACTS: Readonly<Record<string, (record: ImageRecord) => string>> = {
  base: ({ base }) => (base ? `${base.image} ${base.version}` : NONE),
  built: ({ build }) => build.at,
  commit: ({ build }) => build.gitSha + (build.dirty ? " (dirty)" : ""),
  template: ({ build }) => `${build.template} ${build.templateSha256.slice(0, 12)}`,
  packer: ({ build }) => build.packer,
  container: ({ build }) => build.container ?? NONE,
  sbom: ({ build }) => build.sbom?.sha256.slice(0, 12) ?? NONE,
  state: ({ lifecycle }) => lifecycle.state,
  places: ({ artifacts }) => artifacts.map(({ cloud, region, arch }) => `${cloud} ${region} ${arch}`).join(", "),
};

export const diff = (before: ImageRecord, after: ImageRecord): Change[] =>
  Object.entries(FACTS)
    .map(([fact, of]) => ({ fact, before: of(before), after: of(after) }))
    .filter((change) => change.before !== change.after);

/** Range for `git log`. */
export const gitRange = (before: ImageRecord, after: ImageRecord): string =>
  `${before.build.gitSha}..${after.build.gitSha}`;
