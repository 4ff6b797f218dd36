/** Protections, each as what takes it out of a synthesized configuration. */
import type { Configuration } from "./stage";

export type Edit = (configuration: Configuration) => void;
type Block = Record<string, unknown>;

/** Changes every resource of these types. */
const each =
  (types: readonly string[], change: (block: Block) => void): Edit =>
  ({ resource }) => {
    for (const type of types) for (const block of Object.values(resource[type] ?? {})) change(block);
  };

const set = (types: readonly string[], values: Block): Edit =>
  each(types, (block) => void Object.assign(block, values));

const all =
  (...edits: readonly Edit[]): Edit =>
  (configuration) => {
    for (const edit of edits) edit(configuration);
  };

/** Terraform forces it on what a resource stands on, so that it has to go everywhere. */
export const oldFirst: Edit = ({ resource }) => {
  for (const blocks of Object.values(resource))
    for (const { lifecycle } of Object.values(blocks) as { lifecycle?: Block }[])
      delete lifecycle?.["create_before_destroy"];
};

const withoutExtension = (name: string): Edit =>
  each(["azurerm_linux_virtual_machine_scale_set"], (set) => {
    set["extension"] = (set["extension"] as Block[]).filter((extension) => extension["name"] !== name);
  });

/** Nobody waits for the new machines. */
export const noGate = {
  aws: set(["aws_autoscaling_group"], { wait_for_capacity_timeout: "0", min_elb_capacity: null }),
  google: set(["google_compute_region_instance_group_manager"], { wait_for_instances: false }),
  azure: withoutExtension("ready-gate"),
};

/** The machine is told a setting at boot; Google's are in plain text. */
const boot = (name: string, value: string): Edit =>
  each(["azurerm_linux_virtual_machine_scale_set"], (set) => {
    const text = Buffer.from(String(set["user_data"] ?? ""), "base64").toString();
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith(`${name}=`));
    set["user_data"] = Buffer.from([...lines, `${name}=${value}`, ""].join("\n")).toString("base64");
  });

/** What is in flight gets no time. */
export const noDrain = {
  aws: set(["aws_lb_target_group"], { deregistration_delay: "0" }),
  google: all(
    set(["google_compute_region_backend_service"], { connection_draining_timeout_sec: 0 }),
    ({ resource: { terraform_data: waits = {} } }) => {
      for (const [name, wait] of Object.entries(waits)) if (name.endsWith("_drain")) delete wait["provisioner"];
    },
  ),
  azure: boot("DRAIN_SEC", "0"),
};

/** A new group begins with the fewest machines, whatever the old one runs. */
export const noCarrying = (fewest: number) => ({
  aws: set(["aws_autoscaling_group"], { desired_capacity: fewest, min_elb_capacity: fewest }),
  google: set(["google_compute_region_instance_group_manager"], { target_size: fewest }),
  azure: set(["azurerm_linux_virtual_machine_scale_set"], { instances: fewest }),
});

/** Routes that do not wait for the groups. */
export const noOrder = {
  aws: set(["aws_lb_listener_rule"], { depends_on: [] }),
  azure: set(["azurerm_lb_rule"], { depends_on: [] }),
};

export const noNotice = set(["azurerm_linux_virtual_machine_scale_set"], { termination_notification: null });

/** Terraform takes whatever the release variables say. */
export const noValidation: Edit = ({ variable }) => {
  for (const block of Object.values(variable)) delete block["validation"];
};
