/** What may come in a step is held by its values too: rights, ways in and what is closed, as the constructs give them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { violations, type Step } from "../../constructs/contract/plan-contract";
import { cloudOf } from "../../constructs/contract/own-cloud";
import { refusals } from "../../review/admit";
import { judged, type Json } from "./lab";

const folder = mkdtempSync(join(tmpdir(), "fleet-given-"));
afterAll(() => rmSync(folder, { recursive: true }));

const MACHINES = "serviceAccount:prod-web@example-prod.iam.gserviceaccount.com";
const statement = (more: Json) => ({ Sid: "Settings", Effect: "Allow", Action: "ssm:GetParameter", Resource: "arn:aws:ssm:us-east-1:111111111111:parameter/prod/web/*", ...more }); // prettier-ignore
const policy = (...statements: Json[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const METRICS = { Sid: "Metrics", Effect: "Allow", Action: "cloudwatch:PutMetricData", Resource: "*" };
const trust = (principal: Json) => policy({ Effect: "Allow", Action: "sts:AssumeRole", Principal: principal });
const role = (role_definition_name: string, scope = "vaults") => ({
  role_definition_name,
  principal_type: "ServicePrincipal",
  scope: scope === "vaults" ? "/subscriptions/0/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v" : scope,
});
const sqlInstance = {
  role: "roles/cloudsql.instanceUser",
  member: MACHINES,
  condition: [{ title: "db", expression: 'resource.type == "sqladmin.googleapis.com/Instance" && resource.name == "projects/p/instances/db"' }],
}; // prettier-ignore
const out = {
  direction: "EGRESS",
  allow: [{ protocol: "tcp", ports: ["5432"] }],
  destination_ranges: ["10.20.224.0/20"],
};
const rule = {
  access: "Allow",
  direction: "Outbound",
  protocol: "Tcp",
  priority: 120,
  source_address_prefix: "*",
  source_port_range: "*",
  destination_address_prefix: "10.30.0.0/16",
  destination_port_range: "5432",
};

/** What comes with settings: right as the construct gives it, and each way to give more. */
const COMES: readonly (readonly [address: string, right: Json, wrong: readonly (readonly [Json, string])[]])[] = [
  [
    "aws_vpc_security_group_egress_rule.firewall_database_out",
    { ip_protocol: "tcp", from_port: 5432, to_port: 5432, cidr_ipv4: "10.10.0.0/16" },
    [
      [{ cidr_ipv4: "0.0.0.0/0" }, "cidr_ipv4 0.0.0.0/0"],
      [{ cidr_ipv6: "::/0" }, "cidr_ipv6 ::/0"],
      [{ ip_protocol: "-1" }, "ip_protocol -1"],
      [{ to_port: 65535 }, "to_port 65535"],
    ],
  ],
  [
    "aws_secretsmanager_secret.configuration_secret_API_TOKEN",
    { name: "/prod/web/API_TOKEN" },
    [[{ policy: policy(statement({ Principal: "*" })) }, "policy.Statement@Settings.Principal *"]],
  ],
  [
    "aws_efs_access_point.files_folder",
    { posix_user: [{ uid: 10001, gid: 10001 }], root_directory: [{ path: "/web" }] },
    [
      [{ posix_user: [{ uid: 0, gid: 0 }] }, "posix_user.uid 0"],
      [{ root_directory: [{ path: "/" }] }, "root_directory.path /"],
      [{ posix_user: [] }, "no posix_user.uid"],
    ],
  ],
  [
    "google_project_iam_member.access_database_login",
    sqlInstance,
    [
      [{ role: "roles/owner" }, "role roles/owner"],
      [{ member: "allUsers" }, "member allUsers"],
      [{ member: "user:somebody@example.com" }, "member user:somebody@example.com"],
      [{ condition: [] }, "no condition.expression"],
      [{ condition: [{ title: "db", expression: "true" }] }, "condition.expression true"],
    ],
  ],
  [
    "google_storage_bucket_iam_member.access_objects",
    { role: "roles/storage.objectUser", member: MACHINES },
    [[{ role: "roles/storage.admin" }, "role roles/storage.admin"]],
  ],
  [
    "google_secret_manager_secret_iam_member.configuration_reader-API_TOKEN",
    { role: "roles/secretmanager.secretAccessor", member: MACHINES },
    [[{ member: "allAuthenticatedUsers" }, "member allAuthenticatedUsers"]],
  ],
  [
    "google_compute_firewall.access_database_out",
    out,
    [
      [{ destination_ranges: ["10.20.224.0/20", "0.0.0.0/0"] }, "destination_ranges 0.0.0.0/0"],
      [{ direction: "INGRESS", source_ranges: ["0.0.0.0/0"] }, "source_ranges 0.0.0.0/0"],
      [{ allow: [{ protocol: "all" }] }, "allow.protocol all"],
    ],
  ],
  [
    "google_compute_project_metadata_item.configuration_setting-LOG_LEVEL",
    { key: "prod-web-us-central1-LOG_LEVEL", value: "info" },
    [[{ key: "ssh-keys" }, "key ssh-keys"]],
  ],
  [
    "google_sql_user.access_database_user",
    { type: "CLOUD_IAM_SERVICE_ACCOUNT", name: "prod-web@example-prod.iam" },
    [[{ type: "BUILT_IN", password: "guess-me-not" }, "type BUILT_IN"]],
  ],
  [
    "azurerm_role_assignment.access_secrets",
    role("Key Vault Secrets User"),
    [
      [{ role_definition_name: "Owner" }, "role_definition_name Owner"],
      [{ role_definition_name: null, role_definition_id: "/x/8e3af657" }, "role_definition_id /x/8e3af657"],
      [{ scope: "/subscriptions/0" }, "scope /subscriptions/0"],
      [{ principal_type: "User" }, "principal_type User"],
    ],
  ],
  [
    "azurerm_network_security_rule.firewall_database_out",
    rule,
    [
      [{ destination_address_prefix: "*" }, "destination_address_prefix *"],
      [{ direction: "Inbound" }, "direction Inbound"],
      [{ destination_port_ranges: ["0-65535"] }, "destination_port_ranges 0-65535"],
    ],
  ],
  [
    "azurerm_key_vault.configuration_secrets_vault",
    { rbac_authorization_enabled: true },
    [
      [{ rbac_authorization_enabled: false }, "rbac_authorization_enabled false"],
      [{ access_policy: [{ object_id: "x" }] }, "access_policy.object_id x"],
    ],
  ],
];

/** Of a stack that is made, and of machines that are replaced. */
const FIRST: typeof COMES = [
  [
    "aws_iam_role.identity_role",
    { assume_role_policy: trust({ Service: "ec2.amazonaws.com" }) },
    [
      [{ assume_role_policy: trust({ AWS: "*" }) }, "assume_role_policy.Statement.Principal.AWS *"],
      [{ managed_policy_arns: ["arn:aws:iam::aws:policy/AdministratorAccess"] }, "managed_policy_arns arn:aws:iam::aws:policy/AdministratorAccess"], // prettier-ignore
      [{ inline_policy: [{ name: "x", policy: policy(statement({ Action: "*" })) }] }, "inline_policy.policy.Statement@Settings.Action *"], // prettier-ignore
    ],
  ],
  [
    "aws_iam_role_policy.access_machines",
    { policy: policy(statement({})) },
    [
      [{ policy: policy(statement({ Action: "*" })) }, "policy.Statement@Settings.Action *"],
      [{ policy: policy(statement({}), { Effect: "Allow", Action: "iam:*", Resource: "*" }) }, "policy.Statement.Action iam:*"], // prettier-ignore
      [{ policy: JSON.stringify({ statement: [{ action: "*" }] }) }, "policy.statement.action *"],
      [{ policy: "everything" }, "policy everything"],
      [{ policy: policy(METRICS) }, "no policy.Statement@Metrics.Condition.StringEquals.cloudwatch:namespace"],
      [{ policy: policy({ ...statement({}), NotAction: "iam:*" }) }, "policy.Statement@Settings.NotAction iam:*"],
    ],
  ],
  [
    "aws_vpc_security_group_ingress_rule.firewall_machines_in",
    { ip_protocol: "tcp", from_port: 8080, to_port: 8080, referenced_security_group_id: "sg-0a1b2c3d" },
    [[{ referenced_security_group_id: null, cidr_ipv4: "0.0.0.0/0" }, "cidr_ipv4 0.0.0.0/0"]],
  ],
  [
    "aws_security_group.firewall_machines",
    { vpc_id: "vpc-1", ingress: [] },
    [[{ ingress: [{ cidr_blocks: ["0.0.0.0/0"] }] }, "ingress.cidr_blocks 0.0.0.0/0"]],
  ],
  ["aws_launch_template.live_template", { image_id: "ami-1" }, [[{ key_name: "mine" }, "key_name mine"]]],
  [
    "google_compute_firewall.firewall_machines_in",
    { direction: "INGRESS", allow: [{ protocol: "tcp", ports: ["8080"] }], source_ranges: ["35.191.0.0/16"] },
    [[{ source_ranges: ["0.0.0.0/0"] }, "source_ranges 0.0.0.0/0"]],
  ],
  [
    "google_compute_region_instance_template.live_template",
    { metadata: { "enable-oslogin": "TRUE", "block-project-ssh-keys": "TRUE", "user-data": '{"a": 1}' } },
    [
      [{ metadata: { "enable-oslogin": "FALSE", "block-project-ssh-keys": "TRUE" } }, "metadata.enable-oslogin FALSE"],
      [{ metadata: { "block-project-ssh-keys": "TRUE" } }, "no metadata.enable-oslogin"],
      [{ network_interface: [{ access_config: [{ network_tier: "PREMIUM" }] }] }, "network_interface.access_config.network_tier PREMIUM"], // prettier-ignore
    ],
  ],
  [
    "azurerm_role_assignment.access_configuration",
    role("Key Vault Secrets User"),
    [[{ role_definition_name: "Contributor" }, "role_definition_name Contributor"]],
  ],
  [
    "azurerm_linux_virtual_machine_scale_set.live_group",
    { disable_password_authentication: true },
    [
      [{ disable_password_authentication: false }, "disable_password_authentication false"],
      [{ admin_ssh_key: [{ username: "me", public_key: "ssh-ed25519 A" }] }, "admin_ssh_key.username me"],
    ],
  ],
];

const GROUPS = {
  aws: "aws_autoscaling_group.live_group",
  google: "google_compute_region_instance_group_manager.live_group",
  azure: "azurerm_linux_virtual_machine_scale_set.live_group",
};
const IMAGES = {
  aws: "ami-0123456789abcdef0",
  google: "projects/my-images/global/images/web-1-0-0",
  azure: `/subscriptions/${"0".repeat(36)}/resourceGroups/images/providers/Microsoft.Compute/images/web`,
};
const object = (address: string, actions: string[], before: Json | null, after: Json | null): Json => {
  const [type, name] = address.split(".");
  return { address, mode: "managed", type, name, change: { actions, before, after, after_unknown: {} } };
};
/** Each way to judge one object that comes: the contract's step, the review, and admit on the configuration. */
function verdicts(step: Step, address: string, values: Json) {
  const cloud = cloudOf(address)!;
  const [type = "", name = ""] = address.split(".");
  const group = object(GROUPS[cloud], step === "first" ? ["create"] : ["no-op"], null, { desired_capacity: 2, target_size: 2, instances: 2 }); // prettier-ignore
  const there = address === GROUPS[cloud] ? [] : [group];
  const plan = { resource_changes: [...there, object(address, ["create"], null, values)] };
  const file = join(folder, "plan.json");
  writeFileSync(file, JSON.stringify({ format_version: "1.2", applyable: true, complete: true, errored: false, variables: { release: { value: { image_id: IMAGES[cloud] } } }, ...plan })); // prettier-ignore
  const { hard, about } = judged(file);
  return {
    contract: violations(cloud, step, plan as never).map(({ reason }) => reason),
    hard: hard.filter((rule) => !rule.startsWith("image-")),
    said: about("gives-more") ?? "",
    admit: refusals({ resource: { [type]: { [name]: values } } }, {}),
  };
}

test.each([...COMES.map((each) => ["configuration", ...each] as const), ...FIRST.map((each) => ["first", ...each] as const)])(
  "%s: %s comes with what its construct gives it, and with nothing else",
  (step, address, right, wrong) => {
    expect(verdicts(step, address, right)).toEqual({ contract: [], hard: [], said: "", admit: [] });
    for (const [change, what] of wrong) {
      const { contract, hard, said, admit } = verdicts(step, address, { ...right, ...change });
      expect(contract.join()).toContain(what);
      expect(hard).toEqual(["gives-more"]);
      expect(said).toContain(`${address}: Would give what no construct of this project gives: `);
      expect(said).toContain(what);
      expect(admit.join()).toContain(`gives ${address} ${what}, which no construct`);
    }
  },
); // prettier-ignore

describe("an object that is there already", () => {
  const change = (before: Json, after: Json, unknown: Json = {}) => {
    const one = object("aws_iam_role_policy.access_machines", ["update"], before, after);
    (one.change as Json).after_unknown = unknown;
    return violations("aws", "configuration", { resource_changes: [one] as never }).map(({ reason }) => reason);
  };
  const wide = policy(statement({ Action: "*" }));

  test("is judged by what changes in place", () => {
    expect(change({ policy: policy(statement({})) }, { policy: wide })[0]).toMatch(/Settings\.Action \*/);
    expect(change({ policy: wide, name: "a" }, { policy: wide, name: "a" })).toEqual([]);
    expect(change({ policy: wide }, { policy: policy(statement({})) })).toEqual([]);
  });

  test("and what is not known before the apply is not judged", () => {
    expect(change({ policy: wide }, {}, { policy: true })).toEqual([]);
    const unknown = refusals({ resource: { aws_iam_role_policy: { access_machines: { policy: policy(statement({ Resource: "${aws_kms_key.a.arn}" })) } } } }, {}); // prettier-ignore
    expect(unknown).toEqual([]);
    // In a plan these are the letters themselves, such as a variable of IAM's.
    expect(change({}, { policy: policy(statement({ Resource: "arn:aws:s3:::${aws:username}" })) })[0]).toMatch(/Resource arn/); // prettier-ignore
  });

  test("traffic is sent on to target groups, and nowhere else", () => {
    const action = (type: string, more: Json) => ({ action: [{ type, order: 1, ...more }] });
    const forward = action("forward", { target_group_arn: "x/web/1" });
    const shift = (after: Json) =>
      violations("aws", "shift", {
        resource_changes: [
          object("aws_lb_listener_rule.traffic_routes", ["update"], action("forward", {}), after),
        ] as never,
      });
    expect(shift(forward)).toEqual([]);
    expect(shift(action("redirect", { redirect: [{ host: "example.com" }] }))[0]!.reason).toMatch(
      /action\.type redirect, action\.redirect\.host example\.com/,
    );
  });
});
