#!/bin/sh
# deps.sh PACKAGE... - install what is missing of them; says nothing when all is there.
# The services of postfix and dovecot are not started: a policy file denies it meanwhile.
set -e
have=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | sed -n 's/ installed$//p')
missing=
for p in "$@"; do
	printf '%s\n' "$have" | grep -qx "$p" || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
echo "installing:$missing"
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	echo "services of these packages are kept from starting meanwhile ($policy)"
	printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null
	$sudo chmod 755 $policy
	trap '$sudo rm -f $policy' EXIT INT TERM
fi
quiet=-qq
$sudo apt-get $quiet update
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive apt-get $quiet -y --no-install-recommends install $missing >/dev/null
