// A terraform lives for less than a second: most of what it spends on collecting its garbage, a sixth of its time, is for nothing.
process.env.GOGC ??= "400";

// Tests write with the time of their story; nobody else may (images/clock.ts).
process.env.FLEET_TEST_CLOCK = "1";

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  // The quick run has this one to itself: what it shows, the long stories show too.
  testPathIgnorePatterns: ["/node_modules/", "__tests__/quick.test.ts"],
  reporters: ["default", "<rootDir>/__tests__/support/summary.cjs"],
  testTimeout: 120_000,
  // Most of the time is spent waiting for terraform, so a worker per core pays, which is one more than Jest's default.
  maxWorkers: "100%",
};
