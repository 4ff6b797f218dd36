/**
 * Reads one large JSON object without holding it: members that nobody wants are skipped byte by byte, wanted arrays are
 * handed out element by element. Memory is bounded by the largest wanted value.
 */
import { MOST_LEVELS, parseJson, type JsonError } from "../../constructs/contract/json-text";

/** What to do with a member: give it whole, give its elements one by one, or look inside. */
export type Wanted =
  | { readonly whole: (value: unknown) => void }
  | { readonly each: (value: unknown) => void }
  | { readonly inside: Members };
export type Members = Readonly<Record<string, Wanted>>;

/** What is wrong with the bytes, in words that complete "<file> …". */
export class UnreadableJson extends Error {}

const MOST_VALUE_BYTES = 256 * 1024 * 1024;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;
const isSpace = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/**
 * Lines before and after the object that are no part of it: hashicorp/setup-terraform prints the command first, and CI runners'
 * own commands may follow (https://github.com/hashicorp/setup-terraform#usage).
 */
const WRAPPER = ["[command]", "::", "##["];
const LF = 0x0a;

/** Bytes that matter inside a value: quotes, brackets and commas. All others are passed over. */
const MATTERS = new Uint8Array(256);
for (const byte of [QUOTE, OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST, COMMA]) MATTERS[byte] = 1;

/** An object that is read member by member, or a list that is read element by element. */
interface Frame {
  readonly depth: number;
  readonly members?: Members;
  readonly each?: (value: unknown) => void;
  /** Names that an object had. */
  readonly names: Set<string>;
  /** In an object: what the next string or value is. */
  expects: "key" | "colon" | "value" | "comma";
  wanted: Wanted | undefined;
}

export class Scanner {
  /** Names of the object's own members, seen so far. */
  readonly names: string[] = [];
  private readonly root: Members;
  private readonly open = new Uint8Array(MOST_LEVELS);
  private depth = 0;
  private inString = false;
  private escaped = false;
  private frames: Frame[] = [];
  private capture: ((value: unknown) => void) | undefined;
  private captureDepth = 0;
  private captureStart = 0;
  private captureAt = { byte: 0, line: 1, lineStart: 0 };
  private held: Buffer[] = [];
  private heldBytes = 0;
  private offset = 0;
  private done = false;
  /** Start of a line outside of the object, as far as it is known; "skip" until the line ends. */
  private outside = "";
  private line = 1;
  private lineStart = 0;
  /** The next line break in the chunk that is not counted yet. */
  private lineBreak = -1;

  constructor(root: Members) {
    this.root = root;
  }

  /** @throws UnreadableJson */
  push(chunk: Buffer): void {
    this.captureStart = 0;
    this.lineBreak = chunk.indexOf(LF);
    const length = chunk.length;
    let at = 0;
    while (at < length) {
      if (this.frames.length === 0) {
        at = this.around(chunk, at);
        continue;
      }
      if (this.inString) {
        at = this.skipString(chunk, at);
        continue;
      }
      if (this.capture !== undefined) {
        while (at < length && MATTERS[chunk[at]!] === 0) at++;
        if (at === length) break;
      }
      const byte = chunk[at]!;
      if (isSpace(byte)) at++;
      else if (this.capture === undefined) at = this.structure(chunk, at, byte);
      else at = this.nested(chunk, at, byte);
    }
    if (this.capture !== undefined) this.hold(chunk.subarray(this.captureStart));
    this.countLines(chunk, length);
    this.offset += length;
  }

  /** @throws UnreadableJson when the object is not complete. */
  end(): void {
    if (this.offset === 0) throw new UnreadableJson("is empty");
    if (!this.done) throw new UnreadableJson(`ends in the middle, after ${this.offset} bytes`);
  }

  private countLines(chunk: Buffer, until: number): void {
    while (this.lineBreak !== -1 && this.lineBreak < until) {
      this.line++;
      this.lineStart = this.offset + this.lineBreak + 1;
      this.lineBreak = chunk.indexOf(LF, this.lineBreak + 1);
    }
  }

  private fail(chunk: Buffer, at: number, what: string): never {
    this.countLines(chunk, at);
    const byte = this.offset + at;
    throw new UnreadableJson(
      `is not JSON: ${what} at byte ${byte} (line ${this.line}, column ${byte - this.lineStart + 1})`,
    );
  }

  /** Before the object opens and after it closes, byte by byte. */
  private around(chunk: Buffer, at: number): number {
    const byte = chunk[at]!;
    if (byte === LF) this.outside = "";
    else if (this.outside === "skip" || (this.outside === "" && isSpace(byte))) return at + 1;
    else if (this.outside === "" && byte === OPEN_OBJECT && !this.done) {
      this.enter(chunk, at, byte);
      this.frames.push({ depth: this.depth, members: this.root, names: new Set(), expects: "key", wanted: undefined });
    } else {
      this.outside += String.fromCharCode(byte);
      if (WRAPPER.includes(this.outside)) this.outside = "skip";
      else if (!WRAPPER.some((mark) => mark.startsWith(this.outside)))
        this.fail(chunk, at, this.done ? "there is more after its end" : "it does not start with {");
    }
    return at + 1;
  }

  private skipString(chunk: Buffer, from: number): number {
    let at = from;
    const length = chunk.length;
    if (this.escaped) {
      this.escaped = false;
      at++;
    }
    while (at < length) {
      const byte = chunk[at++]!;
      if (byte === BACKSLASH) {
        if (at === length) this.escaped = true;
        else at++;
      } else if (byte === QUOTE) {
        this.inString = false;
        if (this.capture !== undefined && this.depth === this.captureDepth) this.release(chunk, at);
        break;
      }
    }
    return at;
  }

  /** Inside a captured or skipped value. */
  private nested(chunk: Buffer, at: number, byte: number): number {
    if (byte === QUOTE) this.inString = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.enter(chunk, at, byte);
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      // A number or word that ends at its container's end.
      if (this.depth === this.captureDepth) {
        this.release(chunk, at);
        return at;
      }
      this.leave(chunk, at, byte);
      if (this.depth === this.captureDepth) this.release(chunk, at + 1);
    } else if (byte === COMMA && this.depth === this.captureDepth) {
      this.release(chunk, at);
      return at;
    }
    return at + 1;
  }

  /** Directly in an object or list that is read piece by piece. */
  private structure(chunk: Buffer, at: number, byte: number): number {
    const frame = this.frames[this.frames.length - 1]!;
    if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (frame.expects === "colon" || (frame.expects === "value" && frame.members))
        this.fail(chunk, at, "a value is missing");
      this.leave(chunk, at, byte);
      this.frames.pop();
      if (this.frames.length === 0) this.done = true;
      return at + 1;
    }
    if (frame.expects === "comma") {
      if (byte !== COMMA) this.fail(chunk, at, "a comma is missing");
      frame.expects = frame.members ? "key" : "value";
      return at + 1;
    }
    if (frame.expects === "colon") {
      if (byte !== COLON) this.fail(chunk, at, "a colon is missing");
      frame.expects = "value";
      return at + 1;
    }
    if (frame.expects === "key") {
      if (byte !== QUOTE) this.fail(chunk, at, "a name is missing");
      this.begin(chunk, at, (name) => {
        if (frame.names.has(String(name))) this.fail(chunk, at, "a name is there twice");
        frame.names.add(String(name));
        if (this.frames.length === 1) this.names.push(String(name));
        const members = frame.members!;
        frame.wanted = Object.hasOwn(members, String(name)) ? members[String(name)] : undefined;
        frame.expects = "colon";
      });
      this.inString = true;
      return at + 1;
    }
    frame.expects = "comma";
    const wanted = frame.each ? { whole: frame.each } : frame.wanted;
    if (wanted && "inside" in wanted && byte === OPEN_OBJECT) {
      this.enter(chunk, at, byte);
      this.frames.push({
        depth: this.depth,
        members: wanted.inside,
        names: new Set(),
        expects: "key",
        wanted: undefined,
      });
      return at + 1;
    }
    if (wanted && "each" in wanted && byte === OPEN_LIST) {
      this.enter(chunk, at, byte);
      this.frames.push({ depth: this.depth, each: wanted.each, names: new Set(), expects: "value", wanted: undefined });
      return at + 1;
    }
    this.begin(chunk, at, wanted && "whole" in wanted ? wanted.whole : skip);
    return this.nested(chunk, at, byte);
  }

  private enter(chunk: Buffer, at: number, byte: number): void {
    if (this.depth === MOST_LEVELS) this.fail(chunk, at, `it is nested deeper than ${MOST_LEVELS} levels`);
    this.open[this.depth++] = byte;
  }

  private leave(chunk: Buffer, at: number, byte: number): void {
    // In ASCII each closing bracket is its opening one plus two.
    if (this.depth === 0 || this.open[this.depth - 1]! + 2 !== byte) this.fail(chunk, at, "a bracket does not match");
    this.depth--;
  }

  private begin(chunk: Buffer, at: number, take: (value: unknown) => void): void {
    this.countLines(chunk, at);
    this.captureAt = { byte: this.offset + at, line: this.line, lineStart: this.lineStart };
    this.capture = take;
    this.captureDepth = this.depth;
    this.captureStart = at;
    this.held = [];
    this.heldBytes = 0;
  }

  private hold(bytes: Buffer): void {
    if (this.capture === skip) return;
    this.heldBytes += bytes.length;
    if (this.heldBytes > MOST_VALUE_BYTES)
      throw new UnreadableJson(`holds a value of more than ${MOST_VALUE_BYTES >> 20} MB, which no plan needs`);
    // The chunk's memory is used again for the next one.
    this.held.push(Buffer.from(bytes));
  }

  private release(chunk: Buffer, until: number): void {
    const take = this.capture!;
    this.capture = undefined;
    if (take === skip) return;
    const last = chunk.subarray(this.captureStart, until);
    const bytes = this.held.length === 0 ? last : Buffer.concat([...this.held, last]);
    this.held = [];
    let value: unknown;
    try {
      value = parseJson(bytes.toString("utf8"));
    } catch (error) {
      const { line, column, before, what } = error as JsonError;
      const { byte, line: first, lineStart } = this.captureAt;
      throw new UnreadableJson(
        `is not JSON: a value is malformed at byte ${byte + before} (line ${first + line - 1}, column ${line === 1 ? byte - lineStart + column : column}: ${what})`,
      );
    }
    take(value);
  }
}

const skip = (): void => undefined;
