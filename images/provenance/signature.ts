/**
 * Who signed a bundle of Sigstore, checked without the network: against keys, or against a certificate, its authority and the
 * logs of a trusted root. https://docs.sigstore.dev/about/bundle/
 */
import { bundleFromJSON, isBundleWithDsseEnvelope, type BundleWithDsseEnvelope } from "@sigstore/bundle";
import type { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, VerificationError, Verifier, type Signer } from "@sigstore/verify";
import { parseJson } from "../../constructs/contract/json-text";
import type { Trust } from "./trust";

/** What was signed, or why nobody that is trusted did. */
export type Signed =
  | { readonly payloadType: string; readonly payload: string; readonly wrong?: undefined }
  | { readonly payloadType?: undefined; readonly payload?: undefined; readonly wrong: string };

const NO_ROOT: TrustedRoot = {
  mediaType: "",
  tlogs: [],
  certificateAuthorities: [],
  ctlogs: [],
  timestampAuthorities: [],
};

/** @param content the bundle's text */
export function signedContent(content: string, trust: Trust): Signed {
  const bundle = bundleIn(content);
  if (typeof bundle === "string") return { wrong: bundle };
  const { content: material } = bundle.verificationMaterial;
  const wrong =
    material.$case === "publicKey" ? wrongKey(bundle, material.publicKey.hint, trust) : wrongIdentity(bundle, trust);
  if (wrong !== undefined) return { wrong };
  const { payloadType, payload } = bundle.content.dsseEnvelope;
  return { payloadType, payload: payload.toString("utf8") };
}

function bundleIn(content: string): BundleWithDsseEnvelope | string {
  try {
    const bundle = bundleFromJSON(parseJson(content));
    return isBundleWithDsseEnvelope(bundle)
      ? bundle
      : "must hold a signed statement (a DSSE envelope), got the signature of a file; sign with attest, not with sign-blob";
  } catch (error) {
    return `must be a whole bundle of Sigstore in JSON: ${(error as Error).message}`;
  }
}

/** Undefined when one of the keys signed it. What a log says of it adds nothing to a key that policy.json names. */
function wrongKey(bundle: BundleWithDsseEnvelope, hint: string, { keys }: Trust): string | undefined {
  if (keys.length === 0) return "is signed with a key, and policy.json trusts identities alone";
  const verified = keys.some(({ key }) => {
    const trusted = toTrustMaterial(NO_ROOT, () => ({ publicKey: key, validFor: () => true }));
    try {
      const entity = { ...toSignedEntity(bundle), tlogEntries: [], timestamps: [] };
      new Verifier(trusted, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }).verify(entity);
      return true;
    } catch {
      return false;
    }
  });
  if (verified) return undefined;
  const named = keys.find((key) => key.hint === hint);
  return named
    ? `was changed, or signed by somebody else: its signature does not fit the key that it names, ${named.name}`
    : `is signed by none of the ${keys.length} keys of policy.json, or was changed since; it names the key "${hint}"`;
}

/** Undefined when a certificate of a trusted root, which held when it was used, names one of the identities. */
function wrongIdentity(bundle: BundleWithDsseEnvelope, { identities, roots }: Trust): string | undefined {
  if (identities.length === 0) return "is signed with a certificate, and policy.json trusts keys alone";
  const wrong: string[] = [];
  for (const root of roots) {
    const signer = signerUnder(root, bundle);
    if (typeof signer === "string") {
      wrong.push(signer);
      continue;
    }
    const { subjectAlternativeName: subject, extensions } = signer.identity ?? {};
    const issuer = extensions?.issuer;
    // Compared whole: the library's own comparison takes what it is given for a pattern that may match anywhere.
    return identities.some((one) => one.issuer === issuer && one.subject === subject)
      ? undefined
      : `is signed by ${subject} of ${issuer}, which policy.json does not name`;
  }
  return `cannot be trusted: ${[...new Set(wrong)].join("; ")}`;
}

/** A root asks for a log's entry and for a certificate log's where it has such logs; without a log, for a time stamp. */
function signerUnder(root: TrustedRoot, bundle: BundleWithDsseEnvelope): Signer | string {
  try {
    const thresholds = {
      tlogThreshold: Math.min(root.tlogs.length, 1),
      ctlogThreshold: Math.min(root.ctlogs.length, 1),
      timestampThreshold: 1,
    };
    return new Verifier(toTrustMaterial(root), thresholds).verify(toSignedEntity(bundle));
  } catch (error) {
    return reason(error as Error);
  }
}

function reason(error: Error): string {
  if (!(error instanceof VerificationError)) return `it cannot be read (${error.message})`;
  const cause = (error.cause as Error | undefined)?.message ?? error.message;
  if (/expired/.test(cause)) return "its certificate had expired, or did not hold yet, when it was signed";
  if (error.code === "CERTIFICATE_ERROR") return `its certificate is of no authority in the trusted root (${cause})`;
  if (error.code === "TIMESTAMP_ERROR") return `nothing that the trusted root knows says when it was signed (${cause})`;
  if (error.code.startsWith("TLOG")) return `the entry of its log does not hold (${cause})`;
  if (error.code === "SIGNATURE_ERROR") return "it was changed since it was signed: the signature does not fit";
  return cause;
}
