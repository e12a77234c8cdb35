package services_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/sync/errgroup"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// What a resolver does with a question.
const (
	resolves int32 = iota
	isSilent
	fails // SERVFAIL
)

// resolver is a name server for everything that is 127.0.0.1, or for nothing.
type resolver struct {
	does  atomic.Int32
	asked atomic.Int64
}

// resolverFile starts a resolver and answers the resolv.conf that names it. Resolvers have port 53, so it has an address of its own.
func resolverFile(t *testing.T) (*resolver, string) {
	t.Helper()
	var conn net.PacketConn
	address := ""
	for n := 1; conn == nil && n < 255; n++ {
		address = fmt.Sprintf("127.53.%d.%d", os.Getpid()%250, n)
		var err error
		if conn, err = net.ListenPacket("udp", address+":53"); err != nil && os.Geteuid() != 0 {
			t.Skipf("only root has port 53: %v", err)
		}
	}
	t.Cleanup(func() { _ = conn.Close() })
	r := &resolver{}
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if answer := r.answer(buf[:n]); answer != nil {
				_, _ = conn.WriteTo(answer, from)
			}
		}
	}()
	file := filepath.Join(t.TempDir(), "resolv.conf")
	require.NoError(t, os.WriteFile(file, []byte("nameserver "+address+"\n"), 0o600))
	return r, file
}

func (r *resolver) answer(question []byte) []byte {
	r.asked.Add(1)
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) != 1 || r.does.Load() == isSilent {
		return nil
	}
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	q := m.Questions[0]
	switch {
	case r.does.Load() == fails:
		m.RCode = dnsmessage.RCodeServerFailure
	case q.Type == dnsmessage.TypeA:
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
			Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
		}}
	}
	answer, err := m.Pack()
	if err != nil {
		return nil
	}
	return answer
}

// Without names each service fails within its time, others are served meanwhile, and all is well when the names are back.
func TestNamesAreGone(t *testing.T) {
	r, file := resolverFile(t)
	web := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "42") })}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = web.Serve(l) }()
	t.Cleanup(func() { _ = web.Close() })
	kinds := []string{"pgsql", "mysql", "redis", "nats", "http"}
	for name, does := range map[string]int32{"a resolver that is silent": isSilent, "a resolver that fails": fails} {
		t.Run(name, func(t *testing.T) {
			named := func(address string) string {
				u, err := url.Parse(address)
				require.NoError(t, err)
				u.Host = "service.test:" + u.Port()
				return u.String()
			}
			a := phalanxtest.Prepare(t, "testdata", 1, "HTTP="+named("http://"+l.Addr().String()))
			for _, kind := range kinds[:4] {
				name := strings.ToUpper(kind)
				a.Env = append(a.Env, name+"="+named(os.Getenv("PHALANX_TEST_"+name)))
			}
			a.Process = a.Command("dns.php", "start")
			// A file system of its own has another resolv.conf.
			a.Cmd.Path = "/usr/bin/unshare"
			a.Cmd.Args = []string{"unshare", "--mount", "sh", "-c", `mount --bind "$0" /etc/resolv.conf && exec "$@"`, file, phalanxtest.Binary(t), "dns.php", "start"}
			r.does.Store(does)
			before := r.asked.Load()
			a.Start()
			a.WaitFor("Start success.")
			client := http.Client{Timeout: 2 * phalanxtest.Patience} // who makes a connection waits for it, who uses it again
			defer client.CloseIdleConnections()
			get := func(path string) (int, string) {
				resp, err := client.Get(a.URL(0, path))
				require.NoError(t, err)
				defer func() { _ = resp.Body.Close() }()
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				return resp.StatusCode, string(body)
			}
			over := make(chan struct{})
			var others errgroup.Group
			others.Go(func() error {
				for {
					select {
					case <-over:
						return nil
					case <-time.After(10 * time.Millisecond):
						resp, err := client.Get(a.URL(0, "/"))
						if err != nil {
							return err
						}
						_ = resp.Body.Close()
					}
				}
			})
			var all errgroup.Group
			for _, kind := range kinds {
				for range 3 {
					all.Go(func() error {
						resp, err := client.Get(a.URL(0, "/"+kind)) // a call that hangs is over the client's time
						if err != nil {
							return err
						}
						defer func() { _ = resp.Body.Close() }()
						body, err := io.ReadAll(resp.Body)
						if err == nil && resp.StatusCode != http.StatusInternalServerError {
							err = fmt.Errorf("%s: %s", kind, body)
						}
						t.Logf("%s: %s", kind, body)
						return err
					})
				}
			}
			require.NoError(t, all.Wait())
			close(over)
			require.NoError(t, others.Wait(), "others are served")
			require.Greater(t, r.asked.Load(), before, "the resolver has been asked")

			r.does.Store(resolves)
			for _, kind := range kinds {
				last := ""
				require.Eventually(t, func() bool {
					_, last = get("/" + kind)
					return last == "42"
				}, phalanxtest.Patience, 50*time.Millisecond, "%s does not come back", kind)
			}
		})
	}
}
