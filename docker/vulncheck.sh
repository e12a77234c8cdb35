#!/usr/bin/env bash
# Known vulnerabilities in Go modules whose functions the binary calls, and in the standard library: govulncheck.
#
#   VULNDB    the database (https://vuln.go.dev); file:///FOLDER for a copy
#
# Ends with 0 when there is none, 3 when there is one, 69 when the database cannot be reached: then nothing is known.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

# Looked at, and not ours. An entry goes when its reason does.
declare -A accepted=(
	[GO-2026-4442]="FrankenPHP's own images before 1.1.11; the database has no range for it and so names all versions"
)

db=${VULNDB:-https://vuln.go.dev}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
./go run golang.org/x/vuln/cmd/govulncheck@v1.8.0 -db "$db" ./bridge/cmd/phalanx >"$log" 2>&1
status=$?
cat "$log"
[ "$status" != 0 ] || exit 0
# "go run" has 1 for every status of the program, which it prints.
if grep -q '^exit status 3$' "$log"; then
	open=0
	while read -r id; do
		if [ -n "${accepted[$id]:-}" ]; then
			echo "vulncheck: $id is accepted: ${accepted[$id]}" >&2
		else
			echo "vulncheck: $id is open" >&2
			open=3
		fi
	done < <(sed -n 's/^Vulnerability #[0-9]*: //p' "$log")
	exit "$open"
fi
if grep -qE 'govulncheck: .*(fetching|dial|lookup|index/|no such host|HTTP)' "$log"; then
	echo "vulncheck: the database $db cannot be reached, so nothing is known. VULNDB=file:///FOLDER uses a copy." >&2
	exit 69
fi
exit "$status"
