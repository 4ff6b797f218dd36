/** A run as one HTML page that needs nothing else: the picture, the table, and what one must know to read them. */
import { ROW_HEAD, type Run, rows } from "../run";
import { svg } from "./svg";
import { escaped } from "./text";

const STYLE = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#1f2328;background:#fff}
svg{width:100%;height:auto}.wide{overflow-x:auto}table{border-collapse:collapse;min-width:100%}
th,td{padding:.3rem .6rem;border-bottom:1px solid #d1d9e0;text-align:left;white-space:nowrap}td.count,th.count{text-align:right;font-variant-numeric:tabular-nums}
.bad{color:#d1242f;font-weight:600}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,td{border-color:#3d444d}.bad{color:#ff5f57}}`;

/** Columns that hold numbers, and the one whose numbers should be none. */
const COUNTS: readonly string[] = ["requests", "failed", "p50 ms", "p99 ms"];
const FAILED = ROW_HEAD.indexOf("failed");

export const page = (run: Run): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(run.title)}</title>
<style>${STYLE}</style>
</head>
<body>
${svg(run)}<div class="wide">
<table>
<thead><tr>${ROW_HEAD.map((head) => `<th${style(head)}>${head}</th>`).join("")}</tr></thead>
<tbody>
${rows(run).map(row).join("\n")}
</tbody>
</table>
</div>
<ul>
${run.notes.map((note) => `<li>${escaped(note)}</li>`).join("\n")}
</ul>
</body>
</html>
`;

const style = (head: string, value = "0", bad = false): string =>
  COUNTS.includes(head) ? ` class="count${bad && value !== "0" ? " bad" : ""}"` : "";

const row = (values: readonly string[]): string =>
  `<tr>${values.map((value, index) => `<td${style(ROW_HEAD[index]!, value, index === FAILED)}>${escaped(value)}</td>`).join("")}</tr>`;
