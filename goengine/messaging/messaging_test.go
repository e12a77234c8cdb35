package messaging_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/sirupsen/logrus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/messaging"
)

func TestMain(m *testing.M) {
	logrus.SetLevel(logrus.ErrorLevel)
	goleak.VerifyTestMain(m,
		goleak.IgnoreTopFunction("github.com/nats-io/nats-server/v2/server.init.0.func1"), // runs from the package's start
		goleak.IgnoreTopFunction("github.com/nats-io/nats-server/v2/server/pse.periodic"))
}

const patience = 20 * time.Second

// embedded is the address of a server that ends with the test.
func embedded(t *testing.T, options string) string {
	t.Helper()
	folder := t.TempDir() // removed after the server has ended
	t.Cleanup(messaging.Close)
	return "embedded:" + filepath.Join(folder, "data") + options
}

func pubSub(t *testing.T, server string) *messaging.PubSub {
	t.Helper()
	p, err := messaging.NewPubSub(messaging.ServerOptions{Server: server})
	require.NoError(t, err)
	return p
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

var ordinary = messaging.SubscribeOptions{Concurrency: 1, MaxPending: 1000, MaxPendingBytes: 1 << 20}

func subscribe(t *testing.T, p *messaging.PubSub, subject string, o messaging.SubscribeOptions, h messaging.Handler) *messaging.Subscription {
	t.Helper()
	s, err := p.Subscribe(within(t), subject, h, o)
	require.NoError(t, err)
	return s
}

func request(t *testing.T, p *messaging.PubSub, subject string, data any) (any, error) {
	t.Helper()
	m, err := p.Request(within(t), subject, data, messaging.RequestOptions{Timeout: patience})
	if err != nil {
		return nil, err
	}
	return m.Data()
}

func TestValuesCrossAsStringsOrJSON(t *testing.T) {
	p := pubSub(t, embedded(t, ""))
	subscribe(t, p, "echo", ordinary, func(_ context.Context, m *messaging.Message) (any, error) { return m.Data() })
	object := &component.Map{}
	object.Set("z", int64(1))
	object.Set("a", []any{true, nil, 1.0, "é/<>"})
	for _, value := range []any{"", "text", "\x00\xff", int64(-7), 2.5, 1.0, false, []any{}, []any{int64(1), "x"}, object} {
		if value == "" {
			continue // an empty answer is one, but null is none
		}
		got, err := request(t, p, "echo", value)
		require.NoError(t, err)
		require.Equal(t, value, got)
	}
	_, err := request(t, p, "echo", []any{"\xff"})
	require.ErrorContains(t, err, "not UTF-8")
}

func TestOtherClientsSeePlainNATS(t *testing.T) {
	server := embedded(t, "?listen=127.0.0.1:0&token=0123456789abcdef")
	p := pubSub(t, server)
	require.NoError(t, p.Connect(within(t)))
	nc, err := nats.Connect(messaging.AddressOf(t, server), nats.Token("0123456789abcdef"))
	require.NoError(t, err)
	defer nc.Close()
	sub, err := nc.SubscribeSync("orders.*")
	require.NoError(t, err)
	require.NoError(t, nc.Flush())
	require.NoError(t, p.Publish("orders.new", []any{int64(1)}, messaging.PublishOptions{Headers: map[string]string{"X-Trace": "t"}}))
	m, err := sub.NextMsg(patience)
	require.NoError(t, err)
	require.Equal(t, "[1]", string(m.Data))
	require.Equal(t, "application/json", m.Header.Get("Content-Type"))
	require.Equal(t, "t", m.Header.Get("X-Trace"))
	_, err = nats.Connect(messaging.AddressOf(t, server), nats.Token("wrong"))
	require.ErrorIs(t, err, nats.ErrAuthorization)
}

func TestRequestsThatNobodyAnswers(t *testing.T) {
	p := pubSub(t, embedded(t, ""))
	_, err := request(t, p, "nobody", "x")
	require.ErrorIs(t, err, messaging.ErrNoResponders)
	subscribe(t, p, "broken", ordinary, func(context.Context, *messaging.Message) (any, error) { return nil, errors.New("broken") })
	_, err = request(t, p, "broken", "x")
	require.ErrorIs(t, err, messaging.ErrRemote)
	subscribe(t, p, "silent", ordinary, func(context.Context, *messaging.Message) (any, error) { return nil, nil })
	_, err = p.Request(within(t), "silent", "x", messaging.RequestOptions{Timeout: time.Millisecond})
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestAGroupSharesItsMessages(t *testing.T) {
	p := pubSub(t, embedded(t, ""))
	got := make(chan string, 300)
	group := ordinary
	group.Group = "workers"
	for _, name := range []string{"a", "b"} {
		subscribe(t, p, "jobs", group, func(context.Context, *messaging.Message) (any, error) { got <- name; return nil, nil })
	}
	subscribe(t, p, "jobs", ordinary, func(context.Context, *messaging.Message) (any, error) { got <- "each"; return nil, nil })
	for range 100 {
		require.NoError(t, p.Publish("jobs", "x", messaging.PublishOptions{}))
	}
	seen := map[string]int{}
	for range 200 {
		seen[<-got]++
	}
	require.Equal(t, 100, seen["each"])
	require.Equal(t, 100, seen["a"]+seen["b"])
	require.Positive(t, seen["a"])
	require.Positive(t, seen["b"])
}

func TestASlowHandlerDropsAndSaysSo(t *testing.T) {
	log := &printed{}
	logrus.SetOutput(log)
	logrus.SetLevel(logrus.WarnLevel)
	defer func() { logrus.SetOutput(os.Stderr); logrus.SetLevel(logrus.ErrorLevel) }()
	p := pubSub(t, embedded(t, ""))
	busy, release := make(chan struct{}), make(chan struct{})
	few := ordinary
	few.MaxPending = 10
	s := subscribe(t, p, "flood", few, func(context.Context, *messaging.Message) (any, error) { busy <- struct{}{}; <-release; return nil, nil })
	require.NoError(t, p.Publish("flood", "first", messaging.PublishOptions{}))
	<-busy
	for range 100 {
		require.NoError(t, p.Publish("flood", "x", messaging.PublishOptions{}))
	}
	require.Eventually(t, func() bool { return s.Stats().Dropped >= 89 }, patience, time.Millisecond)
	require.LessOrEqual(t, s.Stats().Pending, int64(11))
	s.Unsubscribe()
	close(release)
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "too slow") }, patience, time.Millisecond)
}

// printed is what is logged, by goroutines of others.
type printed struct {
	mu  sync.Mutex // guards out
	out bytes.Buffer
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

func TestDrainHandlesWhatHasCome(t *testing.T) {
	p := pubSub(t, embedded(t, ""))
	n := 0
	s := subscribe(t, p, "work", ordinary, func(context.Context, *messaging.Message) (any, error) { n++; return nil, nil })
	for range 500 {
		require.NoError(t, p.Publish("work", "x", messaging.PublishOptions{}))
	}
	require.NoError(t, p.Flush(within(t)))
	require.NoError(t, s.Drain(within(t)))
	require.Equal(t, 500, n)
	require.False(t, s.IsActive())
}

func TestSettings(t *testing.T) {
	for _, tt := range []struct{ name, server, problem string }{
		{"no host", "nats://", "no address"},
		{"another protocol", "redis://a", "no scheme of NATS"},
		{"a password that breaks the address", "nats://user:p%zz@a", "percent-encoded"},
		{"an unknown option", "embedded:/tmp/x?colour=red", "no option"},
		{"bytes", "embedded:/tmp/x?max_store=much", "number of bytes"},
		{"listening without a token", "embedded:/tmp/x?listen=0.0.0.0:4222", "needs a token"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := messaging.ParseServer(tt.server)
			require.ErrorContains(t, err, tt.problem)
			require.NotContains(t, err.Error(), "p%zz")
		})
	}
	s, err := messaging.ParseServer("nats://me:secret@a:1,b,c:3")
	require.NoError(t, err)
	require.Equal(t, "nats://a:1,nats://b,nats://c:3", s.URLs)
	require.Equal(t, []string{"me", "secret"}, []string{s.User, s.Password})
	require.NotContains(t, s.Name(), "secret")
}

func TestHeadersStayOneLine(t *testing.T) {
	p := pubSub(t, embedded(t, ""))
	for name, value := range map[string]string{"A": "x\r\nB: y", "A:": "x", "A B": "x", "": "x"} {
		require.ErrorContains(t, p.Publish("s", "x", messaging.PublishOptions{Headers: map[string]string{name: value}}), "is no header")
	}
}

func FuzzValue(f *testing.F) {
	for _, text := range []string{`{"a":[1,2.0,"é",null,true,{"0":1}]}`, `[]`, `{}`, `1e400`, `[[[[`, `"\ud800"`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value, err := messaging.DecodeValue([]byte(text))
		if err != nil {
			return
		}
		once, err := messaging.EncodeValue(value)
		require.NoError(t, err)
		again, err := messaging.DecodeValue(once)
		require.NoError(t, err)
		twice, err := messaging.EncodeValue(again)
		require.NoError(t, err)
		require.Equal(t, string(once), string(twice))
	})
}
