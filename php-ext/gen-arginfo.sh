#!/usr/bin/env bash
# Generates phalanx_arginfo.h from phalanx.stub.php: php-ext/gen-arginfo.sh [FOLDER]
#
# FOLDER gets the header instead of php-ext/. PHP's own generator wants PHP-Parser, which comes from Debian's package.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here}
prefix=$("$here/../docker/php/build.sh" --find)
parser=$("$here/../tests/php/debian-tool.sh" trixie php-parser)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/phalanx.stub.php" "$prefix/share/gen_stub.php" "$work/"
# The folder's name carries the version that the generator was written for.
version=$(sed -n 's/.*\$version = "\([0-9.]*\)";.*/\1/p' "$work/gen_stub.php" | head -n 1)
mkdir -p "$work/PHP-Parser-$version"
ln -s "$parser/usr/share/php" "$work/PHP-Parser-$version/lib"
"$prefix/bin/php" -n -d memory_limit=-1 "$work/gen_stub.php" "$work/phalanx.stub.php"
cp "$work/phalanx_arginfo.h" "$out/"
