package sqldb

import (
	"bytes"
	"math"
	"strconv"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// Shape is what becomes of a result's rows.
type Shape uint8

// The shapes. Their numbers are those that PHP gives.
const (
	Assoc  Shape = iota // a list of arrays with the columns' names
	Lists               // a list of lists
	First               // the first row, or null
	Value               // the first row's first column, or null
	Column              // the first column of all rows
	Pairs               // the first column => the second
	Table               // columns, rows as lists, and what execute answers
	None                // how many rows
	shapes
)

// maxResult bounds a result, in bytes of its wire format: the border takes 64 MiB.
const maxResult = wire.DefaultBytes - 4096

var errTooLarge = &Error{Kind: Usage, SQLState: "HY001", Message: "the result is larger than 64 MiB: read it with stream(), or less of it"}

// sink writes rows in the wire format while they come, cell by cell.
type sink struct {
	shape Shape
	buf   []byte
	head  int // where the count of rows stands
	rows  int

	names []string
	keys  [][]byte // the columns' names as keys, encoded
	once  bool     // of Assoc: the keys stand once before all rows
	types []string // for Table
	cell  int      // the next
	skip  bool     // this row is not wanted
	start int      // of the row in buf
	room  int      // how much the result is likely to be, in bytes
}

// columns begins a result that has rows.
func (s *sink) columns(names []string, keys [][]byte, types []string) {
	s.names, s.keys, s.types = names, keys, types
	if s.buf == nil {
		s.buf = make([]byte, 0, max(s.room, leastRoom))
	}
	switch s.shape {
	case Assoc:
		s.head, s.once = len(s.buf), distinct(keys)
		if s.once {
			s.buf = wire.AppendRows(s.buf, 0, keys)
		} else {
			s.buf = wire.AppendList(s.buf, 0)
		}
	case Lists, Column:
		s.head = len(s.buf)
		s.buf = wire.AppendList(s.buf, 0)
	case Pairs:
		s.head = len(s.buf)
		s.buf = wire.AppendMap(s.buf, 0)
	case Table:
		s.buf = wire.AppendMap(s.buf, 4)
		s.buf = wire.AppendKey(s.buf, "columns")
		s.buf = wire.AppendList(s.buf, len(names))
		for i, name := range names {
			s.buf = wire.AppendMap(s.buf, 2)
			s.buf = wire.AppendKey(s.buf, "name")
			s.buf = wire.AppendString(s.buf, name)
			s.buf = wire.AppendKey(s.buf, "type")
			s.buf = wire.AppendString(s.buf, types[i])
		}
		s.buf = wire.AppendKey(s.buf, "rows")
		s.head = len(s.buf)
		s.buf = wire.AppendList(s.buf, 0)
	}
}

// leastRoom and mostRoom bound what is set aside for a result before its size is known, in bytes.
const (
	leastRoom = 512
	mostRoom  = 1 << 20
)

// check says whether a result with these columns can have the shape.
func (s *sink) check(columns int) error {
	switch {
	case columns == 0 && s.shape != Table && s.shape != None:
		return usageError("the statement has no result: use execute()")
	case columns != 2 && s.shape == Pairs:
		return usageError("pairs() wants two columns, the statement has %d", columns)
	}
	return nil
}

// row begins a row.
func (s *sink) row() {
	s.cell, s.start = 0, len(s.buf)
	s.skip = s.shape == None || (s.shape == First || s.shape == Value) && s.rows > 0
	if s.skip {
		return
	}
	switch s.shape {
	case Assoc, First:
		if !s.once {
			s.buf = wire.AppendMap(s.buf, len(s.keys))
		}
	case Lists, Table:
		s.buf = wire.AppendList(s.buf, len(s.names))
	}
}

// next is called before each cell; false: the cell is not wanted.
func (s *sink) next() bool {
	i := s.cell
	s.cell++
	if s.skip {
		return false
	}
	switch s.shape {
	case Assoc, First:
		if !s.once {
			s.buf = append(s.buf, s.keys[i]...)
		}
	case Value, Column:
		return i == 0
	}
	return true
}

// end ends a row.
func (s *sink) end() error {
	s.rows++
	if s.shape == Pairs {
		s.pairKey()
	}
	if len(s.buf) > maxResult {
		return errTooLarge
	}
	return nil
}

// pairKey makes the row's first value a key: PHP's are ints and strings.
func (s *sink) pairKey() {
	var text []byte
	n := 1
	switch s.buf[s.start] {
	case wire.TagInt, wire.TagString:
		return
	case wire.TagTrue:
		text = wire.AppendInt(nil, 1)
	case wire.TagFalse:
		text = wire.AppendInt(nil, 0)
	case wire.TagNull:
		text = wire.AppendString(nil, "")
	case wire.TagFloat:
		n = 9
		bits := uint64(0)
		for i := range 8 {
			bits |= uint64(s.buf[s.start+1+i]) << (8 * i)
		}
		text = wire.AppendKey(nil, formatFloat(math.Float64frombits(bits)))
	default: // an array of PostgreSQL
		d := wire.NewDecoder(s.buf[s.start:], wire.Limits{}, nil)
		rest := s.buf[s.start:]
		if d.Skip() == nil {
			n = len(rest) - d.Left()
		}
		text = wire.AppendString(nil, "Array")
	}
	tail := append([]byte(nil), s.buf[s.start+n:]...)
	s.buf = append(append(s.buf[:s.start], text...), tail...)
}

// done ends the result and gives its bytes. columns says whether the statement had rows at all.
func (s *sink) done(columns bool, r Result) []byte {
	if !columns && s.shape == Table {
		s.columns(nil, nil, nil)
	}
	switch s.shape {
	case Assoc, Lists, Column, Table:
		if s.once && s.rows == 0 {
			return wire.AppendList(s.buf[:s.head], 0)
		}
		if s.once {
			wire.AppendRows(s.buf[:s.head], s.rows, s.keys)
			return s.buf
		}
		wire.AppendList(s.buf[:s.head], s.rows) // again, in place
	case Pairs:
		wire.AppendMap(s.buf[:s.head], s.rows)
	case First, Value:
		if s.rows == 0 {
			return wire.AppendNull(s.buf)
		}
	case None:
		return wire.AppendInt(s.buf, int64(s.rows))
	}
	if s.shape == Table {
		s.buf = wire.AppendKey(s.buf, "affectedRows")
		s.buf = wire.AppendInt(s.buf, r.AffectedRows)
		s.buf = wire.AppendKey(s.buf, "lastInsertId")
		if r.LastInsertID == nil {
			s.buf = wire.AppendNull(s.buf)
		} else {
			s.buf = wire.AppendInt(s.buf, *r.LastInsertID)
		}
	}
	return s.buf
}

// keysOf encodes columns' names as the keys of rows.
func keysOf(names []string) [][]byte {
	keys := make([][]byte, len(names))
	for i, name := range names {
		keys[i] = wire.AppendKey(nil, name)
	}
	return keys
}

// distinct says whether rows with these keys may have them in common: there are some, and none comes twice.
func distinct(keys [][]byte) bool {
	if len(keys) > 32 { // a comparison of each with each is dearer then
		seen := make(map[string]struct{}, len(keys))
		for _, k := range keys {
			seen[string(k)] = struct{}{}
		}
		return len(seen) == len(keys)
	}
	for i, k := range keys {
		for _, other := range keys[:i] {
			if bytes.Equal(k, other) {
				return false
			}
		}
	}
	return len(keys) > 0
}

func formatFloat(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

// Result is what a statement without rows has done.
type Result struct {
	// How many rows were inserted, changed or deleted.
	AffectedRows int64
	// What AUTO_INCREMENT, or SQLite, has given the row that was inserted last. PostgreSQL says it with RETURNING: null.
	LastInsertID *int64 `php:"lastInsertId"`
}

// Rows is what a statement answers, in the wire format already.
type Rows []byte

// AppendWire hands the bytes over; where nothing stands before them, without a copy.
func (r Rows) AppendWire(dst []byte) ([]byte, error) {
	switch {
	case len(r) == 0:
		return wire.AppendNull(dst), nil
	case cap(dst) == 0:
		return r, nil
	}
	return append(dst, r...), nil
}
