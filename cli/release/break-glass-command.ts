/** `fleet release break-glass`. */
import { stamp } from "../../images/clock";
import { refuse } from "../../images/refuse";
import { breakGlass } from "../../releases/break-glass";
import { REASON_LIMIT } from "../../releases/file";
import { released } from "../../releases/subject";
import { instant } from "../options";
import { changed, chosen, DROP } from "./change-commands";
import { BY, type ReleaseCommand } from "./command";
import { closeText, stepText } from "./say";

export const breakGlassCommand: ReleaseCommand = {
  summary: "Builds machines that people may get into, until a time; in the idle slot where there is one.",
  options: {
    until: { value: "TIME", help: "when it ends, at most 24 hours from now, such as 2026-11-28T18:00:00Z" },
    reason: { value: "TEXT", help: "why, such as the incident's number" },
    version: { value: "V", help: "the version with a way in; the live one unless given" },
    capacity: { value: "N", help: "fewest of these machines; those of the live release unless given" },
    ...DROP,
    ...BY,
  },
  run(input) {
    const about = chosen(input);
    const at = released(about, input.around);
    input.needed("until");
    const reason = input.needed("reason").trim();
    if (reason === "" || reason.length > REASON_LIMIT)
      refuse("--reason", `must be a text of 1 to ${REASON_LIMIT} characters, got ${reason.length}`);
    const wanted = {
      version: input.text("version"),
      until: stamp(instant("--until", input.text("until"))!),
      reason,
      capacity: input.whole("capacity"),
    };
    const edit = breakGlass(at, wanted, { dropPrevious: input.on("drop-previous") });
    const open = edit.record.rollout!;
    return changed(input, about, at, edit, [
      ...stepText(input, about, open),
      "people:  grant them the right to get in by hand, with the same end: docs/security.md",
      `close:   ${closeText(about, open.to.slot, open)}`,
    ]);
  },
};
