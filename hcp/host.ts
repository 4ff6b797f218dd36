/** Where HCP Terraform, or a Terraform Enterprise installation, answers. */
import { HcpError } from "./error";

export const DEFAULT_HOSTNAME = "app.terraform.io";

export interface Host {
  /** As the backend names it; tokens belong to it. */
  readonly hostname: string;
  /** Start of every address of the API, without a slash at its end. */
  readonly address: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const isLoopback = (name: string): boolean => ["127.0.0.1", "[::1]", "localhost"].includes(name);

/** Whether a token may be sent there: over TLS, or within this machine. */
export const isPrivate = ({ protocol, hostname }: URL): boolean =>
  protocol === "https:" || (protocol === "http:" && isLoopback(hostname));

/**
 * @param env TFE_ADDRESS overrides the address, not the hostname
 * @throws HcpError when the address is not one that a token may be sent to
 */
export function hostOf(hostname: string, env: Environment): Host {
  const override = env.TFE_ADDRESS;
  if (!override) return { hostname, address: `https://${hostname}` };
  const url = URL.canParse(override) ? new URL(override) : undefined;
  if (!url || !isPrivate(url) || url.pathname !== "/" || url.search !== "" || url.username !== "")
    throw new HcpError("TFE_ADDRESS must be an https address without a path, such as https://tfe.example.com");
  return { hostname, address: url.origin };
}

/** Where a person looks at a workspace, or at one of its runs. */
export const pageOf = (
  { hostname }: Pick<Host, "hostname">,
  organization: string,
  workspace: string,
  ...rest: string[]
) =>
  ["https:/", hostname, "app", ...[organization, "workspaces", workspace, ...rest].map(encodeURIComponent)].join("/");
