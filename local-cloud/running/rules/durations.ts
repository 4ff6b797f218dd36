/** Lengths of time as terraform's attributes write them, in seconds. */

const GO_UNITS: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** Of Go, as timeouts are written: `13m`, `1h30m`, `0`. https://pkg.go.dev/time#ParseDuration */
export function goSeconds(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^(\d+(\.\d+)?(h|m|s|ms|us|µs|ns))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|us|µs|ns|h|m|s)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (GO_UNITS[unit as string] as number),
    0,
  );
}

const ISO = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const ISO_UNITS = [604_800, 86_400, 3600, 60, 1];

/** Of ISO 8601, as Azure writes them: `PT5M`, `PT1H30M`. Months and years have no length of their own. */
export function isoSeconds(text: string): number | undefined {
  const parts = ISO.exec(text)?.slice(1);
  if (!parts || parts.every((part) => part === undefined)) return undefined;
  return parts.reduce((sum, part, i) => sum + Number(part ?? 0) * (ISO_UNITS[i] as number), 0);
}
