import { equal, type Obj } from "../../local-cloud/protocol/values";
import { changed } from "./planning";

/** What differs in its letters and is the same to the provider: stories of the notes that no record tells. */

const changes = (type: string, first: Obj, second: Obj): boolean => {
  const { prior, result } = changed(type, first, second);
  return !equal(result.planned, prior);
};
const image = (project: string, name: string) =>
  `https://www.googleapis.com/compute/v1/projects/${project}/global/images/${name}`;

describe("the image of a disk", () => {
  test.each([
    ["debian-cloud", "debian-11-bullseye-v20220719", "debian-11", true],
    ["debian-cloud", "debian-11-bullseye-v20220719", "debian-cloud/debian-11", true],
    ["debian-cloud", "debian-11-bullseye-v20220719", "debian/debian-11", true],
    ["debian-cloud", "debian-11-bullseye-v20220719", "projects/other/global/images/family/debian-11", false],
    ["debian-cloud", "debian-11-bullseye-v20220719", "debian-12", false],
    ["opensuse-cloud", "opensuse-leap-15-4-v20220713-arm64", "opensuse-leap", false],
    ["opensuse-cloud", "opensuse-leap-15-4-v20220713-arm64", "family/opensuse-leap-arm64", true],
    ["ubuntu-os-cloud", "ubuntu-2210-kinetic-amd64-v20221022", "ubuntu-2210", false],
    ["ubuntu-os-cloud", "ubuntu-2210-kinetic-amd64-v20221022", "ubuntu-2210-amd64", true],
    ["ubuntu-os-cloud", "ubuntu-1404-trusty-v20180122", "ubuntu-1404-lts", true],
    ["cos-cloud", "cos-85-13310-1041-9", "cos-85-lts", true],
    ["windows-sql-cloud", "sql-2017-express-windows-2012-r2-dc-v20180109", "sql-exp-2017-win-2012-r2", true],
    ["windows-cloud", "windows-server-1709-dc-core-v20180109", "windows-1709-core", true],
    ["demo", "web-1", "global/images/web-1", true],
    ["demo", "web-1", "global/images/web-2", false],
  ])("%s/%s is %s: %s", (project, name, next, same) => {
    expect(changes("google_compute_disk", { image: image(project, name) }, { image: next })).toBe(!same);
  });
});

describe("the image of a template", () => {
  const old = "projects/demo/global/images/web-1";
  test.each([
    [image("demo", "web-1"), true],
    ["global/images/web-1", true],
    ["demo/web-1", true],
    ["web-1", true],
    ["projects/demo/global/images/web-2", false],
    ["projects/other/global/images/web-1", false],
    ["projects/demo/global/images/family/web-1", false],
  ])("is %s: %s", (next, same) => {
    const disk = (source: string): Obj => ({ disk: [{ source_image: source, boot: true }], machine_type: "e2-small" });
    const { result } = changed("google_compute_region_instance_template", disk(old), disk(next));
    expect(result.requiresReplace.map((path) => path.join("."))).toEqual(same ? [] : ["disk.0.source_image", "id"]);
  });
});

test.each<[string, Obj, Obj, boolean]>([
  // A port that the cloud fills in; any other port is a change.
  ["google_compute_health_check", { tcp_health_check: [{ port: 80 }] }, { tcp_health_check: [{ port: null }] }, true],
  ["google_compute_health_check", { tcp_health_check: [{ port: 81 }] }, { tcp_health_check: [{ port: null }] }, false],
  [
    "google_compute_health_check",
    { https_health_check: [{ port: 443 }] },
    { https_health_check: [{ port: null }] },
    true,
  ],
  [
    "google_compute_health_check",
    { grpc_health_check: [{ port: 443 }] },
    { grpc_health_check: [{ port: null }] },
    false,
  ],
  ["google_compute_disk", { type: "projects/p/zones/z/diskTypes/pd-ssd" }, { type: "pd-ssd" }, true],
  [
    "google_compute_firewall",
    { allow: [{ protocol: "tcp", ports: ["80", "443"] }] },
    { allow: [{ protocol: "TCP", ports: ["443", "80"] }] },
    true,
  ],
  [
    "google_compute_firewall",
    { allow: [{ protocol: "tcp", ports: ["80"] }] },
    { allow: [{ protocol: "tcp", ports: ["443"] }] },
    false,
  ],
  [
    "google_compute_global_forwarding_rule",
    { ip_address: "203.0.113.7" },
    { ip_address: "projects/p/global/addresses/a" },
    true,
  ],
  ["google_compute_global_forwarding_rule", { ip_address: "203.0.113.7" }, { ip_address: "203.0.113.8" }, false],
  [
    "google_compute_forwarding_rule",
    { target: "projects/1234/regions/r/targetPools/a" },
    { target: "projects/p/regions/r/targetPools/a" },
    true,
  ],
  [
    "google_compute_managed_ssl_certificate",
    { managed: [{ domains: ["a.example."] }] },
    { managed: [{ domains: ["a.example"] }] },
    true,
  ],
  [
    "google_compute_target_https_proxy",
    { ssl_certificates: ["projects/p/global/sslCertificates/a"] },
    { ssl_certificates: ["a"] },
    true,
  ],
  [
    "google_compute_target_https_proxy",
    { ssl_certificates: ["projects/p/global/sslCertificates/a"] },
    { ssl_certificates: ["b"] },
    false,
  ],
  [
    "google_dns_record_set",
    { type: "A", rrdatas: ["1.1.1.1", "2.2.2.2"] },
    { type: "A", rrdatas: ["2.2.2.2", "1.1.1.1"] },
    true,
  ],
  ["google_dns_record_set", { type: "A", rrdatas: ["1.1.1.1"] }, { type: "A", rrdatas: ["1.1.1.2"] }, false],
  ["google_kms_crypto_key", { key_ring: "p/l/k" }, { key_ring: "projects/p/locations/l/keyRings/k" }, true],
  ["google_sql_database_instance", { database_version: "MYSQL_8_0_36" }, { database_version: "MYSQL_8_0" }, true],
  ["google_sql_database_instance", { database_version: "MYSQL_8_0_31" }, { database_version: "MYSQL_8_0" }, false],
  [
    "google_storage_bucket",
    { website: [{ main_page_suffix: "a", not_found_page: "b" }] },
    { website: [{ main_page_suffix: "a", not_found_page: null }] },
    true,
  ],
  ["azurerm_windows_virtual_machine_scale_set", { license_type: "None" }, { license_type: null }, true],
  [
    "azurerm_shared_image",
    { end_of_life_date: "2030-01-01T00:00:00Z" },
    { end_of_life_date: "2030-01-01T01:00:00+01:00" },
    true,
  ],
  ["azurerm_policy_definition", { metadata: '{"a":1,"createdBy":"x"}' }, { metadata: '{ "a": 1 }' }, true],
  [
    "azurerm_key_vault",
    { network_acls: [{ bypass: "None", default_action: "Deny", ip_rules: ["1.2.3.4/32"] }] },
    { network_acls: [{ bypass: "None", default_action: "Deny", ip_rules: ["1.2.3.4"] }] },
    true,
  ],
  ["aws_launch_template", { ebs_optimized: "1" }, { ebs_optimized: "true" }, true],
  [
    "aws_lb_target_group",
    { port: 80, protocol: "TCP", vpc_id: "v", protocol_version: "HTTP1" },
    { port: 80, protocol: "TCP", vpc_id: "v", protocol_version: "HTTP2" },
    true,
  ],
  [
    "aws_lb_target_group",
    { port: 80, protocol: "HTTP", vpc_id: "v", protocol_version: "HTTP1" },
    { port: 80, protocol: "HTTP", vpc_id: "v", protocol_version: "HTTP2" },
    false,
  ],
])("%s %j and %j: %s", (type, prior, config, same) => {
  expect(changes(type, prior, config)).toBe(!same);
});
