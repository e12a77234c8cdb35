// Package redis is Phalanx\Redis: clients of Redis (and Valkey) servers, clusters and Sentinel sets, on rueidis.
//
// All clients of the process with the same DSN and options share their connections, on which the commands of all workers are
// pipelined. What blocks, subscribes or watches has connections of its own. A Client belongs to one PHP object and may be used by
// any number of goroutines.
package redis

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// Client is what a Phalanx\Redis object has of Go: PHP's class makes the arguments of commands, and says which Shape a reply
// is to have.
type Client struct {
	s       *shared
	problem error
}

// New makes a client. It connects with the first command. It does not fail: what is wrong with its arguments is what Check
// says, for exceptions thrown by a constructor would show the DSN among its arguments.
func New(dsn string, o Options) *Client {
	s, err := acquire(dsn, o)
	if err != nil {
		return &Client{problem: misuse("%s", err.Error())}
	}
	return &Client{s: s}
}

// Check says what was wrong with the constructor's arguments.
func (c *Client) Check() error { return c.problem }

func (c *Client) release() {
	if c.s != nil {
		c.s.release()
	}
}

// Address is the DSN without user and password.
func (c *Client) Address() string {
	if c.problem != nil {
		return ""
	}
	return c.s.target.String()
}

// Stats are figures of the shared client, since the first object that used it.
func (c *Client) Stats() (*component.Map, error) {
	if c.problem != nil {
		return nil, c.problem
	}
	s := c.s
	m := component.Map{}
	m.Set("address", s.target.String())
	m.Set("connected", s.current.Load() != nil)
	m.Set("commands", s.commands.Load())
	m.Set("failures", s.failures.Load())
	m.Set("dedicated", int64(len(s.tickets)))
	s.mu.Lock()
	m.Set("clients", int64(s.refs))
	topics := 0
	for _, h := range s.hubs {
		topics += h.size()
	}
	s.mu.Unlock()
	m.Set("subscriptions", int64(topics))
	m.Set("droppedMessages", s.dropped.Load())
	return &m, nil
}

// words makes a command's arguments of PHP's values: lists are taken apart, of maps the keys too.
func words(dst []string, values []any) ([]string, error) {
	for _, v := range values {
		switch v := v.(type) {
		case string:
			dst = append(dst, v)
		case int64:
			dst = append(dst, strconv.FormatInt(v, 10))
		case float64:
			dst = append(dst, number(v))
		case bool:
			if v {
				dst = append(dst, "1")
			} else {
				dst = append(dst, "0")
			}
		case []any:
			var err error
			if dst, err = words(dst, v); err != nil {
				return nil, err
			}
		case *component.Map:
			for k, value := range v.All() {
				var err error
				if dst, err = words(append(dst, k.String()), []any{value}); err != nil {
					return nil, err
				}
			}
		case nil:
			return nil, misuse("an argument of a Redis command is null; Redis has strings and numbers only")
		default:
			return nil, misuse("an argument of a Redis command is a %T; Redis has strings and numbers only", v)
		}
	}
	return dst, nil
}

func number(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "+inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// command is one on its way to the server.
type command struct {
	args  []string
	spec  *spec
	shape Shape
}

func (c *command) name() string {
	if len(c.args) > 1 && containers[c.args[0]] {
		return c.args[0] + " " + c.args[1]
	}
	return c.args[0]
}

func prepare(values []any, shape int) (c command, err error) {
	if shape < 0 || shape >= int(lastShape) {
		return c, misuse("there is no shape %d", shape)
	}
	c.shape = Shape(shape)
	if c.args, err = words(make([]string, 0, len(values)), values); err != nil {
		return c, err
	}
	if len(c.args) == 0 || c.args[0] == "" {
		return c, misuse("a Redis command has a name")
	}
	c.spec = specOf(c.args)
	return c, nil
}

// Commands that would change a connection, which others use as well.
var (
	never = set("MONITOR SYNC PSYNC REPLCONF QUIT HELLO SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE")
	// On a pinned connection they are allowed, and it is closed afterwards.
	pinnedOnly = set("SELECT AUTH RESET MULTI EXEC DISCARD WATCH UNWATCH ASKING READONLY READWRITE")
	// The same of CLIENT's.
	clientPinned = set("REPLY SETNAME TRACKING CACHING NO-EVICT NO-TOUCH")
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

var instead = map[string]string{
	"SELECT": "name the database in the DSN", "AUTH": "name user and password in the DSN", "MULTI": "use transaction()",
	"EXEC": "use transaction()", "DISCARD": "use transaction()", "WATCH": "use watch()", "UNWATCH": "use watch()",
	"SUBSCRIBE": "use subscribe()", "PSUBSCRIBE": "use pSubscribe()", "SSUBSCRIBE": "use sSubscribe()",
}

// allowed refuses what would disturb others.
func (c *command) allowed(pinned bool) error {
	name := strings.ToUpper(c.args[0])
	changes := pinnedOnly[name] || name == "CLIENT" && len(c.args) > 1 && clientPinned[strings.ToUpper(c.args[1])]
	if !never[name] && (!changes || pinned) {
		return nil
	}
	text := instead[name]
	if text == "" {
		text = "use connection() for one of your own"
		if never[name] {
			text = "it is not for clients that send commands"
		}
	}
	return misuse("%s would change the connection that others use as well; %s", c.name(), text)
}

// changes says whether a pinned connection is not as it was after the command.
func (c *command) changes() bool {
	name := strings.ToUpper(c.args[0])
	return pinnedOnly[name] || name == "CLIENT" && len(c.args) > 1 && clientPinned[strings.ToUpper(c.args[1])]
}

// build makes rueidis' command. In a cluster its keys decide where it goes.
func (s *shared) build(b rueidis.Builder, c *command, mayBlock bool) (rueidis.Completed, error) {
	a := b.Arbitrary(c.args[0])
	if s.target.mode != cluster {
		a = a.Args(c.args[1:]...)
	} else {
		var isKey []int
		slot := -1
		var err error
		c.spec.eachKey(c.args, func(i int) {
			n := int(slotOf(c.args[i]))
			if slot >= 0 && n != slot {
				err = (&errorReply{"CROSSSLOT Keys in request don't hash to the same slot; give them a part in braces: " +
					"{user:7}:name and {user:7}:mail"}).exception(c.name())
			}
			slot = n
			isKey = append(isKey, i)
		})
		if err != nil {
			return rueidis.Completed{}, err
		}
		from := 1
		for _, i := range isKey {
			if i >= from {
				a = a.Args(c.args[from:i]...).Keys(c.args[i])
				from = i + 1
			}
		}
		a = a.Args(c.args[from:]...)
	}
	switch {
	case mayBlock && c.spec.blocking(c.args):
		return a.Blocking(), nil
	case c.spec != nil && c.spec.reads:
		return a.ReadOnly(), nil
	}
	return a.Build(), nil
}

// start is what precedes every command: the client, and the time it has.
func (c *Client) start(ctx context.Context, name string) (rueidis.Client, context.Context, context.CancelFunc, error) {
	if c.problem != nil {
		return nil, nil, nil, c.problem
	}
	limited, cancel := context.WithTimeout(ctx, c.s.options.Timeout)
	client, err := c.s.client(limited)
	if err != nil {
		cancel()
		c.s.failures.Add(1)
		return nil, nil, nil, c.s.failed(ctx, err, name, c.s.options.Timeout)
	}
	return client, limited, cancel, nil
}

// Do sends a command and waits for its reply.
func (c *Client) Do(ctx context.Context, args []any, shape int) (Reply, error) {
	cmd, err := prepare(args, shape)
	if err != nil {
		return Reply{}, err
	}
	return c.do(ctx, &cmd)
}

func (c *Client) do(ctx context.Context, cmd *command) (reply Reply, err error) {
	ctx, end := traced(ctx, cmd.name(), 0)
	defer func() { end(err) }()
	if err := cmd.allowed(false); err != nil {
		return Reply{}, err
	}
	client, limited, cancel, err := c.start(ctx, cmd.name())
	if err != nil {
		return Reply{}, err
	}
	defer cancel()
	s := c.s
	if s.target.mode == cluster {
		if r, done, err := s.spread(ctx, limited, client, cmd); done {
			return r, err
		}
	}
	built, err := s.build(client.B(), cmd, true)
	if err != nil {
		return Reply{}, err
	}
	s.commands.Add(1)
	if built.IsBlock() {
		cancel() // the command says itself how long it waits
		back, err := s.ticket(ctx)
		if err != nil {
			return Reply{}, err
		}
		defer back()
		limited = ctx
	}
	return s.answer(ctx, client.Do(limited, built), cmd)
}

// answer makes a command's result, or its exception.
func (s *shared) answer(ctx context.Context, r rueidis.RedisResult, cmd *command) (Reply, error) {
	if err := r.NonRedisError(); err != nil {
		s.failures.Add(1)
		return Reply{}, s.failed(ctx, err, cmd.name(), s.options.Timeout)
	}
	m, err := r.ToMessage()
	if err != nil && !rueidis.IsRedisNil(err) {
		s.failures.Add(1)
		return Reply{}, s.failed(ctx, err, cmd.name(), s.options.Timeout)
	}
	if !sameLayout() {
		return Reply{}, errLayout
	}
	return reply(m, cmd.shape, cmd.args), nil
}

// Cached is Do for commands that only read one key. The reply is kept on this side for as long as the server does not say that
// the key has changed, ttl at most.
func (c *Client) Cached(ctx context.Context, args []any, shape int, ttl time.Duration) (reply Reply, err error) {
	cmd, err := prepare(args, shape)
	if err != nil {
		return Reply{}, err
	}
	ctx, end := traced(ctx, cmd.name(), 0)
	defer func() { end(err) }()
	keys := 0
	cmd.spec.eachKey(cmd.args, func(i int) {
		if keys++; i != 1 {
			keys = 2
		}
	})
	switch {
	case c.problem != nil:
		return Reply{}, c.problem
	case c.s.options.CacheBytes == 0:
		return Reply{}, misuse("there is no cache on this side: new Phalanx\\Redis(..., cacheBytes: 16 << 20) makes one")
	case cmd.spec == nil || !cmd.spec.reads || keys != 1:
		return Reply{}, misuse("%s is no command that reads one key: its reply cannot be cached", cmd.name())
	case ttl <= 0:
		return Reply{}, misuse("the seconds for which a reply is cached are more than 0")
	}
	client, limited, cancel, err := c.start(ctx, cmd.name())
	if err != nil {
		return Reply{}, err
	}
	defer cancel()
	built, err := c.s.build(client.B(), &cmd, false)
	if err != nil {
		return Reply{}, err
	}
	c.s.commands.Add(1)
	return c.s.answer(ctx, client.DoCache(limited, rueidis.Cacheable(built), ttl), &cmd)
}

// maxPipeline bounds a pipeline and a transaction.
const maxPipeline = 100000

// batch prepares the commands of a pipeline or a transaction.
func (s *shared) batch(b rueidis.Builder, list [][]any, shapes []int, pinned, transaction bool) ([]command, rueidis.Commands, error) {
	if len(list) != len(shapes) || len(list) > maxPipeline {
		return nil, nil, misuse("a pipeline has at most %d commands", maxPipeline)
	}
	cmds := make([]command, len(list))
	built := make(rueidis.Commands, 0, len(list)+2)
	if transaction {
		built = append(built, b.Arbitrary("MULTI").Build())
	}
	for i := range list {
		var err error
		if cmds[i], err = prepare(list[i], shapes[i]); err != nil {
			return nil, nil, err
		}
		if err = cmds[i].allowed(pinned && !transaction); err != nil {
			return nil, nil, err
		}
		if !transaction && cmds[i].spec.blocking(cmds[i].args) {
			return nil, nil, misuse("%s may block and would hold up all other commands of a pipeline", cmds[i].name())
		}
		one, err := s.build(b, &cmds[i], false)
		if err != nil {
			return nil, nil, err
		}
		built = append(built, one)
	}
	if transaction {
		built = append(built, b.Arbitrary("EXEC").Build())
	}
	return cmds, built, nil
}

// Results are those of several commands. Errors of the server are not exceptions here: Errors has them by their place.
type Results struct {
	Values []Reply
	Errors map[int]CommandError
	Done   bool // false: a transaction was not carried out, because a watched key had changed
}

// CommandError is an error of one command among others.
type CommandError struct{ Command, Prefix, Message, Class string }

func (r *Results) fail(i int, cmd *command, text string) {
	e := &errorReply{text}
	class := classes[e.prefix()]
	if class == "" {
		class = commandFailed
	}
	if r.Errors == nil {
		r.Errors = map[int]CommandError{}
	}
	r.Errors[i] = CommandError{Command: cmd.name(), Prefix: e.prefix(), Message: cmd.name() + ": " + text, Class: class}
	r.Values[i] = Reply{ready: true}
}

// Pipeline sends commands together and waits for all replies.
func (c *Client) Pipeline(ctx context.Context, list [][]any, shapes []int) (_ Results, err error) {
	ctx, end := traced(ctx, "PIPELINE", len(list))
	defer func() { end(err) }()
	client, limited, cancel, err := c.start(ctx, "a pipeline")
	if err != nil {
		return Results{}, err
	}
	defer cancel()
	cmds, built, err := c.s.batch(client.B(), list, shapes, false, false)
	if err != nil {
		return Results{}, err
	}
	c.s.commands.Add(int64(len(cmds)))
	return c.s.results(ctx, client.DoMulti(limited, built...), cmds)
}

// results reads a pipeline's. When the connection was lost on the way that is an exception, whichever commands it struck.
func (s *shared) results(ctx context.Context, all []rueidis.RedisResult, cmds []command) (Results, error) {
	r := Results{Values: make([]Reply, len(cmds)), Done: true}
	if !sameLayout() {
		return r, errLayout
	}
	for i := range all {
		if err := all[i].NonRedisError(); err != nil {
			s.failures.Add(1)
			return Results{}, s.failed(ctx, err, cmds[i].name(), s.options.Timeout)
		}
		m, err := all[i].ToMessage()
		if e, ok := rueidis.IsRedisErr(err); ok && !e.IsNil() {
			r.fail(i, &cmds[i], e.Error())
			continue
		}
		r.Values[i] = reply(m, cmds[i].shape, cmds[i].args)
	}
	return r, nil
}

// doer is a client, or a pinned connection.
type doer interface {
	B() rueidis.Builder
	DoMulti(ctx context.Context, multi ...rueidis.Completed) []rueidis.RedisResult
}

// Transaction sends commands between MULTI and EXEC.
func (c *Client) Transaction(ctx context.Context, list [][]any, shapes []int) (_ Results, err error) {
	ctx, end := traced(ctx, "MULTI", len(list))
	defer func() { end(err) }()
	client, limited, cancel, err := c.start(ctx, "a transaction")
	if err != nil {
		return Results{}, err
	}
	defer cancel()
	var on doer = client
	if c.s.target.mode == cluster { // all of it goes to one server
		back, err := c.s.ticket(ctx)
		if err != nil {
			return Results{}, err
		}
		defer back()
		d, release := client.Dedicate()
		defer release()
		on = d
	}
	return c.s.transaction(ctx, limited, on, list, shapes)
}

func (s *shared) transaction(ctx, limited context.Context, on doer, list [][]any, shapes []int) (Results, error) {
	cmds, built, err := s.batch(on.B(), list, shapes, false, true)
	if err != nil {
		return Results{}, err
	}
	if s.target.mode == cluster {
		if err := oneSlot(built); err != nil {
			return Results{}, err
		}
	}
	s.commands.Add(int64(len(built)))
	all := on.DoMulti(limited, built...)
	for i := range all {
		if err := all[i].NonRedisError(); err != nil {
			s.failures.Add(1)
			return Results{}, s.failed(ctx, err, "a transaction", s.options.Timeout)
		}
	}
	last := all[len(all)-1]
	m, err := last.ToMessage()
	if rueidis.IsRedisNil(err) {
		return Results{Values: []Reply{}}, nil // a watched key had changed
	}
	if err != nil {
		// EXECABORT says that a command was refused; which one, and why, is the better answer.
		for i := range cmds {
			if e, ok := rueidis.IsRedisErr(all[i+1].Error()); ok {
				return Results{}, (&errorReply{e.Error()}).exception(cmds[i].name())
			}
		}
		return Results{}, s.failed(ctx, err, "EXEC", s.options.Timeout)
	}
	if !sameLayout() {
		return Results{}, errLayout
	}
	exec := reply(m, Raw, nil).msg
	r := Results{Values: make([]Reply, len(cmds)), Done: true}
	values := exec.values()
	if len(values) != len(cmds) {
		return r, s.failed(ctx, errLayout, "EXEC", 0)
	}
	for i := range values {
		if values[i].isError() {
			r.fail(i, &cmds[i], values[i].text())
			continue
		}
		r.Values[i] = Reply{msg: values[i], shape: cmds[i].shape}
		if r.Values[i].shape == Fields || r.Values[i].shape == Doubles {
			r.Values[i].names = cmds[i].args[2:]
		}
	}
	return r, nil
}

// oneSlot refuses a transaction that several servers of a cluster would have to carry out.
func oneSlot(all rueidis.Commands) error {
	slot := uint16(slots)
	for i := range all {
		if n := all[i].Slot(); n < slots {
			if slot < slots && n != slot {
				return (&errorReply{"CROSSSLOT the keys of a transaction belong to one slot of the cluster; give them a part in " +
					"braces: {user:7}:name and {user:7}:mail"}).exception("a transaction")
			}
			slot = n
		}
	}
	return nil
}
