#!/bin/sh
# A machine is replaced, never changed: whatever would change it by itself, or let somebody in, is off.
set -eu

cat >/etc/sysctl.d/60-fleet.conf <<'CONF'
fs.protected_fifos = 2
fs.protected_regular = 2
fs.suid_dumpable = 0
kernel.dmesg_restrict = 1
kernel.kptr_restrict = 2
kernel.unprivileged_bpf_disabled = 1
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.all.rp_filter = 1
net.ipv4.conf.all.send_redirects = 0
net.ipv6.conf.all.accept_redirects = 0
CONF

# Updates come as a new image.
systemctl mask apt-daily.timer apt-daily-upgrade.timer apt-daily.service apt-daily-upgrade.service

# For the minutes that a build needs sshd; seal.sh masks it.
if [ -d /etc/ssh ]; then
  install -d -m 0755 /etc/ssh/sshd_config.d
  printf 'PasswordAuthentication no\nPermitRootLogin no\nX11Forwarding no\n' >/etc/ssh/sshd_config.d/60-fleet.conf
fi

# Nobody reads a serial console, and nobody logs in on one.
systemctl mask getty@.service serial-getty@.service
printf '* hard core 0\n' >/etc/security/limits.d/60-fleet.conf
chmod 0700 /root
