package loop_test

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/tlsconn"
)

// counts of the limits that were reached, by name.
func (d *driver) counts() map[string]uint64 {
	all := map[string]uint64{}
	for i, n := range d.Pulse().Limits {
		if n > 0 {
			all[loop.LimitNames[i]] = n
		}
	}
	return all
}

func httpPeer(d *driver, limits loop.Limits) *peer {
	return d.connect(loop.ListenOptions{Proto: loop.HTTP, Limits: limits})
}

const aGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

// What each limit's row in docs/limits.md promises: the answer over it, and that it is counted, once.
// Every limit is here, and in the document.
func TestEachLimitHasItsAnswerAndIsCounted(t *testing.T) {
	post := "POST / HTTP/1.1\r\nHost: h\r\n"
	chunks := post + "Transfer-Encoding: chunked\r\n\r\n"
	request := func(text string, status int) func(*testing.T, *driver) {
		return func(t *testing.T, d *driver) {
			p := httpPeer(d, loop.Limits{})
			p.write(text)
			d.settle()
			got, end := p.read()
			require.True(t, strings.HasPrefix(got, fmt.Sprintf("HTTP/1.1 %d ", status)), got)
			require.True(t, end)
		}
	}
	slow := func(proto loop.Proto, text string, piece string, every, until time.Duration, answer string) func(*testing.T, *driver) {
		return func(t *testing.T, d *driver) {
			p := d.connect(loop.ListenOptions{Proto: proto})
			p.write(text)
			for spent := every; spent < until; spent += every {
				d.pass(every)
				got, end := p.read()
				require.Empty(t, got)
				require.False(t, end, "after %s", spent)
				p.write(piece)
			}
			d.pass(every + 4*time.Second)
			got, end := p.read()
			require.True(t, strings.HasPrefix(got, answer) && (answer != "" || got == ""), "%q", got)
			require.True(t, end)
		}
	}
	frame := func(bytes string, code uint16) func(*testing.T, *driver) {
		return func(t *testing.T, d *driver) {
			d.handler = func(l *loop.Loop, ev *loop.Event) {
				if ev.Kind == loop.Handshake {
					_ = l.AcceptWebSocket(ev.Conn, nil)
				}
			}
			p := d.connect(loop.ListenOptions{Proto: loop.WebSocket})
			p.write(handshake)
			d.settle()
			_, _ = p.read()
			p.write(bytes)
			d.settle()
			got, end := p.read()
			require.Contains(t, got, string([]byte{byte(code >> 8), byte(code)}))
			require.True(t, end)
		}
	}
	tests := map[string]func(*testing.T, *driver){
		"request_line":      request("GET /"+strings.Repeat("a", 8<<10)+" HTTP/1.1\r\nHost: h\r\n\r\n", 414),
		"head":              request("GET / HTTP/1.1\r\nHost: h\r\nA: "+strings.Repeat("b", 16<<10)+"\r\n\r\n", 431),
		"header_fields":     request("GET / HTTP/1.1\r\nHost: h\r\n"+strings.Repeat("A: b\r\n", 100)+"\r\n", 431),
		"method":            request(strings.Repeat("A", 33)+" / HTTP/1.1\r\nHost: h\r\n\r\n", 501),
		"body":              request(post+"Content-Length: 10485760\r\n\r\n", 413),
		"chunk_extensions":  request(chunks+"1;"+strings.Repeat("a", 1025)+"\r\n", 400),
		"trailers":          request(chunks+"0\r\n"+strings.Repeat("A: b\r\n", 33)+"\r\n", 431),
		"head_time":         slow(loop.HTTP, "GET /", "a", time.Second, 9*time.Second, "HTTP/1.1 408 "),
		"body_time":         slow(loop.HTTP, post+"Content-Length: 9\r\n\r\n", "", 29*time.Second, 58*time.Second, "HTTP/1.1 408 "),
		"body_rate":         slow(loop.HTTP, post+"Content-Length: 90000\r\n\r\n", strings.Repeat("b", 230), time.Second, 60*time.Second, "HTTP/1.1 408 "),
		"idle_time":         slow(loop.HTTP, "", "", 37*time.Second, 74*time.Second, ""),
		"message":           over(loop.Text, strings.Repeat("a", 101), "a packet"),
		"ping_rate":         frame(strings.Repeat("\x89\x80\x00\x00\x00\x00", 1201), 1008),
		"websocket_message": frame("\x82\xff\x00\x00\x00\x00\x00\xa0\x00\x01\x00\x00\x00\x00", 1009),
		"form": func(t *testing.T, d *driver) {
			p := httpPeer(d, loop.Limits{})
			d.SetUploads(t.TempDir(), 1)
			require.NoError(t, d.SetLimits(p.id, 1<<20, 64<<20))
			length := 17 << 20
			p.write(post + "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: " + fmt.Sprint(length) +
				"\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n")
			var got string
			for sent := 0; sent < length && got == ""; sent += 64 << 10 {
				if _, err := unix.Write(p.fd, make([]byte, 64<<10)); err != nil {
					break
				}
				d.settle()
				got, _ = p.read()
			}
			require.True(t, strings.HasPrefix(got, "HTTP/1.1 413 "), got)
		},
		"send_time": func(t *testing.T, d *driver) {
			p := httpPeer(d, loop.Limits{})
			p.write(aGet)
			d.settle()
			require.NoError(t, d.Send(p.id, loop.SendMessage, make([]byte, 8<<20)))
			d.settle()
			d.pass(58 * time.Second)
			require.Equal(t, 1, d.Connections())
			d.pass(4 * time.Second)
			require.Zero(t, d.Connections())
		},
		"send_buffer": func(t *testing.T, d *driver) {
			p := d.connect(loop.ListenOptions{Proto: loop.Raw, Announce: true})
			require.NoError(t, d.Send(p.id, loop.SendRaw, make([]byte, 8<<20)))
			d.settle()
			require.ErrorIs(t, d.Send(p.id, loop.SendRaw, []byte("more")), loop.ErrFull)
		},
		"pipeline": func(t *testing.T, d *driver) {
			told := 0
			d.handler = func(_ *loop.Loop, ev *loop.Event) { told += len(ev.Data) / len(aGet) }
			p := httpPeer(d, loop.Limits{})
			p.write(strings.Repeat(aGet, 100))
			d.settle()
			require.Equal(t, 64, told, "the rest waits")
		},
		"handshake_time": func(t *testing.T, d *driver) {
			p := d.connect(loop.ListenOptions{Proto: loop.HTTP, TLS: certified(t)})
			d.pass(9 * time.Second)
			require.Equal(t, 1, d.Connections())
			d.pass(3 * time.Second)
			_, end := p.read()
			require.True(t, end)
		},
		"handshake_size": func(t *testing.T, d *driver) {
			p := d.connect(loop.ListenOptions{Proto: loop.HTTP, TLS: certified(t)})
			// A ClientHello of 64 KiB, a byte in each record.
			p.write("\x16\x03\x01\x00\x04\x01\x00\xff\xff")
			for range 100 {
				if _, err := unix.Write(p.fd, []byte(strings.Repeat("\x16\x03\x01\x00\x01a", 1000))); err != nil {
					break
				}
				d.settle()
			}
			_, end := p.read()
			require.True(t, end)
		},
		"handshakes": func(t *testing.T, d *driver) {
			opts := loop.ListenOptions{Proto: loop.HTTP, TLS: certified(t), Limits: loop.Limits{Handshakes: 1}}
			first, second := d.connect(opts), d.connect(opts)
			first.write("\x16\x03\x01\x00\x04\x01\x00\xff\xff")
			d.settle()
			second.write("\x16\x03\x01\x00\x04\x01\x00\xff\xff")
			d.settle()
			_, end := second.read()
			require.True(t, end)
			_, end = first.read()
			require.False(t, end)
		},
		"connections": func(t *testing.T, d *driver) {
			_, address := d.listening(loop.ListenOptions{Proto: loop.Text, Limits: loop.Limits{Connections: 2, Group: t.Name()}})
			first := dial(t, address)
			_ = dial(t, address)
			d.until("two connections", d.accepted(2))
			requireClosed(t, d, dial(t, address))
			_ = first.Close()
			d.until("its end", d.accepted(1))
			_ = dial(t, address)
			d.until("another", d.accepted(2))
		},
		"connections_per_address": func(t *testing.T, d *driver) {
			_, address := d.listening(loop.ListenOptions{Proto: loop.Text, Limits: loop.Limits{PerAddress: 2, Group: t.Name()}})
			first := dial(t, address)
			_ = dial(t, address)
			d.until("two connections", d.accepted(2))
			requireClosed(t, d, dial(t, address))
			elsewhere, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}).Dial("tcp", address)
			require.NoError(t, err)
			defer func() { _ = elsewhere.Close() }()
			d.until("another address", d.accepted(3))
			_ = first.Close()
			d.until("its end", d.accepted(2))
			_ = dial(t, address)
			d.until("the first address again", d.accepted(3))
		},
		"connect_time": func(t *testing.T, d *driver) {
			failed := false
			d.handler = func(_ *loop.Loop, ev *loop.Event) { failed = failed || ev.Kind == loop.ConnectFailed }
			address := full(t)
			_, err := d.Connect(loop.ConnectOptions{Network: "tcp", Address: address, Timeout: 5 * time.Second})
			require.NoError(t, err)
			d.pass(7 * time.Second)
			require.True(t, failed)
		},
		"answer_time": func(t *testing.T, d *driver) {
			l := listen(t, "tcp", "127.0.0.1:0")
			id, err := d.Connect(loop.ConnectOptions{Network: "tcp", Address: l.Addr().String(), Proto: loop.WebSocket})
			require.NoError(t, err)
			require.NoError(t, d.ExpectWebSocket(id, []byte(wsKey), nil))
			c, err := l.Accept()
			require.NoError(t, err)
			defer func() { _ = c.Close() }()
			d.settle()
			d.pass(loop.BodyTimeout + 2*time.Second)
			require.Zero(t, d.Connections())
		},
		"inbox": func(t *testing.T, d *driver) {
			for range loop.InboxLimit {
				require.NoError(t, d.Post(loop.Post{}))
			}
			require.ErrorIs(t, d.Post(loop.Post{}), loop.ErrFull)
		},
	}
	page, err := os.ReadFile("../../docs/limits.md")
	require.NoError(t, err)
	var rows []string
	for _, m := range regexp.MustCompile("(?m)^\\|.*\\| `([a-z_]+)` \\|$").FindAllStringSubmatch(string(page), -1) {
		rows = append(rows, m[1])
	}
	for _, name := range loop.LimitNames {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, rows, name, "its row in docs/limits.md")
			require.Contains(t, tests, name)
			d := drive(t, silent)
			tests[name](t, d)
			require.Equal(t, map[string]uint64{name: 1}, d.counts())
		})
	}
	for _, row := range rows {
		if !strings.HasPrefix(row, "phalanx_") {
			require.True(t, slices.Contains(loop.LimitNames[:], row), "docs/limits.md says that %s is counted", row)
		}
	}
}

func certified(t *testing.T) *tlsconn.Config {
	config, _ := tlsConfig(t)
	return config
}

// over sends what passes a limit of 100 bytes.
func over(proto loop.Proto, text, what string) func(*testing.T, *driver) {
	return func(t *testing.T, d *driver) {
		p := d.connect(loop.ListenOptions{Proto: proto, MaxPackage: 100})
		p.write(text)
		d.settle()
		got, end := p.read()
		require.Empty(t, got, what)
		require.True(t, end, what)
	}
}

func requireClosed(t *testing.T, d *driver, c net.Conn) {
	t.Helper()
	closed := make(chan error, 1)
	go func() {
		_, err := c.Read(make([]byte, 1))
		closed <- err
	}()
	d.until("a connection too many is closed", func() bool {
		select {
		case err := <-closed:
			require.Error(t, err)
			return true
		default:
			return false
		}
	})
}

func TestParseLimits(t *testing.T) {
	got, err := loop.ParseLimits("group=http://0.0.0.0:80\nhead=100\nheadTime=0.5\nidleTime=-1\nexempt=10.0.0.0/8,::1\nconnections=-1\n")
	require.NoError(t, err)
	require.Equal(t, loop.Limits{
		Group: "http://0.0.0.0:80", Head: 100, HeadTime: 500 * time.Millisecond, IdleTime: -1, Connections: -1,
		Exempt: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")},
	}, got)
	for _, bad := range []string{
		"head=0", "head=-1", "head=", "head=1e3", "pipeline=-1", "headerFields=99999999999", "headTime=0", "headTime=NAN", "headTime=x",
		"exempt=10.0.0.0/33", "exempt=localhost", "heads=1", "sendRate=-2", "handshakes=0",
	} {
		_, err := loop.ParseLimits(bad)
		require.Error(t, err, bad)
	}
}
