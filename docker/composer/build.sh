#!/usr/bin/env bash
# Makes Composer's platform package of build/phalanx: docker/composer/build.sh [FOLDER]
#
# FOLDER (build/composer) gets phalanx-binary-linux-ARCHITECTURE-VERSION.zip, for an artifact repository or as a package's
# dist, and the same as a folder, for a path repository. In it are composer.json, the binary, and beside it its
# libphp.so and opcache: it runs wherever it lies. vendor/bin/phalanx of phalanx/phalanx finds it there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$here/../.." && pwd)
binary=$(realpath "${PHALANX:-$tree/build/phalanx}")
die() {
	printf '[composer] error: %s\n' "$*" >&2
	exit 1
}
command -v chrpath >/dev/null || die "chrpath is missing: apt-get install chrpath"
[ -x "$binary" ] || die "$binary is missing: run 'make build' first"
php=$("$tree/docker/php/build.sh" --find)
version=$("$tree/docker/dist.sh" --version)
architecture=$(dpkg --print-architecture)
platform=linux-$architecture
target=$(mkdir -p "${1:-$tree/build/composer}" && cd "${1:-$tree/build/composer}" && pwd)
name=phalanx-binary-$platform-$version
folder=$target/${name:?}

umask 022
rm -rf "${folder:?}" "$folder.zip"
mkdir -p "$folder"
install -D -m 755 "$binary" "$folder/bin/phalanx-$platform"
# The build machine's folder has no business in it: what can write there could run code here.
chrpath -r "\$ORIGIN/../lib/phalanx" "$folder/bin/phalanx-$platform" >/dev/null
install -D -m 644 "$php/lib/libphp.so" "$folder/lib/phalanx/libphp.so"
install -m 644 "$("$php/bin/php-config" --extension-dir)/opcache.so" "$folder/lib/phalanx/opcache.so"
strip --strip-unneeded "$folder/lib/phalanx/opcache.so"
install -m 644 "$tree/LICENSE" "$folder/LICENSE"
"$tree/docker/requirements.sh" "$binary" "$php/lib/libphp.so" "$folder/lib/phalanx/opcache.so" >"$folder/REQUIREMENTS"
next=${version%.*}
next=${next%.*}.$((${next#*.} + 1))
cat >"$folder/composer.json" <<EOF
{
    "name": "phalanx/binary-$platform",
    "version": "$version",
    "description": "The phalanx binary for Linux on $architecture, with its PHP; vendor/bin/phalanx of phalanx/phalanx finds it.",
    "type": "library",
    "license": "(MIT and PHP-3.01 and Apache-2.0)",
    "homepage": "https://github.com/phalanx-php/phalanx",
    "support": {
        "issues": "https://github.com/phalanx-php/phalanx/issues",
        "source": "https://github.com/phalanx-php/phalanx"
    },
    "conflict": {
        "phalanx/phalanx": "<${version%.*} || >=$next"
    },
    "bin": [
        "bin/phalanx-$platform"
    ]
}
EOF
# By the binary's own PHP; the commit's time stands for the files', and ZIP has local times.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$tree" log -1 --format=%ct)}
TZ=UTC0 "$binary" -n "$here/zip.php" "$folder" "$folder.zip" "$SOURCE_DATE_EPOCH" || die "the zip could not be made"
echo "$folder.zip"
