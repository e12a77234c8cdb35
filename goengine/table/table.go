// Package table has tables in memory that all workers of a process share: rows with typed columns under string keys.
//
// Each call is atomic for its row. Rows are spread over shards, each with a lock of its own; an index has one too, which is
// taken inside a shard's.
package table

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

const (
	// MaxKeyBytes is how long a row's key may be.
	MaxKeyBytes = 1024
	// RowOverhead is what a row costs beside its key, its columns and its strings, in bytes: TestTheBoundIsThatOfTheMemory.
	RowOverhead = 80
	// CellBytes is what a column of a row costs.
	CellBytes = 24
	// IndexOverhead is what a row costs in an index, beside its key and value.
	IndexOverhead = 300

	shardCount = 64
)

var (
	// ErrKey answers keys that are empty or too long.
	ErrKey = errors.New("table: a key has 1 to 1024 bytes")
	// ErrColumn answers names of columns that there are not, or that have no index.
	ErrColumn = errors.New("table: no such column")
	// ErrIndex answers look-ups by a column without an index.
	ErrIndex = errors.New("table: the column has no index")
	// ErrFull answers who would add a row, or a string, that the table's bounds do not allow.
	ErrFull = errors.New("table: full")
	// ErrType answers increments of columns that are no numbers of that type.
	ErrType = errors.New("table: not a column of that type")
	// ErrOverflow answers increments past the ends of an int.
	ErrOverflow = errors.New("table: the result is no 64-bit int")
)

// Schema is what a table is made of.
type Schema struct {
	Columns  []Column
	Indexes  []string
	MaxRows  int
	MaxBytes int64
}

// Table holds rows. Its methods may be called from any goroutine.
type Table struct {
	schema  Schema
	columns map[string]int
	keys    [][]byte // the columns' names as they cross
	indexes []*index // by column; nil: none
	rows    atomic.Int64
	bytes   atomic.Int64
	shards  [shardCount]shard
}

type shard struct {
	mu   sync.Mutex // guards rows and what is in them
	rows map[string]*row
	_    [48]byte
}

type row struct{ cells []cell }

type index struct {
	mu   sync.Mutex // guards keys
	keys map[cell]map[string]struct{}
}

// New makes a table, or says what is wrong with its schema.
func New(s Schema) (*Table, error) {
	if len(s.Columns) == 0 || len(s.Columns) > MaxColumns {
		return nil, fmt.Errorf("table: a table has 1 to %d columns", MaxColumns)
	}
	t := &Table{schema: s, columns: map[string]int{}, indexes: make([]*index, len(s.Columns))}
	for i, c := range s.Columns {
		if _, twice := t.columns[c.Name]; twice {
			return nil, fmt.Errorf("table: column %q comes twice", c.Name)
		}
		t.columns[c.Name] = i
		t.keys = append(t.keys, wire.AppendKey(nil, c.Name))
	}
	for _, name := range s.Indexes {
		i, ok := t.columns[name]
		if !ok {
			return nil, fmt.Errorf("table: there is no column %q to be indexed", name)
		}
		t.indexes[i] = &index{keys: map[cell]map[string]struct{}{}}
	}
	for i := range t.shards {
		t.shards[i].rows = map[string]*row{}
	}
	return t, nil
}

// Schema is what it was made of.
func (t *Table) Schema() Schema { return t.schema }

func (t *Table) shard(key string) *shard { return &t.shards[xxhash.Sum64String(key)%shardCount] }

// Change is a new value for a column.
type Change struct {
	column int
	cell   cell
}

// Change checks a value for a column.
func (t *Table) Change(column string, value any) (Change, error) {
	i, ok := t.columns[column]
	if !ok {
		return Change{}, fmt.Errorf("%w %q", ErrColumn, column)
	}
	c, err := t.schema.Columns[i].cell(value)
	return Change{i, c}, err
}

// Mode says what Write does with a row that is there, and with one that is not.
type Mode int

// The modes of Write.
const (
	Replace Mode = iota // makes it, or replaces all of it
	Insert              // only makes it
	Update              // only changes it
	Merge               // makes it, or changes it
)

func checkKey(key string) error {
	if key == "" || len(key) > MaxKeyBytes {
		return ErrKey
	}
	return nil
}

// cost is what a row takes of the table's bytes.
func (t *Table) cost(key string, cells []cell) int64 {
	n := int64(RowOverhead + len(key) + CellBytes*len(cells))
	for i, c := range cells {
		n += int64(len(c.text))
		if t.indexes[i] != nil {
			n += int64(IndexOverhead + len(c.text))
		}
	}
	return n
}

// Write changes a row as the mode says; false: it was there, or was not. What is not given of a new row is 0, "" or false.
func (t *Table) Write(key string, changes []Change, mode Mode) (bool, error) {
	if err := checkKey(key); err != nil {
		return false, err
	}
	s := t.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.rows[key]
	if old == nil && mode == Update || old != nil && mode == Insert {
		return false, nil
	}
	cells := make([]cell, len(t.schema.Columns))
	if old != nil && mode != Replace {
		copy(cells, old.cells)
	}
	for _, c := range changes {
		cells[c.column] = c.cell
	}
	return true, t.put(s, key, old, cells)
}

// put makes a row of the cells. It is called with the shard's mu held.
func (t *Table) put(s *shard, key string, old *row, cells []cell) error {
	grows := t.cost(key, cells)
	if old != nil {
		grows -= t.cost(key, old.cells)
	} else if t.rows.Add(1) > int64(t.schema.MaxRows) {
		t.rows.Add(-1)
		return fmt.Errorf("%w: it has %d rows", ErrFull, t.schema.MaxRows)
	}
	if n := t.bytes.Add(grows); grows > 0 && n > t.schema.MaxBytes {
		t.bytes.Add(-grows)
		if old == nil {
			t.rows.Add(-1)
		}
		return fmt.Errorf("%w: it would take %d bytes of %d", ErrFull, n, t.schema.MaxBytes)
	}
	for i, ix := range t.indexes {
		if ix == nil || old != nil && old.cells[i] == cells[i] {
			continue
		}
		ix.mu.Lock()
		if old != nil {
			ix.remove(old.cells[i], key)
		}
		ix.add(cells[i], key)
		ix.mu.Unlock()
	}
	if old != nil {
		old.cells = cells
	} else {
		s.rows[key] = &row{cells}
	}
	return nil
}

func (ix *index) add(c cell, key string) {
	if ix.keys[c] == nil {
		ix.keys[c] = map[string]struct{}{}
	}
	ix.keys[c][key] = struct{}{}
}

func (ix *index) remove(c cell, key string) {
	if delete(ix.keys[c], key); len(ix.keys[c]) == 0 {
		delete(ix.keys, c)
	}
}

// Row appends a row as a PHP array; false: there is none.
func (t *Table) Row(dst []byte, key string) ([]byte, bool) {
	s := t.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[key]
	if r == nil {
		return dst, false
	}
	return t.append(dst, r.cells), true
}

func (t *Table) append(dst []byte, cells []cell) []byte {
	dst = wire.AppendMap(dst, len(cells))
	for i, c := range cells {
		dst = t.schema.Columns[i].append(append(dst, t.keys[i]...), c)
	}
	return dst
}

// Value appends a column of a row; false: there is no such row.
func (t *Table) Value(dst []byte, key, column string) ([]byte, bool, error) {
	i, ok := t.columns[column]
	if !ok {
		return dst, false, fmt.Errorf("%w %q", ErrColumn, column)
	}
	s := t.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[key]
	if r == nil {
		return dst, false, nil
	}
	return t.schema.Columns[i].append(dst, r.cells[i]), true, nil
}

// Has says whether there is a row.
func (t *Table) Has(key string) bool {
	s := t.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rows[key] != nil
}

// Increment adds to an int and answers the result; a row that is not there is made.
func (t *Table) Increment(key, column string, by int64) (n int64, err error) {
	err = t.number(key, column, Int, func(c *cell) error {
		was := int64(c.number)
		if n = was + by; (n > was) != (by > 0) && by != 0 {
			return ErrOverflow
		}
		c.number = uint64(n)
		return nil
	})
	return n, err
}

// IncrementFloat adds to a float and answers the result; a row that is not there is made.
func (t *Table) IncrementFloat(key, column string, by float64) (n float64, err error) {
	err = t.number(key, column, Float, func(c *cell) error {
		n = math.Float64frombits(c.number) + by
		c.number = math.Float64bits(n)
		return nil
	})
	return n, err
}

func (t *Table) number(key, column string, want Type, change func(*cell) error) error {
	i, ok := t.columns[column]
	if !ok {
		return fmt.Errorf("%w %q", ErrColumn, column)
	}
	if t.schema.Columns[i].Type != want {
		return fmt.Errorf("%w: %q is %s", ErrType, column, t.schema.Columns[i])
	}
	if err := checkKey(key); err != nil {
		return err
	}
	s := t.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[key]
	if r != nil && t.indexes[i] == nil {
		return change(&r.cells[i]) // in place: its size is the same
	}
	cells := make([]cell, len(t.schema.Columns))
	if r != nil {
		copy(cells, r.cells)
	}
	if err := change(&cells[i]); err != nil {
		return err
	}
	return t.put(s, key, r, cells)
}

// CompareAndSet changes a column that has the expected value; false: it has not, or there is no such row. Floats are equal
// when their bits are, as NAN is to itself.
func (t *Table) CompareAndSet(key string, expected, to Change) (bool, error) {
	s := t.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[key]
	if r == nil || r.cells[expected.column] != expected.cell {
		return false, nil
	}
	cells := slices.Clone(r.cells)
	cells[to.column] = to.cell
	return true, t.put(s, key, r, cells)
}

// Delete takes a row out; false: there was none.
func (t *Table) Delete(key string) bool {
	s := t.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[key]
	if r != nil {
		t.remove(s, key, r)
	}
	return r != nil
}

func (t *Table) remove(s *shard, key string, r *row) {
	for i, ix := range t.indexes {
		if ix != nil {
			ix.mu.Lock()
			ix.remove(r.cells[i], key)
			ix.mu.Unlock()
		}
	}
	delete(s.rows, key)
	t.rows.Add(-1)
	t.bytes.Add(-t.cost(key, r.cells))
}

// Clear takes out all rows that are there at the moment it comes to their shard.
func (t *Table) Clear() {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		for key, r := range s.rows {
			t.remove(s, key, r)
		}
		s.rows = map[string]*row{}
		s.mu.Unlock()
	}
}

// Find answers the keys of rows whose column has a value, in order; the column has an index.
func (t *Table) Find(where Change) ([]string, error) {
	ix := t.indexes[where.column]
	if ix == nil {
		return nil, fmt.Errorf("%w: %q", ErrIndex, t.schema.Columns[where.column].Name)
	}
	ix.mu.Lock()
	keys := make([]string, 0, len(ix.keys[where.cell]))
	for key := range ix.keys[where.cell] {
		keys = append(keys, key)
	}
	ix.mu.Unlock()
	slices.Sort(keys)
	return keys, nil
}

// Count is how many rows have a value in a column with an index.
func (t *Table) Count(where Change) (int, error) {
	ix := t.indexes[where.column]
	if ix == nil {
		return 0, fmt.Errorf("%w: %q", ErrIndex, t.schema.Columns[where.column].Name)
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	return len(ix.keys[where.cell]), nil
}

// RowWhere appends a row that still has a value in a column.
func (t *Table) RowWhere(dst []byte, key string, where Change) ([]byte, bool) {
	s := t.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[key]
	if r == nil || r.cells[where.column] != where.cell {
		return dst, false
	}
	return t.append(dst, r.cells), true
}

// Keys answers all keys, shard by shard, each shard's at one moment and in order.
func (t *Table) Keys() []string {
	keys := make([]string, 0, t.Len())
	for i := range t.shards {
		s := &t.shards[i]
		from := len(keys)
		s.mu.Lock()
		for key := range s.rows {
			keys = append(keys, key)
		}
		s.mu.Unlock()
		slices.Sort(keys[from:])
	}
	return keys
}

// Len is how many rows there are.
func (t *Table) Len() int { return int(t.rows.Load()) }

// Bytes is what they take.
func (t *Table) Bytes() int64 { return t.bytes.Load() }
