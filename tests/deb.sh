#!/bin/sh
# deb.sh FILE.deb - what is in the package, and what must not be.
set -u
cd "$(dirname "$0")/.." || exit 1
deb=$1
checks=deb
. tests/ok.sh

dpkg-deb --raw-extract "$deb" "$tmp/tree" || exit 1
dpkg-deb --contents "$deb" >"$tmp/contents"
control=$tmp/tree/DEBIAN/control
scripts="postinst prerm postrm"

version=$(sed -n 's/^## \[\([0-9][^]]*\)\].*/\1/p' CHANGELOG.md | head -n 1)
ok "the version is that of CHANGELOG.md" grep -q "^Version: $version-" "$control"
ok "libraries are computed" grep -q '^Depends: .*libc6 (>= .*libsqlite3-0' "$control"
ok "libcurl is asked for, not required" sh -c \
	"grep -q '^Recommends: .*libcurl3-gnutls' $control && ! grep '^Depends: .*libcurl' $control"
ok "everything is root's" test -z "$(awk '$2 != "root/root"' "$tmp/contents")"
ok "nothing but root can write" sh -c "! grep -v '^l' $tmp/contents | grep -E '^.....w|^........w|^...[sS]'"
ok "nothing lies elsewhere" sh -c \
	"! awk '{ print \$6 }' $tmp/contents | grep -vE '^\./((etc/(bureaud/.*)?|usr/.*)?)$'"

# What the town may change is a configuration file, and it is what the tree has.
(cd "$tmp/tree" && find etc -type f | sed 's|^|/|' | sort) >"$tmp/etc"
sort "$tmp/tree/DEBIAN/conffiles" >"$tmp/conffiles"
ok "every file of /etc is a configuration file" diff "$tmp/etc" "$tmp/conffiles"
for part in rules templates; do
	ok "/etc/bureaud/$part is that of the tree" diff -r $part "$tmp/tree/etc/bureaud/$part"
done
for own in bureaud.conf key imap-password smtp-password annuaire.conf quartiers.conf; do
	ok "no $own in /etc/bureaud" test ! -e "$tmp/tree/etc/bureaud/$own"
done
ok "programs, unit, manuals" test -x "$tmp/tree/usr/sbin/bureaud" -a -x "$tmp/tree/usr/sbin/bureauctl" \
	-a -f "$tmp/tree/usr/lib/systemd/system/bureaud.service" -a \
	-f "$tmp/tree/usr/share/man/man8/bureaud.8.gz"
ok "sums" sh -c "cd $tmp/tree && md5sum --quiet -c DEBIAN/md5sums"

for script in $scripts; do
	ok "$script is a program" test -x "$tmp/tree/DEBIAN/$script"
	ok "$script is sh" sh -n "$tmp/tree/DEBIAN/$script"
	# A desk that was not configured must not answer citizens.
	ok "$script enables and starts nothing" sh -c \
		"! grep -E 'systemctl.* enable|deb-systemd-helper|deb-systemd-invoke start' $tmp/tree/DEBIAN/$script"
	ok "$script deletes no case" sh -c "! grep -E 'rm .*(/var/|/etc/bureaud)' $tmp/tree/DEBIAN/$script"
done

if command -v lintian >/dev/null; then
	ok "lintian" lintian --allow-root --fail-on error "$deb"
else
	echo "deb: lintian is not installed: not run"
fi

ok_end
