#!/bin/sh
# unit.sh PROGRAM... - run the unit tests; cmocka's own lines are shown when one fails.
pass=0 fail=0 skip=0
for t in "$@"; do
	out=$("$t" 2>&1)
	rc=$?
	p=$(printf '%s\n' "$out" | sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' | tail -n 1)
	s=$(printf '%s\n' "$out" | sed -n 's/^\[  SKIPPED \] \([0-9]*\) test.*/\1/p' | tail -n 1)
	f=$(printf '%s\n' "$out" | grep -c '^\[  FAILED  \] [^0-9]')
	pass=$((pass + ${p:-0})) skip=$((skip + ${s:-0}))
	if [ $rc -ne 0 ]; then
		[ "$f" -gt 0 ] || f=1
		fail=$((fail + f))
		printf '%s\n' "--- $t (exit $rc)" "$out"
	fi
done
echo "unit: $pass passed, $fail failed, $skip skipped"
[ $fail -eq 0 ]
