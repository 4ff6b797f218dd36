# shellcheck shell=sh
# What fleet-settings and fleet-secret share: which cloud this is, whose settings are wanted, and how to ask. A file in
# clouds/ gives list_settings, which prints {"name", "value"} objects, and read_secret NAME, which prints the value.
# Keys, tokens and secrets go through pipes and variables of the shell: arguments and files are for others to see.
bin=${FLEET_BIN:-/usr/local/sbin}
lib=${FLEET_LIB:-/usr/local/lib/fleet}
cloud=$("$bin/fleet-config" --instance CLOUD)
# shellcheck disable=SC2034 # read by the files in clouds/
{
  metadata=${FLEET_METADATA:-http://169.254.169.254}
  region=$("$bin/fleet-config" --instance REGION)
  account=$("$bin/fleet-config" --instance ACCOUNT)
}
environment=$("$bin/fleet-config" --boot ENVIRONMENT)
service=$("$bin/fleet-config" --boot SERVICE)

# Every refusal is tried again too: a right that was just given takes a while to be known everywhere.
ask() {
  curl --silent --show-error --fail --max-time 10 --retry "${FLEET_RETRY:-10}" --retry-all-errors --retry-delay 3 \
    --retry-max-time 600 "$@"
}

# ask_as curl-options...: with what standard input says of who asks, in the form of a curl configuration file.
ask_as() { ask --config - "$@"; }

# Nothing has settings where nobody said whose they are: on a machine that builds an image, for example.
known() { [ -n "$cloud" ] && [ -n "$environment" ] && [ -n "$service" ]; }

if known; then
  case $environment$service in
  *[!a-z0-9-]*)
    echo "ENVIRONMENT and SERVICE must be lower-case names, got \"$environment\" and \"$service\"" >&2
    exit 1
    ;;
  esac
  # shellcheck source=/dev/null
  . "$lib/clouds/$cloud.sh"
fi
