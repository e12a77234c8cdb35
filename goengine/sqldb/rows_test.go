package sqldb

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// fill gives a sink rows as a connection does.
func fill(shape Shape, names []string, rows ...[]any) (*sink, error) {
	s := &sink{shape: shape}
	if err := s.check(len(names)); err != nil {
		return s, err
	}
	s.columns(names, keysOf(names), make([]string, len(names)))
	for _, row := range rows {
		s.row()
		for _, v := range row {
			if !s.next() {
				continue
			}
			e := wire.NewEncoder(s.buf, wire.Limits{}, nil)
			if err := e.Any(v, nil); err != nil {
				return s, err
			}
			s.buf = e.Buf
		}
		if err := s.end(); err != nil {
			return s, err
		}
	}
	return s, nil
}

func TestShapes(t *testing.T) {
	names := []string{"id", "7"}
	rows := [][]any{{int64(1), "a"}, {int64(2), nil}}
	first := &wire.Map{}
	first.Set("id", int64(1))
	first.Set("7", "a")
	second := &wire.Map{}
	second.Set("id", int64(2))
	second.Set("7", nil)
	pairs := &wire.Map{}
	pairs.Set("1", "a")
	pairs.Set("2", nil)
	tests := []struct {
		shape Shape
		want  any
	}{
		{Assoc, []any{first, second}},
		{Lists, []any{[]any{int64(1), "a"}, []any{int64(2), nil}}},
		{First, first},
		{Value, int64(1)},
		{Column, []any{int64(1), int64(2)}},
		{Pairs, pairs},
		{None, int64(2)},
	}
	for _, tt := range tests {
		s, err := fill(tt.shape, names, rows...)
		require.NoError(t, err)
		require.Equal(t, plainly(tt.want), plainly(decoded(t, s.done(true, Result{}))))
	}
	// Of columns with one name the last counts, at the place of the first.
	s, err := fill(Assoc, []string{"id", "x", "id"}, []any{int64(1), "a", int64(2)})
	require.NoError(t, err)
	twice := decoded(t, s.done(true, Result{})).([]any)[0].(*wire.Map)
	v, _ := twice.Get("id")
	require.Equal(t, int64(2), v)
	many := make([]string, 40)
	for i := range many {
		many[i] = strconv.Itoa(i / 2 * 2)
	}
	require.False(t, distinct(keysOf(many)))
	require.True(t, distinct(keysOf([]string{"", "0", "00"})))
	for shape, want := range map[Shape]any{Assoc: []any{}, First: nil, Value: nil, Column: []any{}, Lists: []any{}} {
		s, err := fill(shape, names)
		require.NoError(t, err)
		require.Equal(t, want, decoded(t, s.done(true, Result{})))
	}
}

// plainly makes Maps comparable: their look-up tables are made late.
func plainly(v any) any {
	switch v := v.(type) {
	case *wire.Map:
		var list []any
		for k, value := range v.All() {
			list = append(list, k.String(), plainly(value))
		}
		return list
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plainly(v[i])
		}
		return list
	}
	return v
}

func TestPairsMakeKeysOfAnything(t *testing.T) {
	s, err := fill(Pairs, []string{"k", "v"}, []any{true, 1}, []any{1.5, 2}, []any{nil, 3}, []any{"x", 4}, []any{[]any{int64(1)}, 5})
	require.NoError(t, err)
	require.Equal(t, []any{"1", int64(1), "1.5", int64(2), "", int64(3), "x", int64(4), "Array", int64(5)},
		plainly(decoded(t, s.done(true, Result{}))))
	_, err = fill(Pairs, []string{"k"})
	require.ErrorContains(t, err, "two columns")
	_, err = fill(Assoc, nil)
	require.ErrorContains(t, err, "use execute()")
}

func TestResultsAreBounded(t *testing.T) {
	large := string(make([]byte, 1<<20))
	rows := make([][]any, 65)
	for i := range rows {
		rows[i] = []any{large}
	}
	_, err := fill(Lists, []string{"x"}, rows...)
	require.ErrorIs(t, err, errTooLarge)
}
