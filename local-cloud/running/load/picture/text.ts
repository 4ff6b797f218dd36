/** Texts in a picture: whatever they hold, they stay texts. */

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For HTML and XML, which has no place at all for most control characters: https://www.w3.org/TR/xml/#charsets */
export const escaped = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/gu, "\ufffd")
    .replace(/[&<>"']/g, (character) => ESCAPES[character]!);

/** The whole where it is short, else its beginning. */
export const shortened = (text: string, most: number): string =>
  [...text].length <= most ? text : `${[...text].slice(0, most - 1).join("")}…`;

/** A number of a drawing, with as many digits as can be seen. */
export const at = (value: number): string => String(Math.round(value * 10) / 10);
