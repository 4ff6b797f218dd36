/** Signs statements as real signers do: with a key, and without one by a certificate of an authority and a log made here. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";

export const PAYLOAD = "application/vnd.in-toto+json";

const b64 = (data: Buffer | string) => Buffer.from(data).toString("base64");
const sha256 = (data: Buffer) => createHash("sha256").update(data).digest();

export interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export const newKey = (): Pair => generateKeyPairSync("ec", { namedCurve: "P-256" });
export const pemOf = ({ publicKey }: Pair): string => publicKey.export({ type: "spki", format: "pem" }).toString();
const derOf = ({ publicKey }: Pair) => publicKey.export({ type: "spki", format: "der" });

/** DSSE: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md */
function envelope(statement: unknown, { privateKey }: Pair, payloadType = PAYLOAD) {
  const payload = Buffer.from(JSON.stringify(statement));
  const type = Buffer.from(payloadType);
  const pae = Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `), payload]);
  const ed = privateKey.asymmetricKeyType === "ed25519";
  return {
    payload: b64(payload),
    payloadType,
    signatures: [{ sig: b64(sign(ed ? null : "sha256", pae, privateKey)) }],
  };
}

const mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";

/** As `cosign attest-blob --key` writes it; the key is named by the digest of its DER. */
export function signedByKey(statement: unknown, pair: Pair, named: Pair = pair, payloadType = PAYLOAD) {
  const publicKey = { hint: b64(sha256(derOf(named))) };
  return { mediaType, verificationMaterial: { publicKey, tlogEntries: [] }, dsseEnvelope: envelope(statement, pair, payloadType) }; // prettier-ignore
}

// DER by hand: https://letsencrypt.org/docs/a-warm-welcome-to-asn1-and-der/
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
const seq = (...parts: Buffer[]) => der(0x30, ...parts);
const oid = (dotted: string) => {
  const [a, b, ...rest] = dotted.split(".").map(Number) as [number, number, ...number[]];
  const seven = (n: number): number[] => (n < 128 ? [n] : [...seven(n >> 7).map((x) => x | 128), n & 127]);
  return der(0x06, Buffer.from([a * 40 + b, ...rest.flatMap(seven)]));
};
const utf8 = (text: string) => der(0x0c, Buffer.from(text));
const name = (cn: string) => seq(der(0x31, seq(oid("2.5.4.3"), utf8(cn))));
const utc = (at: Date) => der(0x17, Buffer.from(at.toISOString().replace(/^20|[-:T]|\.\d+/g, "")));
const ext = (id: string, value: Buffer, critical = false) => seq(oid(id), ...(critical ? [der(0x01, Buffer.from([255]))] : []), der(0x04, value)); // prettier-ignore
const ECDSA = seq(oid("1.2.840.10045.4.3.2"));

interface Certificate {
  readonly issuer: string;
  readonly subject: string;
  readonly from: Date;
  readonly to: Date;
  readonly extensions: readonly Buffer[];
}

function certificate({ issuer, subject, from, to, extensions }: Certificate, key: Pair, ca: Pair): Buffer {
  const tbs = seq(der(0xa0, der(0x02, Buffer.from([2]))), der(0x02, Buffer.from([1 + subject.length])), ECDSA, name(issuer), seq(utc(from), utc(to)), name(subject), derOf(key), der(0xa3, seq(...extensions))); // prettier-ignore
  return seq(tbs, ECDSA, der(0x03, Buffer.from([0]), sign("sha256", tbs, ca.privateKey)));
}

export interface Authority {
  /** What a verifier trusts it by. */
  readonly trustedRoot: unknown;
  /** A bundle signed at a time, by a certificate that holds ten minutes from `issued`. */
  sign(statement: unknown, identity: { issuer: string; subject: string }, issued: Date, at?: Date): unknown;
}

/** An authority for certificates, and a log that says when something was signed: what Sigstore runs, with one entry. */
export function newAuthority(): Authority {
  const [ca, log] = [newKey(), newKey()];
  const [from, to] = [new Date("2026-01-01T00:00:00Z"), new Date("2036-01-01T00:00:00Z")];
  const caExtensions = [ext("2.5.29.19", seq(der(0x01, Buffer.from([255]))), true), ext("2.5.29.15", der(0x03, Buffer.from([1, 6])), true)]; // prettier-ignore
  const root = certificate({ issuer: "ca", subject: "ca", from, to, extensions: caExtensions }, ca, ca);
  const logId = sha256(derOf(log));
  const validFor = { start: from.toISOString() };
  return {
    trustedRoot: {
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: [{ baseUrl: "https://log.example.com", hashAlgorithm: "SHA2_256", publicKey: { rawBytes: b64(derOf(log)), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor }, logId: { keyId: b64(logId) } }],
      certificateAuthorities: [{ subject: { commonName: "ca" }, uri: "https://ca.example.com", certChain: { certificates: [{ rawBytes: b64(root) }] }, validFor }],
      ctlogs: [],
      timestampAuthorities: [],
    }, // prettier-ignore
    sign(statement, { issuer, subject }, issued, at = issued) {
      const key = newKey();
      const san = ext("2.5.29.17", seq(der(0x86, Buffer.from(subject))), true);
      const extensions = [san, ext("1.3.6.1.4.1.57264.1.8", utf8(issuer))];
      const until = new Date(issued.getTime() + 600_000);
      const leaf = certificate({ issuer: "ca", subject: "leaf", from: issued, to: until, extensions }, key, ca);
      const dsseEnvelope = envelope(statement, key);
      const hash = (data: Buffer) => ({ algorithm: "sha256", value: sha256(data).toString("hex") });
      const verifier = b64(`-----BEGIN CERTIFICATE-----\n${b64(leaf)}\n-----END CERTIFICATE-----\n`);
      const spec = {
        envelopeHash: hash(Buffer.from(JSON.stringify(dsseEnvelope))),
        payloadHash: hash(Buffer.from(dsseEnvelope.payload, "base64")),
        signatures: [{ signature: dsseEnvelope.signatures[0]!.sig, verifier }],
      };
      const body = Buffer.from(JSON.stringify({ apiVersion: "0.0.1", kind: "dsse", spec }));
      const integratedTime = Math.floor(at.getTime() / 1000);
      // The log's promise is a signature over canonical JSON: https://docs.sigstore.dev/logging/overview/
      const promise = JSON.stringify({ body: b64(body), integratedTime, logID: logId.toString("hex"), logIndex: 0 });
      const rootHash = sha256(Buffer.concat([Buffer.from([0]), body]));
      // A signed note: https://github.com/transparency-dev/formats/blob/main/log/README.md
      const note = `log.example.com\n1\n${b64(rootHash)}\n`;
      const stamp = b64(Buffer.concat([logId.subarray(0, 4), sign("sha256", Buffer.from(note), log.privateKey)]));
      const entry = {
        logIndex: "0",
        logId: { keyId: b64(logId) },
        kindVersion: { kind: "dsse", version: "0.0.1" },
        integratedTime: String(integratedTime),
        inclusionPromise: { signedEntryTimestamp: b64(sign("sha256", Buffer.from(promise), log.privateKey)) },
        inclusionProof: { logIndex: "0", rootHash: b64(rootHash), treeSize: "1", hashes: [], checkpoint: { envelope: `${note}\n— log.example.com ${stamp}\n` } },
        canonicalizedBody: b64(body),
      }; // prettier-ignore
      return { mediaType, verificationMaterial: { certificate: { rawBytes: b64(leaf) }, tlogEntries: [entry] }, dsseEnvelope }; // prettier-ignore
    },
  };
}
