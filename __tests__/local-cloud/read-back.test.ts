import { UNKNOWN, type Obj } from "../../local-cloud/protocol/values";
import { changed, planned } from "./planning";

/** What a read returns of an object that was made as configured, without terraform and without the record. */
const read = (type: string, config: Obj): Obj => changed(type, config, config).prior;

const DISK: Obj = { source_image: "i", boot: true };
test.each<[string, Obj, Obj]>([
  ["google_compute_region_backend_service", { name: "b" }, { session_affinity: "NONE" }],
  [
    "google_compute_region_backend_service",
    { name: "b", health_checks: ["projects/p/regions/r/healthChecks/h"] },
    { health_checks: ["https://www.googleapis.com/compute/v1/projects/p/regions/r/healthChecks/h"] },
  ],
  [
    "google_compute_health_check",
    { tcp_health_check: [{ port: 80 }] },
    { type: "TCP", log_config: [{ enable: false }] },
  ],
  ["google_compute_forwarding_rule", { port_range: "80" }, { port_range: "80-80", network_tier: "PREMIUM" }],
  [
    "google_compute_region_instance_template",
    { disk: [DISK] },
    {
      disk: [
        expect.objectContaining({ mode: "READ_WRITE", type: "PERSISTENT", device_name: "persistent-disk-0" }),
      ] as never,
    },
  ],
  [
    "google_storage_bucket",
    { lifecycle_rule: [{ action: [{ type: "Delete" }], condition: [{ age: 1 }] }] },
    {
      lifecycle_rule: [
        expect.objectContaining({ condition: [expect.objectContaining({ with_state: "ANY" })] }),
      ] as never,
    },
  ],
  ["google_compute_address", { address_type: "INTERNAL" }, { address: expect.stringMatching(/^10\./) as never }],
  [
    "google_compute_address",
    {},
    { address: expect.stringMatching(/^203\.0\.113\./) as never, network_tier: "PREMIUM" },
  ],
  [
    "azurerm_linux_virtual_machine_scale_set",
    { extension: [{ name: "a", settings: '{ "b": 1, "a": [2, 3] }' }] },
    { extension: [expect.objectContaining({ settings: '{"a":[2,3],"b":1}' })] as never, host_group_id: null },
  ],
  ["azurerm_key_vault", {}, { network_acls: [expect.objectContaining({ default_action: "Allow" })] as never }],
  ["azurerm_log_analytics_workspace", {}, { local_authentication_enabled: true }],
  [
    "azurerm_storage_account",
    { account_kind: "FileStorage", share_properties: [{}] },
    {
      share_properties: [
        expect.objectContaining({ smb: [expect.objectContaining({ multichannel_enabled: false })] }),
      ] as never,
    },
  ],
  [
    "azurerm_monitor_diagnostic_setting",
    { enabled_log: [{ category: "c" }, { category_group: "g" }], enabled_metric: [{ category: "m" }] },
    {
      enabled_log: [
        expect.objectContaining({ retention_policy: [{ days: 0, enabled: false }] }),
        expect.objectContaining({ retention_policy: [] }),
      ] as never,
      metric: [expect.objectContaining({ category: "m", enabled: true })] as never,
    },
  ],
  ["aws_ssm_parameter", { type: "String" }, { version: 1, tier: "Standard", data_type: "text" }],
  ["aws_lb_listener", { protocol: "HTTP" }, { alpn_policy: null }],
  ["aws_lb_listener", { protocol: "TLS" }, { alpn_policy: "None" }],
  ["aws_lb_target_group", { protocol: "HTTP" }, { preserve_client_ip: null, connection_termination: null }],
  ["aws_cloudwatch_event_rule", { name: "r" }, { state: "ENABLED", is_enabled: true }],
])("%s %j reads back %j", (type, config, expected) => {
  expect(read(type, config)).toMatchObject(expected);
});

test("an address that is not known yet is the one in the state, and no reason to replace a forwarding rule", () => {
  const prior = { name: "r", ip_address: "10.0.0.5", target: "t" };
  const { requiresReplace } = planned("google_compute_forwarding_rule", { ...prior, ip_address: UNKNOWN }, prior);
  expect(requiresReplace.map(([name]) => name)).not.toContain("ip_address");
});
