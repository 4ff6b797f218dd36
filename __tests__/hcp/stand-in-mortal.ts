/** A local cloud with the stand-in of HCP Terraform in a process of its own, to be killed. Prints where it is. */
import { startHcp } from "../../local-hcp/server";
import { startLocalCloud } from "../../local-cloud/server";

const [dir = ""] = process.argv.slice(2);

void startLocalCloud({ dir })
  .then(({ env }) => startHcp({ dir, env }))
  .then((hcp) => process.stdout.write(JSON.stringify(hcp)));
