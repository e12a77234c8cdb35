#!/usr/bin/env bash
# Says what a system needs for programs that were built here: docker/requirements.sh FILE...
#
# The release, and its packages that have the libraries which the files load. A release has versions of its own in the
# packages' names (libicu72, libicu76), so they are looked up where the build was made.
set -euo pipefail

[ $# -gt 0 ] || { echo "usage: docker/requirements.sh FILE..." >&2 && exit 64; }
needed=$(readelf -d "$@" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -v '^libphp\.so$' | sort -u)
libraries=$(ldd "$@" | awk -v needed="$needed" '
	BEGIN {split(needed, names, "\n"); for (i in names) wanted[names[i]] = 1}
	/ not found/ {print > "/dev/stderr"; bad = 1}
	$2 == "=>" && $3 ~ /^\// && $1 in wanted {print $3}
	END {exit bad}' | sort -u)
packages=$(for library in $libraries; do
	# A path may be known by a link's name: /lib, which is /usr/lib.
	real=$(realpath "$library")
	{ dpkg-query -S "$real" || dpkg-query -S "$library" || dpkg-query -S "${real#/usr}" || dpkg-query -S "${library#/usr}"; } 2>/dev/null |
		sed 's/:.*//' || { echo "requirements: no package has $library" >&2 && exit 1; }
done | sort -u)
[ -n "$packages" ] || { echo "requirements: no package has the libraries" >&2 && exit 1; }
. /etc/os-release
echo "Built on $PRETTY_NAME ($(dpkg --print-architecture)), for it and what has the same libraries. Its packages that have them:"
echo
printf '  %s\n' $packages ca-certificates tzdata
