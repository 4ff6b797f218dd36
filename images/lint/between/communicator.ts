/** How Packer reaches a machine: rules that the plugins take from their common library. */
import type { Between } from "./rule";

const SSH = "https://developer.hashicorp.com/packer/docs/communicators/ssh";
const WINRM = "https://developer.hashicorp.com/packer/docs/communicators/winrm";

/** SSH is what a source uses that names no communicator. */
const bySsh = { communicator: ["unset", { is: ["ssh"] }] } as const;

/** What each source uses when it names no user: Azure's plugin has a name of its own. */
const NAMES_USER: readonly string[] = ["azure-arm"];

export const communicator = (type: string): readonly Between[] => [
  {
    must: { communicator: { oneOf: ["ssh", "winrm", "docker", "dockerWindowsContainer", "none"] } },
    see: "https://developer.hashicorp.com/packer/docs/communicators",
  },
  ...(NAMES_USER.includes(type)
    ? []
    : [
        { when: bySsh, someOf: ["ssh_username"], see: `${SSH}#ssh_username` },
        { when: { communicator: { is: ["winrm"] } }, someOf: ["winrm_username"], see: `${WINRM}#winrm_username` },
      ]),
  {
    when: { ...bySsh, ssh_certificate_file: "set" },
    must: { ssh_private_key_file: "set" },
    see: `${SSH}#ssh_certificate_file`,
  },
  {
    when: { ...bySsh, ssh_bastion_certificate_file: "set" },
    must: { ssh_bastion_private_key_file: "set" },
    see: `${SSH}#ssh_bastion_certificate_file`,
  },
  {
    when: { ...bySsh, ssh_bastion_host: "set" },
    someOf: ["ssh_bastion_password", "ssh_bastion_private_key_file", "ssh_bastion_agent_auth", "ssh_private_key_file"],
    see: `${SSH}#ssh_bastion_host`,
  },
  { when: bySsh, oneAtMost: ["ssh_bastion_host", "ssh_proxy_host"], see: `${SSH}#ssh_proxy_host` },
  {
    when: bySsh,
    must: { ssh_file_transfer_method: { oneOf: ["scp", "sftp"] } },
    see: `${SSH}#ssh_file_transfer_method`,
  },
];
