/** Ranges of IPv4 addresses, as numbers. */

/** First address, and the one after the last. */
export type Range = readonly [from: number, to: number];

/** The network that a range such as 10.40.0.1/16 lies in: the bits of its hosts are cleared. */
export function rangeOf(cidr: string): Range {
  const [address = "", length = ""] = cidr.split("/");
  const size = 2 ** (32 - Number(length));
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const from = Math.floor(number / size) * size;
  return [from, from + size];
}

/** A network as text, with the prefix length of a range. */
export const networkAt = (from: number, like: string): string =>
  `${[24, 16, 8, 0].map((bits) => Math.floor(from / 2 ** bits) % 256).join(".")}/${like.split("/")[1]}`;
