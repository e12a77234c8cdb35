package component_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/wire"
)

// noLoop is a loop that calls nobody.
type noLoop struct{}

func (noLoop) Attach(int, func(bool, bool), func()) error { return nil }
func (noLoop) Writable(int, bool) error                   { return nil }
func (noLoop) Detach(int)                                 {}
func (noLoop) Later(func())                               {}
func (noLoop) Do(func()) error                            { return nil }

func TestInline(t *testing.T) {
	var calls []*component.Call
	h := newHost(t, component.Inline("WaitSub", func(receiver any, call *component.Call, args *wire.Decoder) bool {
		name, ok := args.ReadBytes()
		require.True(t, ok)
		require.NotNil(t, receiver.(*account))
		switch string(name) {
		case "method":
			return false
		case "panic":
			panic("no")
		case "at once":
			call.Done(wire.AppendString(call.Buffer(), "there"), nil)
		}
		calls = append(calls, call)
		return true
	}))
	a := h.make("Ada")
	start := func(waits bool, name string) uint64 {
		o, id, _ := h.caller.StartIn(7, waits, h.method("waitSub").ID, a.id, h.args(name), nil, 0)
		require.Equal(t, component.Started, o)
		return id
	}
	result := func(id uint64) (component.Outcome, []any) {
		require.Equal(t, id, h.wait().ID)
		o, b := h.caller.Result(id, nil)
		return o, h.values(b)
	}
	last := func() *component.Call { return calls[len(calls)-1] }

	_, v := result(start(true, "no loop"))
	require.Len(t, v, 1)
	require.Empty(t, calls, "there is no loop")
	h.caller.Attach(func() {}, noLoop{})
	_, _ = result(start(false, "no Fiber"))
	_, _ = result(start(true, "method"))
	require.Empty(t, calls)

	for range 3 { // the second uses the first one's memory
		o, v := result(start(true, "at once"))
		require.Equal(t, component.Done, o)
		require.Equal(t, []any{"there"}, v)
		last().Done(nil, errors.New("twice"))
	}

	id := start(true, "later")
	other := start(true, "other")
	first := calls[len(calls)-2]
	last().Done(wire.AppendInt(nil, 2), nil)
	_, v = result(other)
	require.Equal(t, []any{int64(2)}, v)
	first.Done(nil, errPoor)
	o, v := result(id)
	require.Equal(t, component.Failure, o)
	require.Equal(t, `Test\Poor`, v[0])

	o, v = result(start(true, "panic"))
	require.Equal(t, component.Failure, o)
	require.Contains(t, v[1], "no")

	id = start(true, "abandoned")
	h.caller.Cancel(id)
	last().Done(wire.AppendInt(nil, 3), nil)
	last().Go(func(context.Context) ([]byte, error) {
		t.Error("nobody waits")
		return nil, nil
	})
	require.Zero(t, h.caller.Pending())

	id = start(true, "stopped")
	h.caller.Stop()
	o, v = result(id)
	require.Equal(t, component.Failure, o)
	require.Contains(t, v[1], component.ErrStopped.Error())

	// On a goroutine it has a context, which ends as the method's would.
	for name, end := range map[string]func(uint64){
		"stop":   func(uint64) { h.caller.Stop() },
		"cancel": h.caller.Cancel,
	} {
		id = start(true, name)
		began, ended := make(chan struct{}), make(chan error)
		last().Go(func(ctx context.Context) ([]byte, error) {
			close(began)
			<-ctx.Done()
			go func() { ended <- context.Cause(ctx) }()
			return nil, ctx.Err()
		})
		<-began
		end(id)
		select {
		case err := <-ended:
			require.ErrorIs(t, err, context.Canceled)
		case <-time.After(10 * time.Second):
			require.Fail(t, "the context has not ended")
		}
		if name == "stop" {
			o, v = result(id)
			require.Equal(t, component.Failure, o)
			require.Contains(t, v[1], component.ErrStopped.Error())
		}
	}
	id = start(true, "answer of a goroutine")
	last().Go(func(context.Context) ([]byte, error) { return wire.AppendInt(nil, 4), nil })
	_, v = result(id)
	require.Equal(t, []any{int64(4)}, v)
	id = start(true, "panic of a goroutine")
	last().Go(func(context.Context) ([]byte, error) { panic("there") })
	o, v = result(id)
	require.Equal(t, component.Failure, o)
	require.Contains(t, v[1], "there")

	last().SetLocal("key", 5)
	require.Equal(t, 5, last().Local("key"))
	require.Nil(t, last().Local("other"))

	id = start(true, "the script ends")
	h.caller.Close()
	last().Done(wire.AppendInt(nil, 5), nil)
	o, _ = h.caller.Result(id, nil)
	require.Equal(t, component.NoObject, o)
}

func TestInlineIsForMethodsThatWait(t *testing.T) {
	r := component.NewRegistry()
	r.Register(`Test\Account`, newAccount, component.Inline("Pay", func(any, *component.Call, *wire.Decoder) bool { return false }))
	require.ErrorContains(t, r.Freeze(), "component.Inline")
}
