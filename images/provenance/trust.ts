/** Keys and trusted roots that policy.json names, read and checked. */
import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { isAbsolute, join } from "node:path";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { jsonIn, parseJson } from "../../constructs/contract/json-text";
import { refuse } from "../refuse";
import { readSmall } from "./read-small";
import type { ProvenanceRule } from "./rule";

export interface Trust {
  readonly keys: readonly { readonly name: string; readonly hint: string; readonly key: KeyObject }[];
  readonly identities: ProvenanceRule["identities"];
  readonly roots: readonly TrustedRoot[];
}

const ROOT_TYPE = "application/vnd.dev.sigstore.trustedroot";
const PUBLIC = "-----BEGIN PUBLIC KEY-----";
const fileOf = (folder: string, name: string) => (isAbsolute(name) ? name : join(folder, name));

/** Least strength of RSA: https://csrc.nist.gov/pubs/sp/800/131/a/r2/final. */
const RSA_BITS = 2048;

/** As cosign and Sigstore's clients name a key: the digest of its DER. */
const hintOf = (key: KeyObject) =>
  createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("base64");

function keyOf(folder: string, entry: string, path: string): Trust["keys"][number] {
  const isText = entry.includes("-----BEGIN");
  const name = isText ? path : fileOf(folder, entry);
  const pem = (isText ? entry : jsonIn(readSmall(name))).trim();
  // A private key would give its public half without a word.
  if (!pem.startsWith(PUBLIC))
    return refuse(name, `must be a public key in PEM that begins with ${PUBLIC}; it is something else`);
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    return refuse(name, "must be a public key in PEM; what follows its first line cannot be read");
  }
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (key.asymmetricKeyType === "rsa" && (bits ?? 0) < RSA_BITS)
    return refuse(name, `must have at least ${RSA_BITS} bits, got ${bits}`);
  return { name, hint: hintOf(key), key };
}

function rootsOf(file: string): TrustedRoot[] {
  const content = jsonIn(readSmall(file)).trim();
  const read = (json: string) => {
    const root = TrustedRoot.fromJSON(parseJson(json));
    // Whatever is not there counts as empty: https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto
    if (!root.mediaType.startsWith(ROOT_TYPE)) throw new Error(`its mediaType must begin with ${ROOT_TYPE}`);
    return root;
  };
  try {
    return [read(content)];
  } catch {
    // `gh attestation trusted-root` prints one a line: https://cli.github.com/manual/gh_attestation_trusted-root
  }
  try {
    return content.split(/\r?\n/).map(read);
  } catch (error) {
    return refuse(
      file,
      `must be a trusted root of Sigstore in JSON, or several, one a line: ${(error as Error).message}`,
    );
  }
}

/** @param folder where policy.json is. @throws InvalidInputError when a file is missing or is not what it should be */
export function loadTrust(folder: string, { keys, identities, trustedRoot }: ProvenanceRule): Trust {
  return {
    keys: keys.map((entry, index) => keyOf(folder, entry, `${join(folder, "policy.json")} provenance.keys[${index}]`)),
    identities,
    roots: trustedRoot === undefined ? [] : rootsOf(fileOf(folder, trustedRoot)),
  };
}
