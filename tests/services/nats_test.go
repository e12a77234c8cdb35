package services_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/messaging"
	"github.com/phalanx-php/phalanx/goengine/tlsconn/certtest"
	"github.com/phalanx-php/phalanx/tests/backend"
	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

func natsContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), phalanxtest.Patience)
	t.Cleanup(cancel)
	return ctx
}

// natsServer is the shared one; what a test does there has names of its own.
func natsServer(t *testing.T) string {
	t.Helper()
	logrus.SetLevel(logrus.FatalLevel) // failures are what these tests are about
	t.Cleanup(messaging.Close)
	return os.Getenv("PHALANX_TEST_NATS")
}

func natsQueue(t *testing.T, server string, o messaging.QueueOptions) *messaging.Queue {
	t.Helper()
	o.Server, o.ConnectTimeout = server, 2*time.Second
	q, err := messaging.NewQueue(fmt.Sprintf("%s-%d", strings.ReplaceAll(t.Name(), "/", "_"), time.Now().UnixNano()), o)
	require.NoError(t, err)
	return q
}

func natsConsume(t *testing.T, q *messaging.Queue, concurrency int, h messaging.JobHandler) *messaging.Consumer {
	t.Helper()
	c, err := q.Consume(natsContext(t), h, messaging.ConsumeOptions{
		Concurrency: concurrency, MaxAttempts: 3, Backoff: []time.Duration{10 * time.Millisecond}, RetryFactor: 1, Timeout: time.Minute,
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Drain(natsContext(t)) })
	return c
}

func natsFigures(t *testing.T, q *messaging.Queue) messaging.QueueFigures {
	t.Helper()
	f, err := q.Stats(natsContext(t))
	require.NoError(t, err)
	return f
}

func natsAwait(t *testing.T, what string, done func() bool) {
	t.Helper()
	require.Eventually(t, done, phalanxtest.Patience, 10*time.Millisecond, what)
}

// Debian's NATS server has no schedules, no batches and no TTL of messages: queues need none of them.
func TestNATSQueue(t *testing.T) {
	q := natsQueue(t, natsServer(t), messaging.QueueOptions{})
	for _, id := range []string{"one", "one", "delayed", "bad"} {
		o := messaging.PushOptions{ID: id}
		if id == "delayed" {
			o.Delay = 300 * time.Millisecond
		}
		_, err := q.Push(natsContext(t), id, o)
		require.NoError(t, err)
	}
	require.Equal(t, int64(2), natsFigures(t, q).Pending)
	pushed := time.Now()
	seen := make(chan string, 100)
	natsConsume(t, q, 4, func(_ context.Context, j *messaging.Job) error {
		seen <- fmt.Sprint(j.ID, " ", j.Attempt)
		if j.ID == "bad" {
			return errors.New("bad")
		}
		if j.ID == "delayed" && time.Since(pushed) < 200*time.Millisecond {
			t.Error("too early")
		}
		return nil
	})
	got := map[string]int{}
	for range 5 {
		got[<-seen]++
	}
	require.Equal(t, map[string]int{"one 1": 1, "delayed 1": 1, "bad 1": 1, "bad 2": 1, "bad 3": 1}, got)
	natsAwait(t, "it is dead, and nothing else is left", func() bool {
		f := natsFigures(t, q)
		return f.Dead == 1 && f.Pending+f.InFlight+f.Delayed == 0
	})
	dead, err := q.Dead(natsContext(t), messaging.DeadOptions{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, []string{"bad", "bad"}, []string{dead[0].ID, dead[0].Error})
	require.NoError(t, q.Requeue(natsContext(t), dead[0].Number))
	require.ErrorIs(t, q.Requeue(natsContext(t), dead[0].Number), messaging.ErrNoJob)
	require.Equal(t, "bad 1", <-seen)
	require.NoError(t, q.Delete(natsContext(t)))
}

func TestNATSKeyValue(t *testing.T) {
	name := fmt.Sprint("bucket-", time.Now().UnixNano())
	history, ttl := 3, time.Second
	k, err := messaging.NewKeyValue(name, messaging.KeyValueOptions{Server: natsServer(t), Encoding: "json", History: &history, ConnectTimeout: time.Second})
	require.NoError(t, err)
	first, err := k.Create(natsContext(t), "a", []any{int64(1)}, messaging.CreateOptions{})
	require.NoError(t, err)
	_, err = k.Create(natsContext(t), "a", "x", messaging.CreateOptions{})
	require.ErrorIs(t, err, messaging.ErrConflict)
	seen := make(chan messaging.Entry, 10)
	w, err := k.Watch(natsContext(t), func(_ context.Context, e messaging.Entry) error { seen <- e; return nil }, messaging.WatchOptions{Keys: ">"})
	require.NoError(t, err)
	defer w.Stop()
	require.Equal(t, []any{int64(1)}, (<-seen).Value)
	_, err = k.Update(natsContext(t), "a", "new", first)
	require.NoError(t, err)
	_, err = k.Update(natsContext(t), "a", "newer", first)
	require.ErrorIs(t, err, messaging.ErrConflict)
	require.Equal(t, "new", (<-seen).Value)
	list, err := k.History(natsContext(t), "a")
	require.NoError(t, err)
	require.Len(t, list, 2)
	_, err = k.Create(natsContext(t), "b", "x", messaging.CreateOptions{TTL: time.Second})
	require.ErrorIs(t, err, messaging.ErrUnsupported, "NATS 2.9 would take it and forget nothing")
	require.ErrorContains(t, err, "NATS 2.11")

	short, err := messaging.NewKeyValue(name, messaging.KeyValueOptions{Server: natsServer(t), Encoding: "json", TTL: &ttl, ConnectTimeout: time.Second})
	require.NoError(t, err)
	_, err = short.Put(natsContext(t), "c", true) // and the bucket has this TTL from now on
	require.NoError(t, err)
	natsAwait(t, "it expires", func() bool {
		value, err := short.Get(natsContext(t), "c")
		return err == nil && value == nil
	})
}

func TestNATSLease(t *testing.T) {
	s, err := messaging.ParseServer(natsServer(t))
	require.NoError(t, err)
	c, err := messaging.Connect(s)
	require.NoError(t, err)
	name := fmt.Sprint("lease-", time.Now().UnixNano())
	l, err := c.Acquire(natsContext(t), name, messaging.LeaseOptions{TTL: time.Second})
	require.NoError(t, err)
	once, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = c.Acquire(once, name, messaging.LeaseOptions{TTL: time.Second})
	require.ErrorIs(t, err, messaging.ErrLeaseHeld)
	require.NoError(t, l.Release(natsContext(t)))
	l, err = c.Acquire(natsContext(t), name, messaging.LeaseOptions{TTL: time.Second})
	require.NoError(t, err)
	require.Equal(t, uint64(2), l.Token())
	require.NoError(t, l.Release(natsContext(t)))
}

// A server that is killed and comes back: no job is lost, subscriptions go on, and what needs it meanwhile says so.
func TestNATSServerIsKilled(t *testing.T) {
	logrus.SetLevel(logrus.FatalLevel)
	server := backend.New(t, "nats")
	t.Cleanup(messaging.Close)
	ackWait := 5 * time.Second
	q := natsQueue(t, server.URL(), messaging.QueueOptions{AckWait: &ackWait})
	jobs := &component.Map{}
	for i := range 300 {
		jobs.Set(fmt.Sprint("job-", i), "x")
	}
	n, err := q.PushAll(natsContext(t), jobs, messaging.PushAllOptions{})
	require.NoError(t, err)
	require.Equal(t, 300, n)
	p, err := messaging.NewPubSub(messaging.ServerOptions{Server: server.URL(), ConnectTimeout: 2 * time.Second})
	require.NoError(t, err)
	heard := make(chan string, 1)
	_, err = p.Subscribe(natsContext(t), "news", func(_ context.Context, m *messaging.Message) (any, error) { heard <- m.Payload; return nil, nil },
		messaging.SubscribeOptions{Concurrency: 1, MaxPending: 10, MaxPendingBytes: 1000})
	require.NoError(t, err)

	var mu sync.Mutex
	done := map[string]bool{}
	var finished atomic.Int32
	natsConsume(t, q, 4, func(_ context.Context, j *messaging.Job) error {
		time.Sleep(5 * time.Millisecond)
		mu.Lock()
		done[j.ID] = true
		mu.Unlock()
		finished.Add(1)
		return nil
	})
	natsAwait(t, "some are done", func() bool { return finished.Load() > 50 })
	require.NoError(t, server.Kill())
	_, err = p.Request(natsContext(t), "nobody", "x", messaging.RequestOptions{Timeout: 100 * time.Millisecond})
	require.ErrorIs(t, err, messaging.ErrNotConnected)
	require.NotContains(t, err.Error(), backend.Password)
	_, err = q.Push(natsContext(t), "x", messaging.PushOptions{})
	require.ErrorIs(t, err, messaging.ErrNotConnected)
	require.NoError(t, p.Publish("news", "kept meanwhile", messaging.PublishOptions{}))
	require.NoError(t, server.Start())
	require.Equal(t, "kept meanwhile", <-heard)
	// The push that failed may have been under way: then there is one job more.
	natsAwait(t, "all are done", func() bool { mu.Lock(); defer mu.Unlock(); return len(done) >= 300 })
	natsAwait(t, "the queue is empty", func() bool { f := natsFigures(t, q); return f.Pending+f.InFlight == 0 })
}

// A wrong password is an error that says so, and does not show it.
func TestNATSPassword(t *testing.T) {
	u, err := url.Parse(natsServer(t))
	require.NoError(t, err)
	u.User = url.UserPassword(u.User.Username(), "not-the-secret")
	p, err := messaging.NewPubSub(messaging.ServerOptions{Server: u.String(), ConnectTimeout: time.Second})
	require.NoError(t, err)
	soon, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err = p.Connect(soon)
	require.ErrorIs(t, err, messaging.ErrNotConnected)
	require.ErrorContains(t, err, "uthorization")
	require.NotContains(t, err.Error(), "not-the-secret")
	require.NotContains(t, fmt.Sprint(p.Stats()), "not-the-secret")
}

// The application of tests/messaging with this server: a server process is killed in a job, which another one does.
func TestNATSWorkerIsKilled(t *testing.T) {
	folder := t.TempDir()
	p := phalanxtest.Command(t, "../messaging/testdata/jobs.php", "start")
	port := phalanxtest.FreePorts(t, 1)[0]
	server := backend.New(t, "nats")
	p.Cmd.Env = append(p.Cmd.Env, "JOBS_FOLDER="+folder, fmt.Sprintf("JOBS_PORT=%d", port), "PHALANX_NATS="+server.URL())
	p.Start()
	p.WaitFor("consumes", 2)
	script := phalanxtest.Command(t, "-r", `echo (new Phalanx\Queue('jobs'))->push('kill', id: 'one');`)
	script.Cmd.Env = append(script.Cmd.Env, "PHALANX_NATS="+server.URL())
	out, err := script.Run()
	require.NoError(t, err, out)
	require.Equal(t, "one", out)
	var pid int
	natsAwait(t, "the job begins", func() bool {
		text, _ := os.ReadFile(filepath.Join(folder, "pid"))
		pid, _ = strconv.Atoi(string(text))
		return pid > 0
	})
	process, err := os.FindProcess(pid)
	require.NoError(t, err)
	require.NoError(t, process.Kill())
	ends := func() int {
		text, _ := os.ReadFile(filepath.Join(folder, "log"))
		return strings.Count(string(text), "end one\n")
	}
	// NATS 2.9 gives a job twice when those that it gave it to first are gone: it goes one back among the new ones as well.
	natsAwait(t, "it is done", func() bool { return ends() >= 1 })
}

func TestNATSConnectionsOfSeveralMachines(t *testing.T) {
	server := backend.New(t, "nats")
	phalanxtest.OneCluster(t, func() *phalanxtest.Machine { return phalanxtest.StartMachine(t, server.URL()) })
}

// While the NATS server is away each machine goes on by itself, and says that it does not know of others; nothing waits.
func TestNATSIsAwayFromTheMachines(t *testing.T) {
	server := backend.New(t, "nats")
	one, other := phalanxtest.StartMachine(t, server.URL()), phalanxtest.StartMachine(t, server.URL())
	a, b, far := one.Member(), one.Member(), other.Member()
	for _, m := range []*phalanxtest.Member{a, b, far} {
		m.Call("join", "$me", "room")
	}
	a.Await(3, "count", "room")
	require.NoError(t, server.Kill())
	natsAwait(t, "questions fail", func() bool { _, err := a.Try("count", "room"); return err != nil })
	for range 100 {
		a.Call("sendToGroup", "room", "meanwhile", []string{a.ID})
		require.Equal(t, "meanwhile", b.Line())
	}
	require.NoError(t, server.Start())
	a.Await(3, "count", "room")
	require.GreaterOrEqual(t, a.Call("figures").(map[string]any)["lost"], 100.0)
	b.Call("sendTo", far.ID, "again")
	require.Equal(t, "again", far.Line())
}

// natsNodes starts a cluster of three servers with JetStream.
func natsNodes(t *testing.T) (address string, kill func(i int)) {
	t.Helper()
	path, err := exec.LookPath("nats-server")
	if err != nil {
		path = "/usr/sbin/nats-server"
	}
	ports := phalanxtest.FreePorts(t, 6)
	var urls, routes []string
	for i := range 3 {
		urls = append(urls, fmt.Sprintf("nats://127.0.0.1:%d", ports[i]))
		routes = append(routes, fmt.Sprintf("nats-route://127.0.0.1:%d", ports[3+i]))
	}
	var commands []*exec.Cmd
	for i := range 3 {
		dir := t.TempDir()
		cmd := exec.Command(path, "-a", "127.0.0.1", "-p", strconv.Itoa(ports[i]), "-js", "-sd", dir, "-n", fmt.Sprint("n", i),
			"--cluster_name", "three", "--cluster", strings.Replace(routes[i], "nats-route", "nats", 1), "--routes", strings.Join(routes, ","))
		require.NoError(t, cmd.Start())
		commands = append(commands, cmd)
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	}
	return strings.Join(urls, ","), func(i int) { _ = commands[i].Process.Kill(); _ = commands[i].Wait() }
}

// Three servers, of which one dies in the middle: queues, buckets and leases have their copies.
func TestNATSCluster(t *testing.T) {
	logrus.SetLevel(logrus.FatalLevel)
	server, kill := natsNodes(t)
	t.Cleanup(messaging.Close)
	q := natsQueue(t, server, messaging.QueueOptions{})
	// A server stands for election when it has heard of no leader for 4 to 9 s, and again as long after a vote that nobody has won,
	// which is each time the machine leaves one of three no time to answer.
	long := func(what string, done func() bool) {
		t.Helper()
		require.Eventually(t, done, 5*phalanxtest.Patience, 10*time.Millisecond, what)
	}
	long("the cluster has a leader", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		_, err := q.Push(ctx, "first", messaging.PushOptions{ID: "job-0"})
		t.Log(err)
		return err == nil
	})
	k, err := messaging.NewKeyValue("b", messaging.KeyValueOptions{Server: server, Encoding: "json", ConnectTimeout: 2 * time.Second})
	require.NoError(t, err)
	_, err = k.Put(natsContext(t), "a", "kept")
	require.NoError(t, err)
	jobs := &component.Map{}
	for i := 1; i < 200; i++ {
		jobs.Set(fmt.Sprint("job-", i), "x")
	}
	_, err = q.PushAll(natsContext(t), jobs, messaging.PushAllOptions{})
	require.NoError(t, err)
	var mu sync.Mutex
	done := map[string]bool{}
	natsConsume(t, q, 4, func(_ context.Context, j *messaging.Job) error {
		time.Sleep(5 * time.Millisecond)
		mu.Lock()
		defer mu.Unlock()
		done[j.ID] = true
		return nil
	})
	count := func() int { mu.Lock(); defer mu.Unlock(); return len(done) }
	long("some are done", func() bool { return count() > 20 })
	kill(0)
	long("all are done", func() bool { return count() == 200 })
	long("the value is there", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		value, err := k.Get(ctx, "a")
		return err == nil && value == "kept"
	})
}

// TLS: an authority of one's own, and client certificates.
func TestNATSWithTLS(t *testing.T) {
	path, err := exec.LookPath("nats-server")
	if err != nil {
		path = "/usr/sbin/nats-server"
	}
	a := certtest.New(t)
	pair := a.Issue("127.0.0.1")
	port := phalanxtest.FreePorts(t, 1)[0]
	cmd := exec.Command(path, "-a", "127.0.0.1", "-p", strconv.Itoa(port), "--tlsverify", "--tlscert", pair, "--tlskey", pair, "--tlscacert", a.CAFile())
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	t.Cleanup(messaging.Close)
	o := messaging.ServerOptions{Server: fmt.Sprintf("tls://127.0.0.1:%d", port), TLSCA: a.CAFile(), TLSCert: pair, TLSKey: pair, ConnectTimeout: time.Second}
	p, err := messaging.NewPubSub(o)
	require.NoError(t, err)
	natsAwait(t, "it listens", func() bool { return p.Connect(natsContext(t)) == nil })
	require.Equal(t, "connected", p.Stats().State)
	o.TLSCert, o.TLSKey = "", ""
	p, err = messaging.NewPubSub(o)
	require.NoError(t, err)
	soon, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	require.Error(t, p.Connect(soon), "it wants a certificate")
}
