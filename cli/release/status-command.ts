/** `fleet release status`: how services stand, as a small table, and what to do next. */
import { basename, dirname } from "node:path";
import { missing, readPlans } from "../../releases/evidence";
import { strayFiles, strayText } from "../../releases/resolve";
import { stepAt, type OpenRollout } from "../../releases/record";
import { named } from "../../releases/rollout";
import { statusOf, type SlotRow, type Status } from "../../releases/status";
import { load, stacksOf, subjects, type Subject } from "../../releases/subject";
import { table } from "../table";
import type { Input, ReleaseCommand } from "./command";
import { PLAN, pathIn } from "./next-command";
import { closeText, gateText, nextCommand, planOf, unpassed, waitText } from "./say";

export const statusCommand: ReleaseCommand = {
  summary: "Shows slots, versions, traffic and health, and the next step.",
  options: PLAN,
  run(input) {
    const all = subjects(input.fleet, input.text("env"), input.text("service"));
    const stacks = all.flatMap(stacksOf);
    const plans = readPlans(input.many("plan").map((source) => pathIn(input, source)), stacks); // prettier-ignore
    const found = all.map((about) => {
      const stored = load(about, input.around);
      const isPlanned = stacksOf(about).some((stack) => plans.has(stack));
      const missed = stored.file && isPlanned ? missing(about, stored.file, plans, input.around) : new Map<string, undefined>(); // prettier-ignore
      return { about, status: statusOf(about, stored, missed, input.around) };
    });
    const strays = strayFiles(input.fleet, input.around.releases).filter((file) => isMeant(input, file));
    return {
      warnings: strays.map(strayText),
      text: found.map(({ about, status }) => show(input, about, status)).join("\n\n"),
      json: found.map(({ status }) => status),
      findings: strays.length > 0 || found.some(({ status }) => isToLookAt(status)),
    };
  },
};

/** Whoever asks for one environment or service is told of that. */
function isMeant(input: Input, file: string): boolean {
  const [environment, service] = [basename(dirname(file)), basename(file).replace(/(\.rollout)?\.json$/, "")];
  return [input.text("env") ?? environment, input.text("service") ?? service].join() === [environment, service].join();
}

const isToLookAt = ({ missing: missed, rollout, waiting, refused }: Status): boolean =>
  Object.keys(missed).length > 0 ||
  refused !== null ||
  (waiting?.for === "analysis" && unpassed(rollout!) !== undefined);

const HEAD = ["slot", "role", "version", "epoch", "state", "weight", "health", "live for"];

function show(input: Input, about: Subject, status: Status): string {
  const head = `${status.name}  ${status.strategy}`;
  if (status.slots.length === 0)
    return [head, "  was never released", `  next: ${nextCommand(about, "set --version V")}`].join("\n");
  const cells = ({ slot, role, version, epoch, state, weight, health, since, deployed }: SlotRow) => [
    slot,
    role,
    deployed ? changing(deployed.version ?? "none", version ?? "none") : (version ?? ""),
    epoch ?? "",
    state ?? "",
    `${deployed ? changing(String(deployed.weight), String(weight)) : weight} %`,
    health ?? "",
    since === null ? "" : ageOf(since, input.around.now),
  ];
  return [
    head,
    table(HEAD, status.slots.map(cells), "  "),
    ...status.slots.flatMap((row) => wayInText(input, about, row, status.rollout)),
    ...Object.entries(status.missing).map(([stack, why]) => `  ${stack}: ${why}`),
    ...rolloutText(input, about, status),
  ].join("\n");
}

/** What is, and what will be once the step at hand is deployed. */
const changing = (now: string, then: string): string => (now === then ? now : `${now} → ${then}`);

/** Until when people may get into a slot's machines, and how that is ended. */
function wayInText(input: Input, about: Subject, { slot, breakGlass }: SlotRow, open: Status["rollout"]): string[] {
  if (breakGlass === null) return [];
  const { until, reason } = breakGlass;
  const isOpen = Date.parse(until) > input.around.now.getTime();
  const when = isOpen ? "people may get in until" : "people could get in, which was over at";
  return [`  slot ${slot}: ${when} ${until}, ${reason}; close it: ${closeText(about, slot, open)}`];
}

function rolloutText(input: Input, about: Subject, { rollout, waiting, refused }: Status): string[] {
  if (rollout === null) return [];
  const { kind, from, to, outcome } = rollout;
  const what = kind === "retire" ? `retire ${stepAt(rollout).contract.slot}` : `${kind} ${named(from)} → ${named(to)}`;
  const wait = refused
    ? refusedText(about, rollout, refused)
    : waiting
      ? waitText(input, about, rollout, waiting)
      : ["the gate is open", `then:    ${nextCommand(about, `next --step ${stepAt(rollout).id}`)}`];
  return [
    "",
    `  ${what}${outcome ? `, ${outcome}` : ""}, since ${rollout.started} by ${rollout.by}`,
    ...steps(rollout),
    ...wait.map((line) => `  ${line}`),
  ];
}

/** No command is named that would be refused. */
const refusedText = (about: Subject, open: OpenRollout, { why, command }: NonNullable<Status["refused"]>): string[] => [
  ...why.map((reason) => `must not be deployed: ${reason}`),
  ...(command === "abort" ? [`back:    ${nextCommand(about, "abort")}`] : []),
  ...(command === "next" ? [`then:    ${nextCommand(about, `next --step ${stepAt(open).id}`)}`] : []),
];

const steps = (open: OpenRollout): string[] =>
  open.steps.map((step, index) => {
    const mark = index < open.at ? "✓" : index === open.at ? "▶" : " ";
    const gate = gateText(step.gate);
    return `  ${mark} ${step.id.padEnd(12)}${planOf(step.contract)}${gate ? `; then ${gate}` : ""}`;
  });

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
] as const;

/** Time since a moment in its greatest whole unit. */
function ageOf(since: string, now: Date): string {
  const passed = now.getTime() - Date.parse(since);
  const [unit, length] = UNITS.find(([, size]) => passed >= size) ?? UNITS[2];
  return `${Math.max(0, Math.floor(passed / length))} ${unit}`;
}
