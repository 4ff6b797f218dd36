/** What people declare and keep in version control: fleets, release files and the records of rollouts. */
import { join } from "node:path";
import { oneOfEach } from "../../cli/one-of-each";
import { projectWorld, runRelease } from "../../cli/release/run";
import { InvalidInputError } from "../../constructs/contract/problem";
import { resolveFleet } from "../../constructs/contract/validate";
import { fleet } from "../../fleet";
import { resolveReleases } from "../../releases/resolve";
import { mutants } from "../mutate";
import { checkWords, type Reader } from "../reader";
import { CATALOG, filesIn, NOW, put, textOf } from "./project";

const prod = oneOfEach(fleet);
const onlyProd = { environments: [prod] };
const [web] = prod.services;

/** A fleet that says much of what one can say. */
const wordy = {
  environments: [
    {
      ...prod,
      backend: { kind: "hcp", organization: "example" },
      placements: prod.placements.map((placement) => ({
        ...placement,
        logs: { retentionDays: 90, alarmEmails: ["ops@example.com"] },
        persistent: { protected: false, database: { postgres: "16" }, objects: { keepDays: 30 }, files: {} },
      })),
      services: [
        {
          ...web,
          strategy: "canary",
          machine: { arch: "x86_64", boot: { LEVEL: "info" }, aws: { type: "t3.small" } },
          settings: { COLOUR: "blue" },
          secrets: ["token"],
          uses: { database: true, objects: "read", files: true },
          placements: ["aws-us-east-1"],
          traffic: {
            exposure: "public",
            certificates: { "aws-us-east-1": "arn:aws:acm:us-east-1:111111111111:certificate/a" },
          },
          rollout: { steps: [{ weight: 25 }, { weight: 100 }] },
        },
      ],
    },
  ],
};

/** A fleet is a value of TypeScript, and may hold what JSON has no word for; texts of the mutator stand for it. */
const BEYOND: Readonly<Record<string, unknown>> = {
  constructor: undefined,
  toString: () => 1,
  ["__proto__"]: Symbol("s"),
  "0": 10n,
};

function valueIn(input: Buffer): unknown {
  try {
    return JSON.parse(input.toString("utf8"), (_name, value: unknown) =>
      typeof value === "string" && Object.hasOwn(BEYOND, value) ? BEYOND[value] : value,
    );
  } catch {
    return undefined;
  }
}

export const fleetSpecs: Reader = {
  name: "fleet",
  inputs: () =>
    mutants(
      "json",
      [onlyProd, fleet, wordy].map((one) => JSON.stringify(one)),
    ),
  errors: [InvalidInputError],
  open: () => (input) => resolveFleet(valueIn(input)),
};

const TWO_SLOTS = JSON.stringify({
  slots: { blue: { version: "1.0.0" }, green: { version: "1.1.0", capacity: 1 } },
  traffic: { blue: 75, green: 25 },
});
const BREAK_GLASS = JSON.stringify({
  slots: {
    live: {
      version: "1.1.0",
      epoch: "a-1",
      capacity: 3,
      breakGlass: { until: "2026-11-21T04:00:00Z", reason: "to look" },
    },
  },
});

export const releaseFiles: Reader = {
  name: "release",
  inputs: () =>
    mutants("json", [textOf("releases/prod/web.json"), textOf("releases/prod/shop.json"), TWO_SLOTS, BREAK_GLASS]),
  errors: [InvalidInputError],
  open: (folder) => {
    const fleets = prod.services.map((service) => resolveFleet({ environments: [{ ...prod, services: [service] }] }));
    return (input) => {
      for (const { name } of prod.services) put(join(folder, "prod", `${name}.json`), input);
      const refusals = fleets.map((one) => {
        try {
          resolveReleases(one, { releases: folder, catalog: CATALOG, now: NOW });
          return undefined;
        } catch (error) {
          return error;
        }
      });
      // A file has the form of one strategy.
      const crash = refusals.find((error) => error !== undefined && !(error instanceof InvalidInputError));
      if (crash !== undefined || !refusals.includes(undefined)) throw crash ?? refusals[0];
    };
  },
};

/** What people do to a service; which of them is asked for depends on the input, so that the same input is asked the same. */
const LINES = [
  "status",
  "status --json",
  "next",
  "abort",
  "rollback",
  "renew",
  "retire",
  "start --version 1.1.0",
  "set --traffic blue=0",
];

export const records: Reader = {
  name: "record",
  inputs: () => mutants("json", filesIn("fuzz/seeds", ".rollout.json").map(textOf)),
  errors: [InvalidInputError],
  open: (folder) => {
    put(join(folder, "prod/shop.json"), TWO_SLOTS);
    const around = ["--env", "prod", "--service", "shop", "--releases", folder, "--catalog", CATALOG];
    const write = (files: readonly { readonly text: string }[]) => files.forEach(({ text }) => void JSON.parse(text));
    const world = { ...projectWorld(folder, onlyProd), now: () => NOW, user: () => "ops@example.com", write };
    return async (input) => {
      put(join(folder, "prod/shop.rollout.json"), input);
      const line = LINES[input.reduce((sum, byte) => sum + byte, 0) % LINES.length]!;
      const { out, error } = await runRelease([...line.split(" "), ...around], world);
      checkWords(out + error);
    };
  },
};
