# shellcheck shell=sh
# The proxy: whether its configuration holds in each form that the boot configuration can give it.
nginx_accepts() {
  mkdir -p /run/fleet
  printf '%s\n' "$1" >/run/fleet/boot
  /usr/local/sbin/fleet-web && nginx -t -q
  status=$?
  rm -f /run/fleet/boot /run/fleet/web.conf
  return "$status"
}
refuses() { ! nginx_accepts "$1"; }

check "nginx is enabled" test -L /etc/systemd/system/multi-user.target.wants/nginx.service
check "the drain hook is enabled" test -L /etc/systemd/system/multi-user.target.wants/fleet-drain.service
check "works without an upstream" nginx_accepts ""
check "works with an upstream that does not exist yet" nginx_accepts "$(printf 'UPSTREAM=app.internal:8000\nRESOLVER=127.0.0.1')"
check "refuses an upstream that is no name" refuses "UPSTREAM=app;include"
check "works with an upstream by its private name alone" nginx_accepts "$(printf 'UPSTREAM=api.prod.internal\nRESOLVER=127.0.0.1')"
check "takes a change of its settings" test -x /usr/local/lib/fleet/settings-changed.d/10-web
check "has the health path on the service's port" grep -q "location = /healthz" /etc/nginx/nginx.conf
