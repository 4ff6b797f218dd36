/** A run as one SVG that needs nothing else: the same run, the same bytes. */
import { thousands, type Run, type Step } from "../run";
import { type Band, type Chart, chart, type Column, type Panel } from "./chart";
import { STYLE, VERSION_COLOURS } from "./colours";
import { at, escaped, shortened } from "./text";

/** Units of the drawing. So wide, its letters can still be read when it is shown 400 pixels wide. */
const WIDTH = 640;
const LEFT = 52;
const RIGHT = 14;
const PLOT = WIDTH - LEFT - RIGHT;
const REQUESTS = 110;
const MACHINES = 46;
const ABOVE = 56;
const BETWEEN = 28;
const PANEL = ABOVE + REQUESTS + BETWEEN + MACHINES + 30;
const LETTER = 7.7;
const LINE = 22;
/** A single failure in a busy second must not be too small to be seen. */
const LEAST_FAILURE = 4;

/** Everything is drawn against these. */
interface Scale {
  readonly x: (second: number) => string;
  readonly requests: (count: number) => number;
  readonly machines: (count: number) => number;
}

export function svg(run: Run): string {
  const drawn = chart(run);
  const scale: Scale = {
    x: (second) => at(LEFT + (Math.min(second, drawn.seconds) / drawn.seconds) * PLOT),
    requests: (count) => (count / drawn.mostRequests) * REQUESTS,
    machines: (count) => (count / drawn.mostMachines) * MACHINES,
  };
  const legend = wrapped(
    [...drawn.versions.map((version) => label(version)), "failed"].map((text) => text.length * LETTER + 40),
  );
  const top = 40 + legend.lines * LINE;
  const steps = run.steps.map(({ title }, index) => shortened(`${index + 1} ${title}`, 40));
  const titles = wrapped(steps.map((text) => text.length * LETTER + 40));
  const height = top + drawn.panels.length * PANEL + titles.lines * LINE + 12;
  const words = drawn.panels.map(
    ({ name, sent, failed }) => `${name}: ${thousands(sent)} requests, ${thousands(failed)} failed`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title words">`,
    `<title id="title">${escaped(run.title)}</title><desc id="words">${escaped(words.join("; "))}</desc>`,
    `<style>${STYLE}</style><rect class="ground" width="${WIDTH}" height="${height}"/>`,
    `<text class="ink title" x="${LEFT}" y="24">${escaped(shortened(run.title, 70))}</text>`,
    ...drawn.versions.map((version, index) =>
      key(`v${index % VERSION_COLOURS}`, label(version), legend.places[index]!, 46),
    ),
    key("bad", "failed", legend.places[drawn.versions.length]!, 46),
    ...drawn.panels.map((panel, index) => panelAt(panel, top + index * PANEL, drawn, scale, run.steps)),
    ...steps.map((text, index) => stepKey(index, text, titles.places[index]!, top + drawn.panels.length * PANEL + 10)),
    "</svg>",
    "",
  ].join("\n");
}

/** What answered without saying its version is a version of its own. */
const label = (version: string): string => shortened(version || "no version", 30);

interface Place {
  readonly x: number;
  readonly line: number;
}

/** Places of things that stand one after the other, in as many lines as they need. */
function wrapped(widths: readonly number[]): { places: Place[]; lines: number } {
  let [x, line] = [LEFT, 0];
  const places = widths.map((width) => {
    if (x > LEFT && x + width > WIDTH) [x, line] = [LEFT, line + 1];
    const place = { x, line };
    x += width;
    return place;
  });
  return { places, lines: line + 1 };
}

const key = (style: string, text: string, { x, line }: Place, top: number): string =>
  `<rect class="${style}" x="${at(x)}" y="${top + line * LINE - 11}" width="13" height="13" rx="2"/>` +
  `<text class="ink" x="${at(x + 19)}" y="${top + line * LINE}">${escaped(text)}</text>`;

const badge = (index: number, x: string, y: number): string =>
  `<circle class="badge" cx="${x}" cy="${at(y)}" r="9"/>` +
  `<text class="number" x="${x}" y="${at(y + 4.5)}" text-anchor="middle">${index + 1}</text>`;

const stepKey = (index: number, text: string, { x, line }: Place, top: number): string =>
  badge(index, at(x + 8), top + line * LINE) +
  `<text class="ink" x="${at(x + 22)}" y="${top + line * LINE + 5}">${escaped(text.slice(text.indexOf(" ") + 1))}</text>`;

function panelAt(panel: Panel, top: number, drawn: Chart, scale: Scale, steps: readonly Step[]): string {
  const floor = top + ABOVE + REQUESTS;
  const ground = floor + BETWEEN + MACHINES;
  const [left, right] = [LEFT, WIDTH - RIGHT];
  return [
    "<g>",
    `<text class="ink title" x="${left}" y="${top + 18}">${escaped(shortened(panel.name, 30))}</text>`,
    `<text class="${panel.failed > 0 ? "bad" : "soft"}" x="${right}" y="${top + 18}" text-anchor="end">` +
      `${thousands(panel.sent)} requests, ${thousands(panel.failed)} failed</text>`,
    `<path class="rule" d="M${left} ${floor - REQUESTS}H${right}M${left} ${floor}H${right}M${left} ${ground}H${right}"/>`,
    ...axis(`${drawn.mostRequests}/s`, floor - REQUESTS + 5),
    ...axis("0", floor + 5),
    ...axis(String(drawn.mostMachines), ground - MACHINES + 5),
    ...axis("0", ground + 5),
    `<text class="soft small" x="${left}" y="${floor + 20}">healthy machines</text>`,
    ...drawn.versions.map((_, version) => area(panel.columns, version, floor, scale)),
    failures(panel.columns, floor, scale),
    ...panel.bands.map((band) => healthy(band, ground, scale)),
    ...steps.map(({ from }, index) => {
      const x = scale.x(from / 1000);
      return `<path class="step" d="M${x} ${top + ABOVE - 12}V${floor}M${x} ${ground - MACHINES}V${ground}"/>${badge(index, x, top + ABOVE - 21)}`;
    }),
    ...ticks(drawn.seconds).map(
      (second) =>
        `<text class="soft small" x="${scale.x(second)}" y="${ground + 18}" text-anchor="${second === 0 ? "start" : "middle"}">${second} s</text>`,
    ),
    "</g>",
  ]
    .filter(Boolean)
    .join("\n");
}

const axis = (text: string, y: number): string[] => [
  `<text class="soft small" x="${LEFT - 5}" y="${y}" text-anchor="end">${text}</text>`,
];

/** What a version answered, on top of what the versions before it did. */
function area(columns: readonly Column[], version: number, floor: number, { x, requests }: Scale): string {
  const below = ({ answered }: Column) => total(answered.slice(0, version));
  const y = (count: number) => at(floor - requests(count));
  const bars = runs(columns, ({ answered }) => (answered[version] ?? 0) > 0).map((part) => {
    const over = part.map((column) => `V${y(below(column) + column.answered[version]!)}H${x(column.to)}`);
    const under = part.map((column) => `V${y(below(column))}H${x(column.from)}`).reverse();
    return `M${x(part[0]!.from)} ${y(below(part[0]!))}${over.join("")}${under.join("")}Z`;
  });
  return bars.length === 0 ? "" : `<path class="v${version % VERSION_COLOURS}" d="${bars.join("")}"/>`;
}

/** Stretches of columns that have something. */
function runs(columns: readonly Column[], has: (column: Column) => boolean): Column[][] {
  const found: Column[][] = [];
  for (const column of columns.filter(has)) {
    const last = found.at(-1);
    if (last?.at(-1)?.to === column.from) last.push(column);
    else found.push([column]);
  }
  return found;
}

function failures(columns: readonly Column[], floor: number, { x, requests }: Scale): string {
  const bars = columns.flatMap(({ answered, failed, from, to }) => {
    if (failed === 0) return [];
    const high = Math.max(LEAST_FAILURE, requests(failed));
    return [`M${x(from)} ${at(floor - requests(total(answered)) - high)}H${x(to)}v${at(high)}H${x(from)}Z`];
  });
  return bars.length === 0 ? "" : `<path class="bad" d="${bars.join("")}"/>`;
}

function healthy({ version, spans }: Band, ground: number, { x, machines }: Scale): string {
  const bars = spans.map(
    (span) =>
      // A thin gap between two groups tells them apart where they have the same version.
      `M${x(span.from)} ${at(ground - machines(span.below + span.healthy) + 1)}H${x(span.to)}V${at(ground - machines(span.below))}H${x(span.from)}Z`,
  );
  return bars.length === 0 ? "" : `<path class="v${version % VERSION_COLOURS}" d="${bars.join("")}"/>`;
}

/** About five, at round seconds. */
function ticks(seconds: number): number[] {
  const steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];
  const step = steps.find((each) => seconds / each <= 6) ?? Math.ceil(seconds / 6);
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step).filter(
    (second) => second <= seconds * 0.97,
  );
}

const total = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
