package upgrade_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

const activated = `<?php
use Workerman\Worker;
Worker::$pidFile = __DIR__ . '/pid';
Worker::$statusFile = __DIR__ . '/status';
Worker::$logFile = __DIR__ . '/log';
Worker::$stopTimeout = 10;
Worker::$drainDelay = 0.1;
foreach (explode(' ', getenv('TEST_LISTEN')) as $address) {
    $worker = new Worker($address);
    if (str_starts_with($address, 'http')) {
        $worker->count = 2;
    } elseif (!str_starts_with($address, 'udp')) {
        $worker->protocol = Workerman\Protocols\Text::class;
    }
    $worker->onMessage = fn ($connection, $data) => $connection->send(is_string($data)
        ? "got $data" : $connection->getRemoteIp() . json_encode(array_keys(array_intersect_key(getenv(), ['LISTEN_FDS' => 1, 'LISTEN_PID' => 1]))));
}
Worker::runAll();
`

// manager is a service manager: it keeps sockets and starts an application on them, as systemd does.
type manager struct {
	t     *testing.T
	dir   string
	files []*os.File
	env   []string
}

func newManager(t *testing.T, listen ...string) *manager {
	t.Helper()
	m := &manager{t: t, dir: t.TempDir()}
	require.NoError(t, os.WriteFile(filepath.Join(m.dir, "app.php"), []byte(activated), 0o644))
	m.env = append(os.Environ(), "TEST_LISTEN="+strings.Join(listen, " "), "DIR="+m.dir)
	return m
}

// keep takes what has a File method.
func (m *manager) keep(l any, err error) {
	m.t.Helper()
	require.NoError(m.t, err)
	f, err := l.(interface{ File() (*os.File, error) }).File()
	require.NoError(m.t, err)
	if u, ok := l.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false)
	}
	require.NoError(m.t, l.(io.Closer).Close())
	m.t.Cleanup(func() { _ = f.Close() })
	m.files = append(m.files, f)
}

// start starts it; the shell knows its own process id, which stays.
func (m *manager) start(names string) *phalanxtest.Process {
	m.t.Helper()
	p := phalanxtest.Command(m.t)
	p.Cmd = exec.Command("/bin/sh", "-c", `export LISTEN_PID=$$; exec "$@"`, "sh", phalanxtest.Binary(m.t), "app.php", "start")
	p.Cmd.Dir, p.Cmd.ExtraFiles = m.dir, m.files
	p.Cmd.Env = append(m.env, fmt.Sprintf("LISTEN_FDS=%d", len(m.files)), "LISTEN_FDNAMES="+names)
	p.Cmd.Stdout, p.Cmd.Stderr = p, p
	p.Cmd.WaitDelay = time.Second
	p.Start()
	return p
}

func TestRestartsOnSocketsThatAreHandedOver(t *testing.T) {
	tcp, err := net.Listen("tcp", "[::]:0")
	require.NoError(t, err)
	port := tcp.Addr().(*net.TCPAddr).Port
	dir := t.TempDir()
	path := filepath.Join(dir, "text.sock")
	m := newManager(t, fmt.Sprintf("http://0.0.0.0:%d", port), "unix://"+path, fmt.Sprintf("udp://127.0.0.1:%d", port))
	m.keep(tcp, nil)
	l, err := net.Listen("unix", path)
	m.keep(l, err)
	u, err := net.ListenPacket("udp", fmt.Sprintf("127.0.0.1:%d", port))
	m.keep(u, err)
	a := &app{t: t, dir: dir, web: fmt.Sprintf("127.0.0.1:%d", port)}

	stop := load(t, a.web, false) // who connects before anything serves waits
	for range 3 {
		p := m.start("web:text:echo")
		p.WaitFor("Press Ctrl+C to stop")
		require.Equal(t, "got 1", a.unixSays("1"))
		require.Equal(t, "got 2", a.udpSays("2"))
		require.NoError(t, p.Cmd.Process.Signal(syscall.SIGTERM))
		p.WaitUntilEnded()
		require.NoError(t, p.Err)
		require.NotContains(t, p.Output(), "inherited")
		require.FileExists(t, path, "the file is the service manager's")
	}
	p := m.start("")
	p.WaitFor("Press Ctrl+C to stop")
	served, failures := stop()
	t.Logf("%d requests answered over 3 restarts", served)
	require.Empty(t, failures)
	require.NotZero(t, served)
	resp, err := httpGet("http://" + a.web)
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1[]", resp, "an IPv4 client of a socket for both, and nothing of it in a worker's environment")
}

func TestSocketsThatDoNotFit(t *testing.T) {
	port := phalanxtest.FreePorts(t, 1)[0]
	m := newManager(t, fmt.Sprintf("http://127.0.0.1:%d", port))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	m.keep(l, err)
	file, err := os.Open(os.DevNull)
	m.keep(plain{file}, err)
	other := l.Addr().String()
	p := m.start("stray:file")
	p.WaitFor("Press Ctrl+C to stop")
	resp, err := httpGet(fmt.Sprintf("http://127.0.0.1:%d", port))
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1[]", resp, "the worker has a socket of its own")
	require.Contains(t, p.Output(), "an inherited socket is no worker's address, nobody serves it")
	require.Contains(t, p.Output(), "tcp://"+other)
	require.Contains(t, p.Output(), "name=stray")
	require.Contains(t, p.Output(), "an inherited descriptor is of no use")
	require.Contains(t, p.Output(), "it is no socket")
	p.Stop()

	m.env = append(m.env, "LISTEN_PID=1", "LISTEN_FDS=1")
	q := phalanxtest.Command(t, "app.php", "start")
	q.Cmd.Dir, q.Cmd.Env = m.dir, m.env
	q.Start()
	q.WaitFor("Press Ctrl+C to stop")
	require.Contains(t, q.Output(), "the sockets are for another process")
}

// plain is a file that is no socket.
type plain struct{ f *os.File }

func (p plain) File() (*os.File, error) { return os.Open(p.f.Name()) }

func (p plain) Close() error { return p.f.Close() }
