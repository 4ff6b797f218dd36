/** Whether a request comes from who holds the key. */
import { createHmac, timingSafeEqual } from "node:crypto";

/** @param body the bytes as they came, before anything read them */
export function isSigned(body: Buffer, signature: string | undefined, key: string): boolean {
  const wanted = createHmac("sha512", key).update(body).digest();
  const given = Buffer.from(/^[0-9a-f]{128}$/i.test(signature ?? "") ? signature! : "", "hex");
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
