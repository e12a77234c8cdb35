#!/usr/bin/env bash
# Makes a Debian package of build/phalanx for the machine's own release: docker/debian/build.sh [FOLDER]
#
# It goes to FOLDER (build/) as phalanx_VERSION_ARCH.deb; its name is printed. Installed are the binary, its libphp.so and
# opcache in a folder of their own, php.ini in /etc/phalanx, and units of systemd: docs/debian.md. What the files link
# against decides the dependencies (dpkg-shlibdeps).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$here/../.." && pwd)
target=$(mkdir -p "${1:-$tree/build}" && cd "${1:-$tree/build}" && pwd)
binary=${PHALANX:-$tree/build/phalanx}
die() {
	printf '[deb] error: %s\n' "$*" >&2
	exit 1
}
for tool in chrpath dpkg-deb dpkg-shlibdeps strip; do
	command -v "$tool" >/dev/null || die "$tool is missing: apt-get install binutils chrpath dpkg-dev"
done
[ -x "$binary" ] || die "$binary is missing: run 'make build' first"
php=$("$tree/docker/php/build.sh" --find)
version=$(sed -n "s/.* VERSION = '\(.*\)';/\1/p" "$tree/phpsrc/Phalanx/Engine.php")
arch=$(dpkg --print-architecture)
maintainer="${DEBFULLNAME:-Phalanx} <${DEBEMAIL:-phalanx@localhost}>"

umask 022
# The commit's time stands for the build's, in the package's archives too: a second build is the same.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$tree" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "${work:?}"' EXIT
root=$work/root
mkdir -p "$root/DEBIAN" "$root/usr/share/doc/phalanx" "$work/debian" "$root/etc/phalanx/apps" "$root/etc/phalanx/conf.d"
install -D -m 755 "$binary" "$root/usr/bin/phalanx"
# The build machine's folder has no business in it: what can write there could run code here.
chrpath -r "\$ORIGIN/../lib/phalanx" "$root/usr/bin/phalanx" >/dev/null
install -D -m 644 "$php/lib/libphp.so" "$root/usr/lib/phalanx/libphp.so"
install -D -m 644 "$("$php/bin/php-config" --extension-dir)/opcache.so" "$root/usr/lib/phalanx/opcache.so"
strip --strip-unneeded "$root/usr/lib/phalanx/opcache.so"
install -D -m 644 "$here/completion" "$root/usr/share/bash-completion/completions/phalanx"
install -D -m 644 "$here/lintian-overrides" "$root/usr/share/lintian/overrides/phalanx"
install -D -m 644 "$here/php.ini" "$root/etc/phalanx/php.ini"
install -D -m 644 "$here/phalanx@.service" "$root/lib/systemd/system/phalanx@.service"
install -D -m 644 "$here/phalanx@.socket" "$root/lib/systemd/system/phalanx@.socket"
install -D -m 644 "$here/sysusers.conf" "$root/usr/lib/sysusers.d/phalanx.conf"
install -D -m 644 "$here/phalanx.1" "$root/usr/share/man/man1/phalanx.1"
gzip -9n "$root/usr/share/man/man1/phalanx.1"
install -m 644 "$here/copyright" "$root/usr/share/doc/phalanx/copyright"
printf 'phalanx (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md of the source.\n\n -- %s  %s\n' \
	"$version" "$maintainer" "$(LC_ALL=C date -Ru -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$root/usr/share/doc/phalanx/changelog.gz"
echo /etc/phalanx/php.ini >"$root/DEBIAN/conffiles"
install -m 755 "$here/postinst" "$here/prerm" "$here/postrm" "$root/DEBIAN/"

# dpkg-shlibdeps wants a source package's folder; libphp.so comes with the package.
printf 'Source: phalanx\n\nPackage: phalanx\nArchitecture: any\n' >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O --ignore-missing-info -l"$root/usr/lib/phalanx" \
	-e"$root/usr/bin/phalanx" -e"$root/usr/lib/phalanx/libphp.so" -e"$root/usr/lib/phalanx/opcache.so" 2>"$work/shlibdeps.log" |
	sed -n 's/^shlibs:Depends=//p') || { cat "$work/shlibdeps.log" >&2 && die "dpkg-shlibdeps failed"; }
[ -n "$depends" ] || die "dpkg-shlibdeps found no dependency"
cat >"$root/DEBIAN/control" <<EOF
Package: phalanx
Version: $version
Architecture: $arch
Maintainer: $maintainer
Installed-Size: $(find "$root" -path "$root/DEBIAN" -prune -o -type f -printf '%s\n' | awk '{n += $1} END {print int((n + 1023) / 1024)}')
Depends: $depends, ca-certificates, tzdata
Recommends: systemd
Section: web
Priority: optional
Homepage: https://github.com/phalanx-php/phalanx
Description: PHP application server with Workerman's and Phalcon's classes
 Runs Workerman applications on an event loop written in Go, with PHP inside the
 process through FrankenPHP. It brings a PHP of its own and leaves the system's
 alone.
EOF
(cd "$root" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
file=$target/phalanx_${version}_$arch.deb
dpkg-deb --root-owner-group -Zxz -z1 -b "$root" "$file" >&2
echo "$file"
