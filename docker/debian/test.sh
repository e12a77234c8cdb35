#!/usr/bin/env bash
# Unpacks a package and serves with its files alone: docker/debian/test.sh PACKAGE.deb
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
deb=$(realpath "${1:?a package}")
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "${work:?}"' EXIT
dpkg-deb -x "$deb" "$work/root"
for file in usr/bin/phalanx usr/lib/phalanx/libphp.so usr/lib/phalanx/opcache.so etc/phalanx/php.ini \
	lib/systemd/system/phalanx@.service lib/systemd/system/phalanx@.socket usr/share/man/man1/phalanx.1.gz \
	usr/share/doc/phalanx/copyright usr/share/bash-completion/completions/phalanx; do
	[ -f "$work/root/$file" ] || { echo "$file is missing" >&2 && exit 1; }
done
libphp=$(ldd "$work/root/usr/bin/phalanx" | awk '$1 == "libphp.so" {print $3}')
[ "$(realpath "$libphp")" = "$work/root/usr/lib/phalanx/libphp.so" ] || { echo "it loads $libphp" >&2 && exit 1; }
"$here/completion-test.sh" "$work/root/usr/bin/phalanx"
if command -v systemd-analyze >/dev/null; then
	mkdir "$work/units"
	cp "$here"/phalanx@.* "$work/units/"
	sed -i "s,^ExecStart=/usr,ExecStart=$work/root/usr," "$work/units/phalanx@.service"
	systemd-analyze verify --man=no "$work/units/phalanx@web.service" "$work/units/phalanx@web.socket"
fi

cat >"$work/app.php" <<'EOF'
<?php
$worker = new Workerman\Worker('unix://' . __DIR__ . '/app.sock');
$worker->protocol = Workerman\Protocols\Http::class;
$worker->onMessage = fn ($connection) => $connection->send(PHP_BINARY . (function_exists('opcache_get_status') ? ' opcache' : ''));
Workerman\Worker::runAll();
EOF
env -i PATH=/usr/bin:/bin HOME="$work" PHP_INI_SCAN_DIR= "$work/root/usr/bin/phalanx" -c "$work/root/etc/phalanx/php.ini" "$work/app.php" start >"$work/output" 2>&1 &
server=$!
answer=
for _ in {1..400}; do
	answer=$(curl -s --max-time 5 --unix-socket "$work/app.sock" http://app/ || true)
	[ -z "$answer" ] || break
	sleep 0.05
done
[ "$answer" = "$work/root/usr/bin/phalanx opcache" ] || { cat "$work/output" >&2 && echo "it says '$answer'" >&2 && exit 1; }
kill -TERM "$server"
wait "$server"
server=
echo "$(basename "$deb"): serves, and stops"
