import { describeSlots } from "../support/slot-story";

const group = (slot: string, actions: string, [scaling, manager, template]: readonly string[]) => [
  `google_compute_region_autoscaler.${slot}_scaling[0] ${actions}${scaling}`,
  `google_compute_region_backend_service.traffic_${slot}_backend update`,
  `google_compute_region_instance_group_manager.${slot}_group[0] ${actions}${manager}`,
  `google_compute_region_instance_template.${slot}_template[0] ${actions}${template}`,
];
const NO_CAUSE = ["", "", ""];

describe.each(["blueGreen", "canary"] as const)("%s", (strategy) => {
  describeSlots("google", {
    strategy,
    weights: strategy === "canary" ? [5, 25, 50] : [],
    fill: group("green", "create", NO_CAUSE),
    shift: ["google_compute_region_url_map.traffic_routes update"],
    bumpBlue: group("blue", "create/delete", [" name", " base_instance_name name", " disk effective_labels name"]),
    retireBlue: group("blue", "delete", NO_CAUSE),
  });
});
