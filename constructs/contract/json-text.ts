/** JSON as people and their tools write it: any encoding with a mark, and an error that says the line. */

/** Where a text stops being JSON: "line 3, column 5: a comma is missing". It holds nothing of the text. */
export class JsonError extends Error {
  readonly line: number;
  readonly column: number;
  /** Bytes before that place. */
  readonly before: number;
  readonly what: string;

  constructor(line: number, column: number, before: number, what: string) {
    super(`line ${line}, column ${column}: ${what}`);
    this.line = line;
    this.column = column;
    this.before = before;
    this.what = what;
  }
}

/** The encoding of a file by its first bytes: Windows' editors begin UTF-8 with a mark, PowerShell's `>` writes UTF-16. */
export function encodingOf([a, b, c]: Uint8Array): {
  readonly name: "utf-8" | "utf-16le" | "utf-16be";
  readonly mark: number;
} {
  if (a === 0xef && b === 0xbb && c === 0xbf) return { name: "utf-8", mark: 3 };
  if (a === 0xff && b === 0xfe) return { name: "utf-16le", mark: 2 };
  if (a === 0xfe && b === 0xff) return { name: "utf-16be", mark: 2 };
  return { name: a === 0x7b && b === 0 ? "utf-16le" : "utf-8", mark: 0 };
}

/**
 * Lines that the terraform command of hashicorp/setup-terraform prints around terraform's output, and the commands of CI
 * runners (https://github.com/hashicorp/setup-terraform#usage). Taken away, so that lines keep their numbers.
 */
const WRAPPER = /^(\[command\]|::|##\[)/;

/** The JSON in a file's bytes. */
export function jsonIn(bytes: Uint8Array): string {
  const { name, mark } = encodingOf(bytes);
  const lines = new TextDecoder(name).decode(bytes.subarray(mark)).split("\n");
  const isWrapper = (line: string | undefined) => line !== undefined && (line.trim() === "" || WRAPPER.test(line));
  for (let at = 0; isWrapper(lines[at]); at++) lines[at] = "";
  for (let at = lines.length - 1; isWrapper(lines[at]); at--) lines[at] = "";
  return lines.join("\n");
}

/** Terraform's and this project's own files nest some dozen levels. What walks through a value may rely on a stack that is enough. */
export const MOST_LEVELS = 500;

/**
 * A name that is there twice is an error: readers disagree on which one counts, and Terraform takes both where it reads blocks
 * (https://github.com/hashicorp/hcl/blob/main/json/spec.md), so that one of them would go unseen.
 *
 * @throws JsonError
 */
export function parseJson(text: string): unknown {
  const { names, tooDeep } = shapeOf(text);
  if (tooDeep !== undefined) throw errorAt(text, tooDeep, `it is nested deeper than ${MOST_LEVELS} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw firstError(text);
  }
  if (namesIn(value) !== names) throw firstError(text);
  return value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** How many names a text holds, and where it opens one bracket too many. */
function shapeOf(text: string): { readonly names: number; readonly tooDeep?: number } {
  let [depth, names] = [0, 0];
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString && code === BACKSLASH) at++;
    else if (code === QUOTE) inString = !inString;
    else if (!inString && (code === 0x7b || code === 0x5b)) {
      if (++depth > MOST_LEVELS) return { names, tooDeep: at };
    } else if (!inString && (code === 0x7d || code === 0x5d)) depth--;
    else if (!inString && code === COLON) names++;
  }
  return { names };
}

/** How many of them are left in its value. */
function namesIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const inner = Object.values(value);
  return inner.reduce<number>((sum, one) => sum + namesIn(one), Array.isArray(value) ? 0 : inner.length);
}

function errorAt(text: string, at: number, what: string): JsonError {
  const before = text.slice(0, at);
  return new JsonError(before.split("\n").length, at - before.lastIndexOf("\n"), Buffer.byteLength(before), what);
}

/** Why a JSON file could not be read, in a few words. */
export const reasonOf = (error: unknown): string =>
  error instanceof JsonError ? error.message : ((error as NodeJS.ErrnoException).code ?? "it cannot be read");

const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)))/y;
const SPACE = /[ \t\r\n]*/y;

type Expected = "value" | "first value" | "name" | "first name" | "colon" | "more" | "nothing";
const WANTED: Readonly<Record<Expected, string>> = {
  value: "a value is missing",
  "first value": "a value or ] is missing",
  name: "a name in double quotes is missing",
  "first name": "a name in double quotes, or }, is missing",
  colon: "a colon is missing",
  more: "a comma is missing",
  nothing: "there is more after its end",
};

/** What is wrong with a token that cannot be read at all. */
const ODD: readonly (readonly [RegExp, string])[] = [
  [/^'/, "names and texts stand in double quotes"],
  [/^\/[/*]|^#/, "JSON has no comments"],
  [/^"(?:[^"\\\n]|\\.)*(?:\n|$)/, "a text is not closed in its line"],
  [/^"/, "a text holds a backslash or a control character that JSON does not know"],
];

function firstError(text: string): JsonError {
  const open: string[] = [];
  /** Names of the objects that are open. */
  const known: Set<string>[] = [];
  let expected: Expected = "value";
  let at = 0;
  const fail = (what: string) => errorAt(text, at, what);
  const after = () => (open.length === 0 ? "nothing" : "more");
  for (;;) {
    SPACE.lastIndex = at;
    SPACE.exec(text);
    at = SPACE.lastIndex;
    if (at === text.length) return fail(at === 0 ? "it is empty" : "it ends in the middle");
    TOKEN.lastIndex = at;
    const [, sign, string, word] = TOKEN.exec(text) ?? [];
    if (sign === undefined && string === undefined && word === undefined) {
      const rest = text.slice(at, at + 1000);
      return fail(ODD.find(([form]) => form.test(rest))?.[1] ?? WANTED[expected]);
    }
    const isValue = expected.endsWith("value");
    if ((string !== undefined && isValue) || (word !== undefined && isValue)) expected = after();
    else if (string !== undefined && expected.endsWith("name")) {
      const name = JSON.parse(string) as string;
      if (known.at(-1)!.has(name)) return fail("a name is there twice");
      known.at(-1)!.add(name);
      expected = "colon";
    } else if (sign === ":" && expected === "colon") expected = "value";
    else if ((sign === "{" || sign === "[") && isValue) {
      open.push(sign);
      known.push(new Set());
      expected = sign === "{" ? "first name" : "first value";
    } else if (sign === "," && expected === "more") expected = open.at(-1) === "{" ? "name" : "value";
    else if (closes(sign, open.at(-1), expected)) {
      open.pop();
      known.pop();
      expected = after();
    } else if (
      (sign === "}" || sign === "]") &&
      (expected === "name" || expected === "value") &&
      text[lastSign(text, at)] === ","
    )
      return fail(`a comma too many before ${sign}`);
    else if (sign === "}" || sign === "]")
      return fail(expected === "more" ? "a bracket does not match" : WANTED[expected]);
    else return fail(WANTED[expected]);
    at = TOKEN.lastIndex;
  }
}

const closes = (sign: string | undefined, open: string | undefined, expected: Expected): boolean =>
  (sign === "}" && open === "{" && (expected === "more" || expected === "first name")) ||
  (sign === "]" && open === "[" && (expected === "more" || expected === "first value"));

const lastSign = (text: string, at: number): number => text.slice(0, at).trimEnd().length - 1;
