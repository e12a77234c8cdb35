package component

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// account is a class that scripts beside a server may have.
type account struct {
	mu       sync.Mutex
	total    int
	released chan *receipt
}

type receipt struct{ n int }

func (a *account) Add(n int) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.total += n
	return a.total
}
func (a *account) Say(text string, v Opaque) (string, error) {
	if text == "" {
		return "", errors.New("nothing to say")
	}
	return strings.Repeat(text, 3) + fmt.Sprint(v.Tag()), nil
}
func (a *account) Receipt(n int) *receipt { return &receipt{n} }
func (a *account) Wait(ctx context.Context, n int) (*receipt, error) {
	if n == 0 {
		<-ctx.Done()
		return &receipt{-1}, nil // it came all the same, and nobody waits for it
	}
	return &receipt{n}, nil
}
func (a *account) Take(r *receipt) int { return r.n }
func (a *account) Numbers() iter.Seq[int] {
	return func(yield func(int) bool) { _ = yield(1) && yield(2) }
}
func (r *receipt) Number() int { return r.n }

type pair struct {
	server, script *Registry
	desk           *Desk
	far            *Far
	account        *account
	clock          time.Time
	mu             sync.Mutex
}

func (p *pair) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.clock
}

func newPair(t *testing.T) *pair {
	p := &pair{account: &account{released: make(chan *receipt, 10)}, clock: time.Now()}
	for _, r := range []**Registry{&p.server, &p.script} {
		*r = NewRegistry()
		if r == &p.script { // classes have other numbers there
			(*r).Register("First", func() *plain { return &plain{} })
		}
		(*r).Register("Account", func(name string) (*account, error) {
			if name != "ours" {
				return nil, errors.New("no account " + name)
			}
			return p.account, nil
		}, Remote())
		(*r).register(&definition{name: "Receipt", kind: wire.Component, goType: reflect.TypeFor[*receipt]()},
			[]Option{OnRelease(func(x *receipt) { p.account.released <- x })})
		(*r).Register("Private", func() *holder { return &holder{} })
		require.NoError(t, (*r).Freeze())
	}
	p.desk = p.server.NewDesk(p.now)
	var err error
	p.far, err = p.script.Beside(strings.Repeat("s", 32), "ServerGone", func(q []byte) ([]byte, error) { return p.desk.Answer(q), nil })
	require.NoError(t, err)
	t.Cleanup(p.far.Close)
	return p
}

func (p *pair) method(class, name string) *Method {
	for _, c := range p.script.classes {
		if c.Name == class {
			if name == "__construct" {
				return c.Constructor
			}
			for _, m := range append([]*Method{c.step}, c.Methods...) {
				if m != nil && m.Name == name {
					return m
				}
			}
		}
	}
	return nil
}

func (p *pair) open(t *testing.T) uint64 {
	outcome, data := p.script.Call(p.method("Account", "__construct").ID, 0, wire.AppendString(nil, "ours"), nil, nil)
	require.Equal(t, Done, outcome, "%q", data)
	n, ok := wire.Opaque(data).Int()
	require.True(t, ok)
	return uint64(n)
}

func handleOf(t *testing.T, data []byte) uint64 {
	var made []uint64
	_, err := wire.NewDecoder(data, wire.Limits{}, handleReader{&made}).Any()
	require.NoError(t, err)
	require.Len(t, made, 1)
	return made[0]
}

func TestCallsOfAnotherProcess(t *testing.T) {
	p := newPair(t)
	outcome, data := p.script.Call(p.method("Account", "__construct").ID, 0, wire.AppendString(nil, "theirs"), nil, nil)
	require.Equal(t, Failure, outcome)
	require.Contains(t, string(data), "no account theirs")
	h := p.open(t)

	in, out, buf := [maxFast]Slot{{41}}, Slot{}, make([]byte, 4)
	add := p.method("Account", "add")
	require.True(t, add.Fast)
	outcome, _ = p.script.Fast(add.ID, h, 1, &in, &out, buf)
	require.Equal(t, Done, outcome)
	require.EqualValues(t, 41, out[0])
	require.Equal(t, 41, p.account.total, "it is the server's")

	text, say := "long", p.method("Account", "say")
	in = [maxFast]Slot{textSlot(text)}
	outcome, rest := p.script.Fast(say.ID, h, 1, &in, &out, buf)
	require.Equal(t, Done, outcome)
	require.Equal(t, "longlonglong0", string(rest), "longer than the buffer")
	in = [maxFast]Slot{}
	outcome, rest = p.script.Fast(say.ID, h, 1, &in, &out, buf)
	require.Equal(t, Failure, outcome)
	require.Contains(t, string(rest), "nothing to say")

	outcome, data = p.script.Call(p.method("Account", "receipt").ID, h, wire.AppendInt(nil, 7), nil, nil)
	require.Equal(t, Done, outcome)
	r := handleOf(t, data)
	outcome, data = p.script.Call(p.method("Receipt", "number").ID, r, nil, nil, nil)
	require.Equal(t, Done, outcome)
	require.Equal(t, wire.AppendInt(nil, 7), data)
	outcome, data = p.script.Call(p.method("Account", "take").ID, h, wire.AppendObject(nil, 4, r), nil, nil)
	require.Equal(t, Failure, outcome)
	require.Contains(t, string(data), "objects and callables cannot be handed over")
	p.script.Release(r)
	require.Equal(t, 7, (<-p.account.released).n)

	outcome, data = p.script.Call(p.method("Account", "numbers").ID, h, nil, nil, nil)
	require.Equal(t, Done, outcome)
	outcome, data = p.script.Call(p.method(sequenceClass, "step").ID, handleOf(t, data), nil, nil, nil)
	require.Equal(t, Done, outcome)
	require.Equal(t, encodeAll(0, 1), data)

	outcome, data = p.script.Call(p.method("Private", "__construct").ID, 0, nil, nil, nil)
	require.Equal(t, Done, outcome, "a class that is not remote is this process's")
	require.Zero(t, p.desk.r.Live()-2, "the account and the sequence: %q", data)
}

func encodeAll(values ...int64) []byte {
	b := wire.AppendList(nil, len(values))
	for _, n := range values {
		b = wire.AppendInt(b, n)
	}
	return b
}

func TestWaitingForAnotherProcess(t *testing.T) {
	p := newPair(t)
	h := p.open(t)
	wait := p.method("Account", "wait")
	woken := make(chan struct{}, 10)
	var bell Bell
	bell.Asleep.Store(InCall)
	c := p.script.NewCaller(-1, &bell, func() { woken <- struct{}{} })
	defer c.Close()
	outcome, id, _ := c.Start(wait.ID, h, wire.AppendInt(nil, 5), nil, 0)
	require.Equal(t, Started, outcome)
	<-woken
	outcome, data := c.Result(id, nil)
	require.Equal(t, Done, outcome, "%q", data)
	outcome, data = p.script.Call(p.method("Receipt", "number").ID, handleOf(t, data), nil, nil, nil)
	require.Equal(t, Done, outcome)
	require.Equal(t, wire.AppendInt(nil, 5), data)

	c.Take(make([]Mail, 4))
	bell.Asleep.Store(InCall)
	_, id, _ = c.Start(wait.ID, h, wire.AppendInt(nil, 0), nil, 10*time.Millisecond)
	<-woken
	outcome, data = c.Result(id, nil)
	require.Equal(t, Failure, outcome)
	require.Contains(t, string(data), "deadline exceeded")
	require.Equal(t, -1, (<-p.account.released).n, "what came too late is let go of")
}

// A script that is not heard of any more lets go of all that it had.
func TestASessionThatIsNotHeardOf(t *testing.T) {
	p := newPair(t)
	h := p.open(t)
	outcome, _ := p.script.Call(p.method("Account", "receipt").ID, h, wire.AppendInt(nil, 9), nil, nil)
	require.Equal(t, Done, outcome)
	s := p.desk.sessions[p.far.session]
	p.desk.expire(p.far.session, s) // too early
	require.EqualValues(t, 2, p.server.Live())
	p.mu.Lock()
	p.clock = p.clock.Add(remoteLife)
	p.mu.Unlock()
	p.desk.expire(p.far.session, s)
	require.Equal(t, 9, (<-p.account.released).n)
	require.Zero(t, p.server.Live())
	outcome, data := p.script.Call(p.method("Account", "add").ID, h, wire.AppendInt(nil, 1), nil, nil)
	require.Equal(t, Failure, outcome)
	require.Contains(t, string(data), "no such object of this script any more")
	require.Contains(t, string(data), "ServerGone")
}

// A script that says that it goes has let go of all at once, and its classes are its own again.
func TestASessionThatEnds(t *testing.T) {
	p := newPair(t)
	h := p.open(t)
	outcome, _ := p.script.Call(p.method("Account", "receipt").ID, h, wire.AppendInt(nil, 3), nil, nil)
	require.Equal(t, Done, outcome)
	p.far.Close()
	require.Equal(t, 3, (<-p.account.released).n)
	require.Zero(t, p.server.Live())
	require.Empty(t, p.desk.sessions)
	own := p.open(t)
	require.NotZero(t, own)
	require.Zero(t, p.server.Live())
}

func TestQuestionsThatAreRefused(t *testing.T) {
	p := newPair(t)
	p.open(t)
	object := uint64(0)
	for o := range p.desk.sessions[p.far.session].objects {
		object = o
	}
	session := `"version":1,"session":"` + p.far.session + `",`
	for question, failure := range map[string]string{
		`{`: "not understood",
		`{"version":2,"session":"` + p.far.session + `","op":"ping"}`:                                                 "version 1, the script 2",
		`{"version":1,"session":"short","op":"ping"}`:                                                                 "16 to 64 bytes",
		`{` + session + `"op":"nothing"}`:                                                                             `does not know \"nothing\"`,
		`{` + session + `"op":"new","class":"Private"}`:                                                               "shares no class Private",
		`{` + session + `"op":"call","object":12345,"method":"add"}`:                                                  "no such object",
		`{` + session + `"op":"await","call":9}`:                                                                      "no such call",
		`{` + session + fmt.Sprintf(`"op":"call","object":%d,"method":"nope"}`, object):                               "has no method nope",
		`{` + session + fmt.Sprintf(`"op":"call","object":%d,"method":"wait"}`, object):                               "another method",
		`{` + session + fmt.Sprintf(`"op":"call","object":%d,"method":"take","args":"CAQAAAABAAAAAQAAAA=="}`, object): "cannot be handed over",
		`{` + session + fmt.Sprintf(`"op":"call","object":%d,"method":"add","args":"/////w=="}`, object):              "cannot be handed over",
	} {
		require.Contains(t, string(p.desk.Answer([]byte(question))), failure, question)
	}
	for i := range maxSessions {
		p.desk.Answer(fmt.Appendf(nil, `{"version":1,"session":"another session %d","op":"ping"}`, i))
	}
	require.Contains(t, string(p.desk.Answer([]byte(`{"version":1,"session":"one session too many","op":"ping"}`))), "scripts are connected already")
}

// Whatever a question says, it is answered, and no panic.
func FuzzDesk(f *testing.F) {
	f.Add([]byte(`{"version":1,"session":"0123456789abcdef","op":"new","class":"Account","args":"BQQAAABvdXJz"}`))
	f.Add([]byte(`{"version":1,"session":"0123456789abcdef","op":"call","object":4294967296,"method":"add","args":"AwEAAAAAAAAA"}`))
	r := NewRegistry()
	r.Register("Account", func(string) *account { return &account{} }, Remote())
	r.register(&definition{name: "Receipt", kind: wire.Component, goType: reflect.TypeFor[*receipt]()}, nil)
	require.NoError(f, r.Freeze())
	desk := r.NewDesk(time.Now)
	f.Fuzz(func(t *testing.T, question []byte) {
		if strings.Contains(string(question), "await") {
			return // may take its time
		}
		require.NotEmpty(t, desk.Answer(question))
	})
}
