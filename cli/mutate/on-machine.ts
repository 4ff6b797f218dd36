/** How a machine leaves, and what its units keep. */
import type { Mutation } from "./mutation";

const DRAIN = { file: "images/packer/web/files/sbin/fleet-drain", test: "__tests__/images/drain.test.ts" };
const CIS = "__tests__/images/cis.test.ts";
const UNITS = "__tests__/images/units.test.ts";

export const ON_MACHINE: readonly Mutation[] = [
  {
    ...DRAIN,
    name: "On Azure a machine leaves by everybody's events",
    text: "select(any(.Resources[]?; ascii_downcase == ($me | ascii_downcase)))",
    becomes: "select(true)",
    named: "another machine's end changes nothing here, and has no consent from here",
    needs: "jq",
  },
  {
    ...DRAIN,
    name: "On Azure a machine consents for others too",
    text: " and (.Resources | length) == 1) | .EventId",
    becomes: ") | .EventId",
    named: "an end that others share it prepares for, and consents to for nobody",
    needs: "jq",
  },
  {
    ...DRAIN,
    name: "On Azure a machine consents before its drain is over",
    text: "if over && [",
    becomes: "if [",
    named: "consent is there when the drain is over and idle connections are closed, not before",
    needs: "jq",
  },
  {
    ...DRAIN,
    name: "An end that is called off leaves the machine out of service",
    text: '  rm "$run/draining"\n',
    becomes: "",
    named: "waits for the word, takes the machine out of service, and back when the end is called off",
    needs: "jq",
  },
  {
    ...DRAIN,
    name: "No answer of the metadata service passes for an end that was called off",
    text: "  *) return 2 ;;\n  esac\n}\n\n# Each of these",
    becomes: "  *) return 1 ;;\n  esac\n}\n\n# Each of these",
    named: "no answer says nothing: neither begins an end nor calls one off",
    needs: "jq",
  },
  {
    ...DRAIN,
    name: "A shutdown does not wait for the drain that has begun",
    text: "  locked begin shutdown\n",
    becomes: '  [ ! -e "$run/draining" ] || exit 0\n  locked begin shutdown\n',
    named: "during a drain waits for what is left of it, and is not called off",
    needs: "jq",
  },
  {
    ...DRAIN,
    name: "A watch that crashed takes the machine out of service",
    text: '  [ "${SERVICE_RESULT:-success}" = success ] || exit 0\n',
    becomes: "",
    named: "is not what systemd does to a watch that failed, before it starts it again",
  },
  {
    ...DRAIN,
    name: "Any drain time is taken, whatever the units allow",
    text: '*) [ "$value" -gt "$3" ] || { echo "$value" && return; } ;;',
    becomes: '*) echo "$value" && return ;;',
    named: "is refused, whatever it is asked for",
  },
  {
    name: "Nginx is stopped by Debian's command, which gives requests five seconds",
    file: "images/packer/web/files/nginx-unit.conf",
    text: "ExecStop=\nKillSignal=SIGQUIT\n",
    becomes: "",
    test: UNITS,
    named: "Nginx ends requests itself before systemd does, and nothing ends them sooner",
  },
  {
    name: "Rsyslog stops before the proxy",
    file: "images/packer/web/files/nginx-unit.conf",
    text: "After=fleet-boot.service fleet-settings.service fleet-logs.service rsyslog.service",
    becomes: "After=fleet-boot.service fleet-settings.service",
    test: UNITS,
    named: "has to say until the end",
  },
  {
    name: "The reader of settings keeps the capabilities of root",
    file: "images/packer/base/files/units/fleet-settings.service",
    text: "NoNewPrivileges=yes\nCapabilityBoundingSet=\nProtectSystem=strict\n",
    becomes: "",
    test: UNITS,
    named: "an exposure of",
    needs: "systemd-analyze",
  },
  {
    name: "The kernel's settings are undone by files that come later",
    file: "images/packer/base/scripts/harden.sh",
    text: "/etc/sysctl.d/zz-fleet.conf",
    becomes: "/etc/sysctl.d/60-fleet.conf",
    test: CIS,
    named: "hold for what the hardening leaves",
    needs: "dpkg-query",
  },
  {
    name: "A check of a file's rights passes whatever they are",
    file: "images/packer/base/files/tests.d/15-cis.sh",
    text: '-perm /"$wider" -o ',
    becomes: "",
    test: CIS,
    named: "fail, each of them, where the control is broken",
    needs: "dpkg-query",
  },
];
