//go:build debian

package debian_test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

const account = `phalanx:x:\d+:\d+:[^:]*:/var/lib/phalanx:/usr/sbin/nologin`

// systemd is only recommended: without it the package installs, runs, and goes without a trace.
func TestWithoutSystemd(t *testing.T) {
	d := newDebian(t)
	// What the package depends on is no trace of its own.
	depends, err := d.try("dpkg-deb", "-f", "/root/phalanx.deb", "Depends")
	require.NoError(t, err)
	d.apt(append([]string{"install"}, strings.Fields(strings.ReplaceAll(regexp.MustCompile(`\([^)]*\)`).ReplaceAllString(depends, ""), ",", " "))...)...)
	before := d.files()

	d.apt("install", "/root/phalanx-old.deb")
	require.Regexp(t, account, d.run("getent", "passwd", "phalanx"))
	require.False(t, d.exists("/var/lib/phalanx"), "systemd makes it for a service")
	for name, is := range d.files() {
		if before[name] == is || strings.HasPrefix(name, "/etc/passwd") || strings.HasPrefix(name, "/etc/group") ||
			strings.HasPrefix(name, "/etc/shadow") || strings.HasPrefix(name, "/etc/gshadow") {
			continue
		}
		require.True(t, strings.HasSuffix(is, " 0:0"), "%s: %s", name, is)
		require.NotRegexp(t, `^[^L].{7}w`, is, "others may not write %s", name)
		require.NotRegexp(t, `^u|^g`, is, "%s has the rights of who owns it", name)
	}
	libphp := regexp.MustCompile(`libphp\.so => (\S+)`).FindStringSubmatch(d.run("ldd", "/usr/bin/phalanx"))
	require.NotNil(t, libphp)
	require.Equal(t, "/usr/lib/phalanx/libphp.so", filepath.Join("/usr", regexp.MustCompile(`^/usr/bin/\.\./|^/usr/|^/bin/\.\./`).ReplaceAllString(libphp[1], "")))

	t.Run("the user runs an application", func(t *testing.T) {
		d.write("/srv/shop/start.php", `<?php
			$worker = new Workerman\Worker('unix:///run/shop/app.sock');
			$worker->protocol = Workerman\Protocols\Http::class;
			$worker->onMessage = fn ($c) => $c->send(posix_getpwuid(posix_getuid())['name'] . ' ' . PHP_BINARY . ' ' . ini_get('opcache.jit'));
			Workerman\Worker::$pidFile = '/run/shop/pid';
			Workerman\Worker::$logFile = '/run/shop/log';
			Workerman\Worker::runAll();`)
		d.run("install", "-d", "-o", "phalanx", "-g", "phalanx", "/run/shop")
		p := phalanxtest.Command(t)
		p.Cmd = d.command("setpriv", "--reuid=phalanx", "--regid=phalanx", "--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all",
			"env", "HOME=/run/shop", "/usr/bin/phalanx", "-c", "/etc/phalanx/php.ini", "/srv/shop/start.php", "start")
		p.Cmd.Stdout, p.Cmd.Stderr = p, p
		p.Start()
		p.WaitFor("Press Ctrl+C to stop")
		said, err := get(d.path("/run/shop/app.sock"), "/")
		require.NoError(t, err)
		require.Regexp(t, `^phalanx /usr/bin/phalanx \w+$`, said)
		// unshare hands no signal on.
		require.NoError(t, syscall.Kill(childOf(p.Cmd.Process.Pid), syscall.SIGTERM))
		p.WaitUntilEnded()
		require.NoError(t, p.Err)
		require.NoError(t, os.RemoveAll(d.path("/run/shop")))
		require.NoError(t, os.RemoveAll(d.path("/srv/shop")))
	})

	t.Run("an upgrade keeps what the administrator has written", func(t *testing.T) {
		mine := d.read("/etc/phalanx/php.ini") + "memory_limit=77M\n"
		d.write("/etc/phalanx/php.ini", mine)
		d.write("/etc/phalanx/apps/shop.conf", "APP=/srv/shop/start.php\n")
		d.apt("install", "/root/phalanx.deb")
		require.Equal(t, mine, d.read("/etc/phalanx/php.ini"))
		require.Equal(t, "77M", d.run("phalanx", "-c", "/etc/phalanx/php.ini", "-r", "echo ini_get('memory_limit');"))
		out := d.run("sh", "-c", "dpkg --verify phalanx || true")
		require.Regexp(t, `^\S+ c /etc/phalanx/php.ini$`, out, "the rest is as it was packed")
		require.Contains(t, d.run("dpkg", "-s", "phalanx"), "Status: install ok installed")
	})

	t.Run("removed and purged", func(t *testing.T) {
		d.apt("remove", "phalanx")
		require.False(t, d.exists("/usr/bin/phalanx"))
		require.Contains(t, d.read("/etc/phalanx/php.ini"), "77M", "settings stay until it is purged")
		d.write("/var/lib/phalanx/shop/orders", "one")
		d.write("/var/log/phalanx/shop/workerman.log", "started")
		d.write("/var/cache/phalanx/shop/x", "x")
		d.apt("purge", "phalanx")
		var left []string
		for name, is := range d.files() {
			if before[name] == "" {
				left = append(left, name)
			} else if before[name] != is {
				left = append(left, name+" "+is)
			}
		}
		require.ElementsMatch(t, []string{
			"/var/lib/phalanx", "/var/lib/phalanx/shop", "/var/lib/phalanx/shop/orders", // data, and the user whose it is
			"/etc/phalanx", "/etc/phalanx/apps", "/etc/phalanx/apps/shop.conf", // no file of the package
			// useradd's copies of what was before
			"/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/subuid-", "/etc/subgid-",
		}, withCopies(left))
		require.False(t, d.exists("/var/cache/phalanx"))
		require.Regexp(t, account, d.run("getent", "passwd", "phalanx"))
		d.apt("install", "/root/phalanx.deb")
	})
}

// withCopies adds the files that useradd may have copied before already.
func withCopies(left []string) []string {
	for _, name := range []string{"passwd", "group", "shadow", "gshadow", "subuid", "subgid"} {
		copied := "/etc/" + name + "-"
		missing := true
		for i := range left {
			if left[i] == copied || strings.HasPrefix(left[i], copied+" ") {
				left[i], missing = copied, false
			}
		}
		if missing {
			left = append(left, copied)
		}
	}
	return left
}

const application = `<?php
use Workerman\Worker;

$worker = new Worker('http://' . getenv('LISTEN'));
$worker->count = 2;
$worker->onMessage = function ($connection, $request) {
    $shell = fn ($command) => trim((string) shell_exec("$command 2>&1; echo $?"));
    $connection->send(match ($request->path()) {
        '/status' => file_get_contents('/proc/self/status'),
        '/env' => json_encode(getenv()),
        '/writes' => json_encode(array_values(array_filter(
            ['/etc/x', '/usr/x', '/srv/x', '/home/x', '/root/x', '/opt/x', '/boot/x', '/var/x', '/sys/fs/cgroup/x', '/proc/sys/kernel/hostname',
            '/var/lib/x', '/var/log/x', '/run/x', '/tmp/x', '/var/tmp/x', getenv('HOME') . '/x', getenv('RUNTIME_DIRECTORY') . '/x',
            getenv('CACHE_DIRECTORY') . '/x', getenv('LOGS_DIRECTORY') . '/x'],
            fn ($file) => @file_put_contents($file, 'x') === 1))),
        '/sandbox' => json_encode([
            'namespaces' => $shell('unshare --user true'),
            'setuid' => $shell('touch x; chmod u+s x'),
            'personality' => $shell('setarch -R true'),
            'hostname' => $shell('hostname other'),
            'mount' => $shell('mount -t tmpfs none /tmp'),
            'clock' => $shell('date -s @0'),
            'home' => $shell('touch /home/x'),
            'processes' => implode(' ', array_filter(scandir('/proc'), fn ($name) => (int) $name === 1)),
            'devices' => implode(' ', array_intersect(scandir('/dev'), ['kmsg', 'mem', 'vda', 'console', 'rtc0', 'null', 'urandom'])),
        ]),
        '/limit' => ini_get('memory_limit'),
        '/jit' => json_encode(opcache_get_status(false)['jit']['on']),
        default => 'served by ' . getmypid(),
    });
};
Worker::$drainDelay = 0.1;
Worker::runAll();
`

// systemd boots in the Debian; the services are those of the package. One machine for all, in this order.
func TestSystemd(t *testing.T) {
	d := newDebian(t)
	d.apt("install", "systemd", "systemd-sysv", "dbus", "/root/phalanx-old.deb")
	require.Regexp(t, account, d.run("getent", "passwd", "phalanx"), "by systemd-sysusers")
	d.boot()
	ports := phalanxtest.FreePorts(t, 2)
	shop, low := fmt.Sprintf("127.0.0.1:%d", ports[0]), lowPort(t)
	d.write("/srv/shop/start.php", application)
	d.write("/etc/phalanx/apps/shop.conf", "APP=/srv/shop/start.php\nLISTEN="+shop+"\nDATABASE=of the shop\n")
	const unit = "phalanx@shop.service"
	t.Log(d.run("systemctl", "--version"))

	t.Run("the units are well-formed, and little is exposed", func(t *testing.T) {
		require.Empty(t, d.run("systemd-analyze", "verify", "--man=no", unit, "phalanx@shop.socket"))
		out := d.run("systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=20", "/lib/systemd/system/phalanx@.service")
		t.Log(out[strings.LastIndex(out, "Overall"):])
	})

	t.Run("without a file of settings nothing starts", func(t *testing.T) {
		d.run("systemctl", "start", "phalanx@nobody.service")
		require.Equal(t, "no", d.property("phalanx@nobody.service", "ConditionResult"))
	})

	t.Run("enabled and started", func(t *testing.T) {
		d.run("systemctl", "enable", "--now", unit)
		require.Equal(t, "active", d.property(unit, "ActiveState"), "the start has waited for READY=1")
		require.Equal(t, "serving", d.property(unit, "StatusText"))
		said, err := get(shop, "/")
		require.NoError(t, err)
		require.Contains(t, said, "served by")
		var env map[string]string
		fetch(t, shop, "/env", &env)
		require.Equal(t, "of the shop", env["DATABASE"])
		require.NotContains(t, env, "NOTIFY_SOCKET")
		require.NotContains(t, env, "WATCHDOG_USEC")
		require.Contains(t, d.journal(unit), "Start success")
		require.Contains(t, d.read("/var/log/phalanx/shop/workerman.log"), "start in")
		var jit bool
		fetch(t, shop, "/jit", &jit)
		require.True(t, jit, "the JIT compiles inside the sandbox")
		require.Equal(t, "30s", d.property(unit, "WatchdogUSec"))
	})

	t.Run("settings of the administrator's", func(t *testing.T) {
		require.Equal(t, "", strings.Trim(d.run("ls", "/etc/phalanx/conf.d"), "\n"))
		d.write("/etc/phalanx/conf.d/shop.ini", "memory_limit=99M\n")
		d.run("systemctl", "restart", unit)
		require.Equal(t, "99M", must(get(shop, "/limit")))
		var jit bool
		fetch(t, shop, "/jit", &jit)
		require.True(t, jit)
	})

	t.Run("the sandbox is in force", func(t *testing.T) {
		status, err := get(shop, "/status")
		require.NoError(t, err)
		for _, want := range []string{"NoNewPrivs:\t1", "Seccomp:\t2", "CapBnd:\t0000000000000400", "CapEff:\t0000000000000400", "Umask:\t0027"} {
			require.Contains(t, status, want+"\n")
		}
		var may []string
		fetch(t, shop, "/writes", &may)
		require.ElementsMatch(t, []string{"/tmp/x", "/var/tmp/x", "/var/lib/phalanx/shop/x", "/run/phalanx/shop/x", "/var/cache/phalanx/shop/x",
			"/var/log/phalanx/shop/x"}, may)
		require.False(t, d.exists("/tmp/x"), "its /tmp is its own")
		require.False(t, d.exists("/var/tmp/x"))
		var sandbox map[string]string
		fetch(t, shop, "/sandbox", &sandbox)
		t.Log(sandbox)
		for _, name := range []string{"namespaces", "setuid", "personality", "hostname", "mount", "clock", "home"} {
			require.NotRegexp(t, `(^|\n)0$`, sandbox[name], name)
			require.NotRegexp(t, `(^|\n)127$`, sandbox[name], name+": the tool is there")
		}
		require.Empty(t, sandbox["processes"], "it sees no process of others")
		require.Equal(t, "null urandom", sandbox["devices"])
	})

	t.Run("a port below 1024", func(t *testing.T) {
		d.write("/etc/phalanx/apps/low.conf", "APP=/srv/shop/start.php\nLISTEN="+low+"\n")
		d.run("systemctl", "start", "phalanx@low.service")
		_, err := get(low, "/")
		require.NoError(t, err)
		d.run("systemctl", "stop", "phalanx@low.service")
		require.Equal(t, "success", d.property("phalanx@low.service", "Result"))
		require.False(t, d.exists("/run/phalanx/low"))
	})

	t.Run("reloaded under load", func(t *testing.T) {
		supervisor := d.property(unit, "MainPID")
		d.write("/srv/shop/start.php", strings.Replace(application, "served by", "served anew by", 1))
		stop := load(shop)
		d.run("systemctl", "reload", unit)
		d.await(unit, "StatusText", func(s string) bool { return s == "serving" })
		served, failures := stop()
		require.Empty(t, failures)
		require.NotZero(t, served)
		t.Logf("%d requests", served)
		require.Contains(t, must(get(shop, "/")), "served anew by")
		require.Equal(t, supervisor, d.property(unit, "MainPID"))
		require.Contains(t, d.journal(unit), "Reloaded "+unit, "systemd has waited for READY=1 after RELOADING=1")
	})

	t.Run("a supervisor that is killed is started anew", func(t *testing.T) {
		kill(t, d, unit, syscall.SIGKILL)
		require.Contains(t, must(get(shop, "/")), "served anew by")
	})

	t.Run("a supervisor that gives no sign of life is started anew", func(t *testing.T) {
		d.write("/etc/systemd/system/phalanx@shop.service.d/soon.conf", "[Service]\nWatchdogSec=2\nTimeoutAbortSec=2\n")
		d.run("systemctl", "daemon-reload")
		d.run("systemctl", "restart", unit)
		before := d.property(unit, "NRestarts")
		time.Sleep(5 * time.Second) // more than two intervals with nothing amiss
		require.Equal(t, before, d.property(unit, "NRestarts"))
		kill(t, d, unit, syscall.SIGSTOP)
		require.Contains(t, d.journal(unit), "Watchdog timeout")
		require.NoError(t, os.Remove(d.path("/etc/systemd/system/phalanx@shop.service.d/soon.conf")))
		d.run("systemctl", "daemon-reload")
		d.run("systemctl", "restart", unit)
	})

	t.Run("a package is installed over the one that runs", func(t *testing.T) {
		supervisor := d.property(unit, "MainPID")
		stop := load(shop)
		out := d.apt("install", "/root/phalanx.deb")
		command := regexp.MustCompile(`(?m)^  systemctl (.*)$`).FindStringSubmatch(out)
		require.NotNil(t, command, out)
		require.Equal(t, supervisor, d.property(unit, "MainPID"), "it runs on")
		d.run("sh", "-c", "systemctl "+command[1])
		successor := d.await(unit, "MainPID", func(pid string) bool { return pid != supervisor && pid != "0" })
		d.await(unit, "StatusText", func(s string) bool { return s == "serving" })
		served, failures := stop()
		require.Empty(t, failures)
		t.Logf("%d requests", served)
		require.NotContains(t, d.run("readlink", "/proc/"+successor+"/exe"), "deleted")
		for limit := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
			require.True(t, time.Now().Before(limit), "the old process ends")
			if _, err := d.try("kill", "-0", supervisor); err != nil {
				break
			}
		}
		require.Equal(t, "active", d.property(unit, "ActiveState"))
		kill(t, d, unit, syscall.SIGKILL) // systemd minds the process that has taken over
	})

	t.Run("restarted under load, on sockets that systemd keeps", func(t *testing.T) {
		d.run("systemctl", "stop", unit)
		d.write("/etc/systemd/system/phalanx@shop.socket.d/override.conf", "[Socket]\nListenStream=\nListenStream="+shop+"\n")
		d.run("systemctl", "daemon-reload")
		d.run("systemctl", "enable", "--now", "phalanx@shop.socket")
		require.Equal(t, "inactive", d.property(unit, "ActiveState"))
		require.Contains(t, must(get(shop, "/")), "served anew by", "the first connection starts it")
		stop := load(shop)
		for range 3 {
			d.run("systemctl", "restart", unit)
		}
		kill(t, d, unit, syscall.SIGTERM) // what ends it by itself is no failure: the next connection starts it
		served, failures := stop()
		require.Empty(t, failures, "no connection was refused")
		require.NotZero(t, served)
		t.Logf("%d requests over 4 restarts", served)
		require.NotContains(t, d.read("/var/log/phalanx/shop/workerman.log"), "inherited")
	})

	t.Run("removed while it runs, and purged", func(t *testing.T) {
		d.apt("remove", "phalanx")
		_, err := get(shop, "/")
		require.ErrorContains(t, err, "refused", "nothing serves any more, nor holds the socket")
		require.NotEqual(t, "active", d.property(unit, "ActiveState"))
		require.Empty(t, d.run("systemctl", "list-units", "--all", "--no-legend", "--plain", "--state=failed"))
		require.True(t, d.exists("/etc/systemd/system/multi-user.target.wants/"+unit), "to be there when it is installed again")
		d.apt("purge", "phalanx")
		require.False(t, d.exists("/etc/systemd/system/multi-user.target.wants/"+unit))
		require.False(t, d.exists("/etc/systemd/system/sockets.target.wants/phalanx@shop.socket"))
		require.False(t, d.exists("/var/log/phalanx"))
		require.False(t, d.exists("/var/cache/phalanx"))
		require.True(t, d.exists("/var/lib/phalanx/shop/x"), "data stays")
		require.True(t, d.exists("/etc/phalanx/apps/shop.conf"), "and what the administrator has written")
		require.Equal(t, "running", d.run("systemctl", "is-system-running"))
	})
}

// kill sends a signal to the main process and waits until another one serves in its place.
func kill(t *testing.T, d *debian, unit string, signal syscall.Signal) {
	t.Helper()
	pid := d.property(unit, "MainPID")
	d.run("kill", "-"+strconv.Itoa(int(signal)), pid)
	d.await(unit, "MainPID", func(now string) bool { return now != pid && now != "0" })
	d.await(unit, "ActiveState", func(now string) bool { return now == "active" })
}

func fetch(t *testing.T, address, path string, to any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(must(get(address, path))), to))
}

func must(said string, err error) string {
	if err != nil {
		return err.Error()
	}
	return said
}

// lowPort is an address with a port below 1024 that nobody has.
func lowPort(t *testing.T) string {
	t.Helper()
	for port := 1023; port > 600; port-- {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			require.NoError(t, l.Close())
			return l.Addr().String()
		}
	}
	require.Fail(t, "no port below 1024 is free")
	return ""
}
