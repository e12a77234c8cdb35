#!/usr/bin/env bash
# Builds a PHP extension from Debian's signed source package, for the PHP that build.sh made.
#
#   docker/php/extension.sh redis      builds if needed, prints the path of redis.so on standard output
#
# The source package is php-NAME, or NAME. Load the result with "-d extension=PATH". It is kept in the cache folder under the
# hash of PHP's build and of this recipe; while neither changes nothing is fetched or compiled again.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${PHALANX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/phalanx}
name=${1:?name of an extension}
suite=trixie # as build.sh

say() { printf '[php-%s] %s\n' "$name" "$*" >&2; }
die() {
	say "error: $*"
	exit 1
}

php=$("$here/build.sh" --find)
folder=$cache/php-$name-$({
	echo "$php"
	cat "$here/extension.sh"
} | sha256sum | cut -c1-12)
if [ ! -e "$folder/.complete" ]; then
	mkdir -p "$cache"
	exec 9>"$folder.lock"
	flock 9
fi
if [ -e "$folder/.complete" ]; then
	echo "$folder/$name.so"
	exit 0
fi

work=$cache/build-php-$name
rm -rf "$work" "$folder"
mkdir -p "$work/lists/partial" "$work/archives/partial" "$folder"

say "source of php-$name ($suite)"
# shellcheck disable=SC2016 # apt expands it
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null | sort -u | head -n 1)
[ -n "$mirror" ] || die "apt knows no Debian mirror: run 'apt-get update' and check /etc/apt"
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$work/sources.list"
apt=(-qq -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
	-o "Dir::Cache=$work/archives" -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=3 -o Acquire::Languages=none)
apt-get "${apt[@]}" update >&2 || die "apt could not read the $suite source index"
# The release alone, by the hash in the signed index: Debian's own part (which mirrors drop first) arranges packaging.
for package in "php-$name" "$name"; do
	index=$(apt-cache "${apt[@]:1}" showsrc --only-source "$package" | awk '/^Package: / {n++} n == 1')
	[ -z "$index" ] || break
done
pool=$(sed -n 's/^Directory: //p' <<<"$index")
read -r sum _ file < <(awk '/^Checksums-Sha256:/ {on = 1; next} /^[^ ]/ {on = 0} on && /\.orig\.tar\.[a-z0-9]+$/' <<<"$index")
[ -n "${file:-}" ] || die "Debian $suite has no source package php-$name or $name"
/usr/lib/apt/apt-helper -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=3 \
	download-file "${mirror%/}/$pool/$file" "$work/$file" "SHA256:$sum" >"$work/fetch.log" 2>&1 ||
	die "apt could not fetch $file: see $work/fetch.log"
mkdir "$work/src"
tar -xf "$work/$file" -C "$work/src"

source=$(find "$work/src" -maxdepth 3 -name config.m4 -printf '%h\n' | head -n 1)
[ -n "$source" ] || die "the source of php-$name has no config.m4"
say "compiling"
(
	cd "$source"
	"$php/bin/phpize"
	CFLAGS='-O2 -pipe' ./configure -q --with-php-config="$php/bin/php-config"
	make -j"$(nproc)"
) >"$work/make.log" 2>&1 || die "it does not compile: see $work/make.log"
cp "$source/modules/$name.so" "$folder/"
touch "$folder/.complete"
rm -rf "$work"
say "ready"
echo "$folder/$name.so"
