/** https://developer.hashicorp.com/packer/integrations/hashicorp/googlecompute/latest/components/builder/googlecompute */
import type { Between } from "./rule";

const DOC =
  "https://developer.hashicorp.com/packer/integrations/hashicorp/googlecompute/latest/components/builder/googlecompute";
const see = (part: string) => `${DOC}#${part}`;

const NAME = {
  matches: /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
  form: "1 to 63 lower-case letters, digits and hyphens, a letter first and no hyphen last",
};
const LABEL_NAME = {
  matches: /^\p{Ll}[\p{Ll}0-9_-]{0,62}$/u,
  form: "with up to 63 lower-case letters, digits, _ and -, a letter first",
};
const LABEL = { matches: /^[\p{Ll}0-9_-]{0,63}$/u, form: "up to 63 lower-case letters, digits, _ and -" };
const IPV4 = { matches: /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$/, form: "an IPv4 address" };

const CREDENTIALS = [
  ...["access_token", "account_file", "credentials_file", "credentials_json"],
  ...["impersonate_service_account", "vault_gcp_oauth_engine"],
];
const DISK_TYPES = [
  ...["scratch", "pd-standard", "pd-balanced", "pd-ssd", "pd-extreme"],
  ...["hyperdisk-balanced", "hyperdisk-extreme", "hyperdisk-ml", "hyperdisk-throughput"],
];

const IMAGE: readonly Between[] = [
  ...["project_id", "zone"].map((field): Between => ({ someOf: [field], see: see(field) })),
  { someOf: ["source_image", "source_image_family"], see: see("source_image") },
  { must: { image_name: NAME }, see: see("image_name") },
  { must: { image_family: NAME }, see: see("image_family") },
  { must: { image_architecture: { oneOf: ["x86_64", "arm64"], anyCase: true } }, see: see("image_architecture") },
  { must: { image_labels: { names: LABEL_NAME } }, see: see("image_labels") },
  { must: { image_labels: { each: LABEL } }, see: see("image_labels") },
  { must: { image_storage_locations: { atMost: 1 } }, see: see("image_storage_locations") },
  { oneAtMost: CREDENTIALS, see: see("authentication") },
];

const REACHED: readonly Between[] = [
  { when: { omit_external_ip: true }, must: { use_internal_ip: true, address: "unset" }, see: see("omit_external_ip") },
  {
    when: { use_iap: true },
    must: { communicator: ["unset", { is: ["ssh", "winrm"] }] },
    see: see("use_iap"),
  },
  { must: { network_ip: IPV4 }, see: see("network_ip") },
  ...["metadata", "metadata_files"].map(
    (from): Between => ({
      when: { [`${from}.startup-script`]: "set", startup_script_file: "unset" },
      must: { wrap_startup_script: "given" },
      why: "unset, the build waits without end for a startup-script-status that nothing writes",
      see: see("wrap_startup_script"),
    }),
  ),
];

const MACHINE: readonly Between[] = [
  { when: { enable_integrity_monitoring: true }, must: { enable_vtpm: true }, see: see("enable_vtpm") },
  { must: { on_host_maintenance: { oneOf: ["MIGRATE", "TERMINATE"] } }, see: see("on_host_maintenance") },
  {
    when: { preemptible: true },
    must: { on_host_maintenance: { oneOf: ["TERMINATE"] } },
    see: see("on_host_maintenance"),
  },
  {
    when: { accelerator_count: "set" },
    must: { accelerator_type: "set", on_host_maintenance: { is: ["TERMINATE"] } },
    see: see("accelerator_count"),
  },
  {
    when: { disable_default_service_account: true },
    must: { service_account_email: "unset" },
    see: see("disable_default_service_account"),
  },
  { must: { max_run_duration_in_seconds: { from: 0, to: Infinity } }, see: see("max_run_duration_in_seconds") },
  {
    must: { instance_termination_action: { oneOf: ["STOP", "DELETE"], anyCase: true } },
    see: see("instance_termination_action"),
  },
];

const inDisk = (rule: Between): Between => ({ ...rule, in: "disk_attachment", see: see("block-devices") });

const DISKS: readonly Between[] = [
  inDisk({
    must: { interface_type: { oneOf: ["SCSI", "NVME"] }, attachment_mode: { oneOf: ["READ_ONLY", "READ_WRITE"] } },
    see: "",
  }),
  inDisk({
    when: { source_volume: "set" },
    must: {
      disk_name: "unset",
      volume_type: "unset",
      volume_size: "unset",
      iops: "unset",
      keep_device: "unset",
      source_image: "unset",
    },
    see: "",
  }),
  inDisk({ when: { source_volume: "unset" }, must: { volume_type: { is: DISK_TYPES } }, see: "" }),
  inDisk({ when: { source_volume: "unset", source_image: "unset" }, must: { volume_size: "set" }, see: "" }),
  inDisk({
    when: { iops: "set" },
    must: { volume_type: { is: ["pd-extreme"] }, iops: { from: 10000, to: 120000 } },
    see: "",
  }),
  inDisk({
    when: { volume_type: { is: ["scratch"] } },
    must: { disk_name: "unset", keep_device: "unset", device_name: "unset", create_image: "unset" },
    see: "",
  }),
  inDisk({ must: { disk_name: NAME }, see: "" }),
];

export const googlecompute: readonly Between[] = [...IMAGE, ...REACHED, ...MACHINE, ...DISKS];
