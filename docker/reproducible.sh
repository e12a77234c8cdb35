#!/usr/bin/env bash
# Builds the files of a release twice and compares them: docker/reproducible.sh [--php] [--all]
#
# Two clean clones of the commit, in folders of different names, with compile caches, homes, umasks, time zones and
# languages of their own, have to give the same bytes: binary, tarball, Debian package, Composer package, bills of
# materials.
#
#   --all    the packages of other modules are compiled twice too; their sources lie in Go's module cache for both
#            builds, so else that is done once
#   --php    PHP is compiled twice too, which takes ten minutes twice
#
# Exit status 1: something differs, and what it is. Then KEEP=FOLDER keeps both.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
php='' all=''
for option in "$@"; do
	case $option in
	--php) php=1 ;;
	--all) all=1 ;;
	*) echo "usage: docker/reproducible.sh [--php] [--all]" >&2 && exit 64 ;;
	esac
done
start=$SECONDS
say() { printf '[reproducible %4ds] %s\n' "$((SECONDS - start))" "$*" >&2; }
die() {
	say "error: $*"
	exit 1
}
[ -z "$(git -C "$root" status --porcelain --untracked-files=no)" ] || say "warning: only what is committed is built"

work=$(mktemp -d "${TMPDIR:-/var/tmp}/phalanx-reproducible.XXXXXX")
trap 'chmod -R u+w "${work:?}" && rm -rf "${work:?}"' EXIT
# Downloaded modules are checked by their sums, and PHP's cache holds Go as well: both builds may have the same.
GOMODCACHE=$("$root/go" env GOMODCACHE)
cache=${PHALANX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/phalanx}
go=$("$root/docker/go.sh")
commit=$(git -C "$root" rev-parse HEAD)

# PHP's headers are read by packages of others (FrankenPHP): with a PHP for each build nothing compiled can be shared.
[ -z "$php" ] || all=1
if [ -z "$all" ]; then
	say "the packages of other modules"
	seed=${SEED:-$work/go}
	(
		cd "$root"
		export GOCACHE=$seed GOFLAGS=-trimpath
		foreign='{{if not (and .Module .Module.Main)}}{{.ImportPath}}{{end}}'
		./go list -deps -f "$foreign" ./bridge/cmd/phalanx | grep -vx unsafe | xargs ./go build
		cd docker/sbom
		export CGO_ENABLED=0 GOFLAGS=''
		"$go/go" list -deps -f "$foreign" . | grep -vx unsafe | xargs "$go/go" build
	) >"$work/go.log" 2>&1 || {
		tail -n 20 "$work/go.log" >&2
		die "they cannot be compiled"
	}
fi

# build NAME UMASK ZONE LANGUAGE: answers the folder with the results.
build() {
	local tree=$work/$1/source out=$work/$1/out
	say "$1: clean clone of ${commit:0:12} in $tree"
	mkdir -p "$work/$1/home" "$out"
	if [ -n "$all" ]; then mkdir "$work/$1/go"; else cp -a "$seed" "$work/$1/go"; fi
	git clone -q --no-hardlinks "$root" "$tree"
	git -C "$tree" checkout -q --detach "$commit"
	local settings=(HOME="$work/$1/home" PATH="$go:$PATH" TZ="$3" LC_ALL="$4" GOCACHE="$work/$1/go" GOMODCACHE="$GOMODCACHE"
		GOFLAGS="-trimpath" PHALANX_CACHE="$cache" SOURCE_DATE_EPOCH="$(git -C "$tree" log -1 --format=%ct)")
	if [ -n "$php" ]; then
		# The folder is compiled into PHP: the same name for both, one after another.
		settings+=(PHALANX_CACHE="$work/$1/cache" PHALANX_PREFIX="$work/php")
		rm -rf "${work:?}/php"
	fi
	for name in GOPROXY GOSUMDB; do settings+=("$name=$("$root/go" env "$name")"); done
	(
		umask "$2"
		cd "$tree"
		env "${settings[@]}" make build dist deb composer-package sbom
	) >"$work/$1.log" 2>&1 || {
		tail -n 20 "$work/$1.log" >&2
		die "$1: the build failed"
	}
	cp "$tree"/build/phalanx "$tree"/build/dist/* "$tree"/build/*.deb "$tree"/build/composer/*.zip "$tree"/build/sbom/* "$out/"
	rm -rf "${tree:?}" "$work/$1/go"
}

build a 022 UTC C
build a-folder-of-another-name 077 Pacific/Kiritimati C.UTF-8

cd "$work/a/out"
status=0
for file in *; do
	other=$work/a-folder-of-another-name/out/$file
	if cmp -s "$file" "$other"; then
		sha256sum "$file"
	else
		say "$file differs: $(cmp "$file" "$other" 2>&1 | head -n 1)"
		status=1
	fi
done
[ "$(ls)" = "$(ls "$work/a-folder-of-another-name/out")" ] || die "not the same files: $(diff <(ls) <(ls "$work/a-folder-of-another-name/out"))"
[ "$status" = 0 ] || {
	if [ -n "${KEEP:-}" ]; then cp -a "$work" "$KEEP" && say "both are in $KEEP"; fi
	die "two builds of one commit are not the same"
}
say "the same, twice"
