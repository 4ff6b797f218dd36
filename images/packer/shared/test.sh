#!/bin/sh
# Runs the image's own tests and keeps their TAP output for `fleet image test add --tap`. A failure fails the build.
set -eu
status=0
/usr/local/lib/fleet/image-test >/tmp/image-test.tap || status=$?
cat /tmp/image-test.tap
chmod 0644 /tmp/image-test.tap
exit "$status"
