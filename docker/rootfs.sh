#!/usr/bin/env bash
# Puts together the folder that is the runtime image: the binary, PHP, and the files of Debian that they use.
#
#   docker/rootfs.sh [--slim] BINARY FOLDER
#
# --slim leaves out what a server can often do without: the extensions gd and intl with the libraries that are theirs
# alone (which PHP has to have been built for: they are loaded by name then), and the character sets of mainframes.
#
# The image's Dockerfile runs it where it has built Phalanx. It works as well on a machine that has built it bare, where
# tests/image tries the result. FOLDER must not be there. Who can change owners (root) gives the files to root and the
# home folder to the user 1000.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
slim=
if [ "${1:-}" = --slim ]; then
	slim=1
	shift
fi
if [ $# != 2 ] || [ -z "$2" ]; then
	echo "usage: docker/rootfs.sh [--slim] BINARY FOLDER" >&2
	exit 64
fi
binary=$1
root=$2
die() {
	printf '[rootfs] error: %s\n' "$*" >&2
	exit 1
}
[ ! -e "$root" ] || die "$root is there"

# PHP's own path is compiled into it: php.ini and the extensions are looked for there.
libphp=$(ldd "$binary" | awk '$1 == "libphp.so" {print $3}')
[ -e "$libphp" ] || die "$binary does not find libphp.so"
prefix=$(cd "$(dirname "$libphp")/.." && pwd)

umask 022
mkdir -p "$root"/{app,dev,etc,home,opt,proc,run,sys,tmp,usr/bin,usr/lib,usr/lib64,usr/local/bin,usr/sbin,var/lib/dpkg/status.d}
# As Debian has it, whatever the machine this runs on has.
for name in bin lib lib64 sbin; do ln -s "usr/$name" "$root/$name"; done
ln -s /run "$root/var/run"
ln -s /tmp "$root/var/tmp"

# real PATH: the path without the links that lead to a folder (/lib, /bin).
real() { echo "$(realpath "$(dirname "$1")")/$(basename "$1")"; }

# take PATH...: files with the links that lead to them, and folders with all they hold.
taken=()
take() {
	local path target
	for path in "$@"; do
		path=$(real "$path")
		[ -e "$path" ] || die "there is no $path"
		[ ! -e "$root$path" ] || continue
		mkdir -p "$root$(dirname "$path")"
		cp -a "$path" "$root$path"
		taken+=("$path")
		if [ -L "$path" ]; then
			target=$(realpath "$path")
			take "$target"
		fi
	done
}

# libraries FILE...: what the dynamic linker loads for them, itself included.
libraries() {
	ldd "$@" | awk '$2 == "=>" && $3 ~ /^\// {print $3} $1 ~ /^\/.*ld-linux/ {print $1} / not found/ {print > "/dev/stderr"; bad = 1} END {exit bad}' |
		grep -v '/libphp\.so$' | sort -u
}

# Phalanx and PHP.
install -m 755 "$binary" "$root/usr/local/bin/phalanx"
mkdir -p "$root$prefix/lib" "$root$prefix/etc/conf.d"
install -m 644 "$libphp" "$root$prefix/lib/libphp.so"
extensions=$("$prefix/bin/php-config" --extension-dir)
mkdir -p "$root$extensions"
install -m 644 "$here/php/php.ini" "$root$prefix/etc/conf.d/phalanx.ini"
loaded=("$extensions/opcache.so")
for name in gd intl; do
	if [ ! -e "$extensions/$name.so" ]; then # it is in libphp.so
		[ -z "$slim" ] || die "$name is no extension of its own in $prefix: nothing is slimmer without it"
	elif [ -z "$slim" ]; then
		loaded+=("$extensions/$name.so")
		echo "extension=$name" >"$root$prefix/etc/conf.d/$name.ini"
	fi
done
install -m 644 "${loaded[@]}" "$root$extensions/"
strip --strip-unneeded "$root$extensions"/*.so

# exec(), proc_open() and the like run /bin/sh; nothing else of a system is needed.
take /usr/bin/dash
ln -s dash "$root/usr/bin/sh"
# For scripts that name their interpreter, and programs that run "php".
ln -s phalanx "$root/usr/local/bin/php"

found=$(libraries "$binary" "$libphp" "${loaded[@]}" /usr/bin/dash) || die "a library is missing"
# shellcheck disable=SC2086
take $found

# What the libraries load by name: character sets for iconv(), OpenSSL's old algorithms, the resolver's names.
libc=$(dirname "$(awk '/\/libc\.so/ {print}' <<<"$found")")
take "$libc/gconv" "$libc"/libnss_{dns,files}.so.2
if [ -n "$slim" ]; then
	# IBM's code pages, EBCDIC among them, without those that PCs had.
	find "$root$libc/gconv" -regextype posix-extended -regex '.*/(EBCDIC-.*|IBM[0-9_]+)\.so' \
		! -regex '.*/IBM(437|8[56][0-9]|874|932|943)\.so' -delete
fi
take /usr/lib/ssl/openssl.cnf /etc/ssl/certs/ca-certificates.crt /usr/share/zoneinfo
ln -sf /etc/ssl/certs/ca-certificates.crt "$root/usr/lib/ssl/cert.pem"
for optional in "$libc/ossl-modules" /usr/lib/locale/C.utf8 /etc/mime.types /etc/os-release /etc/debian_version; do
	[ ! -e "$optional" ] || take "$optional"
done
rm -rf "${root:?}"/usr/share/zoneinfo/{right,posix}
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
: >"$root/etc/hostname" # which a container engine mounts its own over, as over the above
: >"$root/etc/resolv.conf"
ln -s /usr/share/zoneinfo/Etc/UTC "$root/etc/localtime"

# For scanners: the packages that the files are of, as images without a package manager list them; and their terms.
packages=$({
	# A path may be known by a link's name (/lib); what belongs to no package was made here.
	printf '%s\n' "${taken[@]}" "${taken[@]#/usr}" | xargs dpkg-query -S 2>/dev/null || true
	echo 'ca-certificates: ' # has made its file when it was installed
} | grep -v '^diversion' | sed 's/: .*//; s/, /\n/g; s/:[a-z0-9]*$//' | sort -u)
for package in $packages; do
	dpkg-query -s "$package" 2>/dev/null | sed '/^Conffiles:/,/^[^ ]/{/^Conffiles:/d;/^ /d}' >"$root/var/lib/dpkg/status.d/$package"
	if [ -e "/usr/share/doc/$package/copyright" ]; then
		mkdir -p "$root/usr/share/doc/$package"
		cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/"
	fi
done
if [ -e "$here/../LICENSE" ]; then
	mkdir -p "$root/usr/share/doc/phalanx"
	install -m 644 "$here/../LICENSE" "$root/usr/share/doc/phalanx/copyright"
fi

# The user, and the classes that the binary would otherwise write out at its first start.
printf 'root:x:0:0:root:/root:/usr/sbin/nologin\nphalanx:x:1000:1000:Phalanx:/home/phalanx:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n' >"$root/etc/passwd"
printf 'root:x:0:\nphalanx:x:1000:\nnogroup:x:65534:\n' >"$root/etc/group"
mkdir -p "$root/home/phalanx/.cache" "$root/config" "$root/data"
chmod 700 "$root/home/phalanx/.cache"
XDG_CACHE_HOME=$root/home/phalanx/.cache "$binary" -r 'class_exists(Workerman\Worker::class) || exit(1);' ||
	die "the binary does not run"
install -m 644 "$here/welcome.php" "$root/app/server.php"
chmod 1777 "$root/tmp"
if [ "$(id -u)" = 0 ]; then
	chown -R 0:0 "$root"
	chown -R 1000:1000 "$root/home/phalanx" "$root/config" "$root/data"
fi
