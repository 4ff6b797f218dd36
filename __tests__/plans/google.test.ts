import { describeLife } from "../support/story";

describeLife("google", {
  bump: [
    "google_compute_region_autoscaler.live_scaling create/delete name",
    "google_compute_region_backend_service.traffic_live_backend update",
    "google_compute_region_instance_group_manager.live_group create/delete base_instance_name name",
    "google_compute_region_instance_template.live_template create/delete disk effective_labels name",
    "terraform_data.live_drain create/delete triggers_replace",
  ],
  imageCauses: ["disk", "effective_labels"],
  carriesLiveSize: false,
  limits: [
    "google_compute_region_autoscaler.live_scaling update",
    "google_monitoring_alert_policy.alarms_too_few update",
  ],
  gateError: /waiting|timeout/i,
  retryError: /already ?exists/i,
  afterFailure: [
    "google_compute_region_autoscaler.live_scaling create/delete name",
    "google_compute_region_backend_service.traffic_live_backend update",
    "google_compute_region_instance_group_manager.live_group create/delete",
    "google_compute_region_instance_group_manager.live_group delete deposed",
    "google_compute_region_instance_template.live_template delete deposed",
    "terraform_data.live_drain create/delete triggers_replace",
  ],
  leavesOrphan: false,
  backNeedsEpoch: true,
});
