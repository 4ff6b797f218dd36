/** Ranges of addresses. */
import { isIP, isIPv4 } from "node:net";

/** An IPv4 range in which the host's bits are zero, or an IPv6 range as it is; undefined for what is no range. */
export function canonicalNetwork(text: string): string | undefined {
  const [address = "", bits = "", ...more] = text.split("/");
  const length = Number(bits);
  const most = isIPv4(address) ? 32 : 128;
  if (isIP(address) === 0 || more.length > 0 || !/^\d+$/.test(bits) || length > most) return undefined;
  if (most === 128) return text;
  const kept = fixedBits(address, length).padEnd(32, "0");
  return `${[0, 8, 16, 24].map((at) => Number.parseInt(kept.slice(at, at + 8), 2)).join(".")}/${length}`;
}

/** Whether the first IPv4 range contains the second. */
export function contains(outer: string, inner: string): boolean {
  const [a, b] = [range(outer), range(inner)];
  return !!a && !!b && b.startsWith(a);
}

/** Whether two IPv4 ranges have addresses in common. */
export const overlap = (a: string, b: string): boolean => contains(a, b) || contains(b, a);

/** The leading bits that an IPv4 range fixes. */
function range(text: string): string | undefined {
  const [address = "", length] = text.split("/");
  return isIPv4(address) && length !== undefined ? fixedBits(address, Number(length)) : undefined;
}

const fixedBits = (address: string, length: number): string =>
  address
    .split(".")
    .map((part) => Number(part).toString(2).padStart(8, "0"))
    .join("")
    .slice(0, length);

/** The n-th address of an IPv4 range, counted from its first; the count starts anew where the range ends. */
export function addressIn(network: string, n: number): string | undefined {
  const [first = "", length] = (canonicalNetwork(network) ?? "").split("/");
  if (!isIPv4(first)) return undefined;
  const base = first.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const address = base + (n % 2 ** (32 - Number(length)));
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".");
}
