#!/bin/sh
# build.sh FOLDER VERSION REVISION MAINTAINER - FOLDER/root, as `make install` left it, becomes
# FOLDER/bureaud_VERSION-REVISION_ARCH.deb.  The town's rules, texts and national directory are
# configuration files: an upgrade asks before it replaces one that was changed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "$here/../.." && pwd)
out=$(cd "$1" && pwd)
root=$out/root
version=$2-$3
maintainer=$4
arch=$(dpkg --print-architecture)
doc=$root/usr/share/doc/bureaud
umask 022
# The same tree gives the same package.
: "${SOURCE_DATE_EPOCH:=$(stat -c %Y "$tree/CHANGELOG.md")}"
export SOURCE_DATE_EPOCH

strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root"/usr/sbin/*
find "$root/usr/share/man" -type f -exec gzip -9n {} +

gzip -9nc "$doc/CHANGELOG.md" >"$doc/changelog.gz"
printf 'bureaud (%s) stable; urgency=medium\n\n  * What changed is in changelog.gz.\n\n -- %s  %s\n' \
	"$version" "$maintainer" "$(date -R -u -d "@$SOURCE_DATE_EPOCH")" |
	gzip -9n >"$doc/changelog.Debian.gz"
{
	cat "$here/copyright"
	sed -n 's/^Copyright (c) /Copyright: /p' "$doc/LICENSE"
	echo "License: BSD-2-Clause"
	sed '1,/^Copyright/d; /^$/{N; s/^\n//; s/^/.\n/}' "$doc/LICENSE" | sed '/^\.$/!s/^/ /; s/^\.$/ ./' |
		sed '1{/^ \.$/d}'
} >"$doc/copyright"
rm "$doc/CHANGELOG.md" "$doc/LICENSE"

install -D -m 644 "$here/lintian-overrides" "$root/usr/share/lintian/overrides/bureaud"
install -d "$root/etc/bureaud"
cp -r "$root/usr/share/bureaud/rules" "$root/usr/share/bureaud/templates" \
	"$doc/examples/national.conf" "$root/etc/bureaud"

install -d "$root/DEBIAN"
(cd "$root" && find etc -type f | LC_ALL=C sort | sed 's|^|/|') >"$root/DEBIAN/conffiles"
(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
for script in postinst prerm postrm; do
	install -m 755 "$here/$script" "$root/DEBIAN"
done

# dpkg-shlibdeps wants to be in a source package.
mkdir -p "$out/source/debian"
printf 'Source: bureaud\n\nPackage: bureaud\nArchitecture: any\n' >"$out/source/debian/control"
depends=$(cd "$out/source" && dpkg-shlibdeps -O "$root/usr/sbin/bureaud" "$root/usr/sbin/bureauctl" \
	2>"$out/shlibdeps.log" | sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || { cat "$out/shlibdeps.log" >&2; exit 1; }
size=$(du -k -s --apparent-size "$root" | cut -f 1)
sed "s|@VERSION@|$version|; s|@ARCH@|$arch|; s|@MAINTAINER@|$maintainer|; s|@SIZE@|$size|
	s|@DEPENDS@|$depends|" "$here/control" >"$root/DEBIAN/control"

dpkg-deb --root-owner-group -Zxz --build "$root" "$out/bureaud_${version}_$arch.deb" >/dev/null
echo "$out/bureaud_${version}_$arch.deb"
