package fault_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/tlsconn/certtest"
)

// get answers the status and the body of a request over a connection of its own.
func (a *app) get(path string, cookie ...string) (int, string) {
	a.t.Helper()
	request, err := http.NewRequest(http.MethodGet, a.URL(0, path), nil)
	require.NoError(a.t, err)
	for _, c := range cookie {
		request.Header.Set("Cookie", c)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	resp, err := client.Do(request)
	require.NoError(a.t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(a.t, err)
	return resp.StatusCode, string(body)
}

func openFDs(t testing.TB, pid int) int {
	t.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	require.NoError(t, err)
	return len(entries)
}

// Without descriptors nobody new is accepted; who is connected goes on, what PHP cannot open is an error, and afterwards
// all who waited are served.
func TestOutOfDescriptorsUnderLoad(t *testing.T) {
	t.Parallel()
	a := prepare(t, 3, "COUNT=2")
	a.start("resources.php")
	server := a.servers()
	other := a.talker(1)
	other.talk(t)
	l := a.startLoad(4, 0)
	l.awaitMore(t, 50)
	mine := a.Dial(0)
	kept := bufio.NewReader(mine)
	result, _ := ask(mine, kept, "/")
	require.Equal(t, answered, result)
	before := openFDs(t, server[0])

	var limit unix.Rlimit
	require.NoError(t, unix.Prlimit(server[0], unix.RLIMIT_NOFILE, nil, &limit))
	low := unix.Rlimit{Cur: uint64(before + 10), Max: limit.Max}
	require.NoError(t, unix.Prlimit(server[0], unix.RLIMIT_NOFILE, &low, nil))
	waiting := make([]net.Conn, 60)
	results := make(chan string, len(waiting))
	for i := range waiting {
		waiting[i] = a.Dial(0)
	}
	require.Eventually(t, func() bool { return a.figures().sum("phalanx_slot_accept_errors_total") >= 1 }, patience, poll)
	l.awaitMore(t, 50)
	other.talk(t)
	for _, path := range []string{"/file", "/insert", "/log"} {
		// An error, unless a descriptor has just become free; idle connections are closed to make room.
		result, more := ask(mine, kept, path)
		require.Contains(t, []string{answered, "500", cut}, result, path)
		if !more {
			break
		}
	}
	for _, c := range waiting {
		go func() {
			result, _ := ask(c, bufio.NewReader(c), "/")
			results <- result
		}()
	}
	require.NoError(t, unix.Prlimit(server[0], unix.RLIMIT_NOFILE, &limit, nil))
	for range waiting {
		require.Contains(t, []string{answered, cut}, <-results, "who waited is served, or was idle for too long")
	}
	for _, c := range waiting {
		_ = c.Close()
	}
	status, _ := a.get("/file")
	require.Equal(t, http.StatusOK, status)
	status, body := a.get("/insert")
	require.Equal(t, http.StatusOK, status, body)
	counts := l.end()
	require.Zero(t, counts[hung]+counts[unavailable], "%v", counts)
	require.Equal(t, server, a.servers())
	require.Eventually(t, func() bool { return openFDs(t, server[0]) <= before+4 }, patience, poll, "descriptors stay") // and SQLite's
}

// A full disk costs what was to be written, and says so; requests that need no disk are served, and all is well when there is room.
func TestDiskFullUnderLoad(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, "4m")
	require.NoError(t, os.Mkdir(filepath.Join(disk, "tmp"), 0o777))
	a := prepare(t, 3, "COUNT=2", "DISK="+disk, "TMPDIR="+filepath.Join(disk, "tmp"))
	a.start("resources.php")
	server := a.servers()
	l := a.startLoad(4, 0)
	l.awaitMore(t, 20)
	status, body := a.get("/insert")
	require.Equal(t, http.StatusOK, status, body)
	fds := openFDs(t, server[0])

	full := filepath.Join(disk, "full")
	upload := func() (int, string) {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("file", "x.bin")
		require.NoError(t, err)
		_, _ = io.CopyN(part, rand.Reader, 2<<20)
		_ = form.Close()
		resp, err := http.Post(a.URL(0, "/upload"), form.FormDataContentType(), &body)
		if err != nil {
			return 0, err.Error()
		}
		defer func() { _ = resp.Body.Close() }()
		text, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(text)
	}
	status, body = upload()
	require.Equal(t, http.StatusOK, status, body)
	require.Equal(t, fmt.Sprint("uploaded ", 2<<20), body)

	fill(t, full)
	for range 3 {
		status, body = a.get("/insert")
		require.Equal(t, http.StatusInternalServerError, status, body)
		status, body = a.get("/session")
		t.Log("session: ", status, body)
		require.Contains(t, []int{http.StatusOK, http.StatusInternalServerError}, status, body)
		status, body = a.get("/log")
		require.Equal(t, http.StatusOK, status, body)
		status, body = upload()
		t.Log("upload: ", status, body)
		require.Equal(t, "RuntimeException: upload error 7", body, "UPLOAD_ERR_CANT_WRITE, as from PHP itself")
		fill(t, full)
	}
	// A reload, and a new server process, need no disk.
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
	require.Eventually(t, func() bool { return a.figures().sum("phalanx_reloads_total") == 1 }, patience, poll)
	l.awaitMore(t, 20)

	require.NoError(t, os.Remove(full))
	status, body = a.get("/insert")
	require.Equal(t, http.StatusOK, status, body)
	status, body = a.get("/session")
	require.Equal(t, http.StatusOK, status, body)
	status, body = upload()
	require.Equal(t, http.StatusOK, status, body)
	counts := l.end()
	require.Zero(t, counts[hung]+counts[cut]+counts[unavailable], "%v", counts)
	require.Equal(t, server, a.servers())
	left, err := filepath.Glob(filepath.Join(disk, "tmp", "*"))
	require.NoError(t, err)
	require.Empty(t, left, "pieces of uploads stay")
	require.Eventually(t, func() bool { return openFDs(t, server[0]) <= fds+2 }, patience, poll)
}

// The time of day jumps, forth and back: timers, limits, reloads and what is cached go by another clock.
func TestClockJumpsUnderLoad(t *testing.T) {
	t.Parallel()
	library := filepath.Join(t.TempDir(), "clock.so")
	out, err := exec.Command("gcc", "-shared", "-fPIC", "-o", library, "testdata/clock.c").CombinedOutput()
	require.NoError(t, err, "%s", out)
	clock := filepath.Join(t.TempDir(), "clock")
	set := func(seconds int) { // as a whole: who reads half of it would be far away
		require.NoError(t, os.WriteFile(clock+".new", []byte(strconv.Itoa(seconds)), 0o600))
		require.NoError(t, os.Rename(clock+".new", clock))
	}
	set(0)
	a := prepare(t, 3, "LD_PRELOAD="+library, "CLOCK_FILE="+clock)
	a.start("resources.php")
	server := a.servers()
	l := a.startLoad(4, 0)
	l.awaitMore(t, 20)
	number := func(path string) int {
		_, body := a.get(path)
		n, err := strconv.Atoi(body)
		require.NoError(t, err, body)
		return n
	}
	_, cached := a.get("/cache")
	_, session := a.get("/session", "PHPSID=0123456789abcdef0123456789abcdef")
	require.Equal(t, "n=1", session)
	for i, jump := range []int{86400, -86400, 40 * 365 * 86400, 0} {
		set(jump)
		require.InDelta(t, time.Now().Unix()+int64(jump), number("/time"), 30, "the clock has been set")
		ticks := number("/ticks")
		require.Eventually(t, func() bool { return number("/ticks") > ticks+3 }, patience, poll, "timers stand still")
		_, again := a.get("/cache")
		require.Equal(t, cached, again, "its hour is not over")
		require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
		require.Eventually(t, func() bool { return a.figures().sum("phalanx_reloads_total") == float64(i+1) }, patience, poll)
		status, text := a.monitor("/live")
		require.Equal(t, http.StatusOK, status, text)
	}
	counts := l.end()
	require.Zero(t, counts[hung]+counts[cut]+counts[unavailable], "%v", counts)
	require.Equal(t, server, a.servers())
	set(-86400)
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGQUIT))
	a.WaitUntilEnded()
}

// 10,000 connections that come and go in every way but the proper one leave nothing behind.
func TestTenThousandConnectionsDropped(t *testing.T) {
	t.Parallel()
	a := prepare(t, 3, "COUNT=2")
	a.start("resources.php")
	server := a.servers()
	other := a.talker(1)
	l := a.startLoad(2, 0)
	l.awaitMore(t, 20)
	before := openFDs(t, server[0])
	beginnings := []string{
		"", "G", "GET / HTTP/1.1\r\nHost:", "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n" + strings.Repeat("x", 1000),
		"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n" +
			"Content-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n" + strings.Repeat("x", 4000),
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nabc", "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"\x16\x03\x01\x02\x00\x01",
	}
	const all, atOnce = 10_000, 500
	open := make([]*net.TCPConn, 0, atOnce)
	for i := range all {
		c, err := net.Dial("tcp", a.Addr(0))
		require.NoError(t, err)
		conn := c.(*net.TCPConn)
		_, _ = io.WriteString(conn, beginnings[i%len(beginnings)])
		switch i % 3 {
		case 0:
			_ = conn.SetLinger(0) // goes by a reset
		case 1:
			_ = conn.CloseWrite() // half closed, until the others go
		}
		if open = append(open, conn); len(open) == atOnce {
			for _, c := range open {
				_ = c.Close()
			}
			open = open[:0]
			other.talk(t)
		}
	}
	l.awaitMore(t, 20)
	require.Eventually(t, func() bool { return a.figures().sum("phalanx_slot_connections") <= 3 }, patience, 50*time.Millisecond, "connections stay open")
	counts := l.end()
	require.Zero(t, counts[hung]+counts[cut]+counts[unavailable], "%v", counts)
	other.talk(t)
	require.Equal(t, server, a.servers())
	require.Eventually(t, func() bool { return openFDs(t, server[0]) <= before }, patience, poll, "descriptors stay")
	require.GreaterOrEqual(t, a.figures().sum("phalanx_slot_accepted_connections_total"), float64(all))
}

// Thousands who go in the middle of a TLS handshake, in every way and at every byte of it, leave nothing behind; others are served.
func TestTLSHandshakesDropped(t *testing.T) {
	t.Parallel()
	ca := certtest.New(t)
	cert := ca.Issue("localhost", func(c *x509.Certificate, _ *certtest.How) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} })
	a := prepare(t, 4, "COUNT=2", "CERT="+cert)
	a.start("resources.php")
	server := a.servers()
	secure := &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: ca.Pool()}}}
	over := make(chan struct{})
	var others errgroup.Group
	served := atomic.Int64{}
	for range 2 {
		others.Go(func() error {
			for {
				select {
				case <-over:
					return nil
				default:
				}
				resp, err := secure.Get("https://" + a.Addr(2) + "/")
				if err != nil {
					return err
				}
				_, err = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				if err != nil || resp.StatusCode != http.StatusOK {
					return fmt.Errorf("%s: %w", resp.Status, err)
				}
				served.Add(1)
			}
		})
	}
	hello := clientHello(t)
	drop := func(i int) {
		c, err := net.Dial("tcp", a.Addr(2))
		require.NoError(t, err)
		conn := c.(*net.TCPConn)
		defer func() { _ = conn.Close() }()
		_ = conn.SetDeadline(time.Now().Add(patience))
		_, _ = conn.Write(hello[:1+i%len(hello)])
		switch i % 4 {
		case 0:
			_ = conn.SetLinger(0) // goes by a reset
		case 1:
			_ = conn.CloseWrite()
		case 2:
			_, _ = conn.Write(hello[1+i%len(hello):])
			_, _ = conn.Read(make([]byte, 1+i%500)) // goes in the middle of the server's part
			_ = conn.SetLinger(0)
		case 3:
			_, _ = conn.Write(hello[1+i%len(hello):])
			_, _ = conn.Write([]byte{20, 3, 3, 0, 1, 1, 23, 3, 3, 0, 40}) // and of the client's second
		}
	}
	many := func(n int) {
		var all errgroup.Group
		all.SetLimit(50)
		for i := range n {
			all.Go(func() error {
				drop(i)
				return nil
			})
		}
		_ = all.Wait()
	}
	of := func(name string) float64 { return a.figures().sum("phalanx_process_"+name, `process="0"`) }
	settled := func() bool { return a.figures().sum("phalanx_slot_connections") <= 4 }
	many(1000)
	require.Eventually(t, settled, patience, 50*time.Millisecond, "connections stay open")
	descriptors, goroutines, memory := openFDs(t, server[0]), of("goroutines"), of("resident_memory_bytes")
	before := served.Load()
	many(4000)
	require.Eventually(t, settled, patience, 50*time.Millisecond, "connections stay open")
	require.Eventually(t, func() bool { return served.Load() > before+10 }, patience, poll, "others are not served")
	close(over)
	require.NoError(t, others.Wait())
	require.Equal(t, server, a.servers())
	require.Eventually(t, func() bool { return openFDs(t, server[0]) <= descriptors && of("goroutines") <= goroutines+4 }, patience, poll, "something stays")
	t.Logf("RSS %.1f to %.1f MiB", memory/(1<<20), of("resident_memory_bytes")/(1<<20))
	require.LessOrEqual(t, of("resident_memory_bytes"), memory+24<<20)
}

// clientHello is what a client sends first.
func clientHello(t *testing.T) []byte {
	t.Helper()
	ours, theirs := net.Pipe()
	defer func() { _, _ = ours.Close(), theirs.Close() }()
	go func() { _ = tls.Client(theirs, &tls.Config{ServerName: "localhost"}).Handshake() }()
	require.NoError(t, ours.SetDeadline(time.Now().Add(patience)))
	buf := make([]byte, 4096)
	n, err := io.ReadAtLeast(ours, buf, 5)
	require.NoError(t, err)
	for n < 5+int(buf[3])<<8+int(buf[4]) {
		more, err := ours.Read(buf[n:])
		require.NoError(t, err)
		n += more
	}
	return buf[:n]
}
