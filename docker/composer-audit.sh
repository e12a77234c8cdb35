#!/usr/bin/env bash
# Known vulnerabilities in the Composer packages that phalanx/phalanx demands, by Packagist's advisories. It demands none but
# PHP itself today; a package that is added is looked at from then on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

command -v composer >/dev/null || { echo "composer-audit: composer is missing (Debian: apt-get install composer)" >&2 && exit 69; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp composer.json "$work/"
cd "$work"
export COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_NO_INTERACTION=1
composer update --quiet --no-install --no-plugins --no-scripts --ignore-platform-reqs
# shellcheck disable=SC2016 # PHP's variable
packages=$(php -r '$l = json_decode(file_get_contents("composer.lock")); echo count($l->packages) + count($l->{"packages-dev"});')
if [ "$packages" = 0 ]; then
	echo "composer-audit: no packages, so nothing to audit"
	exit 0
fi
composer audit --locked
