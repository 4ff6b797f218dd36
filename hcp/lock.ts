/** Lock files that hold for every machine that may run a stack: hashes of the pinned providers for each platform. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { removeScratch, scratchFolder } from "../system/scratch";
import { LOCK_FILE } from "./archive";
import { HcpError } from "./error";
import { readSynthesized } from "./stacks";

export const PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64"] as const;

/** Versions by provider, as a configuration requires them; names are short or whole. */
export type Required = Readonly<Record<string, { readonly source: string; readonly version: string }>>;

const configuration = z.object({
  terraform: z.object({
    required_providers: z.record(z.string(), z.object({ source: z.string(), version: z.string() })).default({}),
  }),
});

export const requiredBy = (folder: string): Required =>
  readSynthesized(join(folder, "cdk.tf.json"), configuration).terraform.required_providers;

/** `aws` is registry.terraform.io/hashicorp/aws. */
const addressOf = (source: string): string => {
  const parts = source.split("/");
  return ["registry.terraform.io", "hashicorp"]
    .slice(0, Math.max(0, 3 - parts.length))
    .concat(parts)
    .join("/");
};

/** Why a lock file does not hold for the required providers on every platform; empty when it does. */
export function lockProblems(lock: string, required: Required): string[] {
  const blocks = new Map(
    [...lock.matchAll(/^provider "([^"]+)" \{\n([^]*?)^\}/gm)].map(([, address = "", body = ""]) => [address, body]),
  );
  return Object.values(required).flatMap(({ source, version }) => {
    const address = addressOf(source);
    const body = blocks.get(address);
    const locked = /^\s*version\s*=\s*"([^"]+)"/m.exec(body ?? "")?.[1];
    if (body === undefined || locked !== version)
      return [`holds ${address} ${locked ?? "not at all"}, and ${version} is required`];
    // One h1 hash is of one platform's package: https://developer.hashicorp.com/terraform/language/files/dependency-lock
    const hashes = body.match(/"h1:[^"]+"/g)?.length ?? 0;
    return hashes >= PLATFORMS.length
      ? []
      : [`has ${hashes} of the ${PLATFORMS.length} platforms' hashes of ${address}`];
  });
}

/** Where terraform looks for the providers' packages instead of their registry. */
export interface Mirror {
  readonly fs?: string;
  readonly net?: string;
}

/**
 * A lock file of the required providers, written by terraform.
 * @throws HcpError with terraform's reason
 */
export async function makeLock(required: Required, { fs, net }: Mirror): Promise<string> {
  const folder = scratchFolder("fleet-lock");
  const args = [
    "providers",
    "lock",
    ...PLATFORMS.map((platform) => `-platform=${platform}`),
    ...(fs === undefined ? [] : [`-fs-mirror=${resolve(fs)}`]),
    ...(net === undefined ? [] : [`-net-mirror=${net}`]),
  ];
  // A provider that is attached to this terraform has no package to lock.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== "TF_REATTACH_PROVIDERS"));
  try {
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers: required } }));
    await new Promise<void>((done, fail) =>
      execFile("terraform", args, { cwd: folder, env }, (error, _stdout, stderr) =>
        error ? fail(new HcpError(refusal(error, stderr))) : done(),
      ),
    );
    // The local cloud answers for terraform, and writes no lock: no registry has what is attached to it.
    if (!existsSync(join(folder, LOCK_FILE))) throw new HcpError(NO_LOCK);
    return readFileSync(join(folder, LOCK_FILE), "utf8");
  } finally {
    removeScratch(folder);
  }
}

const OTHERWISE = `copy ${LOCK_FILE} from a machine that reaches it, or leave it out with --without-lock`;
const NO_LOCK = `terraform wrote no ${LOCK_FILE}: under npm run local it asks no registry for the providers; run the export without npm run local, ${OTHERWISE}`;

function refusal(error: Error, stderr: string): string {
  // Terraform colours what it says, also where nobody sees it.
  const said = stripVTControlCharacters(stderr).replace(/[│╷╵]/g, " ").replace(/\s+/g, " ").trim();
  const reason = /Error: (.*)/.exec(said)?.[1] ?? error.message;
  return `terraform cannot lock the providers: ${reason.slice(0, 400)}; where their registry cannot be reached, give --fs-mirror or --net-mirror, ${OTHERWISE}`;
}
