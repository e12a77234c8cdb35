#!/usr/bin/env bash
# Builds PHP (thread-safe, embeddable) from Debian's signed source package.
#
#   docker/php/build.sh            builds if needed, prints the installation's folder on standard output
#   docker/php/build.sh --update   looks for a newer source version first
#   docker/php/build.sh --find     prints the folder, or fails when there is no build yet; builds nothing
#
# The result is <cache>/php-<version>-<hash>, the hash being that of this recipe, the Debian
# release and the machine's architecture: a changed recipe makes a new folder, an unchanged one
# costs nothing. The cache is $PHALANX_CACHE, else $XDG_CACHE_HOME/phalanx, else ~/.cache/phalanx.
# PHALANX_PREFIX installs into exactly that folder instead (the image does so).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${PHALANX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/phalanx}
package=php8.4
suite=trixie # the Debian release whose source is built, on whatever release this machine runs
start=$SECONDS

say() { printf '[php %4ds] %s\n' "$((SECONDS - start))" "$*" >&2; }
die() {
	say "error: $*"
	exit 1
}

# What the recipe consists of, and what its binaries link against.
recipe_hash() {
	{
		cat "$here/build.sh" "$here/configure.options" "$here/packages.txt"
		uname -m
		. /etc/os-release && echo "$ID $VERSION_ID"
	} | sha256sum | cut -c1-12
}
hash=$(recipe_hash)

installed() {
	if [ -n "${PHALANX_PREFIX:-}" ]; then
		[ -e "$PHALANX_PREFIX/.complete-$hash" ] && echo "$PHALANX_PREFIX"
	else
		local found
		found=$(ls -d "$cache"/php-*-"$hash" 2>/dev/null | sort -V | tail -n 1)
		[ -n "$found" ] && [ -e "$found/.complete-$hash" ] && echo "$found"
	fi
}

mode=${1:-}
case "$mode" in
'' | --find | --update) ;;
*) die "unknown option $mode (known: --find, --update)" ;;
esac
if [ "$mode" != --update ] && prefix=$(installed); then
	echo "$prefix"
	exit 0
fi
[ "$mode" = --find ] && die "PHP is not built yet: run docker/php/build.sh"

mkdir -p "$cache"
exec 9>"$cache/php-$hash.lock"
flock -n 9 || {
	say "another build of the same recipe is under way: waiting for it"
	flock 9
}
# The build we waited for may be the one we want.
if [ "$mode" != --update ] && prefix=$(installed); then
	echo "$prefix"
	exit 0
fi

sudo=()
if [ "$(id -u)" != 0 ]; then sudo=(sudo); fi

say "1/6 Debian packages"
want=$(awk '$1 == "build" {print $2}' "$here/packages.txt")
have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $want 2>/dev/null | awk '$1 == "installed" {print $2}' || true)
missing=$(comm -13 <(sort <<<"$have") <(sort <<<"$want"))
if [ -n "$missing" ]; then
	say "installing:" $missing
	# A mirror that hiccups is retried; the list is refreshed because a new machine has none.
	"${sudo[@]}" apt-get -qq -o Acquire::Retries=3 update >&2
	DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get -qq -y --no-install-recommends -o Acquire::Retries=3 \
		install $missing >"$cache/apt-install.log" 2>&1 ||
		die "apt-get could not install the packages: see $cache/apt-install.log"
fi

say "2/6 source of $package ($suite)"
work=$cache/build-$hash
rm -rf "$work"
mkdir -p "$work/lists/partial" "$work/archives/partial"
# The mirror is whichever one this machine already uses; the signature is checked by apt itself.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null | sort -u | head -n 1)
[ -n "$mirror" ] || die "apt knows no Debian mirror: run 'apt-get update' and check /etc/apt"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
security=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian-Security' 2>/dev/null | sort -u | head -n 1)
{
	echo "deb-src [signed-by=$keyring] $mirror $suite main"
	if [ -n "$security" ]; then echo "deb-src [signed-by=$keyring] $security $suite-security main"; fi
} >"$work/sources.list"
apt_source=(apt-get -qq -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=-
	-o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/archives" -o APT::Sandbox::User=root
	-o Acquire::Retries=3 -o Acquire::Languages=none)
"${apt_source[@]}" update >&2 || die "apt could not read the $suite source index"
# A mirror can list a version whose files it no longer (or not yet) has: then the next older one serves.
versions=$(apt-cache "${apt_source[@]:2}" showsrc "$package" | sed -n 's/^Version: //p' | sort -rVu)
fetched=
for version in $versions; do
	if (cd "$work" && "${apt_source[@]}" source --download-only "$package=$version" >"$work/fetch.log" 2>&1); then
		fetched=$version
		break
	fi
	rm -f "$work"/*.dsc
	say "warning: the mirror lists $package $version but does not have it"
done
[ -n "$fetched" ] || {
	tail -n 3 "$work/fetch.log" >&2
	die "apt could not fetch $package"
}
dsc=$(ls "$work"/*.dsc)
upstream=${fetched%%-*}
prefix=${PHALANX_PREFIX:-$cache/php-$upstream-$hash}
if [ -e "$prefix/.complete-$hash" ]; then
	say "version $upstream is there already"
	rm -rf "$work"
	echo "$prefix"
	exit 0
fi

say "3/6 unpacking PHP $upstream"
# Debian's patches arrange PHP for Debian's own packaging (paths, session clean-up by cron, system
# time zones); security fixes arrive as new upstream versions. Without them PHP behaves as the
# official builds do, and the generated configure and parsers can be used as they are.
dpkg-source --no-check --skip-patches -x "$dsc" "$work/src" >"$work/unpack.log" 2>&1 ||
	die "dpkg-source failed: see $work/unpack.log"

say "4/6 configure (about a minute)"
options=$(grep -v '^#' "$here/configure.options")
(
	cd "$work/src"
	# The functions libphp.so calls in itself are bound at link time: nothing replaces them, and a
	# call through the PLT costs on every one. No debugging information: it doubles the time.
	# shellcheck disable=SC2086
	CFLAGS='-O2 -pipe -fno-semantic-interposition -fno-plt' CXXFLAGS='-O2 -pipe' \
		LDFLAGS='-Wl,-O1 -Wl,--as-needed -Wl,-Bsymbolic-functions' \
		./configure -q --prefix="$prefix" --with-config-file-path="$prefix/etc" \
		--with-config-file-scan-dir="$prefix/etc/conf.d" $options
) >"$work/configure.log" 2>&1 || {
	tail -n 5 "$work/configure.log" >&2
	die "configure failed: see $work/configure.log"
}

say "5/6 compiling with $(nproc) jobs"
total=$(cd "$work/src" && make -n 2>/dev/null | grep -c -- '--mode=compile' || true)
(cd "$work/src" && make -j"$(nproc)" >"$work/make.log" 2>&1) &
compile=$!
while kill -0 "$compile" 2>/dev/null; do
	sleep 5
	done=$(grep -c -- '--mode=compile' "$work/make.log" 2>/dev/null || true)
	if [ -t 2 ]; then
		printf '\r[php %4ds]     %s of %s files' "$((SECONDS - start))" "${done:-0}" "$total" >&2
	elif [ $(((SECONDS - start) / 5 % 12)) = 0 ]; then
		say "    ${done:-0} of $total files"
	fi
done
[ -t 2 ] && echo >&2
wait "$compile" || {
	grep -n 'error' "$work/make.log" | head -n 5 >&2
	die "make failed: see $work/make.log"
}

say "6/6 installing into $prefix"
rm -rf "$prefix"
(cd "$work/src" && make install >"$work/install.log" 2>&1) || die "make install failed: see $work/install.log"
mkdir -p "$prefix/etc/conf.d" "$prefix/share"
cp "$work/src/run-tests.php" "$work/src/build/gen_stub.php" "$prefix/share/"
strip --strip-unneeded "$prefix/lib/libphp.so" "$prefix/bin/php"
# The PHP manual's extension_dir is versioned by API; record it where the Makefile need not guess.
"$prefix/bin/php-config" --extension-dir >"$prefix/share/extension-dir"
"$prefix/bin/php" -n -r 'exit(PHP_ZTS ? 0 : 1);' || die "the build is not thread-safe"
touch "$prefix/.complete-$hash"
rm -rf "$work"
say "PHP $upstream is ready"
echo "$prefix"
