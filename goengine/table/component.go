package table

//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/shared"
	"github.com/phalanx-php/phalanx/goengine/wire"
)

// Limits of tables.
const (
	DefaultMaxRows  = 1_000_000
	MaxMaxRows      = 1_000_000_000
	DefaultMaxBytes = 256 << 20
	MaxMaxBytes     = 1 << 44
)

var tables = shared.NewRegistry("table", func(t *Table) shared.Figures {
	return shared.Figures{{Name: "rows", Value: int64(t.Len())}, {Name: "maxRows", Value: int64(t.schema.MaxRows)},
		{Name: "bytes", Value: t.Bytes()}, {Name: "maxBytes", Value: t.schema.MaxBytes}}
})

// Shared is a Table with its name, as PHP has it.
type Shared struct {
	table *Table
	name  string
}

type options struct {
	component.Options
	Columns  *component.Map
	Indexes  []string
	MaxRows  int
	MaxBytes int64
}

// Open finds or makes the table of a name. Options that are not given are those that it has, or the defaults.
func Open(name string, o options) (*Shared, error) {
	s := Schema{Indexes: o.Indexes, MaxRows: o.MaxRows, MaxBytes: o.MaxBytes}
	if o.MaxRows < 0 || o.MaxRows > MaxMaxRows || o.MaxBytes < 0 || o.MaxBytes > MaxMaxBytes {
		return nil, shared.Options("a table has up to %d rows and %d TiB", MaxMaxRows, int64(MaxMaxBytes)>>40)
	}
	if o.Columns != nil {
		for key, value := range o.Columns.All() {
			text, _ := value.(string)
			c, err := ParseColumn(key.String(), text)
			if err != nil {
				return nil, shared.Options("%v", err)
			}
			s.Columns = append(s.Columns, c)
		}
	}
	t, err := tables.Open(name, func(t *Table) error {
		err := errors.Join(shared.Differs("maxRows", s.MaxRows, t.schema.MaxRows), shared.Differs("maxBytes", s.MaxBytes, t.schema.MaxBytes))
		if len(s.Columns) > 0 && !slices.Equal(s.Columns, t.schema.Columns) {
			err = errors.Join(err, fmt.Errorf("its columns are %v", describe(t.schema.Columns)))
		}
		if len(s.Indexes) > 0 && !slices.Equal(slices.Sorted(slices.Values(s.Indexes)), slices.Sorted(slices.Values(t.schema.Indexes))) {
			err = errors.Join(err, fmt.Errorf("its indexes are %v", t.schema.Indexes))
		}
		return err
	}, func() (*Table, error) {
		if len(s.Columns) == 0 {
			return nil, shared.Options("there is no table %q yet: say what columns it has", name)
		}
		if s.MaxRows == 0 {
			s.MaxRows = DefaultMaxRows
		}
		if s.MaxBytes == 0 {
			s.MaxBytes = DefaultMaxBytes
		}
		t, err := New(s)
		if err != nil {
			return nil, shared.Options("%v", err)
		}
		return t, nil
	})
	if err != nil {
		return nil, err
	}
	return &Shared{t, name}, nil
}

func describe(columns []Column) (list []string) {
	for _, c := range columns {
		list = append(list, c.Name+": "+c.String())
	}
	return list
}

func (s *Shared) wrap(err error) error {
	var v *ValueError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &v), errors.Is(err, ErrType):
		return &component.Exception{Class: "TypeError", Err: err}
	case errors.Is(err, ErrKey), errors.Is(err, ErrColumn), errors.Is(err, ErrIndex):
		return &component.Exception{Class: "ValueError", Err: err}
	case errors.Is(err, ErrOverflow):
		return &component.Exception{Class: "ArithmeticError", Err: err}
	case errors.Is(err, ErrFull):
		return shared.Limit("the table %q: %w; give it other bounds, or delete rows", s.name, err)
	}
	return err
}

// changes reads a PHP array.
func (s *Shared) changes(row component.Opaque) ([]Change, error) {
	changes := make([]Change, 0, len(s.table.schema.Columns))
	err := row.Scalars(func(column string, value wire.Scalar) error {
		c, err := s.table.Change(column, native(value))
		changes = append(changes, c)
		return err
	})
	if errors.Is(err, wire.ErrType) {
		return nil, &component.Exception{Class: "TypeError", Err: errors.New("table: a row is an array of ints, floats, strings and bools, with the columns' names as keys")}
	}
	return changes, s.wrap(err)
}

// native is a scalar as Change takes it. Its text is copied: it would keep all of the row's bytes alive.
func native(v wire.Scalar) any {
	switch v.Tag {
	case wire.TagNull:
		return nil
	case wire.TagFalse, wire.TagTrue:
		return v.Tag == wire.TagTrue
	case wire.TagInt:
		return int64(v.Number)
	case wire.TagFloat:
		return math.Float64frombits(v.Number)
	case wire.TagString:
		return strings.Clone(v.Text)
	}
	return v
}

func (s *Shared) write(key string, row component.Opaque, mode Mode) (bool, error) {
	changes, err := s.changes(row)
	if err != nil {
		return false, err
	}
	done, err := s.table.Write(key, changes, mode)
	return done, s.wrap(err)
}

// Put makes a row, or replaces all of it.
func (s *Shared) Put(key string, row component.Opaque) (bool, error) {
	return s.write(key, row, Replace)
}

// Insert makes a row that is not there.
func (s *Shared) Insert(key string, row component.Opaque) (bool, error) {
	return s.write(key, row, Insert)
}

// Change changes columns of a row that is there.
func (s *Shared) Change(key string, row component.Opaque) (bool, error) {
	return s.write(key, row, Update)
}

// Merge changes columns of a row, which is made when it is not there.
func (s *Shared) Merge(key string, row component.Opaque) (bool, error) {
	return s.write(key, row, Merge)
}

// Row returns a row, or null.
func (s *Shared) Row(key string) component.Opaque {
	b, _ := s.table.Row(nil, key)
	return component.Opaque(b)
}

// Value returns one column of a row, null when there is no such row.
func (s *Shared) Value(key, column string) (component.Opaque, error) {
	b, _, err := s.table.Value(nil, key, column)
	return component.Opaque(b), s.wrap(err)
}

// SetValue changes one column of a row; a row that is not there is made.
func (s *Shared) SetValue(key, column string, value component.Opaque) error {
	v, err := value.Any()
	if err != nil {
		v = struct{}{}
	}
	c, err := s.table.Change(column, v)
	if err == nil {
		_, err = s.table.Write(key, []Change{c}, Merge)
	}
	return s.wrap(err)
}

// Has says whether there is a row.
func (s *Shared) Has(key string) bool { return s.table.Has(key) }

type incrementOptions struct {
	component.Options
	By int64
}

// Increment adds to an int column and returns the result. A row that is not there is made.
func (s *Shared) Increment(key, column string, o incrementOptions) (int64, error) {
	return s.more(key, column, o.By)
}

func (s *Shared) next(key, column string) (int64, error) { return s.more(key, column, 1) }

func (s *Shared) more(key, column string, by int64) (int64, error) {
	n, err := s.table.Increment(key, column, by)
	return n, s.wrap(err)
}

// Decrement subtracts from an int column and returns the result.
func (s *Shared) Decrement(key, column string, o incrementOptions) (int64, error) {
	if -o.By == o.By && o.By != 0 {
		return 0, s.wrap(ErrOverflow)
	}
	return s.more(key, column, -o.By)
}

// IncrementFloat adds to a float column and returns the result. A row that is not there is made.
func (s *Shared) IncrementFloat(key, column string, by float64) (float64, error) {
	n, err := s.table.IncrementFloat(key, column, by)
	return n, s.wrap(err)
}

// CompareAndSet changes a column if it has the expected value. False: it has another, or there is no such row.
func (s *Shared) CompareAndSet(key, column string, expected, value any) (bool, error) {
	e, err := s.table.Change(column, expected)
	if err != nil {
		return false, s.wrap(err)
	}
	to, err := s.table.Change(column, value)
	if err != nil {
		return false, s.wrap(err)
	}
	done, err := s.table.CompareAndSet(key, e, to)
	return done, s.wrap(err)
}

// Delete takes a row out; false: there was none.
func (s *Shared) Delete(key string) bool { return s.table.Delete(key) }

// Clear takes out all rows.
func (s *Shared) Clear() { s.table.Clear() }

// FindKeys returns the keys of rows whose $column has this value, in order. The column has an index.
func (s *Shared) FindKeys(column string, value any) ([]string, error) {
	where, err := s.table.Change(column, value)
	if err != nil {
		return nil, s.wrap(err)
	}
	keys, err := s.table.Find(where)
	return keys, s.wrap(err)
}

// CountWhere returns how many rows have this value in $column, which has an index.
func (s *Shared) CountWhere(column string, value any) (int, error) {
	where, err := s.table.Change(column, value)
	if err != nil {
		return 0, s.wrap(err)
	}
	n, err := s.table.Count(where)
	return n, s.wrap(err)
}

// Find gives the rows whose $column has this value, under their keys. The column has an index. Keys are those of the
// moment of the call, each row is as it is when its turn comes, and left out when it has another value then.
func (s *Shared) Find(column string, value any) (iter.Seq2[string, component.Opaque], error) {
	where, err := s.table.Change(column, value)
	if err != nil {
		return nil, s.wrap(err)
	}
	keys, err := s.table.Find(where)
	if err != nil {
		return nil, s.wrap(err)
	}
	return func(yield func(string, component.Opaque) bool) {
		for _, key := range keys {
			if b, ok := s.table.RowWhere(nil, key, where); ok && !yield(key, component.Opaque(b)) {
				return
			}
		}
	}, nil
}

// Keys returns all keys.
func (s *Shared) Keys() []string { return s.table.Keys() }

// All gives all rows under their keys. The keys are those of the moment of the call; each row is as it is when its turn
// comes, and left out when it is gone.
func (s *Shared) All() iter.Seq2[string, component.Opaque] {
	keys := s.table.Keys()
	return func(yield func(string, component.Opaque) bool) {
		for _, key := range keys {
			if b, ok := s.table.Row(nil, key); ok && !yield(key, component.Opaque(b)) {
				return
			}
		}
	}
}

// Len returns how many rows there are.
func (s *Shared) Len() int { return s.table.Len() }

// Columns returns the columns' types by their names.
func (s *Shared) Columns() *component.Map {
	m := wire.NewMap(len(s.table.schema.Columns))
	for _, c := range s.table.schema.Columns {
		m.Set(c.Name, c.String())
	}
	return m
}

// Stats is what there is to say of a table.
type Stats struct{ Rows, MaxRows, Bytes, MaxBytes int64 }

// Stats returns rows and bytes, with what they are bounded by.
func (s *Shared) Stats() Stats {
	return Stats{int64(s.table.Len()), int64(s.table.schema.MaxRows), s.table.Bytes(), s.table.schema.MaxBytes}
}

// Name returns the name.
func (s *Shared) Name() string { return s.name }

// Drop forgets the name: who opens it next has a new table. Those who have this one may go on with it.
func (s *Shared) Drop() bool {
	return tables.Drop(s.name, func(t *Table) bool { return t == s.table })
}

func init() {
	component.Register(`Phalanx\Shared\Native\Table`, Open, component.Remote(), component.Defaults(incrementOptions{By: 1}), component.As("Value", "value"),
		component.Direct("Increment", (*Shared).next, (*Shared).more))
}
