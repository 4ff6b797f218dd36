/** Breaks in what runs: machines, proxies and sessions of the local cloud. */
import type { Mutation } from "./mutation";

const MECHANICS = "__tests__/local-cloud/running/mechanics.test.ts";
const KEEPING = "__tests__/local-cloud/running/keeping.test.ts";
const RULES = "__tests__/local-cloud/running/rules.test.ts";

export const RUNNING: readonly Mutation[] = [
  {
    name: "terraform does not wait for machines that run",
    file: "local-cloud/cloud/apply.ts",
    text: '? await this.#machinery.gate(key, "create", stop)',
    becomes: "? undefined",
    test: "__tests__/local-cloud/running/terraform.test.ts",
    named: "a group counts as made when its machines serve",
  },
  {
    name: "a deleted group's machines go on",
    file: "local-cloud/cloud/apply.ts",
    text: "await this.#machinery?.leaving(object.key);",
    becomes: "",
    test: "__tests__/local-cloud/running/terraform.test.ts",
    named: "a group counts as made when its machines serve",
  },
  {
    name: "a machine that leaves does not drain",
    file: "local-cloud/running/mechanics/retire.ts",
    text: 'if (lives() && pools === "first") await undertaker.drained(machine);',
    becomes: "",
    test: MECHANICS,
    named: "a group that drains before it goes loses no request",
  },
  {
    name: "weights are not kept",
    file: "local-cloud/running/mechanics/routing.ts",
    text: "if (best !== undefined) this.#credit.set(best, most - total);",
    becomes: "",
    test: MECHANICS,
    named: "shares are those of the weights",
  },
  {
    name: "one failed check is enough",
    file: "local-cloud/running/mechanics/verdict.ts",
    text: "!passed && row >= check.unhealthyAfter",
    becomes: "!passed && row >= 1",
    test: KEEPING,
    named: "thresholds: ",
  },
  {
    name: "a zone that is down takes new machines",
    file: "local-cloud/running/mechanics/choice.ts",
    text: "zones.filter((zone) => !down.has(zone))",
    becomes: "zones",
    test: KEEPING,
    named: "zones stay even",
  },
  {
    name: "a target group that no rule names is checked",
    file: "local-cloud/running/rules/aws.ts",
    text: "checked: AWS.checkedWhenNamed.value && named,",
    becomes: "checked: true,",
    test: RULES,
    named: "a pool that no rule leads to is not checked",
  },
  {
    name: "AWS's gate counts machines that nobody has checked",
    file: "local-cloud/running/rules/aws-groups.ts",
    text: 'counts: balanced && registers ? AWS.gateCounts.value : "launched",',
    becomes: 'counts: "launched",',
    test: RULES,
    named: "waits at the first apply for as many machines",
  },
  {
    name: "an answer without a body is enough for every version of Azure's health extension",
    file: "local-cloud/running/rules/azure-groups.ts",
    text: "< AZURE.healthStates.value ? [[200, 200]] : [];",
    becomes: "< 99 ? [[200, 200]] : [];",
    test: RULES,
    named: "only version 1 of the health extension takes a bare 200",
  },
  {
    name: "a proxy forgets machines as soon as nothing checks them",
    file: "local-cloud/running/mechanics/chooser.ts",
    text: 'if (!pool.checked) return checked.state === "healthy";',
    becomes: "",
    test: MECHANICS,
    named: "a proxy that has not learned of a new route still knows the machines of the old one",
  },
  {
    name: "a request is counted by every word about it",
    file: "local-cloud/running/load/outcomes.ts",
    text: 'if (this.#columns.result[line] !== UNANSWERED || line >= this.#length || result === "unanswered") return;',
    becomes: "",
    test: "__tests__/running/load.test.ts",
    named: "every request that was due is in exactly one place of every sum",
  },
  {
    name: "an answer that is cut off is an answer",
    file: "local-cloud/running/load/request.ts",
    text: 'if (!complete) return ["reset", "the answer was cut off"];',
    becomes: "",
    test: "__tests__/running/load.test.ts",
    named: "counts each failure by its cause, and none twice",
  },
  {
    name: "a picture lets markup through",
    file: "local-cloud/running/load/picture/text.ts",
    text: "ESCAPES[character]!",
    becomes: "character",
    test: "__tests__/running/picture.test.ts",
    named: "texts stay texts",
  },
];
