# shellcheck shell=sh
# NAME=value lines, and nothing else of what comes in: settings are data, never run.
# grep answers 1 when no line is left, which is fine.
setting_lines() { LC_ALL=C grep -aE '^[A-Z][A-Z0-9_]{0,63}=[ -~]{0,1024}$' || true; }
