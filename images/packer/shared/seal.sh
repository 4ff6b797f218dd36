#!/bin/sh
# Last step of every build: whatever is unique to this machine, or lets somebody in, goes.
set -eu

# Masked, not removed: it takes effect at the next boot, and the build is still connected through it.
systemctl mask ssh.service ssh.socket
rm -f /etc/ssh/ssh_host_*
find /root /home -name authorized_keys -delete 2>/dev/null || true
passwd -l root >/dev/null

# Not `clean --machine-id`: it deletes the file, and a missing one is no first boot to systemd; an empty one is.
if command -v cloud-init >/dev/null; then cloud-init clean --logs --seed; fi
: >/etc/machine-id
rm -f /var/lib/dbus/machine-id /var/lib/systemd/random-seed /etc/hostname

apt-get clean
rm -rf /var/lib/apt/lists/* /tmp/files /var/tmp/* /root/.bash_history /home/*/.bash_history
find /var/log -type f -exec truncate -s 0 {} +
sync
