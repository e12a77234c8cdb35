#!/usr/bin/env bash
# Makes a PHP tool of a Debian release usable without installing it.
#
#   tests/php/debian-tool.sh RELEASE PACKAGE      prints the folder into which it is unpacked
#
# The package and the PHP libraries it needs (not PHP itself) come through apt, which checks their signatures, from the
# mirror this machine already uses, and are unpacked into <cache>/PACKAGE-RELEASE-<hash of this file>. Once they are
# there nothing is fetched again. The cache is $PHALANX_CACHE, else $XDG_CACHE_HOME/phalanx, else ~/.cache/phalanx.
set -euo pipefail

release=${1:?release} package=${2:?package}
cache=${PHALANX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/phalanx}
folder=$cache/$package-$release-$(sha256sum "${BASH_SOURCE[0]}" | cut -c1-12)

say() { printf '[%s] %s\n' "$package" "$*" >&2; }
die() {
	say "error: $*"
	exit 1
}

if [ ! -e "$folder/.complete" ]; then
	mkdir -p "$cache"
	exec 9>"$folder.lock"
	flock 9
fi
if [ -e "$folder/.complete" ]; then
	echo "$folder"
	exit 0
fi

say "reading the package index of Debian $release"
work=$cache/fetch-$package-$release
rm -rf "$work" "$folder"
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/debs" "$folder"
# shellcheck disable=SC2016 # apt expands it
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null | sort -u | head -n 1)
[ -n "$mirror" ] || die "apt knows no Debian mirror: run 'apt-get update' and check /etc/apt"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release main" >"$work/sources.list"
options=(-o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
	-o Dir::State::status=/dev/null -o "Dir::Cache=$work/archives" -o APT::Sandbox::User="$(id -un)"
	-o Acquire::Retries=3 -o Acquire::Languages=none)
apt-get -qq "${options[@]}" update >&2 || die "apt could not read the package index"

# Libraries only: the packages of source php-defaults (php-cli, php-xml, ...) stand for PHP and its extensions.
named=$(apt-cache "${options[@]}" depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
	--no-replaces --no-enhances "$package" | grep -E '^(php(-|unit)|composer$|jsonlint$)' | sort -u)
# shellcheck disable=SC2086
wanted=$(apt-cache "${options[@]}" show --no-all-versions $named |
	awk '/^Package: / {p = $2} /^Source: / {s = $2} /^$/ {if (p && s != "php-defaults") print p; p = s = ""}
		END {if (p && s != "php-defaults") print p}' | sort -u)
grep -qx "$package" <<<"$wanted" || die "Debian $release has no package $package"

say "fetching $(wc -l <<<"$wanted") packages"
# shellcheck disable=SC2086
(cd "$work/debs" && apt-get -qq "${options[@]}" download $wanted >"$work/download.log" 2>&1) ||
	die "apt could not fetch them: see $work/download.log"
for deb in "$work"/debs/*.deb; do
	dpkg-deb -x "$deb" "$folder"
done
# Debian's autoload files name each other by absolute path.
find "$folder/usr/share/php" -iname autoload.php -exec sed -i "s#'/usr/share/php/#'$folder/usr/share/php/#g" {} +
touch "$folder/.complete"
rm -rf "$work"
echo "$folder"
