package tlsconn_test

import (
	"crypto/tls"
	"net"
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/tlsconn"
	"github.com/phalanx-php/phalanx/goengine/tlsconn/certtest"
)

// Both sides' handshakes in coroutines, and for comparison crypto/tls's own on goroutines.
func BenchmarkHandshake(b *testing.B) {
	a := certtest.New(b)
	cert, ca := a.Issue("example.test"), a.CAFile()
	for _, tickets := range []bool{false, true} {
		name := map[bool]string{false: "full", true: "resumed"}[tickets]
		server := open(b, false, opts{"local_cert": cert, "no_ticket": !tickets})
		client := open(b, true, opts{"cafile": ca, "peer_name": "example.test", "no_ticket": !tickets})
		hands := &tlsconn.Hands{}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c, s := &end{Conn: tlsconn.New(client, hands)}, &end{Conn: tlsconn.New(server, hands)}
				c.err = c.Start()
				converse(c, s, 1<<20)
				if !s.Established() {
					b.Fatal(c.err, s.err)
				}
				c.Close()
				s.Close()
			}
		})
		hands.Close()
	}
	b.Run("full, crypto/tls on goroutines", func(b *testing.B) {
		text, err := os.ReadFile(cert)
		require.NoError(b, err)
		pair, err := tls.X509KeyPair(text, text)
		require.NoError(b, err)
		server := &tls.Config{Certificates: []tls.Certificate{pair}, SessionTicketsDisabled: true, MinVersion: tls.VersionTLS12}
		client := &tls.Config{InsecureSkipVerify: true, SessionTicketsDisabled: true, MinVersion: tls.VersionTLS12}
		b.ReportAllocs()
		for b.Loop() {
			x, y := net.Pipe()
			done := make(chan error, 1)
			go func() { done <- tls.Client(x, client).Handshake() }()
			s := tls.Server(y, server)
			if err := s.Handshake(); err != nil {
				b.Fatal(err)
			}
			if err := <-done; err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A request of 100 bytes and a response of 200, both sides' work.
func BenchmarkExchange(b *testing.B) {
	for name, size := range map[string]int{"small": 200, "64 KiB": 64 << 10} {
		b.Run(name, func(b *testing.B) {
			c, s := established(b, 1<<20)
			ask, answer, dst := make([]byte, 100), make([]byte, size), make([]byte, 128<<10)
			b.ReportAllocs()
			b.SetBytes(int64(len(ask) + len(answer)))
			for b.Loop() {
				for _, turn := range []struct {
					from, to *tlsconn.Conn
					text     []byte
				}{{c.Conn, s.Conn, ask}, {s.Conn, c.Conn, answer}} {
					if err := turn.from.Seal(turn.text); err != nil {
						b.Fatal(err)
					}
					out := turn.from.Unsent()
					if n, err := turn.to.Receive(dst, out); n != len(turn.text) || err != nil {
						b.Fatal(n, err)
					}
					turn.from.Sent(len(out))
				}
			}
		})
	}
}

// What 1,000 established connections that wait keep on the heap.
func BenchmarkIdleMemory(b *testing.B) {
	a := certtest.New(b)
	server := open(b, false, opts{"local_cert": a.Issue("example.test")})
	client := open(b, true, opts{"cafile": a.CAFile(), "peer_name": "example.test"})
	for name, talk := range map[string]int{"new": 0, "after 1 KiB each way": 1 << 10, "after 100 KiB each way": 100 << 10} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				const n = 1000
				hands := &tlsconn.Hands{}
				kept := make([]*tlsconn.Conn, 0, n)
				before := heap()
				for range n {
					c, s := &end{Conn: tlsconn.New(client, hands)}, &end{Conn: tlsconn.New(server, hands)}
					c.err = c.Start()
					converse(c, s, 1<<20)
					require.NoError(b, c.Seal(make([]byte, talk)))
					require.NoError(b, s.Seal(make([]byte, talk)))
					converse(c, s, 1<<20)
					c.Close()
					kept = append(kept, s.Conn)
				}
				b.ReportMetric(float64(heap()-before)/n, "bytes/connection")
				runtime.KeepAlive(kept)
				hands.Close()
			}
		})
	}
}

// What 1,000 servers keep whose clients have said hello and then nothing, stacks included.
func BenchmarkHalfOpenMemory(b *testing.B) {
	a := certtest.New(b)
	server := open(b, false, opts{"local_cert": a.Issue("example.test")})
	client := open(b, true, opts{"cafile": a.CAFile(), "peer_name": "example.test"})
	for b.Loop() {
		const n = 1000
		hands := &tlsconn.Hands{}
		kept := make([]*end, 0, n)
		hello := &end{Conn: tlsconn.New(client, hands)}
		require.NoError(b, hello.Start())
		before := heap() + stacks()
		for range n {
			s := &end{Conn: tlsconn.New(server, hands)}
			s.deliver(hello.Unsent(), 1<<20)
			s.Sent(len(s.Unsent()))
			require.NoError(b, s.err)
			kept = append(kept, s)
		}
		b.ReportMetric(float64(heap()+stacks()-before)/n, "bytes/connection")
		for _, s := range kept {
			s.Close()
		}
		hello.Close()
		hands.Close()
	}
}

func stacks() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.StackInuse)
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
