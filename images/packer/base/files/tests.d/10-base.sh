# shellcheck shell=sh
# What every image holds, whatever runs on it.
masked() { [ "$(readlink "/etc/systemd/system/$1")" = /dev/null ]; }
no_password_login() { ! awk -F: '$2 !~ /^[!*]/ { found = 1 } END { exit !found }' /etc/shadow; }

for tool in curl timeout base64 rsyslogd; do
  check "$tool is there" command -v "$tool"
done
for unit in fleet-boot fleet-logs; do
  check "$unit is enabled" test -L "/etc/systemd/system/multi-user.target.wants/$unit.service"
done
for unit in apt-daily.timer apt-daily-upgrade.timer; do
  check "$unit never runs" masked "$unit"
done
check "the image knows its name" grep -q '^IMAGE=.' /etc/fleet/image
check "the image knows its version" grep -Eq '^IMAGE_VERSION=[0-9]+\.[0-9]+\.[0-9]+$' /etc/fleet/image
check "rsyslog accepts its configuration" rsyslogd -N1
check "nobody has a password" no_password_login
check "kernel settings are in place" test -s /etc/sysctl.d/60-fleet.conf
