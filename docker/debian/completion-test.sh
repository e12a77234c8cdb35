#!/usr/bin/env bash
# Holds the completion against what the binary says of itself: docker/debian/completion-test.sh BINARY
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=$(realpath "${1:?a binary}")
# shellcheck source=docker/debian/completion
source "$here/completion"
work=$(mktemp -d)
trap 'rm -rf "${work:?}"' EXIT
cd "$work"
echo '<?php Workerman\Worker::runAll();' >shop.php
touch notes.txt

# completes WORD...: what is offered for the last one.
completes() {
	COMP_WORDS=(phalanx "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	_phalanx 2>/dev/null || true
	printf '%s\n' "${COMPREPLY[@]}"
}
status=0
# has WHAT WORD...: WHAT is offered for the last WORD.
has() {
	local what=$1
	shift
	grep -qxF -e "$what" <<<"$(completes "$@")" || { echo "the completion of 'phalanx $*' lacks $what" >&2 && status=1; }
}

help=$("$binary" help)
commands=$(sed -n 's/^  phalanx \([a-z-]\+\)[ ,].*/\1/p' <<<"$help")
[ "$(wc -w <<<"$commands")" -ge 9 ] || { echo "the commands of 'phalanx help' were not found" >&2 && exit 1; }
for command in $commands; do has "$command" ''; done
for option in $(sed -n '/^Options before/,/^$/p' <<<"$help" | grep -oE -e '(^| )--?[a-z]+' | sort -u); do has "$option" -; done

usage=$("$binary" shop.php)
commands=$(sed -n '/^Commands:/,/^Options:/s/^\([a-z]\+\) .*/\1/p' <<<"$usage")
[ "$(wc -w <<<"$commands")" -ge 8 ] || { echo "the commands of a script were not found" >&2 && exit 1; }
for command in $commands; do has "$command" shop.php ''; done
for option in $(sed -n '/^Options:/,$s/^\(--\?[a-z-]\+=\?\).*/\1/p' <<<"$usage"); do has "$option" shop.php start -; done
for command in watch new build; do
	for option in $("$binary" "$command" --help 2>&1 | sed -nE 's/^  (--?[a-z-]+).*/\1/p' | sed 's/^-\([a-z]\{2\}\)/--\1/'); do
		has "$option" "$command" -
	done
done

has shop.php sh
has shop.php watch ''
has start -c php.ini shop.php st
[ -z "$(completes notes)" ] || { echo "a file that is no script is offered" >&2 && status=1; }
exit "$status"
