# shellcheck shell=sh
# The controls of the CIS benchmark that are met, each by its check in the list. It reads what the first boot will read: the build's
# own machine has not booted with it. The functions below are the words of those checks.
# shellcheck disable=SC2317 # called by the list
cis=${FLEET_CIS:-/usr/local/lib/fleet/cis}
root=${FLEET_ROOT:-}
owner=${FLEET_OWNER:-0}

# finds PATTERN PATH..., never PATTERN PATH...: a line of these files, or of files in these folders.
finds() {
  pattern=$1
  shift
  for path; do set -- "$@" "$root$path" && shift; done
  grep -Eqrs -- "$pattern" "$@"
}
never() { ! finds "$@"; }
# closed MODE PATH...: nobody has more rights to what is there of these than MODE, and it is root's.
closed() {
  wider=$(printf '%o' $((07777 & ~$1)))
  shift
  for path; do
    # Patterns are meant to be patterns.
    # shellcheck disable=SC2086
    [ -z "$(find -H $root$path -prune \( -perm /"$wider" -o ! -user "$owner" \) 2>/dev/null)" ] || return 1
  done
}
# no_line FILE CONDITION: no line of a file of accounts is so.
no_line() { awk -F: -v today="$(($(date +%s) / 86400))" "$2 { wrong = 1 } END { exit wrong }" "$root$1"; }
# Containers' own files are behind a folder that only root enters.
# shellcheck disable=SC2086 # tests of find
no_file() {
  [ -z "$(find "${root:-/}" -xdev \( -path "$root/proc" -o -path "$root/sys" -o -path "$root/var/lib/containers" \) -prune -o \
    $1 -print -quit)" ]
}

installed() { [ "$(dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${db:Status-Status}' "$1")" = installed ]; }
absent() { for package; do ! installed "$package" || return 1; done; }
at_least() {
  version=$(dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${Version}' "$1") && dpkg --compare-versions "$version" ge "$2"
}
no_mail_server() {
  ! dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${db:Status-Status} ${Provides}\n' | grep -Eq '^installed .*mail-transport-agent'
}

not_masked() { [ "$(readlink "$root/etc/systemd/system/$1")" != /dev/null ]; }
starts() { [ -n "$(find "$root/etc/systemd/system" -path "*.wants/$1" -print -quit)" ] && not_masked "$1"; }
starts_if_there() { ! installed "$1" || starts "$2"; }
# unused PACKAGE UNIT...: it is not there, or none of its units starts.
unused() {
  ! installed "$1" || {
    shift
    for unit; do ! starts "$unit" || return 1; done
  }
}
# Two would set it against each other.
one_clock() {
  case $(starts chrony.service && echo chrony)$(starts systemd-timesyncd.service && echo timesyncd) in
  chrony | timesyncd) ;;
  *) return 1 ;;
  esac
}

# not_loadable MODULE...: neither by name nor by what the kernel asks for.
not_loadable() {
  for module; do
    finds "^install[[:space:]]+$module[[:space:]]+/bin/false\$" /etc/modprobe.d &&
      finds "^blacklist[[:space:]]+$module\$" /etc/modprobe.d &&
      never "^$module\$" /etc/modules /etc/modules-load.d || return 1
  done
}
# What systemd-sysctl sets, last things last, as NAME=VALUE. Files go by their names alone, whatever folder they are in, and of one name
# only the first folder's counts: https://manpages.debian.org/bookworm/systemd/sysctl.d.5.en.html
settings=$(for folder in /etc /run /usr/local/lib /usr/lib; do
  find "$root$folder/sysctl.d" -name '*.conf' -printf '%f %p\n' 2>/dev/null
done | LC_ALL=C sort -s -u -k1,1 | while read -r _ path; do cat "$path"; done |
  awk -F= '{ gsub(/[[:space:]]/, ""); sub(/^-/, ""); if ($1 ~ "/") gsub("/", ".", $1); print $1 "=" $2 }')
# kernel_setting NAME VALUE
kernel_setting() { [ "$(printf '%s\n' "$settings" | grep "^$1=" | tail -n 1)" = "$1=$2" ]; }
# interfaces FAMILY NAME VALUE: of those that are there, and of those that come.
interfaces() { kernel_setting "net.$1.conf.all.$2" "$3" && kernel_setting "net.$1.conf.default.$2" "$3"; }
mounted_with() { finds "^tmpfs $1 tmpfs .*$2" /etc/fstab; }
no_wireless() { [ -z "$(find "$root/sys/class/net" -mindepth 2 -maxdepth 2 -follow -name wireless 2>/dev/null)" ]; }
no_core_dumps() {
  kernel_setting fs.suid_dumpable 0 && finds '^\* hard core 0$' /etc/security/limits.d &&
    finds '^DefaultLimitCORE=0$' /etc/systemd/system.conf.d && finds '^ProcessSizeMax=0$' /etc/systemd/coredump.conf.d
}
apt_wants_signatures() {
  finds '^APT::Get::AllowUnauthenticated "false";$' /etc/apt/apt.conf.d &&
    never '(AllowUnauthenticated|AllowInsecureRepositories|AllowWeakRepositories) "?(true|1|yes)' /etc/apt/apt.conf /etc/apt/apt.conf.d
}
sources_are_signed() {
  never '(trusted|allow-insecure|allow-weak)=yes|^(Trusted|Allow-Insecure|Allow-Weak): *yes' /etc/apt/sources.list /etc/apt/sources.list.d
}
tells_nothing() { [ -s "$root$1" ] && never '\\[mrsv]|[Dd]ebian|[Ll]inux' "$1"; }
# Who has a list of allowed users, and nobody on it.
nobody_in() {
  [ -e "$root/etc/$1.allow" ] && closed 0640 "/etc/$1.allow" && never . "/etc/$1.allow" && [ ! -e "$root/etc/$1.deny" ]
}

# What sshd itself makes of its files. It wants a folder that its unit makes.
sshd_conf() {
  [ -n "$root" ] || install -d -m 0755 /run/sshd
  sshd -T -f "$root/etc/ssh/sshd_config"
}
sshd_says() { sshd_conf | grep -qx "$1 $2"; }
# sshd_has_none LIST PART...: it says what it takes, and nothing of that has one of these in its name.
sshd_has_none() {
  list=$(sshd_conf | grep "^$1 ") || return 1
  shift
  for part; do
    case $list in *"$part"*) return 1 ;; esac
  done
}
sudo_has() { finds "$1" /etc/sudoers.d/fleet; }
# Of group root is nobody but root: https://manpages.debian.org/bookworm/libpam-modules/pam_wheel.8.en.html
only_root_uses_su() {
  finds '^auth[[:space:]]+required[[:space:]]+pam_wheel\.so use_uid group=root$' /etc/pam.d/su && no_line /etc/group '$1 == "root" && $4 != ""'
}
asks_pam_unix() {
  for part in account auth password session; do finds '^[^#]*pam_unix\.so' "/etc/pam.d/common-$part" || return 1; done
}
groups_exist() {
  awk -F: 'FILENAME ~ /group$/ { group[$3]; next } !($4 in group) { wrong = 1 } END { exit wrong }' "$root/etc/group" "$root/etc/passwd"
}
# people: user id and home of who has a shell.
people() { awk -F: '$3 >= 1000 && $7 !~ /(nologin|false)$/ { print $3, $6 }' "$root/etc/passwd"; }
homes_are_closed() {
  people | while read -r id home; do
    [ -d "$root$home" ] && [ -z "$(find "$root$home" -prune \( ! -uid "$id" -o -perm /0027 \))" ] || return 1
  done
}
# Whom rsh trusts, where mail goes, and passwords in the clear; and what others could write, or read of what was typed.
no_open_dot_files() {
  {
    echo 0 /root
    people
  } | while read -r _ home; do
    [ -z "$(find "$root$home" -maxdepth 1 -type f \( -name .rhosts -o -name .forward -o -name .netrc -o \
      -name '.*history' -perm /0077 -o -name '.*' -perm /0022 \) 2>/dev/null)" ] || return 1
  done
}

check "the list of CIS controls is there" test -s "$cis"
while IFS='|' read -r number _ status what rest; do
  [ "$status" = " met " ] || continue
  what=${what# }
  check "CIS ${number% }: ${what% }" eval "$rest" </dev/null
done <"$cis"
