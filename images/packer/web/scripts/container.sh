#!/bin/sh
# Bakes a container into the image, by digest: the machine then needs no registry to boot, nor to go back to this version.
# "boot" leaves it to CONTAINER in the boot configuration, by digest too.
set -eu
export DEBIAN_FRONTEND=noninteractive
[ -n "${CONTAINER:-}" ] || exit 0

if [ "$CONTAINER" != boot ] && ! printf '%s\n' "$CONTAINER" | grep -Eq '^[^@[:space:]-][^@[:space:]]*@sha256:[0-9a-f]{64}$'; then
  echo "container: must be name@sha256:digest, got \"$CONTAINER\"; a tag can mean another container tomorrow" >&2
  exit 1
fi

# dbus: crun asks systemd for the container's control group.
apt-get install -y --no-install-recommends dbus podman
# The package lets others start containers, and starts newer ones by itself. Here there is one, by digest.
systemctl mask podman-auto-update.timer podman-auto-update.service podman-restart.service podman.socket podman.service
if [ "$CONTAINER" != boot ]; then
  podman pull "$CONTAINER"
  printf '%s\n' "$CONTAINER" >/etc/fleet/container
fi
install -m 0644 "${FILES:-/tmp/files}/fleet-container.service" /etc/systemd/system/fleet-container.service
systemctl enable fleet-container.service
