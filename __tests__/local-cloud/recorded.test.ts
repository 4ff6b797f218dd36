/** The local cloud plans this project's own stacks as the real providers did, and reads back what they read back. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalCloud, startLocalCloud } from "../../local-cloud/server";
import { describeWithFacts } from "../support/needs";
import { asOfRecord, compare, recordOf, takeSteps } from "./recorded";

const STEPS_MS = 600_000;

/** What remains different, with its reason: the first words of a line of the comparison. */
const REMAINS: Record<string, readonly [RegExp, string][]> = {
  google: [
    [
      /^google_(compute_address \w+ address|compute_forwarding_rule \w+ ip_address|dns_record_set \w+ rrdatas)/,
      "an internal address is one of its subnet; what answered in the record gave 203.0.113.20",
    ],
    [
      /instance_template \w+ network_interface.network$/,
      "the network of the subnet; the record has that of another project",
    ],
    [/^google_compute_(firewall|forwarding_rule) after network$/, "a data source gives whole links, as the API does"],
    [/instance_group_manager \w+ target_size$/, "an autoscaler keeps the least size; nothing scaled in the record"],
  ],
  azure: [
    [
      /^azurerm_(lb \w+ private_ip_address|private_dns_a_record \w+ records|private_endpoint .*private_ip_address)$/,
      "Azure hands an address out at once; what answered in the record gave none",
    ],
    [/^azurerm_role_assignment \w+ name$/, "a random name"],
    [/^azurerm_key_vault after tenant_id$/, "another tenant"],
    [/scale_set after extension.settings$/, "the address of the vault, before the record's was made"],
    [/scale_set \w+ instances$/, "an autoscaler keeps the least size; nothing scaled in the record"],
  ],
  aws: [
    [/^aws_lb_listener \w+ ssl_policy$/, "only HTTPS has one; what answered in the record gives it to HTTP too"],
    [/ policy$/, "provider 5.46 sorted the keys of some policies"],
    [/^aws_lb_target_group|^aws_cloudwatch_metric_alarm .*dimensions/, "a map with one unknown value"],
    [/^aws_cloudwatch_metric_alarm after metric_query\.(account_id|period)$/, "null beside an empty value"],
    [/^aws_(vpc_endpoint|eip|flow_log|autoscaling_group|nat_gateway) /, "computed differently since 5.46"],
  ],
};

describeWithFacts("the recorded steps of the own stacks", () => {
  const work = mkdtempSync(join(tmpdir(), "recorded-"));
  const plans = join(work, "plans");
  let cloud: LocalCloud;
  beforeAll(async () => {
    cloud = await startLocalCloud({ dir: join(work, "cloud"), bootMs: 1 });
    await takeSteps(cloud, join(work, "stacks"), plans);
  }, STEPS_MS);
  afterAll(async () => {
    await cloud.close();
    rmSync(work, { recursive: true, force: true });
  });

  test.each([
    ["google", 16],
    ["azure", 11],
    ["aws", 26],
  ])("on %s agree in what is done, and in 99 % of all leaves", async (name, count) => {
    const record = join(work, `record-${name}`);
    mkdirSync(record);
    recordOf(name, record);
    if (name === "aws") asOfRecord(record, plans);
    const { plans: compared, major, share, differences } = await compare(record, plans);
    const reasons = REMAINS[name] ?? [];
    const unexplained = differences.filter((line) => {
      const what = line.replace(/^\d+x /, "").split(": recorded ")[0] ?? "";
      return !reasons.some(([pattern]) => pattern.test(what));
    });
    expect({ compared, major, unexplained }).toEqual({ compared: count, major: 0, unexplained: [] });
    expect(share).toBeGreaterThanOrEqual(99);
  });
});
