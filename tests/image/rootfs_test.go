// Package image_test tries the files of the runtime image without building it: docker/rootfs.sh puts them together from
// what this machine has built, and they run as the root of a file system that cannot be written. "make image-test"
// builds and tries the images themselves.
package image_test

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// place is where and as whom a command runs.
type place struct {
	root        string
	writable    bool   // else as with --read-only --tmpfs /tmp
	user        string // "UID:GID"
	network     bool   // one of its own, of which loopback alone is up; else this machine's
	volume      string // a folder, mounted at /data
	withoutTmp  bool
	directory   string
	environment []string
}

// inside is a command in another root folder, with /proc, a few devices and an empty /tmp, as process 1 and without a
// way to more privileges: what a container engine makes, without the engine.
func inside(t *testing.T, in place, args ...string) *phalanxtest.Process {
	t.Helper()
	unshare, err := exec.LookPath("unshare")
	require.NoError(t, err)
	const script = `set -e
root=$1 writable=$2 user=$3 network=$4 directory=$5 volume=$6 tmp=$7; shift 7
theirs=$PATH PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount --make-rprivate /
mount --bind "$root" "$root"
[ -e "$root/etc/hosts" ] || : >"$root/etc/hosts"
if [ "$writable" = false ]; then mount -o remount,ro,bind "$root"; fi
mount -t proc proc "$root/proc"
if [ "$tmp" = true ]; then mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"; fi
if [ -n "$volume" ]; then mount --bind "$volume" "$root/data"; fi
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for d in null zero full random urandom; do : >"$root/dev/$d"; mount --bind "/dev/$d" "$root/dev/$d"; done
ln -s /proc/self/fd "$root/dev/fd"
printf '127.0.0.1 localhost\n' >"$root/dev/hosts"
mount --bind "$root/dev/hosts" "$root/etc/hosts"
if [ "$network" = true ]; then ip link set lo up; fi
# The folder is entered through /bin/sh of the image; what it becomes is process 1.
chroot=$(command -v chroot) setpriv=$(command -v setpriv)
PATH=$theirs
# A file may give privileges where an engine has not been told otherwise.
bound="$setpriv --no-new-privs"
if [ "$writable" = true ]; then bound=; fi
exec $bound "$chroot" --userspec="$user" --groups= "$root" /bin/sh -c 'cd "$1" && shift && exec "$@"' sh "$directory" "$@"`
	options := []string{"--pid", "--mount", "--uts", "--ipc", "--fork", "--kill-child"}
	if in.network {
		options = append(options, "--net")
	}
	p := phalanxtest.Command(t)
	p.Cmd.Path = unshare
	p.Cmd.Args = slices.Concat([]string{"unshare"}, options,
		[]string{"sh", "-c", script, "sh", in.root, fmt.Sprint(in.writable), in.user, fmt.Sprint(in.network), in.directory,
			in.volume, fmt.Sprint(!in.withoutTmp)}, args)
	p.Cmd.Env = in.environment
	return p
}

// processOne is the first process of what inside started.
func processOne(t *testing.T, p *phalanxtest.Process) (pid int) {
	t.Helper()
	require.Eventually(t, func() bool {
		children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", p.Cmd.Process.Pid))
		if err != nil {
			return false
		}
		_, err = fmt.Sscan(string(children), &pid)
		return err == nil
	}, phalanxtest.Patience, 5*time.Millisecond)
	return pid
}

// atRoot is the folder as the image's settings have it.
func atRoot(root string, environment ...string) place {
	return place{root: root, user: "1000:1000", directory: "/app", environment: append([]string{
		"PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin", "LANG=C.UTF-8", "HOME=/home/phalanx", "XDG_CONFIG_HOME=/config", "XDG_DATA_HOME=/data",
		"PHALANX_RUN_DIR=/tmp", "PHALANX_LOG_FILE=/dev/null",
	}, environment...)}
}

func TestRuntimeFiles(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root for another root folder")
	}
	if _, err := exec.LookPath("dpkg-query"); err != nil {
		t.Skip("the image is made of Debian's files")
	}
	// Not below the test's folder, which the user 1000 may not enter.
	parent, err := os.MkdirTemp("", "phalanx-image-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(parent)) })
	require.NoError(t, os.Chmod(parent, 0o755))
	root := filepath.Join(parent, "root")
	out, err := exec.Command("../../docker/rootfs.sh", phalanxtest.Binary(t), root).CombinedOutput()
	require.NoError(t, err, "%s", out)

	t.Run("hold no tools", func(t *testing.T) { holdNoTools(t, root) })
	t.Run("run PHP", func(t *testing.T) { runPHP(t, root) })
	t.Run("serve", func(t *testing.T) { serve(t, root) })
	t.Run("keep data on a volume", func(t *testing.T) { keepData(t, root) })
	t.Run("tell whose volume it would have to be", func(t *testing.T) { otherUsersVolume(t, root) })
	t.Run("do not serve without a folder to write to", func(t *testing.T) { withoutTmp(t, root) })
	t.Run("serve as any user, and log JSON", func(t *testing.T) { anyUser(t, root) })
	t.Run("reap what others leave", func(t *testing.T) { reap(t, root) })
}

// holdNoTools: what is in the folders for programs is known by name, nothing runs as another user, nobody but the
// owner may write.
func holdNoTools(t *testing.T, root string) {
	var programs []string
	var size int64
	seen := map[uint64]bool{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		name := strings.TrimPrefix(path, root)
		info, err := entry.Info()
		require.NoError(t, err)
		if inode := info.Sys().(*syscall.Stat_t).Ino; !seen[inode] && info.Mode().IsRegular() {
			seen[inode] = true
			size += info.Size()
		}
		if dir := filepath.Dir(name); slices.Contains([]string{"/usr/bin", "/usr/sbin", "/usr/local/bin"}, dir) {
			programs = append(programs, name)
		}
		require.Zero(t, info.Mode()&(fs.ModeSetuid|fs.ModeSetgid), name)
		if info.Mode()&fs.ModeSymlink == 0 && name != "/tmp" {
			require.Zero(t, info.Mode().Perm()&0o022, "%s: others may write it", name)
		}
		for _, unwanted := range []string{"/include/", "/usr/share/man/", "/var/cache/", "/var/lib/apt/"} {
			require.NotContains(t, name, unwanted)
		}
		require.NotContains(t, []string{".a", ".o", ".h", ".debug"}, filepath.Ext(name), name)
		return nil
	}))
	slices.Sort(programs)
	require.Equal(t, []string{"/usr/bin/dash", "/usr/bin/sh", "/usr/local/bin/phalanx", "/usr/local/bin/php"}, programs)
	t.Logf("%.1f MB", float64(size)/1e6)
	require.Less(t, size, int64(230_000_000), "docs/docker.md names the size")

	// A scanner finds the packages, the user their terms.
	for _, name := range []string{"libc6", "ca-certificates", "tzdata", "dash"} {
		status, err := os.ReadFile(filepath.Join(root, "var/lib/dpkg/status.d", name))
		require.NoError(t, err)
		require.Contains(t, string(status), "Package: "+name+"\n")
		require.Contains(t, string(status), "\nVersion: ")
		require.FileExists(t, filepath.Join(root, "usr/share/doc", name, "copyright"))
	}
}

// runPHP: what PHP loads only when it is used is there.
func runPHP(t *testing.T, root string) {
	out, err := inside(t, atRoot(root), "phalanx", "-m").Run()
	require.NoError(t, err, out)
	there := strings.Fields(out)
	listed, err := exec.Command(phalanxtest.Binary(t), "-m").Output()
	require.NoError(t, err)
	for _, module := range strings.Fields(string(listed)) {
		require.Contains(t, there, module)
	}
	code := `
		chdir('/tmp');
		$ok = [
			'user' => posix_getuid() === 1000 && posix_getpwuid(1000)['name'] === 'phalanx',
			'root is read-only' => !@file_put_contents('/app/x', '') && !@file_put_contents('/home/phalanx/x', ''),
			'tmp' => file_put_contents('/tmp/x', 'x') === 1,
			'classes need no cache' => is_dir(dirname((new ReflectionClass(Workerman\Worker::class))->getFileName())) && !glob('/tmp/phalanx*'),
			'iconv' => iconv('ISO-8859-15', 'UTF-8', "\xA4") === '€' && iconv('UTF-8', 'UTF-16LE', 'a') === "a\0",
			'intl' => (new NumberFormatter('de_DE', NumberFormatter::DECIMAL))->format(1234.5) === '1.234,5',
			'zone' => (new DateTime('2026-07-01 12:00 UTC'))->setTimezone(new DateTimeZone('Europe/Berlin'))->format('H') === '14',
			'shell' => trim((string)shell_exec('echo $((6 * 7))')) === '42',
			'php' => trim((string)shell_exec('php -r "echo PHP_BINARY;"')) === '/usr/local/bin/phalanx',
			'gd' => imagecreatetruecolor(2, 2) !== false && function_exists('imageavif'),
			'sqlite' => (new PDO('sqlite::memory:'))->query('SELECT 6 * 7')->fetchColumn() == 42,
			'certificates' => count(explode('BEGIN CERT', (string)file_get_contents(openssl_get_cert_locations()['default_cert_file']))) > 50,
			'curl' => curl_version()['ssl_version'] !== '',
			'argon2' => password_verify('a', password_hash('a', PASSWORD_ARGON2ID)),
			'names' => gethostbyname('localhost') === '127.0.0.1',
		];
		echo implode(', ', array_keys(array_filter($ok, fn ($x) => !$x))), '.';
	`
	out, err = inside(t, atRoot(root), "phalanx", "-r", code).Run()
	require.NoError(t, err, out)
	require.Equal(t, ".", out, "what does not work")

	out, err = inside(t, atRoot(root), "php", "-d", "opcache.enable_cli=1", "-r", `echo opcache_get_status()['opcache_enabled'] ? 'on' : 'off';`).Run()
	require.NoError(t, err, out)
	require.Equal(t, "on", out)
}

// serve: the application that the image comes with, as the image starts it.
func serve(t *testing.T, root string) {
	ports := phalanxtest.FreePorts(t, 2)
	monitor := fmt.Sprintf("PHALANX_MONITOR=0.0.0.0:%d", ports[1])
	text, err := os.ReadFile(filepath.Join(root, "app/server.php"))
	require.NoError(t, err)
	moved := strings.Replace(string(text), "0.0.0.0:8080", fmt.Sprintf("127.0.0.1:%d", ports[0]), 1)
	require.NotEqual(t, string(text), moved)
	require.NoError(t, os.WriteFile(filepath.Join(root, "app/server.php"), []byte(moved), 0o644))

	p := inside(t, atRoot(root, monitor), "phalanx", "server.php", "start")
	p.Start()
	url := fmt.Sprintf("http://127.0.0.1:%d/", ports[0])
	client := &http.Client{Timeout: phalanxtest.Patience, Transport: &http.Transport{DisableKeepAlives: true}}
	var body []byte
	require.Eventually(t, func() bool {
		resp, err := client.Get(url)
		if err != nil {
			return false
		}
		defer func() { _ = resp.Body.Close() }()
		body, err = io.ReadAll(resp.Body)
		return err == nil && resp.StatusCode == http.StatusOK
	}, phalanxtest.Patience, 20*time.Millisecond)
	require.Contains(t, string(body), "Phalanx runs.")

	// The check that the engine makes; another process in the same network.
	out, err := inside(t, atRoot(root, monitor), "phalanx", "health").Run()
	require.NoError(t, err, out)
	require.Equal(t, "ok\n", out)

	require.NoError(t, syscall.Kill(processOne(t, p), syscall.SIGTERM))
	p.WaitUntilEnded()
	require.NoError(t, p.Err, "a stop that is asked for ends with status 0")
}
