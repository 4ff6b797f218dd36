/** What an object means for who may do what, and who gets in: said by name wherever no step allows the object. */
import type { Change } from "../facts";
import type { Subject } from "../subject";
import { say, type Text } from "../text";
import { finding, type Finding } from "./finding";

const RIGHTS =
  /^(aws_(iam_|kms_grant|lambda_permission|ram_|ssoadmin_|organizations_|lakeformation_|s3_bucket_(acl|public_access_block)|\w+_policy(_attachment)?$|\w+_permissions?$)|google_(\w+_iam_(member|binding|policy|custom_role|deny_policy)$|service_account|\w+_(acl|access_control)$|sql_user|iam_)|azurerm_(role_|user_assigned_identity|federated_identity|key_vault_access_policy|pim_|\w+_role_assignment$|\w+_sas$))/;

const WAYS_IN =
  /^(aws_((default_)?security_group|vpc_security_group_ingress_rule|(default_)?network_acl|internet_gateway|eip|key_pair|instance$|a?lb$|lb_listener|route$|vpn_|ec2_(client_vpn|transit_gateway)|vpc_peering|lambda_function_url|api_gateway|apigatewayv2|ssm_activation|globalaccelerator|cloudfront)|google_compute_((region_|global_)?(address|forwarding_rule|network_firewall|security_policy)|firewall|vpn_|ha_vpn|external_vpn|network_peering|instance$|route$|project_metadata|instance_iam)|azurerm_(network_security_|public_ip|bastion|lb_rule|lb_nat|virtual_network_peering|virtual_network_gateway|vpn_|route$|ssh_public_key|network_interface$|linux_virtual_machine$|windows_virtual_machine$|firewall))/;

/** A way out is no way in; a scaling policy grants nothing. */
const NEITHER =
  /^aws_(autoscaling|appautoscaling|vpc_security_group_egress)_|^aws_\w+_(lifecycle|scaling|backup)_policy$/;

/** ` It grants rights.`, or nothing. */
export function means({ type }: Pick<Change, "type">, does: "gives" | "takes"): Text {
  if (NEITHER.test(type)) return [];
  const found = [
    ...(RIGHTS.test(type) ? [does === "gives" ? "grants rights" : "holds rights"] : []),
    ...(WAYS_IN.test(type) ? [does === "gives" ? "may open a way in" : "guards or is a way in"] : []),
  ];
  return found.length === 0 ? [] : [` It ${found.join(" and ")}.`];
}

const MOST_VALUES = 6;

/** Values of what comes or changes in place: an object of a construct's name with rights or ways that the construct does not give. */
export const givesMore = ({ changes }: Subject): Finding[] =>
  changes
    .filter(({ beyond }) => beyond.length > 0)
    .map((change) => {
      const words = change.beyond
        .slice(0, MOST_VALUES)
        .map(({ path, value }) => (value === undefined ? say`no ${path}` : say`${path} ${value}`));
      const said = words.flatMap((each, index) => [...(index === 0 ? [] : [", "]), ...each]);
      const more = change.beyond.length - words.length;
      return finding(
        "gives-more",
        "human",
        change,
        say`Would give what no construct of this project gives: ${said}${more > 0 ? say` and ${more} more` : []}.${means(change, "gives")}`,
        say`Find out who wrote it. A value that a construct is meant to give is named in constructs/contract, in the file given for its cloud.`,
      );
    });
