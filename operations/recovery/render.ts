/** The plan of a recovery, for people. */
import type { RecoveryPlan } from "./plan";

export function text({ result, environment, to, images, missing, data, rehearsal, steps }: RecoveryPlan): string {
  const head = `${environment} to ${to}: ${result === "ready" ? "ready" : `${missing.length} ${missing.length === 1 ? "thing is" : "things are"} missing`}`; // prettier-ignore
  return [
    head,
    ...(missing.length > 0 ? ["", ...missing.map((line) => `  missing: ${line}`)] : []),
    "",
    "images",
    ...images.map(({ service, slot, image, version, id }) => `  ${service} ${slot}: ${image} ${version}  ${id ?? "missing"}`), // prettier-ignore
    "",
    `what terraform plans there, on the local cloud${missing.length > 0 && rehearsal.stacks.length > 0 ? ", as if nothing were missing" : ""}`,
    ...rehearsal.stacks.map(({ stack, creates, others }) => `  ${stack}: ${creates} to create${others.length > 0 ? `, ${others.length} other changes` : ", nothing else"}`), // prettier-ignore
    ...rehearsal.problems.map((line) => `  ${line}`),
    ...steps.flatMap(({ title, lines }, index) => ["", `${index + 1}. ${title}`, ...lines.map((line) => `   ${line}`)]),
    "",
    "data",
    ...(data.length === 0
      ? [`  No placement of ${environment} on this cloud declares a persistent store, so the services start without data. What is kept elsewhere is not known here.`] // prettier-ignore
      : data.flatMap(({ part, before, commands, then }) => [
          `  ${part}: needs ${before}`,
          ...commands.map((line) => `    ${line}`),
          `    ${then}`,
        ])),
  ].join("\n"); // prettier-ignore
}
