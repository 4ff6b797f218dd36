/**
 * Colours for light and for dark: versions in hues that colour-blind people tell apart
 * (https://jfly.uni-koeln.de/color/#pallet), none of them near the red of failures. A picture in a page follows the page's
 * reader by the media query too. No variables: not every program that shows an SVG knows them.
 */
const VERSIONS = [
  ["#0072b2", "#56a8e0"],
  ["#d99000", "#f0b840"],
  ["#009e73", "#3cc49c"],
  ["#a05195", "#d58bca"],
  ["#5c6b73", "#a7b5bc"],
] as const;

export const VERSION_COLOURS = VERSIONS.length;

const RULES: readonly (readonly [selector: string, property: string, light: string, dark: string])[] = [
  [".ground", "fill", "#ffffff", "#0d1117"],
  [".ink", "fill", "#1f2328", "#e6edf3"],
  [".soft", "fill", "#59636e", "#9198a1"],
  [".rule", "stroke", "#d1d9e0", "#3d444d"],
  [".step", "stroke", "#59636e", "#9198a1"],
  [".badge", "fill", "#59636e", "#9198a1"],
  [".number", "fill", "#ffffff", "#0d1117"],
  [".bad", "fill", "#d1242f", "#ff5f57"],
  ...VERSIONS.map(([light, dark], version) => [`.v${version}`, "fill", light, dark] as const),
];

const sheet = (shade: 2 | 3) => RULES.map((rule) => `${rule[0]}{${rule[1]}:${rule[shade]}}`).join("");

export const STYLE =
  "text{font:15px system-ui,sans-serif}.title{font-weight:600}.number{font-size:12px;font-weight:600}.small{font-size:13px}" +
  `.rule,.step{fill:none;stroke-width:1}.step{stroke-dasharray:3 3}${sheet(2)}` +
  `@media(prefers-color-scheme:dark){${sheet(3)}}`;
