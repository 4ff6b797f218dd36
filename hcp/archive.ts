/** What of a stack's folder is uploaded, as an archive that is the same bytes on every machine. */
import { createHash } from "node:crypto";
import { lstatSync, readFileSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { Header, Parser, Pax } from "tar";
import { RELEASE_FILE } from "../constructs/contract/names";
import { HcpError } from "./error";

export const LOCK_FILE = ".terraform.lock.hcl";

export interface UploadedFile {
  /** Relative to the stack's folder, with slashes. */
  readonly path: string;
  readonly bytes: Buffer;
}

/** State, plans, downloaded providers and whatever else terraform leaves in the folder stay behind. */
const isKept = (path: string): boolean =>
  ["cdk.tf.json", RELEASE_FILE, LOCK_FILE].includes(path) ||
  (path.startsWith("assets/") && !/(^|\/)\.terraform\/|\.tfstate/.test(path));

/** The files of a stack's folder that its runs need, by path. @throws HcpError when it holds something that is no file */
export function filesOf(folder: string): readonly UploadedFile[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => ({ path: path.split(sep).join("/"), found: lstatSync(join(folder, path)) }))
    .filter(({ path, found }) => !found.isDirectory() && isKept(path))
    .map(({ path, found }) => {
      if (!found.isFile())
        throw new HcpError(`${join(folder, path)} is not a file; put a copy there, a link leads nowhere once uploaded`);
      return { path, bytes: readFileSync(join(folder, path)) };
    })
    .sort(byPath);
}

const byPath = (a: UploadedFile, b: UploadedFile): number => (a.path < b.path ? -1 : 1);

const sha256 = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");

/** SHA-256 over paths and contents: the same however an archive was packed. */
export const digestOf = (files: readonly UploadedFile[]): string =>
  sha256(files.map(({ path, bytes }) => `${sha256(bytes)}  ${path}\n`).join(""));

const MOST_BYTES = 512 * 1024 * 1024;
const BLOCK = 512;
/** Neither owner nor time: who packs it, and when, is not what is packed. */
const FIELDS = { type: "File", mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) } as const;

/** @param at folder within the archive: the working directory of the workspace */
export function archive(files: readonly UploadedFile[], at = ""): Buffer {
  const entries = files.flatMap(({ path, bytes }) => {
    const header = new Header({ ...FIELDS, path: under(at, path), size: bytes.length });
    header.encode();
    const long = header.needPax ? [new Pax({ path: under(at, path) }).encode()] : [];
    return [...long, header.block!, bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)];
  });
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(2 * BLOCK)]), { level: 9 });
}

const under = (folder: string, path: string): string => (folder === "" ? path : `${folder}/${path}`);

/** What an archive holds of a stack, for comparing. @throws HcpError when it is no archive */
export function filesIn(packed: Buffer, at = ""): readonly UploadedFile[] {
  const found: UploadedFile[] = [];
  const start = at === "" ? "" : `${at}/`;
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      const path = entry.path.replace(/^\.\//, "");
      const own = path.slice(start.length);
      if (entry.type !== "File" || !path.startsWith(start) || !isKept(own)) return void entry.resume();
      const chunks: Buffer[] = [];
      entry.on("data", (chunk) => chunks.push(chunk));
      entry.on("end", () => found.push({ path: own, bytes: Buffer.concat(chunks) }));
    },
  });
  // Without a listener an error would be thrown as "Unhandled error", with its stack for a message.
  let broken: Error | undefined;
  parser.on("error", (error: Error) => (broken ??= error));
  try {
    parser.end(gunzipSync(packed, { maxOutputLength: MOST_BYTES }));
    if (broken) throw broken as Error;
  } catch (error) {
    throw new HcpError(`the configuration that was uploaded is no archive: ${(error as Error).message}`);
  }
  return found.sort(byPath);
}

/** Paths that two uploads do not have alike. */
export function differences(a: readonly UploadedFile[], b: readonly UploadedFile[]): string[] {
  const paths = [...new Set([...a, ...b].map(({ path }) => path))].sort();
  const of = (files: readonly UploadedFile[], path: string) => files.find((file) => file.path === path)?.bytes;
  return paths.filter((path) => {
    const [one, other] = [of(a, path), of(b, path)];
    return !one || !other || !one.equals(other);
  });
}
