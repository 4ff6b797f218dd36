/** Everything that is broken on purpose. */
import { BUILDS } from "./builds";
import { LOCAL_CLOUD } from "./local-cloud";
import { MACHINES } from "./machines";
import type { Mutation } from "./mutation";
import { ON_MACHINE } from "./on-machine";
import { OPERATIONS } from "./operations";
import { PLANS } from "./plans";
import { RELEASES } from "./releases";
import { REVIEW } from "./review";
import { RUNNING } from "./running";
import { SECURITY } from "./security";

export const MUTATIONS: readonly Mutation[] = [
  ...MACHINES,
  ...SECURITY,
  ...PLANS,
  ...RELEASES,
  ...BUILDS,
  ...REVIEW,
  ...OPERATIONS,
  ...LOCAL_CLOUD,
  ...RUNNING,
  ...ON_MACHINE,
];
