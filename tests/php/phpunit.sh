#!/usr/bin/env bash
# Runs the PHPUnit tests in this folder; arguments are PHPUnit's. PHP names another PHP than the one built here.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tool=$("$here/debian-tool.sh" trixie phpunit)
php=${PHP:-$("$here/../../docker/php/build.sh" --find)/bin/php}

# Word splitting is wanted: PHP may be a command with arguments.
# shellcheck disable=SC2086
exec $php -d "include_path=.:$tool/usr/share/php" "$tool/usr/bin/phpunit" --configuration "$here/phpunit.xml" "$@"
