#!/usr/bin/env bash
# The go command with what cgo needs to find PHP: './go build ./...', './go test ./bridge/...'.
# PHP is built the first time (docker/php/build.sh) and Go fetched where it is missing or old
# (docker/go.sh); later calls cost some milliseconds.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
prefix=$("$root/docker/php/build.sh")
PATH=$("$root/docker/go.sh"):$PATH

# Opcache is a library of its own in PHP 8.4, which only a php.ini can name.
cmp -s "$root/docker/php/php.ini" "$prefix/etc/conf.d/phalanx.ini" ||
	cp "$root/docker/php/php.ini" "$prefix/etc/conf.d/phalanx.ini"

# The go command does not see that bridge/ext includes files of php-ext: this stamp tells it.
stamp=$root/bridge/ext/stamp.h
if [ -d "${stamp%/*}" ]; then
	sum=$(cat "$root"/php-ext/*.[ch] 2>/dev/null | sha256sum | cut -c1-32)
	line="#define PHX_STAMP \"$sum\""
	[ "$(cat "$stamp" 2>/dev/null)" = "$line" ] || printf '%s\n' "$line" >"$stamp"
fi

# The Caddy modules and FrankenPHP features that would need further C libraries or stay unused.
export GOFLAGS="-tags=nowatcher,nobrotli,nobadger,nomysql,nopgx${PHALANX_TAGS:+,$PHALANX_TAGS} ${GOFLAGS:-}"
export CGO_ENABLED=${CGO_ENABLED:-1}
if [ "$CGO_ENABLED" = 1 ]; then
	CGO_CFLAGS="-O2 -g $("$prefix/bin/php-config" --includes) ${PHALANX_CFLAGS:-}"
	# The run path: this machine's PHP, and the folder beside the binary where the image puts it.
	CGO_LDFLAGS="-L$prefix/lib -Wl,-rpath,$prefix/lib -Wl,-rpath,\$ORIGIN/../lib/phalanx ${PHALANX_LDFLAGS:-}"
	export CGO_CFLAGS CGO_LDFLAGS
fi
exec go "$@"
