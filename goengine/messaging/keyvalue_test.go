package messaging_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/messaging"
)

func bucket(t *testing.T, server, name string, o messaging.KeyValueOptions) *messaging.KeyValue {
	t.Helper()
	o.Server = server
	if o.Encoding == "" {
		o.Encoding = "json"
	}
	k, err := messaging.NewKeyValue(name, o)
	require.NoError(t, err)
	return k
}

func TestAKeyHasAValueAndARevision(t *testing.T) {
	k := bucket(t, embedded(t, ""), "settings", messaging.KeyValueOptions{History: of(5)})
	value, err := k.Get(within(t), "theme")
	require.NoError(t, err)
	require.Nil(t, value)
	first, err := k.Create(within(t), "theme", "dark", messaging.CreateOptions{})
	require.NoError(t, err)
	_, err = k.Create(within(t), "theme", "light", messaging.CreateOptions{})
	require.ErrorIs(t, err, messaging.ErrConflict)
	second, err := k.Update(within(t), "theme", []any{"light", int64(1)}, first)
	require.NoError(t, err)
	require.Greater(t, second, first)
	_, err = k.Update(within(t), "theme", "x", first)
	require.ErrorIs(t, err, messaging.ErrConflict)
	require.ErrorIs(t, k.Delete(within(t), "theme", messaging.DeleteOptions{Revision: first}), messaging.ErrConflict)
	value, err = k.Get(within(t), "theme")
	require.NoError(t, err)
	require.Equal(t, []any{"light", int64(1)}, value)
	e, err := k.Entry(within(t), "theme", messaging.EntryOptions{Revision: first})
	require.NoError(t, err)
	require.Equal(t, "dark", e.Value)
	require.NoError(t, k.Delete(within(t), "theme", messaging.DeleteOptions{}))
	history, err := k.History(within(t), "theme")
	require.NoError(t, err)
	var operations []string
	for _, e := range history {
		operations = append(operations, e.Operation)
	}
	require.Equal(t, []string{"put", "put", "delete"}, operations)
	require.NoError(t, k.Purge(within(t), "theme"))
	_, err = k.Put(within(t), "theme", nil)
	require.NoError(t, err)
	e, err = k.Entry(within(t), "theme", messaging.EntryOptions{})
	require.NoError(t, err)
	require.NotNil(t, e, "null is a value")
	_, err = k.Put(within(t), "no key", "x")
	require.ErrorContains(t, err, "is no key")
}

func TestManyChangeOneKey(t *testing.T) {
	server := embedded(t, "")
	var all sync.WaitGroup
	for range 5 {
		k := bucket(t, server, "counts", messaging.KeyValueOptions{})
		all.Go(func() {
			for range 20 {
				_, err := k.Change(context.Background(), "n", func(_ context.Context, value any) (any, error) {
					n, _ := value.(int64)
					return n + 1, nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	value, err := bucket(t, server, "counts", messaging.KeyValueOptions{}).Get(within(t), "n")
	require.NoError(t, err)
	require.Equal(t, int64(100), value)
}

func TestKeysAndWatching(t *testing.T) {
	k := bucket(t, embedded(t, ""), "b", messaging.KeyValueOptions{Encoding: "raw"})
	for _, key := range []string{"users.1", "users.2", "other"} {
		_, err := k.Put(within(t), key, "\x00"+key)
		require.NoError(t, err)
	}
	keys, err := k.Keys(within(t), messaging.KeysOptions{Filter: "users.*"})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"users.1", "users.2"}, keys)
	seen := make(chan messaging.Entry, 10)
	w, err := k.Watch(within(t), func(_ context.Context, e messaging.Entry) error { seen <- e; return nil }, messaging.WatchOptions{Keys: "users.>"})
	require.NoError(t, err)
	defer w.Stop()
	require.Equal(t, "\x00users.1", (<-seen).Value)
	require.Equal(t, "\x00users.2", (<-seen).Value)
	_, err = k.Put(within(t), "other", "unheard")
	require.NoError(t, err)
	require.NoError(t, k.Delete(within(t), "users.1", messaging.DeleteOptions{}))
	e := <-seen
	require.Equal(t, []any{"users.1", "delete", nil}, []any{e.Key, e.Operation, e.Value})
	_, err = k.Put(within(t), "a", []any{})
	require.ErrorContains(t, err, "values are strings")

	changes, err := k.Changes(within(t), messaging.WatchOptions{Keys: ">", UpdatesOnly: true})
	require.NoError(t, err)
	_, err = k.Put(within(t), "users.3", "new")
	require.NoError(t, err)
	for e, err := range changes {
		require.NoError(t, err)
		require.Equal(t, "new", e.Value)
		break
	}
}

func TestValuesThatExpire(t *testing.T) {
	server := embedded(t, "")
	all := bucket(t, server, "short", messaging.KeyValueOptions{TTL: of(time.Second)})
	_, err := all.Put(within(t), "a", "x")
	require.NoError(t, err)
	one := bucket(t, server, "mixed", messaging.KeyValueOptions{})
	_, err = one.Create(within(t), "a", "x", messaging.CreateOptions{TTL: time.Second})
	require.NoError(t, err)
	_, err = one.Put(within(t), "b", "x")
	require.NoError(t, err)
	for _, k := range []*messaging.KeyValue{all, one} {
		require.Eventually(t, func() bool {
			value, err := k.Get(within(t), "a")
			return err == nil && value == nil
		}, patience, 20*time.Millisecond)
	}
	value, err := one.Get(within(t), "b")
	require.NoError(t, err)
	require.Equal(t, "x", value)
}

func TestAWatcherGoesOnAfterAFailure(t *testing.T) {
	k := bucket(t, embedded(t, ""), "b", messaging.KeyValueOptions{})
	seen := make(chan any)
	w, err := k.Watch(within(t), func(_ context.Context, e messaging.Entry) error {
		seen <- e.Value
		return errors.New("as it is")
	}, messaging.WatchOptions{Keys: ">"})
	require.NoError(t, err)
	for _, n := range []int64{1, 2} {
		_, err = k.Put(within(t), "n", n)
		require.NoError(t, err)
		require.Equal(t, n, <-seen)
	}
	w.Stop()
	require.NoError(t, w.Wait(within(t)))
}

// Nothing waits for ever for a watcher whose connection ended first: TestMain looks for goroutines that are left.
func TestAConnectionEndsBeforeItsWatcher(t *testing.T) {
	var w *messaging.Watcher
	t.Run("the connection", func(t *testing.T) {
		k := bucket(t, embedded(t, ""), "b", messaging.KeyValueOptions{})
		var err error
		w, err = k.Watch(within(t), func(context.Context, messaging.Entry) error { return nil }, messaging.WatchOptions{Keys: ">"})
		require.NoError(t, err)
	})
	w.Stop()
	require.NoError(t, w.Wait(within(t)))
}

// What PHP hands over keeps its order, in JSON too.
func TestObjectsAreArraysWithTheirOrder(t *testing.T) {
	k := bucket(t, embedded(t, ""), "b", messaging.KeyValueOptions{})
	m := &component.Map{}
	m.Set("z", int64(1))
	m.Set("a", int64(2))
	_, err := k.Put(within(t), "m", m)
	require.NoError(t, err)
	got, err := k.Get(within(t), "m")
	require.NoError(t, err)
	require.Equal(t, m, got)
}
