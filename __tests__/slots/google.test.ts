import { describeRollouts } from "../support/rollout-story";
import { describeSlots } from "../support/slot-story";

const group = (slot: string, actions: string, [scaling, manager, template]: readonly string[]) => [
  `google_compute_region_autoscaler.${slot}_scaling[0] ${actions}${scaling}`,
  `google_compute_region_backend_service.traffic_${slot}_backend update`,
  `google_compute_region_instance_group_manager.${slot}_group[0] ${actions}${manager}`,
  `google_compute_region_instance_template.${slot}_template[0] ${actions}${template}`,
];
const ROUTES = "google_compute_region_url_map.traffic_routes update";
const NO_CAUSE = ["", "", ""];

describe.each(["blueGreen", "canary"] as const)("%s", (strategy) => {
  describeSlots("google", {
    strategy,
    shares:
      strategy === "canary"
        ? [
            { weight: 5, plan: [ROUTES] },
            { weight: 25, capacity: 4, plan: ["google_compute_region_autoscaler.green_scaling[0] update", ROUTES] },
            { weight: 50, plan: [ROUTES] },
          ]
        : [],
    fill: group("green", "create", NO_CAUSE),
    shift: [ROUTES],
    bumpBlue: group("blue", "create/delete", [" name", " base_instance_name name", " disk effective_labels name"]),
    retireBlue: group("blue", "delete", NO_CAUSE),
  });
});

describeRollouts("google");
