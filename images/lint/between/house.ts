/** What the plugins allow and this house does not: a machine that builds is not open to everybody, and nothing boots what is newest. */
import type { Between } from "./rule";

const DOC = "https://developer.hashicorp.com/packer/integrations/hashicorp";
const AWS = `${DOC}/amazon/latest/components/builder/ebs`;
const GOOGLE = `${DOC}/googlecompute/latest/components/builder/googlecompute`;
const AZURE = `${DOC}/azure/latest/components/builder/arm`;

const NOT_ALL = { each: { matches: /^(?!.*\/0$)/, form: "smaller than the whole internet" } };
/** House rules between fields, by type of source. */
export const HOUSE: Readonly<Record<string, readonly Between[]>> = {
  "amazon-ebs": [
    {
      // Session Manager needs no port.
      when: { ssh_interface: { isNot: ["session_manager"] } },
      someOf: [
        ...["temporary_security_group_source_cidrs", "temporary_security_group_source_public_ip"],
        ...["security_group_id", "security_group_ids", "security_group_filter"],
      ],
      why: "the plugin opens port 22 to 0.0.0.0/0",
      see: `${AWS}#temporary_security_group_source_cidrs`,
    },
    {
      must: { temporary_security_group_source_cidrs: NOT_ALL },
      see: `${AWS}#temporary_security_group_source_cidrs`,
    },
    {
      must: { ami_groups: "unset", snapshot_groups: "unset" },
      why: "the only group there is, all, is everybody",
      see: `${AWS}#ami_groups`,
    },
  ],
  googlecompute: [
    {
      must: { omit_external_ip: "given" },
      why: "left out, the machine that builds has a public address",
      see: `${GOOGLE}#omit_external_ip`,
    },
    {
      must: { image_family: "unset" },
      why: "a family is whatever build is newest, approved or not",
      see: "https://cloud.google.com/compute/docs/images/image-families-best-practices",
    },
  ],
  "azure-arm": [
    {
      someOf: ["virtual_network_name", "allowed_inbound_ip_addresses"],
      why: "the plugin makes a public address whose port 22 is open to everybody",
      see: `${AZURE}#virtual_network_name`,
    },
    { must: { allowed_inbound_ip_addresses: NOT_ALL }, see: `${AZURE}#allowed_inbound_ip_addresses` },
    {
      must: { private_virtual_network_with_public_ip: "unset" },
      why: "the machine that builds would have a public address in your network",
      see: `${AZURE}#private_virtual_network_with_public_ip`,
    },
  ],
};
