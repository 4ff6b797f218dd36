/** `npx tsx images/bench.ts [versions]`: how long a large catalog takes to load, list and verify. Measures, asserts nothing. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { removeScratch, scratchFolder } from "../system/scratch";
import { effectiveState } from "./effective";
import { allRecords, loadCatalog, lookupIn } from "./load";
import { prune } from "./prune";
import { verify } from "./verify";

const IMAGES = 20;
const NOW = new Date("2026-11-20T12:00:00Z");
const hex = (n: number, width: number) => n.toString(16).padStart(width, "0");

/** Image 0 is the base of all others; each version has an id on three clouds. */
function fill(folder: string, count: number): void {
  const example = JSON.parse(readFileSync(join(__dirname, "catalog/web/1.0.0.json"), "utf8")) as {
    artifacts: { id: string }[];
  };
  const perImage = Math.ceil(count / IMAGES);
  for (let index = 0; index < count; index++) {
    const [number, patch] = [Math.floor(index / perImage), index % perImage];
    const [image, version] = [`image${number}`, `1.0.${patch}`];
    const [aws, google, azure] = example.artifacts;
    mkdirSync(join(folder, image), { recursive: true });
    const record = {
      ...example,
      image,
      version,
      ...(number > 0 && { base: { image: "image0", version } }),
      artifacts: [
        { ...aws, id: `ami-${hex(index, 17)}` },
        { ...google, id: `projects/example-images/global/images/${image}-v${version.replaceAll(".", "-")}` },
        { ...azure, id: azure!.id.replace("/web/versions/1.0.0", `/${image}/versions/${version}`) },
      ],
    };
    writeFileSync(join(folder, image, `${version}.json`), `${JSON.stringify(record, null, 2)}\n`);
  }
}

function measure<T>(what: string, work: () => T): T {
  const start = performance.now();
  const result = work();
  process.stdout.write(`${what.padEnd(34)}${((performance.now() - start) / 1000).toFixed(2)} s\n`);
  return result;
}

const folder = scratchFolder("fleet-catalog-bench");
const count = Number(process.argv[2] ?? 10_000);
try {
  fill(folder, count);
  const catalog = measure(`read ${count} versions`, () => loadCatalog(folder));
  measure("effective state of each", () =>
    allRecords(catalog).map((record) => effectiveState(record, lookupIn(catalog), NOW)),
  );
  const problems = measure("verify", () => verify(catalog, NOW));
  measure("prune", () => prune(catalog, new Map(), NOW));
  process.stdout.write(`${problems.length} problems\n`);
} finally {
  removeScratch(folder);
}
