#!/usr/bin/env bash
# Installs the Debian packages that tests and linters need and this machine lacks. What PHP itself
# needs is in docker/php/packages.txt; PHPUnit and phpcs are unpacked by tests/php/debian-tool.sh.
set -euo pipefail

packages=(
	ca-certificates
	chrpath      # Composer's package of the binary
	clang-format # C formatting
	cppcheck     # C static analysis
	curl         # end-to-end tests
	g++          # the race detector's run time
	gcc
	git
	make
	mariadb-server-core # services; the server without a service that starts
	nats-server         # services
	postgresql          # services
	procps     # tests look at process trees
	redis-tools # session handlers; holds the server, starts none
	shellcheck # shell static analysis
)

missing=()
for package in "${packages[@]}"; do
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} = 0 ] && exit 0

sudo=()
[ "$(id -u)" = 0 ] || sudo=(sudo)
echo "installing: ${missing[*]}" >&2
"${sudo[@]}" apt-get -qq -o Acquire::Retries=3 update >&2
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends -o Acquire::Retries=3 \
	install "${missing[@]}" >&2
