/** A copy of the checkout in which something may be broken, and the tests that run there. */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { scratchFolder } from "../../system/scratch";
import { PROJECT } from "../project-copy";

/** What a run of tests said: names of those that failed, and how many did not. */
export interface Found {
  readonly failed: readonly string[];
  readonly passed: number;
  readonly skipped: number;
  /** Why a test file did not run at all. */
  readonly crashed: readonly string[];
}

/** Longer than any test file takes: a break may make one hang. */
const LONGEST_MS = 900_000;

const JEST = join(PROJECT, "node_modules/jest/bin/jest.js");

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

export class Copy {
  private readonly folder = realpathSync(scratchFolder("fleet-mutate"));

  /** Everything that git has or would take; the installed packages are linked in. */
  constructor() {
    const names = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: PROJECT,
      encoding: "utf8",
    });
    for (const name of new Set(names.split("\0").filter((name) => name !== "" && existsSync(join(PROJECT, name))))) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      cpSync(join(PROJECT, name), join(this.folder, name));
    }
    symlinkSync(join(PROJECT, "node_modules"), join(this.folder, "node_modules"), "junction");
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  /** Does something while a file is another one. */
  async with<T>(file: string, content: string, act: () => Promise<T>): Promise<T> {
    const before = this.read(file);
    writeFileSync(join(this.folder, file), content);
    try {
      return await act();
    } finally {
      writeFileSync(join(this.folder, file), before);
    }
  }

  /** Runs tests by path and by words of their names; all of them without words. */
  async test(paths: readonly string[], words: readonly string[] = []): Promise<Found> {
    const out = join(this.folder, "found.json");
    rmSync(out, { force: true });
    const pattern = words.map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
    const named = words.length > 0 ? ["--testNamePattern", pattern] : [];
    // A break may leave a server open.
    const options = [
      "--runInBand",
      "--forceExit",
      "--json",
      "--outputFile",
      out,
      ...named,
      "--runTestsByPath",
      ...paths,
    ];
    await new Promise<void>((done) => {
      const limits = { timeout: LONGEST_MS, maxBuffer: 1 << 28 };
      execFile(process.execPath, [JEST, ...options], { cwd: this.folder, ...limits }, () => done());
    });
    return foundIn(out);
  }
}

function foundIn(file: string): Found {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return { failed: [], passed: 0, skipped: 0, crashed: [`no end within ${LONGEST_MS / 1000} s, or no jest`] };
  }
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const by = (status: string) => tests.filter((test) => test.status === status).map(({ fullName }) => fullName);
  return {
    failed: by("failed"),
    passed: by("passed").length,
    skipped: by("pending").length,
    crashed: report.testResults
      .filter(({ assertionResults }) => assertionResults.length === 0)
      .map(({ message }) => message),
  };
}
