/** Every reader of foreign bytes. */
import type { Reader } from "../reader";
import { fleetSpecs, records, releaseFiles } from "./declared";
import { archives, hcpAnswers, logLines, runTasks } from "./hcp";
import { catalogRecords, channels, hclTemplates, jsonTemplates, manifests, policies } from "./images";
import { journals, providerCalls } from "./local-cloud";
import { plants } from "./planted";
import { imageLists, sboms, scanReports } from "./supply";
import { admitted, driftPlans, plans, reviewFiles, stackConfigurations } from "./review";

export const READERS: readonly Reader[] = [
  ...[fleetSpecs, releaseFiles, records],
  ...[catalogRecords, channels, policies, manifests, hclTemplates, jsonTemplates],
  ...[sboms, scanReports, imageLists],
  ...[plans, plants, driftPlans, stackConfigurations, reviewFiles, admitted],
  ...[hcpAnswers, logLines, archives, runTasks],
  ...[providerCalls, journals],
];
