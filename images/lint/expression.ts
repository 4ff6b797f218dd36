/** Names in HCL's templates: what stands in `${…}` and `%{…}`, and there outside of quotes. */

/** Identifiers may hold hyphens and letters of any script: https://developer.hashicorp.com/packer/docs/templates/hcl_templates/syntax#identifiers */
const IDENTIFIER = String.raw`[\p{ID_Start}_][\p{ID_Continue}-]*`;
const NAME = new RegExp(
  String.raw`(?<![\p{ID_Continue}.-])(?:(?:var|local)\.${IDENTIFIER}|data\.${IDENTIFIER}\.${IDENTIFIER})`,
  "gu",
);

/** Names of variables, locals and data sources that a text refers to, such as var.ami-name and data.amazon-ami.base. */
export const namesIn = (text: string): string[] => codeOf(text).flatMap((code) => code.match(NAME) ?? []);

const CALL = new RegExp(String.raw`(?<![\p{ID_Continue}.-])(${IDENTIFIER})\(`, "gu");

/** Names of functions that a text calls. */
export const callsIn = (text: string): string[] =>
  codeOf(text).flatMap((code) => [...code.matchAll(CALL)].map(([, name]) => name!));

/** The code in a text's templates; a quoted text inside is a template again. */
function codeOf(text: string): string[] {
  const found: string[] = [];
  let code: string | undefined;
  /** What is open, innermost last: a template, a brace in its code, or a quoted text. */
  const open: ("template" | "{" | '"')[] = [];
  for (let at = 0; at < text.length; at++) {
    const [char = "", next = ""] = [text[at], text[at + 1]];
    const inCode = open.length > 0 && open.at(-1) !== '"';
    if (!inCode && /[$%]/.test(char) && next === char && text[at + 2] === "{") at += 2;
    else if (!inCode && /[$%]/.test(char) && next === "{") {
      open.push("template");
      code = `${code ?? ""} `;
      at++;
    } else if (!inCode) {
      if (char === "\\" && open.length > 0) at++;
      else if (char === '"' && open.length > 0) open.pop();
    } else if (char === "}") {
      open.pop();
      if (open.length === 0) {
        found.push(code ?? "");
        code = undefined;
      }
    } else {
      if (char === "{" || char === '"') open.push(char);
      code = (code ?? "") + (char === '"' ? " " : char);
    }
  }
  return code === undefined ? found : [...found, code];
}
