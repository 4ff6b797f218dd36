/** The review file. */
import type { Review } from "../model";

/** Valid JSON whose bytes are harmless in a page, a comment and a log: what could act there is written as \u escapes. */
export const json = (review: Review): string =>
  `${JSON.stringify(review, null, 2).replace(/[<>&@`#\u007f-\u009f\u00ad\u2028\u2029]|:(?=:)/g, escape)}\n`;

const escape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
