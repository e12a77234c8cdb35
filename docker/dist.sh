#!/usr/bin/env bash
# What a release needs beside the build.
#
#   docker/dist.sh                build/dist/phalanx-VERSION-linux-ARCHITECTURE.tar.gz of build/phalanx and its PHP
#   docker/dist.sh --composer     build/composer: the Composer package phalanx/binary-linux-ARCHITECTURE, a folder and its zip
#   docker/dist.sh --version      the version that the sources name
#   docker/dist.sh --check vX.Y.Z fails when that is not X.Y.Z
#   docker/dist.sh --sbom         build/sbom/phalanx.cdx.json and phalanx.spdx.json
#
# PHP looks for php.ini and its extensions where it was built for, so the tarball holds that path (PHALANX_PREFIX, in
# releases /opt/phalanx) and is unpacked at /. Of the same files it makes the same tarball: order, owners and times are fixed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=$(sed -n "s/.*const VERSION = '\([^']*\)'.*/\1/p" phpsrc/Phalanx/Engine.php)
[ -n "$version" ] || { echo "phpsrc/Phalanx/Engine.php names no version" >&2 && exit 1; }
# The commit's time stands for the build's: a second build has the same.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH

case "${1:-}" in
'') ;;
--version)
	echo "$version"
	exit 0
	;;
--check)
	[ "v$version" = "${2:-}" ] && exit 0
	echo "the tag is ${2:-missing}, the version in phpsrc/Phalanx/Engine.php $version" >&2
	exit 1
	;;
--sbom)
	PATH=$(docker/go.sh):$PATH
	export PATH
	binary=$PWD/build/phalanx out=$PWD/build/sbom
	cd docker/sbom
	CGO_ENABLED=0 GOFLAGS='' exec go run . -binary "$binary" -version "$version" \
		-time "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)" -out "$out"
	;;
--composer) exec docker/composer/build.sh ;;
*)
	echo "usage: docker/dist.sh [--composer|--version|--check TAG|--sbom]" >&2
	exit 64
	;;
esac

prefix=$(docker/php/build.sh --find)
name=phalanx-$version-linux-$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "${work:?}"' EXIT
tree=$work$prefix
extensions=$("$prefix/bin/php-config" --extension-dir)
install -D -m 755 build/phalanx "$tree/bin/phalanx"
install -D -m 644 "$prefix/lib/libphp.so" "$tree/lib/libphp.so"
install -D -m 644 "$extensions/opcache.so" "$work$extensions/opcache.so"
install -D -m 644 docker/php/php.ini "$tree/etc/conf.d/phalanx.ini"
install -D -m 644 LICENSE "$tree/share/doc/phalanx/LICENSE"
install -D -m 644 README.md "$tree/share/doc/phalanx/README.md"
docker/requirements.sh build/phalanx "$prefix/lib/libphp.so" "$extensions/opcache.so" >"$tree/share/doc/phalanx/REQUIREMENTS"
mkdir -p build/dist
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
	--mode='u=rwX,go=rX' -cf - "${prefix#/}" | gzip -9n >"build/dist/$name.tar.gz"
echo "build/dist/$name.tar.gz"
