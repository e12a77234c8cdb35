package fault_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/tlsconn/certtest"
)

// soakTime is how long the mixed traffic goes on; SOAK has another one ("1h").
const soakTime = 2 * time.Minute

// soakPatience is what a request may take: an hour sees other load come and go.
const soakPatience = 3 * patience

// soakWindows is how often figures are taken.
const soakWindows = 24

// soaked are the figures of one moment without traffic.
type soaked struct {
	at                                        time.Duration
	rss, php                                  float64 // bytes
	fds, threads, goroutines, fibers, control float64
}

// soak is the traffic.
type soak struct {
	*app
	gate     sync.RWMutex // held for reading by who has something under way
	over     chan struct{}
	clients  sync.WaitGroup
	plain    *http.Client
	secure   *http.Client
	done     atomic.Int64
	refused  atomic.Int64 // 503 of slots that were ended
	mu       sync.Mutex
	failures map[string]int
}

func (s *soak) fail(what string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures[fmt.Sprintf("%s: %v", what, err)]++
}

// run has n clients do something again and again, with a pause of up to twice the given one in between.
func (s *soak) run(n int, pause time.Duration, what string, do func() error) {
	for range n {
		s.clients.Go(func() {
			for {
				select {
				case <-s.over:
					return
				case <-time.After(time.Duration(rand.Int64N(int64(2 * pause)))):
				}
				s.gate.RLock()
				if err := do(); err != nil {
					s.fail(what, err)
				}
				s.gate.RUnlock()
				s.done.Add(1)
			}
		})
	}
}

func answer(c *http.Client, url, want string, allowed ...int) error {
	resp, err := c.Get(url)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode == http.StatusOK && strings.HasPrefix(string(body), want) || slices.Contains(allowed, resp.StatusCode) {
		return nil
	}
	return fmt.Errorf("%s: %.80q", resp.Status, body)
}

func (s *soak) traffic() {
	paths := map[string]string{
		"/": "hello", "/sql": "100", "/wait": "waited", "/timer": "fired", "/coroutines": "1,2,3,4,5", "/cache": "200", "/lock": "1",
		"/throw": "RuntimeException", "/session": "session", "/large": "0123456789", "/client": "hello", "/redis": "",
	}
	var names []string
	for path := range paths {
		names = append(names, path)
	}
	secure := fmt.Sprintf("https://localhost:%d", s.Ports[1])
	s.run(4, 20*time.Millisecond, "keep-alive", func() error {
		path := names[rand.IntN(len(names))]
		return answer(s.plain, s.URL(0, path), paths[path])
	})
	s.run(2, 20*time.Millisecond, "TLS", func() error {
		path := names[rand.IntN(len(names))]
		return answer(s.secure, secure+path, paths[path])
	})
	single := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: soakPatience}
	s.run(2, 20*time.Millisecond, "a connection for each request", func() error { return answer(single, s.URL(0, "/"), "hello") })
	singleTLS := &http.Client{Timeout: soakPatience, Transport: &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: s.secure.Transport.(*http.Transport).TLSClientConfig,
	}}
	s.run(1, 50*time.Millisecond, "a TLS handshake for each request", func() error { return answer(singleTLS, secure+"/", "hello") })
	s.run(1, 100*time.Millisecond, "uploads", s.upload)
	s.run(2, 100*time.Millisecond, "rooms", s.room)
	s.run(2, 20*time.Millisecond, "frail", func() error { return answer(s.plain, s.URL(2, "/"), "hello", 503) })
	s.run(1, 2*time.Second, "ends", func() error {
		path := []string{"/exit", "/fatal", "/memory", "/throw", "/loop"}[rand.IntN(5)]
		err := answer(single, s.URL(2, path), "nothing answers 200 here", 503)
		if err == nil {
			s.refused.Add(1)
		}
		return err
	})
	s.run(1, 50*time.Millisecond, "connections that are dropped", s.drop)
}

// upload sends a file of up to a megabyte.
func (s *soak) upload() error {
	content := bytes.Repeat([]byte{byte(rand.IntN(256))}, rand.IntN(1<<20))
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "x.bin")
	if err != nil {
		return err
	}
	_, _ = part.Write(content)
	_ = form.Close()
	resp, err := s.plain.Post(s.URL(0, "/upload"), form.FormDataContentType(), &body)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	if want := fmt.Sprintf("%d %x", len(content), md5.Sum(content)); err == nil && string(got) != want {
		err = fmt.Errorf("%s: %.80q is not %q", resp.Status, got, want)
	}
	return err
}

// room joins a room, hears itself there, and leaves, in good order or not.
func (s *soak) room() error {
	ctx, cancel := context.WithTimeout(context.Background(), soakPatience)
	defer cancel()
	c, _, err := websocket.Dial(ctx, "ws://"+s.Addr(3)+"/", nil)
	if err != nil {
		return err
	}
	defer func() { _ = c.CloseNow() }()
	room := fmt.Sprintf("room-%d", rand.Uint64())
	for _, talk := range [][2]string{{"join " + room, "joined"}, {"say " + room, "say " + room}, {"leave " + room, "left"}} {
		if err := c.Write(ctx, websocket.MessageText, []byte(talk[0])); err != nil {
			return err
		}
		_, got, err := c.Read(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", strings.Fields(talk[0])[0], err)
		}
		if string(got) != talk[1] {
			return fmt.Errorf("%.80q is not %q", got, talk[1])
		}
		if rand.IntN(5) == 0 {
			return nil // gone without a word, in the room
		}
	}
	return c.Close(websocket.StatusNormalClosure, "")
}

// drop says half of something and goes.
func (s *soak) drop() error {
	i := rand.IntN(4)
	c, err := net.Dial("tcp", s.Addr(i))
	if err != nil {
		return err
	}
	_, _ = io.WriteString(c, []string{"", "GET / HT", "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc", "\x16\x03\x01"}[rand.IntN(4)])
	if rand.IntN(2) == 0 {
		_ = c.(*net.TCPConn).SetLinger(0) // a reset
	}
	return c.Close()
}

// rest stops the traffic, waits until nobody is connected, and takes the figures.
func (s *soak) rest(began time.Time) soaked {
	s.t.Helper()
	s.gate.Lock()
	defer s.gate.Unlock()
	s.plain.CloseIdleConnections()
	s.secure.CloseIdleConnections()
	var f figures
	require.Eventually(s.t, func() bool {
		f = s.figures()
		return f.sum("phalanx_slot_connections") == f.sum("phalanx_http_client_connections") && f.sum("phalanx_slot_serving") == 7
	}, 2*patience, 100*time.Millisecond, "somebody is connected still, or a slot is missing: %v", f)
	return soaked{
		at: time.Since(began), rss: f.sum("phalanx_process_resident_memory_bytes", `process="0"`),
		php: f.sum("phalanx_slot_php_memory_bytes", `worker="s`), // steady and secure: the others begin anew all the time
		// A connection of its HTTP client to itself has two ends.
		fds: f.sum("phalanx_process_open_fds", `process="0"`) - 2*f.sum("phalanx_http_client_connections"), threads: f.sum("phalanx_process_threads", `process="0"`),
		goroutines: f.sum("phalanx_process_goroutines", `process="0"`), fibers: f.sum("phalanx_slot_fibers"),
		control: f.sum("phalanx_process_resident_memory_bytes", `process="supervisor"`),
	}
}

func (s *soak) report(length time.Duration, reloads int, all []soaked) string {
	text := fmt.Sprintf("%v: %d requests and the like, %d of them ended a slot, %d reloads asked for\n", length, s.done.Load(), s.refused.Load(), reloads)
	text += fmt.Sprintf("%8s %10s %10s %12s %6s %8s %11s %7s\n", "time", "RSS MiB", "PHP MiB", "superv. MiB", "fds", "threads", "goroutines", "Fibers")
	for _, f := range all {
		text += fmt.Sprintf("%8s %10.1f %10.2f %12.1f %6.0f %8.0f %11.0f %7.0f\n", f.at.Round(time.Second), f.rss/(1<<20), f.php/(1<<20), f.control/(1<<20), f.fds, f.threads, f.goroutines, f.fibers)
	}
	return text
}

// Mixed traffic for a long time: each request is answered as it should be, and nothing grows.
func TestSoak(t *testing.T) {
	length := soakTime
	if text := os.Getenv("SOAK"); text != "" {
		var err error
		length, err = time.ParseDuration(text)
		require.NoError(t, err)
	}
	ca := certtest.New(t)
	cert := ca.Issue("localhost", func(c *x509.Certificate, _ *certtest.How) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} })
	a := prepare(t, 5, "CERT="+cert, "SOAK_FOLDER="+t.TempDir(), "REDIS_DSN="+os.Getenv("PHALANX_TEST_REDIS"))
	a.start("soak.php")
	s := &soak{
		app: a, over: make(chan struct{}), failures: map[string]int{},
		plain: &http.Client{Timeout: soakPatience, Transport: &http.Transport{MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Second}},
		secure: &http.Client{Timeout: soakPatience, Transport: &http.Transport{
			MaxIdleConnsPerHost: 16, TLSClientConfig: &tls.Config{RootCAs: ca.Pool(), MinVersion: tls.VersionTLS12},
		}},
	}
	pid := a.servers()[0]
	began := time.Now()
	s.traffic()
	var all []soaked
	reloads := 0
	defer func() { t.Log("\n" + s.report(length, reloads, all)) }() // also of one that has failed
	for range soakWindows {
		for end := time.Now().Add(length / soakWindows); time.Now().Before(end); {
			time.Sleep(min(time.Until(end), length/soakWindows/3)) // the traffic's time
			require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
			reloads++
		}
		all = append(all, s.rest(began))
	}
	close(s.over)
	s.clients.Wait()

	require.Empty(t, s.failures, "each of these is a request that was not answered as it should be")
	require.Equal(t, []int{pid}, a.servers(), "no server process died")

	// What leaks grows without end: the least of a quarter passes over what only happens to be there at a moment.
	for name, figure := range map[string]struct {
		of    func(soaked) float64
		slack float64
	}{
		"resident memory":     {func(f soaked) float64 { return f.rss }, 24 << 20},
		"the supervisor's":    {func(f soaked) float64 { return f.control }, 12 << 20},
		"PHP's memory":        {func(f soaked) float64 { return f.php }, 512 << 10},
		"descriptors":         {func(f soaked) float64 { return f.fds }, 4},
		"threads":             {func(f soaked) float64 { return f.threads }, 4},
		"goroutines":          {func(f soaked) float64 { return f.goroutines }, 8},
		"Fibers with a stack": {func(f soaked) float64 { return f.fibers }, 16},
	} {
		least := func(part []soaked) float64 {
			return figure.of(slices.MinFunc(part, func(a, b soaked) int { return int(figure.of(a) - figure.of(b)) }))
		}
		before, after := least(all[soakWindows/4:soakWindows/2]), least(all[3*soakWindows/4:])
		require.LessOrEqual(t, after, before+figure.slack, "%s grew", name)
	}
}
