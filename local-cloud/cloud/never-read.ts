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
