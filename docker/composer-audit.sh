#!/usr/bin/env bash
# Known vulnerabilities in the Composer packages that phalanx/phalanx demands, by the advisories of a repository. It demands
# none but PHP itself today; a package that is added is looked at from then on.
#
#   COMPOSER            another manifest than this project's
#   PACKAGIST           the repository (https://repo.packagist.org), or a mirror that has its advisories
#   COMPOSER_COMMAND    how Composer is run (composer), split at spaces
#
# Ends with 0 when there is none, 3 when there is one, 69 when Composer or the repository is not to be had: then nothing is
# known.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

manifest=$(realpath "${COMPOSER:-composer.json}")
unset COMPOSER
read -r -a composer <<<"${COMPOSER_COMMAND:-composer}"
unavailable() {
	echo "composer-audit: $*" >&2
	exit 69
}
command -v "${composer[0]}" >/dev/null || unavailable "composer is missing (Debian: apt-get install composer)"
work=$(mktemp -d)
trap 'rm -rf "${work:?}"' EXIT
cp "$manifest" "$work/composer.json"
cd "$work"
export COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_NO_INTERACTION=1 COMPOSER_HOME=$work/home COMPOSER_ROOT_VERSION=dev-main
# A newer Composer would not even lock a version with an advisory: this is to name it.
repository=${PACKAGIST:-https://repo.packagist.org} secure=true
case $repository in http://*) secure=false ;; esac
mkdir home
cat >home/config.json <<EOF
{
    "repositories": {"packagist.org": {"type": "composer", "url": "$repository"}},
    "config": {"secure-http": $secure, "audit": {"block-insecure": false}}
}
EOF

"${composer[@]}" update --no-install --no-plugins --no-scripts --ignore-platform-reqs --no-audit >update.log 2>&1 || {
	cat update.log >&2
	unavailable "$repository does not answer, or not with these packages: nothing is known"
}
if ! grep -q '^ *"name": ' composer.lock; then
	echo "composer-audit: no packages, so nothing to audit"
	exit 0
fi
# Its status is 1 for an advisory, for a failure, and by version for abandoned packages too: its answer tells them apart.
"${composer[@]}" audit --locked --no-plugins --format=json >audit.json 2>audit.log || true
cat audit.json audit.log
grep -q '"advisories"' audit.json || unavailable "$repository has no advisories to ask for: nothing is known"
if ! grep -qE '"advisories": *(\[\]|\{\})' audit.json; then
	echo "composer-audit: at least one package has a known vulnerability" >&2
	exit 3
fi
echo "composer-audit: no known vulnerability"
