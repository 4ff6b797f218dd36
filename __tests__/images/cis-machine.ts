/** A folder with the files of a Debian machine that the hardening writes and its checks read. */
import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs"; // prettier-ignore
import { join } from "node:path";
import { is } from "./cis";
import { standIn } from "./on-machine";
import { tempFolder, write } from "./support";

/** Owners are changed only by root. */
export const IS_ROOT = process.getuid?.() === 0;
const ME = IS_ROOT ? 1000 : process.getuid?.();
const FAR_FROM_ANY = 3_999_999;

const packages = (versions: Readonly<Record<string, string>>, more = "") =>
  Object.entries(versions)
    .map(([name, version]) => `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: a\nVersion: ${version}\nDescription: a\n${more}\n`)
    .join(""); // prettier-ignore
const PAM = "1.5.2-6+deb12u1";
const STARTED = ["rsyslog.service", "chrony.service", "fleet-logs.service", "fleet-agents.service", "logrotate.timer"];
const WANTS = "etc/systemd/system/multi-user.target.wants";
const ACCOUNTS = {
  passwd: `root:x:0:0:root:/root:/bin/bash\nsync:x:4:65534:sync:/bin:/bin/sync\nwww:x:33:33::/:/usr/sbin/nologin\nme:x:${ME}:1000::/home/me:/bin/bash\n`,
  group: "root:x:0:\nshadow:x:42:\nwww:x:33:\nnogroup:x:65534:\nme:x:1000:\n",
  shadow: "root:*:19000:0:99999:7:::\nwww:*:19000::::::\nme:!:19000::::::\n",
}; // prettier-ignore

/** As a cloud's image has it, before the hardening, with stand-ins for the tools that would reach out of the folder. */
export function debian(more: Readonly<Record<string, string>> = {}, without: readonly string[] = []): string {
  const root = tempFolder();
  const file = (path: string, text: string) => write(join(root, path), text);
  for (const [name, text] of Object.entries(ACCOUNTS)) {
    file(`etc/${name}`, text);
    file(`etc/${name}-`, text);
  }
  for (const path of ["etc/shadow", "etc/shadow-", "etc/gshadow", "etc/gshadow-"]) {
    if (!existsSync(join(root, path))) file(path, "");
    chmodSync(join(root, path), 0o640);
  }
  for (const folder of ["etc/sudoers.d", "etc/ssh", "etc/security", "root", WANTS]) mkdirSync(join(root, folder), { recursive: true });
  for (const folder of ["usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin"]) {
    mkdirSync(join(root, folder), { recursive: true });
    chmodSync(join(root, folder), 0o755);
  }
  // Of Debian and of Google's image: they come before ours, and would come after a 60-fleet.conf.
  file("usr/lib/sysctl.d/99-protect-links.conf", "fs.protected_fifos = 1\n");
  file("etc/sysctl.d/60-gce-network-security.conf", "net.ipv4.conf.all.secure_redirects=1\n");
  file("etc/fstab", "# UNCONFIGURED FSTAB FOR BASE SYSTEM\n");
  file("etc/login.defs", "UMASK\t\t022\n#HOME_MODE\t0700\nPASS_WARN_AGE\t7\nENCRYPT_METHOD SHA512\n");
  file("etc/shells", "/bin/sh\n/bin/bash\n");
  file("etc/sudoers", "Defaults\tenv_reset\nroot ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n");
  file("etc/crontab", "");
  file("etc/cron.deny", "");
  file("etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\nCiphers aes256-ctr\nKexAlgorithms curve25519-sha256\n");
  file("etc/ssh/ssh_host_ed25519_key", "");
  chmodSync(join(root, "etc/ssh/ssh_host_ed25519_key"), 0o600);
  file("etc/ssh/ssh_host_ed25519_key.pub", "");
  file("etc/pam.d/su", "auth       sufficient pam_rootok.so\n# auth       required   pam_wheel.so\n");
  for (const part of ["auth", "account", "session"]) file(`etc/pam.d/common-${part}`, `${part} required pam_unix.so\n`);
  file("etc/pam.d/common-password", "password [success=1 default=ignore] pam_unix.so obscure yescrypt\n");
  file("etc/apt/sources.list", "deb http://deb.debian.org/debian bookworm main\n");
  file("etc/rsyslog.conf", readFileSync(join(__dirname, "../../images/packer/base/files/rsyslog.conf"), "utf8"));
  file("boot/grub/grub.cfg", "");
  file("home/me/.profile", "");
  if (IS_ROOT) chownSync(join(root, "home/me"), ME!, 1000);
  const there = { sudo: "1.9.13", rsyslog: "8.2302", chrony: "4.3", "libpam-runtime": PAM, "libpam-modules": PAM, ...more };
  const left = Object.entries(there).filter(([name]) => !without.includes(name));
  file("var/lib/dpkg/status", packages(Object.fromEntries(left)));
  for (const unit of STARTED) symlinkSync(`/lib/systemd/system/${unit}`, join(root, WANTS, unit));
  standIn(root, "systemctl", 'shift; for unit; do ln -sf /dev/null "$FLEET_ROOT/etc/systemd/system/$unit"; done');
  standIn(root, "apt-get", 'echo "$@" >>"$FLEET_ROOT/apt-get"');
  // It says what it would run with: its own values, and those of the files.
  standIn(root, "sshd", `awk '{ $1 = tolower($1); print }' "$FLEET_ROOT"/etc/ssh/sshd_config "$FLEET_ROOT"/etc/ssh/sshd_config.d/*`);
  return root;
} // prettier-ignore

/** The words after a check's name, of every use of it in the list. */
const wordsOf = (...names: readonly string[]): string[][] =>
  is("met")
    .flatMap(({ rest }) => rest.split(" && "))
    .map((check) => check.split(" "))
    .filter(([name]) => names.includes(name!))
    .map(([, ...words]) => words);

/** Undoes the hardening in every way that a control of the list is about, so that no check of it may hold any more. */
export function breakEverything(root: string): void {
  const at = (path: string) => join(root, path);
  const gone = (...paths: string[]) => paths.forEach((path) => rmSync(at(path), { recursive: true, force: true }));
  const later = readFileSync(at("etc/sysctl.d/zz-fleet.conf"), "utf8").replaceAll(/= \d+/g, "= 9");
  write(at("usr/lib/sysctl.d/zzz-vendor.conf"), later);
  gone("etc/modprobe.d/fleet.conf", "etc/fstab", "etc/apt/apt.conf.d/60-fleet", "etc/sudoers.d/fleet", "etc/profile.d", "etc/rsyslog.conf");
  gone("etc/systemd/journald.conf.d", "etc/systemd/system/rpcbind.service", "etc/systemd/system/rsync.service", WANTS);
  write(at("etc/apt/sources.list"), "deb [trusted=yes] http://example.com bookworm main\n");
  write(at("etc/rsyslog.conf"), 'module(load="imtcp")\n');
  write(at("etc/chrony/chrony.conf"), "user root\n");
  const unwanted = [...wordsOf("absent").flat(), ...wordsOf("unused", "starts_if_there").map(([name]) => name!)];
  write(at("var/lib/dpkg/status"), packages(Object.fromEntries([...unwanted, "libpam-runtime", "libpam-modules"].map((name) => [name, "1.0"])), "") + packages({ postfix: "1" }).replace("Version:", "Provides: mail-transport-agent\nVersion:"));
  mkdirSync(at(WANTS), { recursive: true });
  for (const [, ...units] of wordsOf("unused")) for (const unit of units) symlinkSync(`/lib/${unit}`, at(join(WANTS, unit)));
  symlinkSync("/dev/null", at("etc/systemd/system/systemd-journald.service"));
  write(at("etc/tmpfiles.d/systemd.conf"), "z /var/log/journal 0777\n");
  for (const banner of ["motd", "issue", "issue.net"]) write(at(`etc/${banner}`), "Debian GNU/Linux 12 \\n \\l\n");
  for (const file of ["cron.deny", "at.deny", "gshadow"]) write(at(`etc/${file}`), "");
  mkdirSync(at("sys/class/net/wlan0/wireless"), { recursive: true });
  const [sshd] = readdirSync(at("etc/ssh/sshd_config.d"));
  write(at(join("etc/ssh/sshd_config.d", sshd!)), "Ciphers aes128-cbc\nMACs hmac-sha1\nKexAlgorithms diffie-hellman-group14-sha1\n");
  write(at("etc/ssh/sshd_config"), "");
  appendFileSync(at("etc/sudoers"), "Defaults !authenticate\n");
  write(at("etc/pam.d/su"), "");
  write(at("etc/pam.d/common-auth"), "");
  write(at("etc/pam.d/common-password"), "password required pam_unix.so md5 remember=5\n");
  write(at("etc/login.defs"), "PASS_WARN_AGE 1\nENCRYPT_METHOD MD5\n");
  write(at("etc/shells"), "/usr/sbin/nologin\n");
  write(at("root/.profile"), "umask 022\n");
  write(at("home/me/.netrc"), "");
  write(at("home/me/open"), "");
  chmodSync(at("home/me/open"), 0o666);
  if (IS_ROOT) chownSync(at("home/me/open"), FAR_FROM_ANY, FAR_FROM_ANY);
  // Two root users and groups, an id and a name twice, passwords of which one is empty and one of tomorrow, a group that is not there.
  appendFileSync(at("etc/passwd"), "toor::0:0::/:/bin/bash\nwww:x:33:77::/:/bin/bash\n");
  write(at("etc/group"), "root:x:0:me\nadmins:x:0:\nshadow:x:42:me\nwww:x:33:\nwww:x:34:\n");
  write(at("etc/shadow"), "root:$y$j9T:19000::::::\nwww::99999::::::\n");
  for (const [mode, ...paths] of wordsOf("closed")) {
    if (mode === undefined) continue;
    for (const path of paths) execFileSync("sh", ["-c", `for file in ${join(root, path)}; do [ ! -e "$file" ] || chmod 0777 "$file"; done`], { stdio: "ignore" });
  }
  chmodSync(at("home/me"), 0o777);
} // prettier-ignore

/** What a stand-in was asked, a line each. */
export const asked = (root: string, tool: string): string[] =>
  readFileSync(join(root, tool), "utf8").trim().split("\n");
