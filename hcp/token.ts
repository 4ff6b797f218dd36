/** Finds the token of a host as terraform does. What is found here is never printed. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { HcpError } from "./error";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Token {
  readonly value: string;
  /** Where it was found, for messages. */
  readonly from: string;
}

/** The variable that terraform reads a host's token from: `app.terraform.io` is TF_TOKEN_app_terraform_io. */
export const tokenVariable = (hostname: string): string =>
  `TF_TOKEN_${hostname.replaceAll("-", "__").replaceAll(".", "_")}`;

/**
 * The first of: TF_TOKEN_<host>, TFE_TOKEN, a `credentials` block of terraform's configuration, what `terraform login` wrote.
 * https://developer.hashicorp.com/terraform/cli/config/config-file#credentials
 *
 * @throws HcpError that says where it looked
 */
export function findToken(hostname: string, env: Environment): Token {
  const found =
    fromVariable(hostname, env) ??
    fromTfeToken(hostname, env) ??
    fromFile(configurationFile(env), hostname, fromConfiguration) ??
    fromFile(join(homeOf(env), ".terraform.d", "credentials.tfrc.json"), hostname, fromCredentials);
  if (found) return found;
  throw new HcpError(
    `there is no token for ${hostname}: set ${tokenVariable(hostname)} or TFE_TOKEN, or run "terraform login ${hostname}"`,
  );
}

/** Terraform reads the variable's name back, so that several spellings name one host. */
function fromVariable(hostname: string, env: Environment): Token | undefined {
  const spelling = (name: string) =>
    name.slice("TF_TOKEN_".length).replaceAll("__", "-").replaceAll("_", ".").toLowerCase();
  const name = Object.keys(env).find(
    (key) => key.startsWith("TF_TOKEN_") && spelling(key) === hostname.toLowerCase() && env[key],
  );
  return name === undefined ? undefined : { value: env[name]!.trim(), from: name };
}

/** TFE_TOKEN belongs to TFE_HOSTNAME where that is set. */
function fromTfeToken(hostname: string, env: Environment): Token | undefined {
  const { TFE_TOKEN: value, TFE_HOSTNAME: owner } = env;
  return value && (!owner || owner === hostname) ? { value: value.trim(), from: "TFE_TOKEN" } : undefined;
}

const homeOf = (env: Environment): string => env.HOME || env.USERPROFILE || homedir();
const configurationFile = (env: Environment): string =>
  env.TF_CLI_CONFIG_FILE ||
  (process.platform === "win32" ? join(env.APPDATA ?? homeOf(env), "terraform.rc") : join(homeOf(env), ".terraformrc"));

type Reader = (content: string, hostname: string) => string | undefined;

function fromFile(file: string, hostname: string, read: Reader): Token | undefined {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const value = read(content, hostname);
  return value ? { value, from: file } : undefined;
}

const credentials = z.object({
  credentials: z.record(z.string(), z.object({ token: z.string().optional() })),
});

const fromCredentials: Reader = (content, hostname) => {
  try {
    return credentials.safeParse(JSON.parse(content)).data?.credentials[hostname]?.token;
  } catch {
    return undefined;
  }
};

/** `credentials "host" { token = "…" }`, or the same file as JSON. */
const fromConfiguration: Reader = (content, hostname) => {
  const blocks = content.replace(/^\s*(#|\/\/).*$/gm, "").matchAll(/credentials\s+"([^"]+)"\s*\{([^}]*)\}/g);
  for (const [, host, body = ""] of blocks) if (host === hostname) return /\btoken\s*=\s*"([^"]*)"/.exec(body)?.[1];
  return fromCredentials(content, hostname);
};
