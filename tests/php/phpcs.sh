#!/usr/bin/env bash
# Checks the coding style of the PHP files phpcs.xml names, or of those given. PHP names another PHP.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
tool=$("$here/debian-tool.sh" bookworm php-codesniffer) # trixie has none
php=${PHP:-$("$top/docker/php/build.sh" --find)/bin/php}

cd "$top"
# The tool is older than this PHP; what it uses that is deprecated is not our report.
# shellcheck disable=SC2086
exec $php -d error_reporting=8191 -d "include_path=.:$tool/usr/share/php" "$tool/usr/bin/phpcs" --standard=phpcs.xml "$@"
