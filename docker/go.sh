#!/usr/bin/env bash
# Prints the folder of a go command that is new enough for this project, and gets one if need be.
#
# Debian 12 has Go 1.19, too old to build this but able to fetch a newer Go as what it also is: a
# module, checked against Go's checksum database. It is kept in the cache folder, like PHP.
set -euo pipefail
version=1.26.8
minimum=1.26

cd "$(dirname "${BASH_SOURCE[0]}")/.."
say() { printf '[go] %s\n' "$*" >&2; }

# Asked inside the module, a go command that fetches toolchains by itself names the one it would use.
found=$(go env GOVERSION 2>/dev/null || true)
if [ -n "$found" ] && [ "$(printf '%s\n' "$minimum" "${found#go}" | sort -V | head -n 1)" = "$minimum" ]; then
	dirname "$(command -v go)"
	exit 0
fi

cache=${PHALANX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/phalanx}
home=$cache/go-$version
if [ ! -x "$home/bin/go" ]; then
	mkdir -p "$cache"
	exec 9>"$cache/go.lock"
	flock 9
fi
if [ ! -x "$home/bin/go" ]; then
	old=$(command -v go || true)
	if [ -z "$old" ]; then
		sudo=()
		[ "$(id -u)" = 0 ] || sudo=(sudo)
		say "installing Debian's golang-go, to fetch Go $version with it"
		"${sudo[@]}" apt-get -qq -o Acquire::Retries=3 update >&2
		"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
			-o Acquire::Retries=3 install golang-go ca-certificates >"$cache/apt-install-go.log" 2>&1 || {
			say "error: apt-get could not install golang-go: see $cache/apt-install-go.log"
			exit 1
		}
		old=$(command -v go)
	fi
	case $(uname -m) in
	x86_64) arch=amd64 ;;
	aarch64) arch=arm64 ;;
	*) say "error: get Go $minimum or newer for $(uname -m) from https://go.dev/dl/" && exit 1 ;;
	esac
	say "fetching Go $version (70 MB)"
	work=$(mktemp -d "$cache/go.XXXXXX")
	trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
	echo 'module fetch' >"$work/go.mod"
	(
		cd "$work"
		GOFLAGS=-mod=mod GOTOOLCHAIN=local GOMODCACHE=$work/mod \
			"$old" mod download "golang.org/toolchain@v0.0.1-go$version.linux-$arch" >&2
	)
	tree=$work/mod/golang.org/toolchain@v0.0.1-go$version.linux-$arch
	# Modules carry no permissions.
	chmod -R u+w "$tree"
	chmod +x "$tree"/bin/* "$tree"/pkg/tool/*/*
	rm -rf "$home"
	mv "$tree" "$home"
fi
echo "$home/bin"
