/** What the commands need to know of the fleet: which image a service boots, and what is released. */
import { resolveFleet } from "../../constructs/contract/validate";
import { inUse, readSource, type ImageOfService, type InUse } from "../../images/in-use";
import type { Catalog } from "../../images/load";
import { readReleases, readRollouts } from "../../images/released";
import { declared } from "../declared";
import type { Options } from "../options";
import type { Input } from "./command";

export const imageOfService: ImageOfService = (environment, service) =>
  resolveFleet(declared())
    .environments.find(({ name }) => name === environment)
    ?.services.find(({ name }) => name === service)?.image;

export const IN_USE: Options = {
  "in-use": {
    value: "FILE",
    help: "what runs: `terraform show -json` of each stack, or any list of image ids from a cloud",
    many: true,
  },
};

/** @throws InvalidInputError when a source cannot be read */
export const used = (catalog: Catalog, input: Input): InUse =>
  inUse(
    catalog,
    [...readReleases(input.releases), ...readRollouts(input.releases)],
    imageOfService,
    input.many("in-use").map(readSource),
  );
