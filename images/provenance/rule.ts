/** What policy.json says of signed provenance: who may say how an image was built. */
import { z } from "zod";
import { text } from "../catalog";

const identity = z.strictObject({
  /** Who vouches for the identity, such as https://token.actions.githubusercontent.com. */
  issuer: text,
  /** The identity as the certificate names it, letter by letter: for GitHub the workflow's file at its branch. */
  subject: text,
});

export const provenanceRule = z
  .strictObject({
    /** Whether each image must be named by a signed statement. A statement that is kept must hold in any case. @default false */
    required: z.boolean().default(false),
    /** Public keys in PEM, or the files that hold them, beside policy.json. @default - none */
    keys: z.array(text).max(20).default([]),
    /** Identities that a certificate may name. @default - none */
    identities: z.array(identity).max(50).default([]),
    /** File beside policy.json with what certificates and logs are checked by: Sigstore's trusted root, or several, one a line. @default - none; needed with identities */
    trustedRoot: text.optional(),
    /** What the statement must name as the builder. @default - anything that the signer says */
    builder: text.optional(),
  })
  .superRefine(({ keys, identities, trustedRoot }, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (keys.length + identities.length === 0)
      issue("keys", "or identities must say who may sign, got neither; nothing could be checked");
    if (identities.length > 0 && trustedRoot === undefined)
      issue("trustedRoot", "is needed with identities; gh attestation trusted-root prints one");
  });

export type ProvenanceRule = z.output<typeof provenanceRule>;
