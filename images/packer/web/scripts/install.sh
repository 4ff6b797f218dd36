#!/bin/sh
# An Nginx proxy. What it proxies to is a setting; the image is the same everywhere.
set -eu
export DEBIAN_FRONTEND=noninteractive
: "${IMAGE:?}" "${IMAGE_VERSION:?}"

apt-get update
apt-get install -y --no-install-recommends nginx-light

files=${FILES:-/tmp/files}
install -m 0755 "$files"/sbin/* /usr/local/sbin/
install -m 0644 "$files"/tests.d/*.sh /usr/local/lib/fleet/tests.d/
install -m 0755 "$files"/settings-changed.d/* /usr/local/lib/fleet/settings-changed.d/
install -m 0644 "$files"/units/*.service /etc/systemd/system/
install -m 0644 "$files/nginx.conf" /etc/nginx/nginx.conf
install -d -m 0755 /etc/systemd/system/nginx.service.d
install -m 0644 "$files/nginx-unit.conf" /etc/systemd/system/nginx.service.d/fleet.conf
printf 'IMAGE=%s\nIMAGE_VERSION=%s\n' "$IMAGE" "$IMAGE_VERSION" >/etc/fleet/image
systemctl enable nginx.service fleet-drain.service
