#!/bin/sh
# What every machine has: the reader of its boot configuration, log forwarding, and the image's own test.
set -eu
export DEBIAN_FRONTEND=noninteractive
: "${IMAGE:?}" "${IMAGE_VERSION:?}"

apt-get update
apt-get upgrade -y
# curl and timeout: Azure's health extension and the boot reader call them. jq reads what the clouds answer.
# logrotate: rsyslog only recommends it. util-linux: flock.
apt-get install -y --no-install-recommends ca-certificates coreutils curl jq logrotate rsyslog rsyslog-gnutls util-linux

files=${FILES:-/tmp/files}
install -d -m 0755 /usr/local/lib/fleet/tests.d /usr/local/lib/fleet/clouds /usr/local/lib/fleet/settings-changed.d /etc/fleet
install -m 0755 "$files"/sbin/* /usr/local/sbin/
install -m 0755 "$files/image-test" /usr/local/lib/fleet/image-test
install -m 0644 "$files"/tests.d/*.sh /usr/local/lib/fleet/tests.d/
install -m 0644 "$files/cis" /usr/local/lib/fleet/cis
install -m 0644 "$files"/lib/*.sh /usr/local/lib/fleet/
install -m 0644 "$files"/lib/clouds/*.sh /usr/local/lib/fleet/clouds/
install -m 0644 "$files"/units/* /etc/systemd/system/
install -m 0644 "$files/rsyslog.conf" /etc/rsyslog.conf
install -d -m 0755 /etc/systemd/system/rsyslog.service.d
install -m 0644 "$files/rsyslog-unit.conf" /etc/systemd/system/rsyslog.service.d/fleet.conf
install -d -m 0700 /var/spool/rsyslog
install -m 0644 "$files/logrotate.conf" /etc/logrotate.d/rsyslog
install -d -m 0755 /etc/systemd/system/logrotate.timer.d
install -m 0644 "$files/logrotate-timer.conf" /etc/systemd/system/logrotate.timer.d/fleet.conf
printf 'IMAGE=%s\nIMAGE_VERSION=%s\n' "$IMAGE" "$IMAGE_VERSION" >"/etc/fleet/image"
systemctl enable fleet-boot.service fleet-settings.service fleet-settings-watch.timer fleet-logs.service fleet-agents.service \
  logrotate.timer
