/** What valid inputs are spoiled with. */

/** Values in JSON that programs stumble over: https://github.com/nst/JSONTestSuite has more of the kind. */
export const ODD_VALUES: readonly string[] = [
  ...["null", "true", "false", '""', "[]", "{}", "[null]", "[[]]", '{"":null}', '{"length":1}'],
  ...["0", "-0", "-1", "1", "0.5", "1e999", "-1e999", "1e-400", "9007199254740993", "1".repeat(400), "NaN", "01", "+1"],
  ...['"0"', '"\\u0000"', '"\\ud800"', '"\\u202e"', '"\\r\\n"', '"__proto__"', '"constructor"', '"toString"'],
  ...['"${"', '"%{"', '"../../x"', '"/"', '"a.b[0]"', '"https://example.com/%zz"', `"${"a".repeat(9_000)}"`],
  ...[
    '"2026-02-30T25:61:61Z"',
    '"+275760-09-13T00:00:00.001Z"',
    '"999999.0.0"',
    '"P99999DT99999H"',
    "undefined",
    "'a'",
  ],
  // JSON in a text, as policies are.
  ...[`"${"[".repeat(9_000)}${"]".repeat(9_000)}"`, '"{\\"Statement\\":5}"', '"[null]"', '"{"'],
];

/** Names that every object of JavaScript answers to, and such that end in a path. */
export const ODD_NAMES: readonly string[] = [
  ...["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "toJSON", "then", "length"],
  ...["", " ", "0", "-1", "a.b", "a[0]", "//", "${a}", "\u0000", "\ud800"],
];

/** Pieces of text that begin or end something. */
export const ODD_PIECES: readonly string[] = [
  ...[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    "'",
    "\\",
    "//",
    "/*",
    "#",
    "\n",
    "\r",
    "\0",
    "\uFEFF",
    "${",
    "%{",
    "<<EOT\n",
    "EOT\n",
  ],
  ...["\u2028", "\ud800", "é", "\x1b[2J", "::error::", "-", "1e999", "null", "=", "(", ")", "*", "..."],
];

/** Letters of other scripts that look the same: https://www.unicode.org/reports/tr39/#Confusable_Detection. */
export const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...{ a: "а", c: "с", d: "ԁ", e: "е", g: "ɡ", h: "һ", i: "і", j: "ј", l: "ⅼ", o: "о", p: "р", q: "ԛ", s: "ѕ", v: "ѵ" },
  ...{ w: "ԝ", x: "х", y: "у", "-": "‐", _: "＿", ".": "․", "/": "∕", "[": "［", "0": "０", "1": "１" },
};

/** A text with one letter, chosen by a number, exchanged for one that looks the same; the text itself where it has none. */
export function lookAlike(text: string, choice: number): string {
  const found = [...text].flatMap((letter, index) => (Object.hasOwn(LOOK_ALIKES, letter) ? [index] : []));
  if (found.length === 0) return text;
  const at = found[choice % found.length]!;
  return [...text].map((letter, index) => (index === at ? LOOK_ALIKES[letter]! : letter)).join("");
}
