/** What the constructs give on Google Cloud: see given-form.ts. */
import { NETWORK, NUMBER, SLOT, SUBNET, WORLD, type GivenByType, type Values } from "./given-form";

const SETTING = "[A-Z][A-Z0-9_]*";
/** The stack's own account, whose name the constructs make: never a person, a group or everybody. */
const MEMBER = "~serviceAccount:[a-z0-9-]+@[a-z0-9.:-]+[.]iam[.]gserviceaccount[.]com";
const ACCOUNT = MEMBER.replace("serviceAccount:", "");
/** The lowest priority, behind what is allowed: constructs/google/network.ts. */
const LAST = "65534";

const egress = (port: string, ranges: string): Values => ({
  direction: "EGRESS",
  destination_ranges: ranges,
  "allow.protocol": "tcp",
  "allow.ports": port,
  target_service_accounts: ACCOUNT,
});
const ingress = (port: string, ranges: readonly string[]): Values => ({
  direction: "INGRESS",
  source_ranges: ranges,
  "allow.protocol": "tcp",
  "allow.ports": port,
  target_service_accounts: ACCOUNT,
});
const denied = (direction: string, at: string, ranges: string): Values => ({
  direction,
  [at]: ranges,
  "deny.protocol": "all",
  priority: LAST,
});

export const GIVEN_ON_GOOGLE: GivenByType = {
  google_compute_firewall: {
    held: [
      ...["direction", "source_ranges", "source_tags", "source_service_accounts", "destination_ranges", "priority"],
      ...["allow", "deny", "target_tags", "target_service_accounts"],
    ],
    needs: ["direction"],
    // https://cloud.google.com/firewall/docs/firewalls#priority_order_for_firewall_rules
    defaults: { priority: "1000" },
    names: {
      // https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges
      firewall_machines_in: ingress(NUMBER, ["35.191.0.0/16", "130.211.0.0/22", SUBNET]),
      firewall_machines_out: egress("443", WORLD),
      firewall_machines_plain_out: egress("80", NETWORK),
      firewall_others_out: { ...denied("EGRESS", "destination_ranges", WORLD), target_service_accounts: ACCOUNT },
      access_database_out: egress("5432", SUBNET),
      access_files_out: egress("2049", SUBNET),
      // https://cloud.google.com/iap/docs/using-tcp-forwarding#create-firewall-rule
      [`${SLOT}_break_glass_ssh`]: ingress("22", ["35.235.240.0/20"]),
      network_others_in: denied("INGRESS", "source_ranges", WORLD),
      network_services_out: denied("EGRESS", "destination_ranges", SUBNET),
    },
  },
  google_project_iam_member: {
    held: ["role", "member", "condition"],
    needs: ["condition.expression"],
    names: {
      access_records: { role: "roles/logging.logWriter", member: MEMBER },
      access_metrics: { role: "roles/monitoring.metricWriter", member: MEMBER },
      access_database_login: {
        role: "roles/cloudsql.instanceUser",
        member: MEMBER,
        "condition.title": "~[a-z0-9-]+",
        "condition.expression":
          '~resource[.]type == "sqladmin[.]googleapis[.]com/Instance" && resource[.]name == "projects/[^"/]+/instances/[^"/]+"',
      },
    },
  },
  google_storage_bucket_iam_member: {
    held: ["role", "member", "condition"],
    names: { access_objects: { role: ["roles/storage.objectViewer", "roles/storage.objectUser"], member: MEMBER } },
  },
  google_secret_manager_secret_iam_member: {
    held: ["role", "member", "condition"],
    names: { [`configuration_reader-${SETTING}`]: { role: "roles/secretmanager.secretAccessor", member: MEMBER } },
  },
  // Keys such as ssh-keys let people into every machine of the project.
  google_compute_project_metadata_item: {
    held: ["key"],
    names: { [`configuration_setting-${SETTING}`]: { key: `~[a-z0-9-]+-[a-z]+-[a-z]+[0-9]+-${SETTING}` } },
  },
  google_sql_user: {
    held: ["type", "password", "password_wo", "name"],
    needs: ["type"],
    names: {
      access_database_user: {
        type: "CLOUD_IAM_SERVICE_ACCOUNT",
        name: ACCOUNT.replace("[.]gserviceaccount[.]com", ""),
      },
    },
  },
  google_sql_database_instance: {
    held: ["settings.ip_configuration", "root_password"],
    needs: ["settings.ip_configuration.ipv4_enabled", "settings.ip_configuration.ssl_mode"],
    names: {
      database_server: {
        "settings.ip_configuration.ipv4_enabled": "false",
        "settings.ip_configuration.ssl_mode": "ENCRYPTED_ONLY",
        "settings.ip_configuration.server_ca_mode": "GOOGLE_MANAGED_CAS_CA",
        "settings.ip_configuration.private_network": "~projects/[^/]+/global/networks/[^/]+",
        "settings.ip_configuration.allocated_ip_range": "~[a-z0-9-]+-services",
      },
    },
  },
  google_storage_bucket: {
    held: ["public_access_prevention", "uniform_bucket_level_access"],
    needs: ["public_access_prevention", "uniform_bucket_level_access"],
    names: { objects_bucket: { public_access_prevention: "enforced", uniform_bucket_level_access: "true" } },
  },
  // Scopes are a setting, and only narrow what rights give: spec.ts.
  google_compute_region_instance_template: {
    held: [
      ...["network_interface.access_config", "network_interface.ipv6_access_config", "metadata", "can_ip_forward"],
      ...["metadata_startup_script", "service_account.email"],
    ],
    needs: ["metadata.block-project-ssh-keys", "metadata.enable-oslogin"],
    names: {
      [`${SLOT}_template`]: {
        "metadata.block-project-ssh-keys": "TRUE",
        "metadata.enable-oslogin": "TRUE",
        "metadata.serial-port-enable": "FALSE",
        "metadata.user-data": "~[\\s\\S]*",
        can_ip_forward: "false",
        "service_account.email": ACCOUNT,
      },
    },
  },
};
