import type { Value } from "../protocol/values";

/** Attributes that steer the provider and are not kept by the cloud: a read leaves them as they were. */
const NAMES = [
  "timeouts",
  "name_prefix",
  "bucket_prefix",
  "wait_for_.*",
  "force_.*",
  "skip_.*",
  "min_elb_capacity",
  "send_.*_if_zero",
  "recreate_closed_psc",
  "protected_settings",
  "admin_password",
  "custom_data",
  "update_default_version",
  "enable_logging",
];

export const NEVER_READ = new RegExp(`\\.(${NAMES.join("|")})$`);

const NO_STICKINESS: Value[] = [{ enabled: false, duration: 0 }];

/** Blocks that a cloud gives back although nobody set them. */
export const READ_BACK: Record<string, Value[]> = {
  "aws_lb_listener.default_action.forward.stickiness": NO_STICKINESS,
  "aws_lb_listener_rule.action.forward.stickiness": NO_STICKINESS,
};
