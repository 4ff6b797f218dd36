#!/bin/sh
# Monitoring agents, exact versions only: two builds of one commit must not differ.
set -eu
export DEBIAN_FRONTEND=noninteractive

for package in ${AGENT_PACKAGES:-}; do
  case $package in
  ?*=?*) ;;
  *)
    echo "agent_packages: must be name=version, got \"$package\"" >&2
    exit 1
    ;;
  esac
  apt-get install -y --no-install-recommends "$package"
done

# fleet-agents starts the one of the machine's cloud, once it has told it whose records it sends.
for unit in amazon-cloudwatch-agent google-cloud-ops-agent; do
  if systemctl cat "$unit.service" >/dev/null 2>&1; then systemctl disable "$unit.service"; fi
done
