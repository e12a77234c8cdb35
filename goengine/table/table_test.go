package table_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/phalanx-php/phalanx/goengine/table"
	"github.com/phalanx-php/phalanx/goengine/wire"
)

func open(t require.TestingT, s table.Schema) *table.Table {
	if s.MaxRows == 0 {
		s.MaxRows, s.MaxBytes = 1000, 1<<20
	}
	if s.Columns == nil {
		s.Columns = []table.Column{{Name: "name", Type: table.String, Bytes: 8}, {Name: "n", Type: table.Int},
			{Name: "f", Type: table.Float}, {Name: "on", Type: table.Bool}}
	}
	tbl, err := table.New(s)
	require.NoError(t, err)
	return tbl
}

func change(t require.TestingT, tbl *table.Table, column string, value any) table.Change {
	c, err := tbl.Change(column, value)
	require.NoError(t, err)
	return c
}

func value(t require.TestingT, tbl *table.Table, key, column string) any {
	b, ok, err := tbl.Value(nil, key, column)
	require.NoError(t, err)
	if !ok {
		return nil
	}
	v, err := wire.Opaque(b).Any()
	require.NoError(t, err)
	return v
}

func TestParseColumn(t *testing.T) {
	for text, want := range map[string]table.Column{
		"int": {Name: "c"}, "float": {Name: "c", Type: table.Float}, "bool": {Name: "c", Type: table.Bool},
		"string": {Name: "c", Type: table.String, Bytes: 255}, "string(7)": {Name: "c", Type: table.String, Bytes: 7},
	} {
		c, err := table.ParseColumn("c", text)
		require.NoError(t, err)
		require.Equal(t, want, c)
	}
	for _, text := range []string{"", "Int", "string()", "string(0)", "string(99999999)", "string(1", "array"} {
		_, err := table.ParseColumn("c", text)
		require.ErrorContains(t, err, "column \"c\"", text)
	}
	_, err := table.ParseColumn("", "int")
	require.Error(t, err)
}

func TestModesOfWriting(t *testing.T) {
	tbl := open(t, table.Schema{})
	write := func(mode table.Mode, changes ...table.Change) bool {
		done, err := tbl.Write("k", changes, mode)
		require.NoError(t, err)
		return done
	}
	name, n := change(t, tbl, "name", "Ann"), change(t, tbl, "n", int64(3))
	require.False(t, write(table.Update, n))
	require.True(t, write(table.Insert, name, n))
	require.False(t, write(table.Insert, name))
	require.True(t, write(table.Update, change(t, tbl, "on", true)))
	require.Equal(t, "Ann", value(t, tbl, "k", "name"))
	require.Equal(t, true, value(t, tbl, "k", "on"))
	require.True(t, write(table.Replace, n))
	require.Equal(t, "", value(t, tbl, "k", "name"))
	require.True(t, write(table.Merge, change(t, tbl, "f", int64(2))))
	require.Equal(t, 2.0, value(t, tbl, "k", "f"), "an int is a float where one is wanted")
}

func TestValuesThatDoNotFit(t *testing.T) {
	tbl := open(t, table.Schema{})
	for column, v := range map[string]any{"name": "nine bytes", "n": 1.5, "f": "1", "on": int64(1)} {
		_, err := tbl.Change(column, v)
		var mismatch *table.ValueError
		require.ErrorAs(t, err, &mismatch)
	}
	_, err := tbl.Change("nope", 1)
	require.ErrorIs(t, err, table.ErrColumn)
	_, err = tbl.Write("", nil, table.Replace)
	require.ErrorIs(t, err, table.ErrKey)
	_, err = tbl.Increment("k", "f", 1)
	require.ErrorIs(t, err, table.ErrType)
	_, err = tbl.Find(change(t, tbl, "n", int64(1)))
	require.ErrorIs(t, err, table.ErrIndex)
}

func TestBounds(t *testing.T) {
	tbl := open(t, table.Schema{MaxRows: 2, MaxBytes: 1 << 20})
	for _, key := range []string{"a", "b"} {
		_, err := tbl.Write(key, nil, table.Replace)
		require.NoError(t, err)
	}
	_, err := tbl.Write("c", nil, table.Replace)
	require.ErrorIs(t, err, table.ErrFull)
	_, err = tbl.Increment("c", "n", 1)
	require.ErrorIs(t, err, table.ErrFull)
	require.True(t, tbl.Delete("a"))
	_, err = tbl.Increment("c", "n", 1)
	require.NoError(t, err)
	require.Equal(t, 2, tbl.Len())

	tbl = open(t, table.Schema{MaxRows: 100, MaxBytes: 700, Indexes: []string{"name"}})
	_, err = tbl.Write("a", nil, table.Replace)
	require.NoError(t, err)
	before := tbl.Bytes()
	_, err = tbl.Write("b", nil, table.Replace)
	require.ErrorIs(t, err, table.ErrFull)
	require.Equal(t, before, tbl.Bytes())
	require.Equal(t, 1, tbl.Len())
	tbl.Clear()
	require.Zero(t, tbl.Bytes())
}

func TestIncrementsOfManyAreAllCounted(t *testing.T) {
	for _, indexes := range [][]string{nil, {"n"}} {
		tbl := open(t, table.Schema{Indexes: indexes})
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 1000 {
					_, err := tbl.Increment("k", "n", 1)
					require.NoError(t, err)
					_, err = tbl.IncrementFloat("k", "f", 0.5)
					require.NoError(t, err)
				}
			})
		}
		wg.Wait()
		require.EqualValues(t, 8000, value(t, tbl, "k", "n"))
		require.Equal(t, 4000.0, value(t, tbl, "k", "f"))
	}
}

func TestIncrementPastTheEnds(t *testing.T) {
	tbl := open(t, table.Schema{})
	_, err := tbl.Increment("k", "n", math.MaxInt64)
	require.NoError(t, err)
	_, err = tbl.Increment("k", "n", 1)
	require.ErrorIs(t, err, table.ErrOverflow)
	require.EqualValues(t, int64(math.MaxInt64), value(t, tbl, "k", "n"))
}

// Of many who compare and set the same, one succeeds.
func TestCompareAndSet(t *testing.T) {
	tbl := open(t, table.Schema{Indexes: []string{"name"}})
	_, err := tbl.Write("k", []table.Change{change(t, tbl, "name", "free")}, table.Replace)
	require.NoError(t, err)
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 8 {
		wg.Go(func() {
			done, err := tbl.CompareAndSet("k", change(t, tbl, "name", "free"), change(t, tbl, "name", fmt.Sprint(i)))
			require.NoError(t, err)
			if done {
				mu.Lock()
				won++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	require.Equal(t, 1, won)
	keys, err := tbl.Find(change(t, tbl, "name", "free"))
	require.NoError(t, err)
	require.Empty(t, keys)
}

// However calls follow each other, the table answers as maps would, and its indexes and figures agree with its rows.
func TestItIsAMapOfRows(t *testing.T) {
	type row struct {
		name string
		n    int64
	}
	rapid.Check(t, func(t *rapid.T) {
		const maxRows = 3
		tbl := open(t, table.Schema{Columns: []table.Column{{Name: "name", Type: table.String, Bytes: 8}, {Name: "n", Type: table.Int}},
			Indexes: []string{"name", "n"}, MaxRows: maxRows, MaxBytes: 1 << 20})
		model := map[string]row{}
		keys, names := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}), rapid.SampledFrom([]string{"", "x", "y"})
		full := func(key string) bool {
			_, there := model[key]
			return !there && len(model) == maxRows
		}
		t.Repeat(map[string]func(*rapid.T){
			"write": func(t *rapid.T) {
				key, name, n := keys.Draw(t, "key"), names.Draw(t, "name"), rapid.Int64Range(0, 2).Draw(t, "n")
				mode := table.Mode(rapid.IntRange(0, 3).Draw(t, "mode"))
				var changes []table.Change
				old, there := model[key]
				next := old
				if mode == table.Replace {
					next = row{}
				}
				if rapid.Bool().Draw(t, "with name") {
					changes, next.name = append(changes, change(t, tbl, "name", name)), name
				}
				if rapid.Bool().Draw(t, "with n") {
					changes, next.n = append(changes, change(t, tbl, "n", n)), n
				}
				done, err := tbl.Write(key, changes, mode)
				if mode == table.Insert && there || mode == table.Update && !there {
					require.NoError(t, err)
					require.False(t, done)
					return
				}
				if full(key) {
					require.ErrorIs(t, err, table.ErrFull)
					return
				}
				require.NoError(t, err)
				require.True(t, done)
				model[key] = next
			},
			"increment": func(t *rapid.T) {
				key := keys.Draw(t, "key")
				n, err := tbl.Increment(key, "n", 1)
				if full(key) {
					require.ErrorIs(t, err, table.ErrFull)
					return
				}
				require.NoError(t, err)
				r := model[key]
				r.n++
				require.Equal(t, r.n, n)
				model[key] = r
			},
			"compare and set": func(t *rapid.T) {
				key, from, to := keys.Draw(t, "key"), names.Draw(t, "from"), names.Draw(t, "to")
				done, err := tbl.CompareAndSet(key, change(t, tbl, "name", from), change(t, tbl, "name", to))
				require.NoError(t, err)
				r, there := model[key]
				require.Equal(t, there && r.name == from, done)
				if done {
					r.name = to
					model[key] = r
				}
			},
			"delete": func(t *rapid.T) {
				key := keys.Draw(t, "key")
				_, there := model[key]
				require.Equal(t, there, tbl.Delete(key))
				delete(model, key)
			},
			"clear": func(*rapid.T) {
				tbl.Clear()
				clear(model)
			},
			"": func(t *rapid.T) {
				require.Equal(t, len(model), tbl.Len())
				require.Equal(t, len(model) == 0, tbl.Bytes() == 0)
				found := tbl.Keys()
				slices.Sort(found)
				var want []string
				byName, byN := map[string][]string{}, map[int64][]string{}
				for _, key := range []string{"a", "b", "c", "d", "e"} {
					r, there := model[key]
					require.Equal(t, there, tbl.Has(key))
					if !there {
						continue
					}
					want = append(want, key)
					byName[r.name], byN[r.n] = append(byName[r.name], key), append(byN[r.n], key)
					require.Equal(t, r.name, value(t, tbl, key, "name"))
					require.Equal(t, r.n, value(t, tbl, key, "n"))
				}
				require.ElementsMatch(t, want, found)
				for _, name := range []string{"", "x", "y"} {
					keys, err := tbl.Find(change(t, tbl, "name", name))
					require.NoError(t, err)
					require.ElementsMatch(t, byName[name], keys)
					n, err := tbl.Count(change(t, tbl, "name", name))
					require.NoError(t, err)
					require.Equal(t, len(keys), n)
				}
				for n := range int64(4) {
					keys, err := tbl.Find(change(t, tbl, "n", n))
					require.NoError(t, err)
					require.ElementsMatch(t, byN[n], keys)
				}
			},
		})
	})
}

func TestTheBoundIsThatOfTheMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector's own memory is in the figures")
	}
	for name, indexes := range map[string][]string{"plain": nil, "indexed": {"name"}} {
		t.Run(name, func(t *testing.T) {
			before := heap()
			tbl := open(t, table.Schema{MaxRows: 1 << 20, MaxBytes: 1 << 30, Indexes: indexes})
			for i := range 100_000 {
				_, err := tbl.Write(fmt.Sprintf("key %08d", i), []table.Change{change(t, tbl, "name", fmt.Sprint(i))}, table.Replace)
				require.NoError(t, err)
			}
			used := float64(heap() - before)
			t.Logf("%d bytes said, %.0f used, %.0f for each row", tbl.Bytes(), used, used/100_000)
			require.InEpsilon(t, tbl.Bytes(), used, 0.15)
			runtime.KeepAlive(tbl)
		})
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func BenchmarkIncrement(b *testing.B) {
	tbl := open(b, table.Schema{})
	b.ReportAllocs()
	for b.Loop() {
		_, _ = tbl.Increment("key", "n", 1)
	}
}
