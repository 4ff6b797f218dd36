/** What a run of the tests says at its end: how long the slowest suites took, and what was skipped and why. */
const { relative } = require("node:path");

const SLOWEST = 15;

class Summary {
  constructor({ testNamePattern, rootDir }) {
    this.partial = Boolean(testNamePattern);
    this.root = rootDir;
  }

  onRunComplete(_contexts, { testResults }) {
    const lines = [...times(testResults, this.root), ...(this.partial ? [] : skipped(testResults))];
    process.stderr.write(`\n${lines.join("\n")}\n`);
  }
}

function times(results, root) {
  const slowest = results
    .map(({ testFilePath, perfStats: { start, end } }) => [relative(root, testFilePath), (end - start) / 1000])
    .sort(([, a], [, b]) => b - a)
    .slice(0, SLOWEST);
  if (slowest.length < 2) return [];
  return [
    "The suites that took longest, in seconds:",
    ...slowest.map(([file, s]) => `${s.toFixed(1).padStart(7)}  ${file}`),
  ];
}

/** Skipped tests by their reason, which stands in the name of the test or of what it belongs to. */
function skipped(results) {
  const reasons = new Map();
  for (const { testResults } of results)
    for (const { status, fullName } of testResults) {
      if (status !== "pending") continue;
      const reason = /\(skipped: (.*?)\)/.exec(fullName)?.[1] ?? `no reason given: ${fullName}`;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  if (reasons.size === 0) return ["", "Nothing was skipped."];
  return ["", "Skipped on this machine:", ...[...reasons].map(([why, n]) => `${String(n).padStart(7)}  ${why}`)];
}

module.exports = Summary;
