/** What terraform must be told to find the stand-in under a real hostname: no discovery, no TLS. */

/** @see https://developer.hashicorp.com/terraform/cli/config/config-file */
export const cliConfig = (hostname: string, base: string, token: string): string => `host "${hostname}" {
  services = {
    "tfe.v2"   = "${base}/api/v2/"
    "tfe.v2.1" = "${base}/api/v2/"
    "tfe.v2.2" = "${base}/api/v2/"
    "state.v2" = "${base}/api/v2/"
  }
}
credentials "${hostname}" {
  token = "${token}"
}
`;

/** Terraform's name of the variable with a hostname's token. */
export const tokenVariable = (hostname: string): string =>
  `TF_TOKEN_${hostname.replaceAll("-", "__").replaceAll(".", "_")}`;
