/** `npm run test:quick`: what needs no terraform, and one plan for each cloud. */
const all = require("./jest.config.cjs");

/** @type {import("jest").Config} */
module.exports = {
  ...all,
  testPathIgnorePatterns: ["/node_modules/"],
  testMatch: [
    "**/{quick,imports,options}.test.ts",
    "**/contract/*.test.ts",
    "**/releases/{analysis,compile,invariants,refusals}.test.ts",
    "**/review/{admit,content,history,hostile,reader,strangers,ways}.test.ts",
    "**/images/{catalog,effective,ingest,lifecycle,prune}.test.ts",
    "**/fuzz/*.test.ts",
    "**/local-cloud/{engine,rules,values,store}.test.ts",
  ],
};
