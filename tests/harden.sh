#!/bin/sh
# harden.sh [BUILD] - what the binaries and the unit promise against an intruder is there.
#
# Read from the files with readelf and systemd's own tools; nothing is started, no manager needed.
# Gates of the unit: exposure at most 1.2, and 1.0 with the drop-in that names the mail hosts
# (any host but localhost in IPAddressAllow= costs the step to 0.9 in systemd 252).
set -u
cd "$(dirname "$0")/.." || exit 1
bin=${1:-${BUREAUD:-build}}
checks=harden
. tests/ok.sh

# not COMMAND... - it fails, or finds nothing.
not()
{
	if "$@"; then
		return 1
	fi
}

has()
{
	command -v "$1" >/dev/null || { echo "harden: no $1 here, its part is left out"; return 1; }
}

# ---- binaries ----

# binary FILE - read once, into $tmp/{head,dynamic,segments,symbols}.
binary()
{
	f=$1
	readelf -hW "$f" >"$tmp/head" && readelf -dW "$f" >"$tmp/dynamic" &&
		readelf -lW "$f" >"$tmp/segments" && readelf -W --dyn-syms "$f" >"$tmp/symbols"
	ok "$f: readable" test -s "$tmp/symbols"
	if grep -q '__asan_init' "$tmp/symbols"; then
		echo "harden: $f is a build for sanitizers: left out"
		return
	fi
	ok "$f: position independent (ET_DYN)" grep -q 'Type: *DYN' "$tmp/head"
	ok "$f: position independent (PIE)" grep -q 'FLAGS_1.*\<PIE\>' "$tmp/dynamic"
	ok "$f: relocations read-only (RELRO)" grep -q 'GNU_RELRO' "$tmp/segments"
	ok "$f: all of them (BIND_NOW)" grep -q 'FLAGS_1.*\<NOW\>' "$tmp/dynamic"
	ok "$f: no executable stack" grep -Eq 'GNU_STACK .* RW +0x' "$tmp/segments"
	ok "$f: nothing writable and executable" not grep -Eq '\<R?WE\>' "$tmp/segments"
	ok "$f: no code that is written to at load" not grep -q 'TEXTREL' "$tmp/dynamic"
	ok "$f: no search path of its own" not grep -Eq 'R(UN)?PATH' "$tmp/dynamic"
	ok "$f: stack protector" grep -q '__stack_chk_fail' "$tmp/symbols"
	ok "$f: FORTIFY_SOURCE" grep -Eq '__(v?snprintf|memcpy|f?printf|read|poll)_chk' "$tmp/symbols"
}

if has readelf; then
	for f in "$bin/bureaud" "$bin/bureauctl"; do
		binary "$f"
	done
fi

# ---- the unit ----

exposure()
{
	systemd-analyze security --offline=true --no-pager --threshold="$1" "$2"
}

silent()
{
	"$@" >"$tmp/out" 2>&1
	rc=$?
	cat "$tmp/out"
	[ $rc -eq 0 ] && [ ! -s "$tmp/out" ]
}

if has systemd-analyze; then
	mkdir "$tmp/bare" "$tmp/hosts" "$tmp/hosts/bureaud.service.d"
	# verify asks whether the program is there.
	for d in bare hosts; do
		sed "s|/usr/sbin/bureaud|$(realpath "$bin/bureaud")|" systemd/bureaud.service \
			>"$tmp/$d/bureaud.service"
	done
	cp systemd/hosts.conf.example "$tmp/hosts/bureaud.service.d/hosts.conf"
	ok "exposure of the unit: 1.2 at most" exposure 12 "$tmp/bare/bureaud.service"
	ok "exposure with the drop-in: 1.0 at most" exposure 10 "$tmp/hosts/bureaud.service"
	# A gate that lets everything through is none.
	grep -v '^CapabilityBoundingSet=\|^ProtectSystem=' "$tmp/bare/bureaud.service" \
		>"$tmp/bare/open.service"
	ok "a unit without its walls is seen" not exposure 12 "$tmp/bare/open.service"
	for d in bare hosts; do
		ok "systemd-analyze verify ($d) is silent" \
			silent systemd-analyze verify --man=no "$tmp/$d/bureaud.service"
	done
fi

# ---- users and folders ----

if has systemd-sysusers; then
	ok "systemd-sysusers takes it" systemd-sysusers --dry-run "$PWD/systemd/bureaud.sysusers"
	mkdir -p "$tmp/root/etc"
	ok "systemd-sysusers makes the user" \
		systemd-sysusers --root="$tmp/root" "$PWD/systemd/bureaud.sysusers"
	ok "who cannot log in" grep -Eq '^bureaud:.*:/:/.*/nologin$' \
		"$tmp/root/etc/passwd"
fi
if has systemd-tmpfiles && [ "$(id -u)" = 0 ]; then
	mkdir -p "$tmp/tree/etc/bureaud" "$tmp/tree/usr/lib/tmpfiles.d"
	printf 'root:x:0:0::/root:/bin/sh\n' >"$tmp/tree/etc/passwd"
	printf 'root:x:0:\n' >"$tmp/tree/etc/group"
	cp systemd/bureaud.tmpfiles "$tmp/tree/usr/lib/tmpfiles.d/bureaud.conf"
	for s in key imap-password smtp-password; do
		echo secret >"$tmp/tree/etc/bureaud/$s"
		chmod 0644 "$tmp/tree/etc/bureaud/$s"
	done
	chmod 0700 "$tmp/tree/etc/bureaud"
	ok "systemd-tmpfiles takes it" \
		silent systemd-tmpfiles --root="$tmp/tree" --create bureaud.conf
	for s in key imap-password smtp-password; do
		ok "$s is closed to others" test "$(stat -c %a "$tmp/tree/etc/bureaud/$s")" = 600
	done
	ok "the folder is there" test "$(stat -c %a "$tmp/tree/etc/bureaud")" = 755
fi

ok_end
