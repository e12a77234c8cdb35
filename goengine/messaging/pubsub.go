package messaging

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/sirupsen/logrus"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// Defaults of subscriptions.
const (
	DefaultMaxPending      = 65536    // messages that wait for a handler
	DefaultMaxPendingBytes = 64 << 20 // and their bytes
	errorHeader            = "Nats-Service-Error"
	errorCodeHeader        = "Nats-Service-Error-Code"
)

// Errors of requests.
var (
	ErrNoResponders = errors.New("messaging: nobody answers on this subject")
	ErrRemote       = errors.New("messaging: the other side could not answer")
)

// ServerOptions are those by which every class of this package is told its server.
type ServerOptions struct {
	component.Options
	Server         string
	Credentials    string
	TLSCA          string        `php:"tlsCa"`
	TLSCert        string        `php:"tlsCert"`
	TLSKey         string        `php:"tlsKey"`
	ConnectTimeout time.Duration `php:"connectTimeout"`
}

func (o *ServerOptions) settings() (Settings, error) {
	s, err := ParseServer(o.Server)
	if err != nil {
		return s, err
	}
	s.Credentials, s.TLSCA, s.TLSCert, s.TLSKey = o.Credentials, o.TLSCA, o.TLSCert, o.TLSKey
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return s, errors.New("messaging: tlsCert and tlsKey go together")
	}
	if o.ConnectTimeout > 0 {
		s.Timeout = o.ConnectTimeout
	}
	return s, nil
}

// link is what an object of PHP has of a connection: the settings, until it is first used.
type link struct {
	settings Settings
	conn     atomic.Pointer[Conn]
}

func (l *link) connect() (*Conn, error) {
	if c := l.conn.Load(); c != nil && !c.nc.IsClosed() {
		return c, nil
	}
	c, err := Connect(l.settings)
	if err == nil {
		l.conn.Store(c)
	}
	return c, err
}

// PubSub publishes messages and subscribes to them: who listens at that moment gets them, nobody keeps them.
type PubSub struct{ link }

// NewPubSub does not connect yet.
func NewPubSub(o ServerOptions) (*PubSub, error) {
	s, err := o.settings()
	if err != nil {
		return nil, err
	}
	return &PubSub{link{settings: s}}, nil
}

// PublishOptions of Publish.
type PublishOptions struct {
	component.Options
	Headers map[string]string
	ReplyTo string
}

func message(subject string, data any, headers map[string]string) (*nats.Msg, error) {
	payload, json, err := encodeValue(data)
	if err != nil {
		return nil, err
	}
	m := &nats.Msg{Subject: subject, Data: payload}
	if json || len(headers) > 0 {
		m.Header = nats.Header{}
	}
	if json {
		m.Header.Set(contentType, jsonType)
	}
	for name, value := range headers {
		if err := checkHeader(name, value); err != nil {
			return nil, err
		}
		m.Header.Set(name, value)
	}
	return m, nil
}

// checkHeader keeps what is not one header line from becoming several.
func checkHeader(name, value string) error {
	ok := name != ""
	for _, c := range []byte(name) {
		ok = ok && c > ' ' && c < 0x7f && c != ':'
	}
	for _, c := range []byte(value) {
		ok = ok && c != '\r' && c != '\n'
	}
	if !ok {
		return fmt.Errorf("messaging: %q is no header: names are printable ASCII without spaces and colons, values have no line breaks", name)
	}
	return nil
}

// Publish sends data to whoever subscribes to the subject. It does not wait for them, nor for the server: the message is
// written as soon as the connection takes it. A string is sent as it is, anything else as JSON, which the header
// Content-Type tells.
func (p *PubSub) Publish(subject string, data any, o PublishOptions) error {
	c, err := p.connect()
	if err != nil {
		return err
	}
	m, err := message(subject, data, o.Headers)
	if err != nil {
		return err
	}
	m.Reply = o.ReplyTo
	if err := c.nc.PublishMsg(m); err != nil {
		return c.notConnected(fmt.Errorf("messaging: publishing to %q: %w", subject, err))
	}
	return nil
}

// Flush waits until the server has everything that was published.
func (p *PubSub) Flush(ctx context.Context) error {
	c, err := p.connect()
	if err != nil {
		return err
	}
	bounded, cancel := c.withDefault(ctx)
	defer cancel()
	return c.notConnected(c.nc.FlushWithContext(bounded))
}

// RequestOptions of Request.
type RequestOptions struct {
	component.Options
	Timeout time.Duration
	Headers map[string]string
}

// Request sends data and waits for the first answer.
func (p *PubSub) Request(ctx context.Context, subject string, data any, o RequestOptions) (*Message, error) {
	c, err := p.connect()
	if err != nil {
		return nil, err
	}
	m, err := message(subject, data, o.Headers)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	answer, err := c.nc.RequestMsgWithContext(ctx, m)
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		return nil, fmt.Errorf("%w: %s", ErrNoResponders, subject)
	case err != nil:
		return nil, c.notConnected(fmt.Errorf("messaging: request to %q: %w", subject, err))
	case answer.Header.Get(errorHeader) != "":
		return nil, fmt.Errorf("%w: %s", ErrRemote, answer.Header.Get(errorHeader))
	}
	return c.message(answer), nil
}

// Message is one that has come.
type Message struct {
	Subject string            `php:"subject,readonly"`
	Payload string            `php:"payload,readonly"`
	Headers map[string]string `php:"headers,readonly"`
	ReplyTo string            `php:"replyTo,readonly"`

	conn     *Conn
	json     bool
	answered atomic.Bool
}

func (c *Conn) message(m *nats.Msg) *Message {
	return &Message{
		Subject: m.Subject, Payload: string(m.Data), Headers: headersOf(m.Header), ReplyTo: m.Reply,
		conn: c, json: isJSON(m.Header.Get(contentType)),
	}
}

func headersOf(h nats.Header) map[string]string {
	headers := make(map[string]string, len(h))
	for name, values := range h {
		if len(values) > 0 {
			headers[name] = values[0]
		}
	}
	return headers
}

// Data is what was sent: arrays and other values where the sender says that it is JSON, else the bytes.
func (m *Message) Data() (any, error) { return decodeValue([]byte(m.Payload), m.json) }

// Header is the first value of a header, null when the message has none of that name.
func (m *Message) Header(name string) (string, bool) {
	value, ok := m.Headers[name]
	return value, ok
}

// Respond answers a request.
func (m *Message) Respond(data any) error {
	if m.ReplyTo == "" {
		return errors.New("messaging: this message asks for no answer (its replyTo is empty)")
	}
	answer, err := message(m.ReplyTo, data, nil)
	if err != nil {
		return err
	}
	m.answered.Store(true)
	return m.conn.notConnected(m.conn.nc.PublishMsg(answer))
}

func (m *Message) refuse(why string) {
	answer := &nats.Msg{Subject: m.ReplyTo, Header: nats.Header{}}
	answer.Header.Set(errorHeader, why)
	answer.Header.Set(errorCodeHeader, "500")
	_ = m.conn.nc.PublishMsg(answer)
}

// SubscribeOptions of Subscribe.
type SubscribeOptions struct {
	component.Options
	Group           string
	Concurrency     int
	MaxPending      int
	MaxPendingBytes int `php:"maxPendingBytes"`
}

func (o *SubscribeOptions) check() error {
	switch {
	case o.Concurrency < 1 || o.Concurrency > 10000:
		return errors.New("messaging: concurrency is a number from 1 to 10000")
	case o.MaxPending < 1 || o.MaxPendingBytes < 1:
		return errors.New("messaging: maxPending and maxPendingBytes are more than 0")
	}
	return nil
}

// Subscription is one of a script, and ends with it.
type Subscription struct {
	Subject string `php:"subject,readonly"`
	Group   string `php:"group,readonly"`

	conn *Conn
	sub  *nats.Subscription
	log  logrus.FieldLogger

	done      chan struct{}
	over      sync.Once
	delivered atomic.Uint64
	failed    atomic.Uint64
	running   sync.WaitGroup
	mu        sync.Mutex // guards closing against running.Add
	closing   bool
}

// Handler is what PHP gives for messages.
type Handler = func(context.Context, *Message) (any, error)

// Subscribe has the handler called with each message that comes for a subject. In a subject "*" stands for one part and
// ">" for all that follow. Of the subscriptions with the same group one gets each message. What the handler returns, if
// not null, answers a request. It is called on the worker's loop, in a Fiber, concurrency times at once.
func (p *PubSub) Subscribe(ctx context.Context, subject string, handler Handler, o SubscribeOptions) (*Subscription, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	c, err := p.connect()
	if err != nil {
		return nil, err
	}
	s := &Subscription{Subject: subject, Group: o.Group, conn: c, log: c.log, done: make(chan struct{})}
	life := component.LifeOf(ctx)
	lasting, cancel := context.WithCancel(context.Background())
	slots := make(chan struct{}, o.Concurrency)
	s.sub, err = c.nc.QueueSubscribe(subject, o.Group, func(m *nats.Msg) {
		slots <- struct{}{}
		s.mu.Lock()
		if s.closing {
			s.mu.Unlock()
			<-slots
			return
		}
		s.running.Add(1)
		s.mu.Unlock()
		run := func() {
			defer func() { <-slots; s.running.Done() }()
			s.handle(lasting, c.message(m), handler)
		}
		if o.Concurrency == 1 {
			run()
		} else {
			go run()
		}
	})
	if err != nil {
		cancel()
		return nil, c.notConnected(fmt.Errorf("messaging: subscribing to %q: %w", subject, err))
	}
	_ = s.sub.SetPendingLimits(o.MaxPending, o.MaxPendingBytes)
	s.sub.SetClosedHandler(func(string) { go s.Unsubscribe() }) // with the connection, at the end of the process
	c.flushed(ctx)                                              // what is published elsewhere from now on comes here
	go func() {
		defer cancel()
		if life == nil {
			<-s.done
			return
		}
		select {
		case <-s.done:
		case <-life.Stopping():
			release := life.Hold()
			s.drain(life.Ended())
			release()
		}
	}()
	return s, nil
}

// flushed waits until the server has seen what was sent, if there is a connection.
func (c *Conn) flushed(ctx context.Context) {
	if c.nc.IsConnected() {
		bounded, cancel := c.withDefault(ctx)
		defer cancel()
		_ = c.nc.FlushWithContext(bounded)
	}
}

func (s *Subscription) handle(ctx context.Context, m *Message, handler Handler) {
	s.delivered.Add(1)
	value, err := handler(ctx, m)
	switch {
	case errors.Is(err, component.ErrStopped):
	case err != nil:
		s.failed.Add(1)
		s.log.WithError(err).WithField("subject", m.Subject).Error("messaging: a subscription's handler failed")
		if m.ReplyTo != "" && !m.answered.Load() {
			m.refuse("the handler failed")
		}
	case value != nil && m.ReplyTo != "" && !m.answered.Load():
		if err := m.Respond(value); err != nil {
			s.log.WithError(err).WithField("subject", m.Subject).Error("messaging: the answer of a subscription's handler cannot be sent")
			m.refuse("the answer cannot be sent")
		}
	}
}

// drain ends the subscription: nothing new comes, what has come is handled, unless abandon is closed before.
func (s *Subscription) drain(abandon <-chan struct{}) {
	s.over.Do(func() {
		status := s.sub.StatusChanged(nats.SubscriptionClosed)
		if s.sub.Drain() == nil {
			select {
			case <-status:
			case <-abandon:
			}
		}
		_ = s.sub.Unsubscribe()
		s.mu.Lock()
		s.closing = true
		s.mu.Unlock()
		finished := make(chan struct{})
		go func() { s.running.Wait(); close(finished) }()
		select {
		case <-finished:
		case <-abandon:
		}
		close(s.done)
	})
	<-s.done
}

// Unsubscribe ends the subscription at once: messages that wait for the handler are dropped.
func (s *Subscription) Unsubscribe() {
	s.over.Do(func() {
		_ = s.sub.Unsubscribe()
		s.mu.Lock()
		s.closing = true
		s.mu.Unlock()
		close(s.done)
	})
}

// Drain ends the subscription, and waits until what has come is handled.
func (s *Subscription) Drain(ctx context.Context) error {
	go s.drain(nil)
	return s.Wait(ctx)
}

// Wait waits for the end of the subscription. Handlers run meanwhile, also in a script that has no loop.
func (s *Subscription) Wait(ctx context.Context) error {
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// IsActive says whether messages still come.
func (s *Subscription) IsActive() bool { return s.sub.IsValid() }

// SubscriptionFigures are a subscription's.
type SubscriptionFigures struct {
	Delivered    int64 `php:"delivered"`
	Failed       int64 `php:"failed"`
	Pending      int64 `php:"pending"`
	PendingBytes int64 `php:"pendingBytes"`
	Dropped      int64 `php:"dropped"`
}

// Stats tells how many messages the handler got, of how many it threw, how many wait for it with how many bytes, and how
// many were dropped because too many waited.
func (s *Subscription) Stats() SubscriptionFigures {
	f := SubscriptionFigures{Delivered: int64(s.delivered.Load()), Failed: int64(s.failed.Load())}
	if n, bytes, err := s.sub.Pending(); err == nil {
		f.Pending, f.PendingBytes = int64(n), int64(bytes)
	}
	if n, err := s.sub.Dropped(); err == nil {
		f.Dropped = int64(n)
	}
	return f
}

// MessagesOptions of Messages.
type MessagesOptions struct {
	component.Options
	Group           string
	MaxPending      int
	MaxPendingBytes int `php:"maxPendingBytes"`
}

// Messages subscribes for as long as the iteration lasts.
func (p *PubSub) Messages(ctx context.Context, subject string, o MessagesOptions) (iter.Seq2[*Message, error], error) {
	c, err := p.connect()
	if err != nil {
		return nil, err
	}
	sub, err := c.nc.QueueSubscribeSync(subject, o.Group)
	if err != nil {
		return nil, c.notConnected(fmt.Errorf("messaging: subscribing to %q: %w", subject, err))
	}
	_ = sub.SetPendingLimits(o.MaxPending, o.MaxPendingBytes)
	c.flushed(ctx)
	context.AfterFunc(ctx, func() { _ = sub.Unsubscribe() })
	return func(yield func(*Message, error) bool) {
		defer func() { _ = sub.Unsubscribe() }()
		for {
			m, err := sub.NextMsgWithContext(ctx)
			switch {
			case errors.Is(err, nats.ErrSlowConsumer):
				continue // counted and logged
			case err != nil && ctx.Err() != nil:
				yield(nil, context.Cause(ctx))
				return
			case err != nil:
				yield(nil, err)
				return
			case !yield(c.message(m), nil):
				return
			}
		}
	}, nil
}

// Figures of a connection.
type Figures struct {
	Server       string `php:"server"`
	State        string `php:"state"`
	Version      string `php:"version"`
	Reconnects   int64  `php:"reconnects"`
	MessagesIn   int64  `php:"messagesIn"`
	MessagesOut  int64  `php:"messagesOut"`
	BytesIn      int64  `php:"bytesIn"`
	BytesOut     int64  `php:"bytesOut"`
	SlowHandlers int64  `php:"slowHandlers"`
}

// Stats tells of the process's connection to the server; state is "connected", "reconnecting" or "closed", and "idle"
// before the first use. slowHandlers is how often a subscription began to drop messages.
func (p *PubSub) Stats() Figures {
	f := Figures{Server: p.settings.Name(), State: "idle"}
	c := p.conn.Load()
	if c == nil {
		return f
	}
	s := c.nc.Stats()
	f.Version, f.Reconnects, f.SlowHandlers = c.nc.ConnectedServerVersion(), int64(s.Reconnects), int64(c.slow.Load())
	f.MessagesIn, f.MessagesOut, f.BytesIn, f.BytesOut = int64(s.InMsgs), int64(s.OutMsgs), int64(s.InBytes), int64(s.OutBytes)
	switch c.nc.Status() {
	case nats.CONNECTED, nats.DRAINING_SUBS, nats.DRAINING_PUBS:
		f.State = "connected"
	case nats.CLOSED:
		f.State = "closed"
	default:
		f.State = "reconnecting"
	}
	return f
}

// Connect makes the connection, and waits for it; other methods do the same by themselves, as far as they need one.
func (p *PubSub) Connect(ctx context.Context) error {
	c, err := p.connect()
	if err != nil {
		return err
	}
	bounded, cancel := c.withDefault(ctx)
	defer cancel()
	changed := c.nc.StatusChanged(nats.CONNECTED)
	defer c.nc.RemoveStatusListener(changed)
	for !c.nc.IsConnected() {
		select {
		case <-changed:
		case <-bounded.Done():
			return c.notConnected(context.Cause(bounded))
		}
	}
	return nil
}
