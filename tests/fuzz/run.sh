#!/bin/sh
# run.sh SECONDS FOLDER TARGET... - each fuzz target for so long, from the seeds beside this
# file and what earlier runs have found; the input that breaks one is kept and named.
time=$1 out=$2 here=${0%/*}
shift 2
# Their failures are what is looked for; a hang is one as well.
options="-rss_limit_mb=2048 -malloc_limit_mb=1024 -timeout=10 -max_len=8192 -print_final_stats=1"
bad=0
for t in "$@"; do
	name=${t##*/fuzz_}
	corpus=$out/corpus/$name seeds=$out/seeds/$name
	mkdir -p "$corpus" "$seeds" "$out/found"
	# A line of %%%% parts one seed from the next.
	[ ! -f "$here/seeds/$name" ] || awk -v d="$seeds" '
		BEGIN { f = d "/000" } /^%%%%$/ { close(f); f = sprintf("%s/%03d", d, ++n); next }
		{ print > f }' "$here/seeds/$name"
	case $name in
	parse|bounce) more=$here/../corpus ;;
	*) more= ;;
	esac
	dict=
	[ ! -f "$here/$name.dict" ] || dict=-dict=$here/$name.dict
	# shellcheck disable=SC2086
	"$t" $options $dict -max_total_time="$time" -artifact_prefix="$out/found/$name-" \
	    "$corpus" "$seeds" $more >"$out/$name.log" 2>&1
	rc=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$name.log")
	if [ $rc -eq 0 ]; then
		echo "fuzz: $name ${runs:-0} runs, nothing found"
	else
		bad=1
		echo "fuzz: $name FAILED: $(grep -o "$out/found/[^ ]*" "$out/$name.log" | tail -n 1) (see $out/$name.log)"
		grep -m 3 -E 'ERROR: |SUMMARY: |runtime error: ' "$out/$name.log"
	fi
done
exit $bad
