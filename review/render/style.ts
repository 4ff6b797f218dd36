/** The page's look, dark and light. */
export const STYLE = `
:root { --page: #fff; --card: #f6f8fa; --ink: #1f2328; --soft: #57606a; --line: #d0d7de; --held: #1a7f37; --human: #9a6700; --error: #cf222e; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0d1117; --card: #161b22; --ink: #e6edf3; --soft: #9198a1; --line: #30363d; --held: #3fb950; --human: #d29922; --error: #f85149; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.05rem; margin: 0; }
h1 span, h2 span { font-weight: 400; color: var(--result, var(--soft)); }
section { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--result, var(--line)); border-radius: 6px; padding: 1rem; margin: 1rem 0; }
.r-held { --result: var(--held); } .r-human { --result: var(--human); } .r-error { --result: var(--error); }
.l-human { color: var(--human); } .l-error { color: var(--error); } .l-warning { color: var(--human); } .l-note { color: var(--soft); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; }
code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
ul { padding-left: 1.2rem; } li { margin: .3rem 0; } i { color: var(--soft); }
summary { cursor: pointer; color: var(--soft); }
@media (max-width: 46rem) {
  thead { display: none; }
  tr { display: block; border-bottom: 1px solid var(--line); padding: .4rem 0; }
  td { display: block; border: 0; padding: .1rem 0; }
  td::before { content: attr(data-name) ": "; color: var(--soft); font-weight: 600; }
  main { padding: 1rem .6rem 3rem; } section { padding: .8rem; } h2, code { overflow-wrap: anywhere; }
  ul { padding-left: 1rem; }
}
`;
