#!/bin/sh
# chroot.sh FOLDER SUITE MIRROR [METADATA PORT]: makes a machine of Debian in FOLDER/root and builds the images in it, base
# first and the next on the sealed base, as on a cloud. FOLDER/<image>/files and FOLDER/<image>/steps/*/{name,script,vars} say
# what to do; <image>.tap, <image>.open and <image>.sealed say how it went. With METADATA, the last one boots, as a machine on Azure
# whose metadata service is there, and serves on PORT until there is FOLDER/poweroff; FOLDER/syslog is what it wrote.
# Runs in a mount and process namespace of its own: whatever it mounts or starts is gone when it ends, however it ends.
set -eu
folder=$1
suite=$2
mirror=$3
metadata=${4:-}
port=${5:-}
root=$folder/root

# As the first process of its namespace it would not hear Ctrl-C without a handler.
trap 'exit 130' INT TERM

# In memory: faster, and it needs no removal. The rest of the disk is read-only, should a script leave the chroot.
mount --bind "$folder" "$folder"
mkdir "$root"
mount -t tmpfs -o size=2g,mode=755 tmpfs "$root"
mount -o remount,bind,ro /

say() { echo "== $(date +%T) $*"; }

say debootstrap
# With certificates, for a mirror over https.
debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" "$mirror"
mount -t proc proc "$root/proc"
# Services are not started in a chroot.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 0755 "$root/usr/sbin/policy-rc.d"
# What a cloud's image has before the build begins. By apt, which fetches several times faster than debootstrap.
chroot "$root" apt-get update
chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends openssh-server sudo systemd

# What the first boot and the build's own connection leave on a machine, so that there is something to seal.
boot() {
  tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
  chroot "$root" ssh-keygen -A
  chroot "$root" systemctl unmask ssh.service ssh.socket
  for home in root home/builder; do
    mkdir -p "$root/$home/.ssh"
    echo "ssh-ed25519 AAAA build" >"$root/$home/.ssh/authorized_keys"
  done
}

facts() {
  echo "host keys: $(find "$root/etc/ssh" -name 'ssh_host_*' | wc -l)"
  echo "authorized keys: $(find "$root/root" "$root/home" -name authorized_keys | wc -l)"
  echo "machine-id: $(wc -c <"$root/etc/machine-id") bytes"
  for unit in ssh.service ssh.socket; do
    echo "$unit: $(readlink "$root/etc/systemd/system/$unit" || echo not masked)"
  done
}

for image in base web; do
  boot
  facts >"$folder/$image.open"
  cp -R "$folder/$image/files" "$root/tmp/files"
  for step in "$folder/$image/steps"/*; do
    say "$image $(cat "$step/name")"
    cp "$step/script" "$root/tmp/script.sh"
    # One NAME=value per word; values of this test have no spaces.
    # shellcheck disable=SC2046
    chroot "$root" env $(cat "$step/vars") sh -eu /tmp/script.sh
    rm "$root/tmp/script.sh"
  done
  facts >"$folder/$image.sealed"
  mv "$root/tmp/image-test.tap" "$folder/$image.tap"
done
say sealed
[ -n "$metadata" ] || exit 0

# Of a machine's own that a test cannot have: the vendor in its firmware, an address of the link, and a port that is free.
rm "$root/usr/sbin/policy-rc.d"
mkdir -p "$root/etc/systemd/system.conf.d"
printf '[Manager]\nDefaultEnvironment="FLEET_VENDOR=Microsoft Corporation" FLEET_METADATA=%s\n' "$metadata" \
  >"$root/etc/systemd/system.conf.d/test.conf"
sed -i "s/listen 8080 /listen 127.0.0.1:$port /" "$root/etc/nginx/nginx.conf"
umount "$root/proc"
# nspawn keeps its locks there.
mount -t tmpfs tmpfs /run

say boot
systemd-nspawn --quiet --register=no --keep-unit --console=pipe --directory="$root" --boot &
machine=$!
while kill -0 "$machine" 2>/dev/null && [ ! -e "$folder/poweroff" ]; do sleep 1; done
say poweroff
# Halts the machine in order.
kill -TERM "$machine"
wait "$machine"
cp "$root/var/log/syslog" "$folder/syslog"
say gone
