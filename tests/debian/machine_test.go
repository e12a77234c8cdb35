//go:build debian

package debian_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// debian is a Debian in a folder.
type debian struct {
	t    *testing.T
	root string
	init int // process 1 of it, once it is booted
}

// newDebian copies the one that tests/debian/run has made, and puts the package into it as /root/NAME.deb.
func newDebian(t *testing.T) *debian {
	t.Helper()
	base := os.Getenv("PHALANX_DEBIAN")
	require.NotEmpty(t, base, "run tests/debian/run")
	d := &debian{t: t, root: filepath.Join(t.TempDir(), "root")}
	out, err := exec.Command("cp", "-a", base, d.root).CombinedOutput()
	require.NoError(t, err, string(out))
	d.copyDeb(os.Getenv("PHALANX_DEB"), "phalanx")
	d.copyDeb(repack(t, "0.0.1~test"), "phalanx-old")
	return d
}

func (d *debian) copyDeb(file, name string) {
	d.t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(d.t, err)
	d.write("/root/"+name+".deb", string(text))
}

// repack is the package with another version.
func repack(t *testing.T, version string) string {
	t.Helper()
	dir := t.TempDir()
	script := `dpkg-deb -R "$1" "$2/tree" && sed -i "s/^Version: .*/Version: $3/" "$2/tree/DEBIAN/control" &&
		dpkg-deb --root-owner-group -Znone -b "$2/tree" "$2/phalanx.deb"`
	out, err := exec.Command("sh", "-c", script, "sh", os.Getenv("PHALANX_DEB"), dir, version).CombinedOutput()
	require.NoError(t, err, string(out))
	return filepath.Join(dir, "phalanx.deb")
}

func (d *debian) path(name string) string { return filepath.Join(d.root, name) }

func (d *debian) write(name, text string) {
	d.t.Helper()
	require.NoError(d.t, os.MkdirAll(filepath.Dir(d.path(name)), 0o755))
	require.NoError(d.t, os.WriteFile(d.path(name), []byte(text), 0o644))
}

func (d *debian) read(name string) string {
	d.t.Helper()
	text, err := os.ReadFile(d.path(name))
	require.NoError(d.t, err)
	return string(text)
}

func (d *debian) exists(name string) bool {
	_, err := os.Lstat(d.path(name))
	return err == nil
}

// command is one of the Debian's: in a chroot with processes of its own, or on the booted machine.
func (d *debian) command(args ...string) *exec.Cmd {
	env := []string{"env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"}
	enter := []string{"unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc=" + d.path("proc"), "chroot", d.root}
	if d.init != 0 {
		enter = []string{"nsenter", "--target", strconv.Itoa(d.init), "--mount", "--uts", "--ipc", "--pid", "--cgroup", "--root", "--wd"}
	}
	all := slices.Concat(enter, env, args)
	return exec.Command(all[0], all[1:]...)
}

// try runs a command and answers what it printed.
func (d *debian) try(args ...string) (string, error) {
	out, err := d.command(args...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func (d *debian) run(args ...string) string {
	d.t.Helper()
	out, err := d.try(args...)
	require.NoError(d.t, err, "%v\n%s", args, out)
	return out
}

func (d *debian) apt(args ...string) string {
	d.t.Helper()
	return d.run(append([]string{"apt-get", "-q", "-y", "--no-install-recommends"}, args...)...)
}

// files lists all there is, with owner, mode and kind; not what changes by itself, nor what dpkg and apt write for themselves.
func (d *debian) files() map[string]string {
	d.t.Helper()
	found := map[string]string{}
	require.NoError(d.t, filepath.WalkDir(d.root, func(path string, entry fs.DirEntry, err error) error {
		name := strings.TrimPrefix(path, d.root)
		for _, prefix := range []string{"/var/lib/dpkg", "/var/lib/apt", "/var/cache", "/var/log/apt", "/var/log/dpkg.log", "/root", "/proc",
			"/etc/ld.so.cache", "/var/log/alternatives.log"} {
			if name == prefix || strings.HasPrefix(name, prefix+"/") {
				if entry != nil && entry.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
		}
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		st := info.Sys().(*syscall.Stat_t)
		found[name] = fmt.Sprintf("%v %d:%d", info.Mode(), st.Uid, st.Gid)
		return nil
	}))
	return found
}

// boot starts systemd in it, and waits until all is up.
func (d *debian) boot() {
	d.t.Helper()
	cmd := exec.Command("systemd-nspawn", "--quiet", "--directory", d.root, "--boot", "--register=no", "--keep-unit", "--console=pipe",
		"--machine=phalanx-test", "--settings=no", "--resolv-conf=off", "--timezone=off")
	var console bytes.Buffer
	cmd.Stdout, cmd.Stderr = &console, &console
	// A process group of its own: Ctrl-C here is no order to the machine there.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(d.t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	d.t.Cleanup(func() {
		if d.t.Failed() {
			out, _ := d.try("journalctl", "--no-pager", "-n", "200")
			d.t.Log(out)
		}
		d.init = 0
		_ = cmd.Process.Signal(syscall.SIGTERM) // powers off
		select {
		case <-ended:
		case <-time.After(time.Minute):
			_ = cmd.Process.Kill()
			<-ended
		}
	})
	for limit := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		require.True(d.t, time.Now().Before(limit), "systemd does not boot: %s", console.String())
		if d.init = childOf(cmd.Process.Pid); d.init == 0 {
			continue
		}
		if out, _ := d.try("systemctl", "is-system-running", "--wait"); out == "running" || out == "degraded" {
			require.Equal(d.t, "running", out, d.run("systemctl", "--failed", "--no-pager"))
			return
		}
	}
}

// childOf is a process's only child, or 0.
func childOf(pid int) int {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	child, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return child
}

// property is one of a unit's.
func (d *debian) property(unit, name string) string {
	d.t.Helper()
	return d.run("systemctl", "show", "--value", "-p", name, unit)
}

// await waits until a unit's property is so.
func (d *debian) await(unit, name string, is func(string) bool) string {
	d.t.Helper()
	last := ""
	for limit := time.Now().Add(2 * time.Minute); time.Now().Before(limit); time.Sleep(50 * time.Millisecond) {
		if last = d.property(unit, name); is(last) {
			return last
		}
	}
	require.Fail(d.t, "it does not come", "%s of %s is %s", name, unit, last)
	return ""
}

func (d *debian) journal(unit string) string {
	d.t.Helper()
	return d.run("journalctl", "--no-pager", "-o", "cat", "-u", unit)
}

func get(address, path string) (string, error) {
	client := http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true,
		Dial: func(string, string) (net.Conn, error) {
			network := "tcp"
			if strings.HasPrefix(address, "/") {
				network = "unix"
			}
			return net.Dial(network, address)
		}}}
	resp, err := client.Get("http://app" + path)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d: %s", resp.StatusCode, body)
	}
	return string(body), err
}

// load asks again and again, each time by a new connection, until stop is called: it answers how often that went well, and
// what did not.
func load(address string) (stop func() (served int64, failures []string)) {
	var (
		group    sync.WaitGroup
		served   atomic.Int64
		mu       sync.Mutex
		failures []string
		done     = make(chan struct{})
	)
	for range 4 {
		group.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if _, err := get(address, "/"); err != nil {
					mu.Lock()
					failures = append(failures, err.Error())
					mu.Unlock()
				} else {
					served.Add(1)
				}
			}
		})
	}
	return func() (int64, []string) {
		close(done)
		group.Wait()
		return served.Load(), failures
	}
}
