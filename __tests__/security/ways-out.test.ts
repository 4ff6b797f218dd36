import { rmSync } from "node:fs";
import type { Cloud } from "../../constructs/contract/spec";
import { STACKS } from "../support/deployment";
import { fleetWith } from "../support/fleet";
import { Workspace } from "../support/synth";

type Block = Record<string, unknown>;

/** Rules by which machines get out, and those that close the rest; AWS needs none to close it. */
interface Ways {
  readonly type: string;
  readonly group: string;
  readonly ofMachines: (rule: Block) => boolean;
  readonly isOpen: (rule: Block) => boolean;
  /** Protocol, port and destination. */
  readonly shown: (rule: Block) => string;
  readonly closed: readonly Block[];
  readonly cidr: string;
  /** Where database and files are. */
  readonly stores: string;
}

const WAYS: Readonly<Record<Cloud, Ways>> = {
  aws: {
    type: "aws_vpc_security_group_egress_rule",
    group: "aws_autoscaling_group",
    ofMachines: ({ security_group_id }) => security_group_id === "${aws_security_group.firewall_machines.id}",
    isOpen: () => true,
    shown: ({ ip_protocol, from_port, to_port, cidr_ipv4 }) =>
      `${String(ip_protocol)} ${String(from_port === to_port ? to_port : "ports")} ${String(cidr_ipv4)}`,
    closed: [],
    cidr: "10.10.0.0/16",
    stores: "10.10.0.0/16",
  },
  google: {
    type: "google_compute_firewall",
    group: "google_compute_region_instance_group_manager",
    ofMachines: ({ direction, target_service_accounts }) =>
      direction === "EGRESS" && String(target_service_accounts) === "${google_service_account.identity_account.email}",
    isOpen: ({ allow }) => allow !== undefined,
    shown: ({ allow, destination_ranges }) => {
      const [{ protocol, ports }] = allow as [{ protocol: string; ports: string[] }];
      return `${protocol} ${String(ports)} ${String(destination_ranges)}`;
    },
    closed: [{ priority: 65534, destination_ranges: ["0.0.0.0/0"], deny: [{ protocol: "all" }] }],
    cidr: "10.20.0.0/16",
    stores: '${cidrsubnet("10.20.0.0/16", 4, 14)}',
  },
  azure: {
    type: "azurerm_network_security_rule",
    group: "azurerm_linux_virtual_machine_scale_set",
    ofMachines: ({ direction }) => direction === "Outbound",
    isOpen: ({ access }) => access === "Allow",
    shown: ({ protocol, destination_port_range, destination_address_prefix }) =>
      `${String(protocol).toLowerCase()} ${String(destination_port_range)} ${String(destination_address_prefix).replace(/^[*]$/, "0.0.0.0/0")}`,
    closed: [
      {
        priority: 4096,
        access: "Deny",
        protocol: "*",
        destination_address_prefix: "*",
        destination_port_range: "*",
      },
    ],
    cidr: "10.30.0.0/16",
    stores: "10.30.0.0/16",
  },
};

describe.each(Object.entries(WAYS) as [Cloud, Ways][])("out of machines on %s", (cloud, ways) => {
  const workspace = new Workspace();
  afterAll(() => rmSync(workspace.folder, { recursive: true }));

  const rules = (uses: { database?: boolean; files?: boolean }) => {
    workspace.synth(
      fleetWith(({ environments: [environment] }) => {
        for (const placement of environment!.placements) placement.persistent = { database: {}, files: {} };
        environment!.services[0]!.uses = uses;
      }),
    );
    const { resource } = workspace.stack(STACKS[cloud].service);
    const own = Object.entries(resource[ways.type]!).filter(([, rule]) => ways.ofMachines(rule));
    return {
      open: own.filter(([, rule]) => ways.isOpen(rule)),
      closed: own.filter(([, rule]) => !ways.isOpen(rule)),
      machinesWaitFor: Object.values(resource[ways.group]!).flatMap(({ depends_on }) => depends_on as string[]),
    };
  };
  const always = ["tcp 443 0.0.0.0/0", `tcp 80 ${ways.cidr}`];
  const database = `tcp 5432 ${ways.stores}`;
  const files = `tcp 2049 ${ways.stores}`;

  test.each([
    [{}, always],
    [{ database: true }, [...always, database]],
    [{ files: true }, [...always, files]],
    [{ database: true, files: true }, [...always, database, files]],
  ])("with uses %j, and nowhere else", (uses, expected) => {
    const { open, closed } = rules(uses);
    expect(open.map(([, rule]) => ways.shown(rule)).sort()).toEqual([...expected].sort());
    expect(closed.map(([, rule]) => rule)).toMatchObject(ways.closed);
    expect(closed).toHaveLength(ways.closed.length);
  });

  test("rules are there before the machines, and what closes the rest comes after the ways that all have", () => {
    const { open, closed, machinesWaitFor } = rules({ database: true, files: true });
    const address = ([name]: [string, Block]) => `${ways.type}.${name}`;
    expect(machinesWaitFor).toEqual(expect.arrayContaining([...open, ...closed].map(address)));
    const ofAll = ["machines_out", "machines_plain_out"].map((id) => `${ways.type}.firewall_${id}`);
    for (const [, { depends_on }] of closed) expect(depends_on).toEqual(expect.arrayContaining(ofAll));
  });
});
