#!/bin/sh
# A machine is replaced, never changed: whatever would change it by itself, or let somebody in, is off. files/cis says which control
# of the CIS benchmark is met by what is here, and how that is checked.
set -eu
export DEBIAN_FRONTEND=noninteractive
root=${FLEET_ROOT:-}
# A cloud's image may lack the package that makes one of them.
for folder in sysctl.d modprobe.d apt/apt.conf.d security/limits.d profile.d systemd/system.conf.d systemd/coredump.conf.d \
  systemd/journald.conf.d; do install -d -m 0755 "$root/etc/$folder"; done

# The last file to set something counts, and those go by name: Debian's 99-protect-links.conf and Google's 60-gce-network-security.conf
# set some of these too.
cat >"$root/etc/sysctl.d/zz-fleet.conf" <<'CONF'
fs.protected_fifos = 2
fs.protected_regular = 2
fs.suid_dumpable = 0
kernel.dmesg_restrict = 1
kernel.kptr_restrict = 2
kernel.randomize_va_space = 2
kernel.unprivileged_bpf_disabled = 1
kernel.yama.ptrace_scope = 1
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.all.accept_source_route = 0
net.ipv4.conf.all.log_martians = 1
net.ipv4.conf.all.rp_filter = 1
net.ipv4.conf.all.secure_redirects = 0
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.default.accept_redirects = 0
net.ipv4.conf.default.accept_source_route = 0
net.ipv4.conf.default.log_martians = 1
net.ipv4.conf.default.rp_filter = 1
net.ipv4.conf.default.secure_redirects = 0
net.ipv4.conf.default.send_redirects = 0
net.ipv4.icmp_echo_ignore_broadcasts = 1
net.ipv4.icmp_ignore_bogus_error_responses = 1
net.ipv4.ip_forward = 0
net.ipv4.tcp_syncookies = 1
net.ipv6.conf.all.accept_ra = 0
net.ipv6.conf.all.accept_redirects = 0
net.ipv6.conf.all.accept_source_route = 0
net.ipv6.conf.all.forwarding = 0
net.ipv6.conf.default.accept_ra = 0
net.ipv6.conf.default.accept_redirects = 0
net.ipv6.conf.default.accept_source_route = 0
CONF

# Not udf, which Azure's first boot reads, nor overlay, which is Podman's.
for module in afs ceph cramfs dccp exfat freevxfs gfs2 hfs hfsplus jffs2 nfsd rds sctp squashfs tipc usb-storage; do
  printf 'install %s /bin/false\nblacklist %s\n' "$module" "$module"
done >"$root/etc/modprobe.d/fleet.conf"

# Updates come as a new image.
systemctl mask apt-daily.timer apt-daily-upgrade.timer apt-daily.service apt-daily-upgrade.service
printf '%s "false";\n' APT::Get::AllowUnauthenticated Acquire::AllowInsecureRepositories Acquire::AllowWeakRepositories \
  >"$root/etc/apt/apt.conf.d/60-fleet"

# They come along with clients: of NFS, which needs no rpcbind from version 4 on, and of rsync.
systemctl mask rpcbind.service rpcbind.socket rsync.service

there() { [ "$(dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
# Nothing here uses them, and each speaks in the clear, or reports.
for package in apport ftp inetutils-telnet ldap-utils nis prelink rsh-client talk telnet tnftp; do
  if there "$package"; then apt-get purge -y "$package"; fi
done
# The cloud's own image has a clock that knows the cloud's.
there chrony || there systemd-timesyncd || apt-get install -y --no-install-recommends systemd-timesyncd

# For the minutes that a build needs sshd; seal.sh masks it. The first file that says something counts.
if [ -d "$root/etc/ssh" ]; then
  install -d -m 0755 "$root/etc/ssh/sshd_config.d"
  cat >"$root/etc/ssh/sshd_config.d/00-fleet.conf" <<'CONF'
Banner /etc/issue.net
ClientAliveInterval 15
ClientAliveCountMax 3
DisableForwarding yes
GSSAPIAuthentication no
HostbasedAuthentication no
IgnoreRhosts yes
LogLevel VERBOSE
LoginGraceTime 60
MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512,hmac-sha2-256
MaxAuthTries 4
MaxSessions 10
MaxStartups 10:30:60
PasswordAuthentication no
PermitEmptyPasswords no
PermitRootLogin no
PermitUserEnvironment no
UsePAM yes
X11Forwarding no
CONF
  find "$root/etc/ssh/sshd_config" "$root/etc/ssh/sshd_config.d" -type f -exec chmod 0600 {} +
fi

# Nobody reads a serial console, and nobody logs in on one.
systemctl mask getty@.service serial-getty@.service
for banner in motd issue issue.net; do
  echo "Authorized use only." >"$root/etc/$banner"
  chmod 0644 "$root/etc/$banner"
done

# Of logins, of services, and of what would collect both.
printf '* hard core 0\n' >"$root/etc/security/limits.d/60-fleet.conf"
printf '[Manager]\nDefaultLimitCORE=0\n' >"$root/etc/systemd/system.conf.d/60-fleet.conf"
printf '[Coredump]\nStorage=none\nProcessSizeMax=0\n' >"$root/etc/systemd/coredump.conf.d/60-fleet.conf"
printf '%s\n' '[Journal]' Storage=persistent Compress=yes ForwardToSyslog=yes SystemMaxUse=1G SystemKeepFree=500M RuntimeMaxUse=200M \
  RuntimeKeepFree=50M >"$root/etc/systemd/journald.conf.d/60-fleet.conf"
# systemd mounts it before it reads fstab, and then takes the options from there:
# https://manpages.debian.org/bookworm/systemd/systemd-remount-fs.service.8.en.html
echo 'tmpfs /dev/shm tmpfs defaults,nodev,nosuid,noexec 0 0' >>"$root/etc/fstab"

# Who looks into a machine that was made for it (break-glass).
cat >"$root/etc/profile.d/fleet.sh" <<'CONF'
umask 027
TMOUT=900
readonly TMOUT
export TMOUT
CONF
sed -i 's/^#*HOME_MODE[[:space:]].*/HOME_MODE 0700/' "$root/etc/login.defs"
chmod 0700 "$root/root"
find "$root/home" -mindepth 1 -maxdepth 1 -type d -exec chmod o-rwx,g-w {} +
if [ -d "$root/etc/sudoers.d" ]; then
  printf 'Defaults %s\n' use_pty logfile=/var/log/sudo.log timestamp_timeout=15 >"$root/etc/sudoers.d/fleet"
  chmod 0440 "$root/etc/sudoers.d/fleet"
fi
# Of group root is nobody but root.
sed -i '/^auth[[:space:]]*sufficient[[:space:]]*pam_rootok\.so/a auth       required   pam_wheel.so use_uid group=root' "$root/etc/pam.d/su"

# Made here, so that a package of a later image does not make them for all to read.
install -d -m 0700 "$root/etc/cron.d" "$root/etc/cron.hourly" "$root/etc/cron.daily" "$root/etc/cron.weekly" "$root/etc/cron.monthly"
if [ -e "$root/etc/crontab" ]; then chmod 0600 "$root/etc/crontab"; fi
rm -f "$root/etc/cron.deny" "$root/etc/at.deny"
for allowed in cron.allow at.allow; do install -m 0640 /dev/null "$root/etc/$allowed"; done
install -m 0600 /dev/null "$root/etc/security/opasswd"
if [ -e "$root/boot/grub/grub.cfg" ]; then chmod 0600 "$root/boot/grub/grub.cfg"; fi
