/** The door to this room: the stand-in of HCP Terraform as the environment asks for it. */
import { SettingError } from "./faults";
import { isRole, ROLES } from "./rights";
import { type Hcp, startHcp } from "./server";

export { SettingError };

/**
 * @param env attaches terraform to the local cloud
 * @throws SettingError when one of the settings cannot be used
 */
export async function startFromEnvironment(
  dir: string,
  env: Readonly<Record<string, string>>,
  { LOCAL_CLOUD_HCP_HOST: hostname, LOCAL_CLOUD_HCP_ROLE: role, LOCAL_CLOUD_HCP_FAULTS: faults }: NodeJS.ProcessEnv,
): Promise<Hcp> {
  if (role && !isRole(role))
    throw new SettingError(`LOCAL_CLOUD_HCP_ROLE must be one of ${Object.keys(ROLES).join(", ")}, got "${role}"`);
  return startHcp({
    dir,
    env,
    ...(hostname && { hostname }),
    ...(role && isRole(role) && { role }),
    ...(faults && { faults }),
  });
}
