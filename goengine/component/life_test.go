package component_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/component"
)

type lasting struct{ life chan *component.Life }

func (l *lasting) Begin(ctx context.Context) { l.life <- component.LifeOf(ctx) }

// What goes on beyond a call hears of its script's end, and of no other's.
func TestLife(t *testing.T) {
	r := component.NewRegistry()
	l := &lasting{life: make(chan *component.Life, 1)}
	r.Register(`Lasting`, func() *lasting { return l })
	require.NoError(t, r.Freeze())
	method := func(name string) uint32 {
		for _, c := range r.Classes() {
			for _, m := range append(c.Methods, c.Constructor) {
				if m != nil && c.Name == "Lasting" && m.Name == name {
					return m.ID
				}
			}
		}
		t.Fatal(name)
		return 0
	}
	begin := func(c *component.Caller, handle uint64) *component.Life {
		outcome, _, _ := c.Start(method("begin"), handle, nil, nil, 0)
		require.Equal(t, component.Started, outcome)
		return <-l.life
	}
	h := &host{t: t, r: r}
	outcome, made := r.Call(method("__construct"), 0, nil, nil, nil)
	require.Equal(t, component.Done, outcome)
	handle := uint64(h.values(made)[0].(int64))
	first := r.NewCaller(unix.Gettid(), &component.Bell{}, func() {})
	second := r.NewCaller(-1, &component.Bell{}, func() {})
	one, two := begin(first, handle), begin(second, handle)
	require.Same(t, one, begin(first, handle))
	require.NotSame(t, one, two)
	first.Stop() // calls under way end; the script goes on
	require.Same(t, one, begin(first, handle))
	select {
	case <-one.Stopping():
		t.Fatal("it has not begun to stop")
	default:
	}
	first.Close()
	<-one.Stopping()
	<-one.Ended()
	select {
	case <-two.Stopping():
		t.Fatal("it is another script's")
	default:
	}
	second.Close()
	<-two.Ended()
	require.Nil(t, component.LifeOf(context.Background()))
}
