#!/bin/sh
# First step of every build: cloud-init is still writing apt's sources when the first connection is made.
set -eu
if command -v cloud-init >/dev/null; then cloud-init status --wait >/dev/null || true; fi
