/** Keeps what Terraform marks sensitive out of everything that is printed, addresses included. */
const HIDDEN = "(hidden)";
/** Shorter secrets are part of ordinary words by chance: they count only where they stand alone, as an index. */
const SHORTEST = 4;
/** With more secrets than this, every index is hidden instead of compared. */
const MOST_COMPARED = 5_000;

/** A longer address is shown without any of its indexes. */
const LONGEST_ADDRESS = 4_096;

export class Secrets {
  private readonly all: ReadonlySet<string>;
  private readonly long: readonly string[];

  constructor(all: ReadonlySet<string>) {
    this.all = all;
    this.long = [...all].filter((secret) => secret.length >= SHORTEST);
  }

  isIn(text: string): boolean {
    return (
      this.all.has(text) || (this.long.length <= MOST_COMPARED && this.long.some((secret) => text.includes(secret)))
    );
  }

  /** An address without the indexes that hold, or may hold, a secret. */
  hideIn(address: string): string {
    if (this.all.size === 0) return address;
    if (address.length > LONGEST_ADDRESS)
      return `${address.slice(0, Math.min(address.indexOf("["), LONGEST_ADDRESS))}[${HIDDEN}]`;
    return address.replace(/\["(?:[^"\\]|\\.)*"\]/gs, (index) => {
      if (this.long.length > MOST_COMPARED) return `[${HIDDEN}]`;
      return this.isIn(index) || this.isIn(unquoted(index)) ? `[${HIDDEN}]` : index;
    });
  }

  /** A string as it may be printed. */
  show(text: string): string {
    return this.isIn(text) ? HIDDEN : text;
  }
}

/** Terraform writes a text index as HCL does: with JSON's escapes, and `$${` and `%%{` for templates. */
function unquoted(index: string): string {
  try {
    return (JSON.parse(index.slice(1, -1)) as string).replace(/([$%])\1\{/g, "$1{");
  } catch {
    return index;
  }
}
