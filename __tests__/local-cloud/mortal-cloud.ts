/**
 * A local cloud that kills itself, as a crash would: at the given call of terraform, before it does anything or when
 * everything is done but the answer. Prints the environment that attaches terraform.
 */
import { startLocalCloud } from "../../local-cloud/server";

const [dir = "", at = "", when = ""] = process.argv.slice(2);
let left = Number(at);

const die = () => process.kill(process.pid, "SIGKILL");

void startLocalCloud({
  dir,
  bootMs: 5,
  onCall: () => {
    left -= 1;
    if (left !== 0) return;
    if (when === "before") die();
    process.nextTick(die);
  },
}).then(({ env }) => process.stdout.write(`${JSON.stringify(env)}\n`));
