# shellcheck shell=sh
# What every image holds, whatever runs on it.
masked() { [ "$(readlink "/etc/systemd/system/$1")" = /dev/null ]; }
no_password_login() { ! awk -F: '$2 !~ /^[!*]/ { found = 1 } END { exit !found }' /etc/shadow; }
# In a folder of its own: the build's machine may have booted for real.
records_accepted() {
  scratch=$(mktemp -d)
  FLEET_RUN=$scratch /usr/local/sbin/fleet-logs && sed "s#/run/fleet#$scratch#" /etc/rsyslog.conf >"$scratch/rsyslog.conf" &&
    rsyslogd -N1 -f "$scratch/rsyslog.conf"
  status=$?
  rm -r "$scratch"
  return "$status"
}
# Older ones do not know the option.
curl_signs() { curl --help all | grep -q -- --aws-sigv4; }

for tool in curl flock jq logrotate timeout base64 rsyslogd; do
  check "$tool is there" command -v "$tool"
done
for unit in fleet-boot fleet-settings fleet-logs fleet-agents; do
  check "$unit is enabled" test -L "/etc/systemd/system/multi-user.target.wants/$unit.service"
done
check "the settings are watched" test -L /etc/systemd/system/timers.target.wants/fleet-settings-watch.timer
check "logs are rotated" test -L /etc/systemd/system/timers.target.wants/logrotate.timer
check "logrotate accepts its configuration" logrotate --debug /etc/logrotate.conf
for unit in apt-daily.timer apt-daily-upgrade.timer; do
  check "$unit never runs" masked "$unit"
done
check "the image knows its name" grep -q '^IMAGE=.' /etc/fleet/image
check "the image knows its version" grep -Eq '^IMAGE_VERSION=[0-9]+\.[0-9]+\.[0-9]+$' /etc/fleet/image
check "rsyslog accepts its configuration" rsyslogd -N1
check "rsyslog accepts what fleet-logs adds" records_accepted
check "curl signs requests for AWS" curl_signs
check "nobody has a password" no_password_login
check "kernel settings are in place" test -s /etc/sysctl.d/zz-fleet.conf
