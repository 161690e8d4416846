# ok.sh - for scripts that check: counts what holds, names what does not.  To be sourced, in the
# top folder of the tree, with $checks the name of what is checked; $tmp is a fresh folder that goes
# with the script.
# shellcheck shell=sh
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT INT TERM
pass=0 fail=0
export LC_ALL=C.UTF-8

# ok WHAT COMMAND...
ok()
{
	what=$1
	shift
	if "$@" >"$tmp/said" 2>&1; then
		pass=$((pass + 1))
	else
		fail=$((fail + 1))
		echo "$checks: FAILED: $what"
		head -n 20 "$tmp/said"
	fi
}

# The runner's summary; the script's exit code.
ok_end()
{
	echo "$checks: $pass passed, $fail failed"
	[ $fail -eq 0 ]
}
