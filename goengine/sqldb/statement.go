package sqldb

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Statement is one SQL text with its placeholders found. It is read-only and shared.
type Statement struct {
	Source string
	// Reads is a statement that changes nothing and may run on a replica, as far as its text tells.
	Reads bool
	// Touches is a statement that may leave something behind in the session: SET, temporary tables, advisory locks.
	Touches bool
	// Control is a statement that begins or ends a transaction.
	Control bool
	// More is a text with a second statement in it.
	More bool

	dialect Dialect
	parts   []string // the text around the placeholders
	holes   []hole
	names   map[string]int // of named ones: index in the parameters of the statement
	args    int            // how many values it wants, positional ones; or names
	text    string         // as the server takes it, with no lists to expand
	record  record
}

// hole is a placeholder.
type hole struct {
	name  string // "" when it is positional
	index int    // of the value, from 0
	list  bool   // stands alone between the parentheses of IN ( )
}

// Named says whether values are given by name.
func (s *Statement) Named() bool { return s.names != nil }

var (
	errMixed = errors.New("named (:name) and positional (?, $1) placeholders in one statement: use one kind")
	errZero  = errors.New("placeholders count from $1")
)

// maxParams is what a statement's placeholders may count to: PostgreSQL's protocol has 16 bits for it.
const maxParams = 65535

// Parse finds the placeholders of a statement and says what it does. Quotes, comments, dollar quotes, casts and operators
// are those of the dialect. It never looks at values and never fails on SQL that a server refuses: only placeholders that
// cannot be are errors.
//
//	?        the next value. In PostgreSQL ?? is the operator ?, as are ?|, ?& and @? where no value can stand; a statement
//	         that has :names or $1 has no ? placeholders at all
//	$1, ?1   the first value; ?1 in SQLite only
//	:name    the value of that name
func Parse(sql string, dialect Dialect) (*Statement, error) {
	l := lexer{sql: sql, dialect: dialect}
	l.run()
	st := &Statement{Source: sql, dialect: dialect, Reads: l.reads(), Touches: l.touches(), Control: l.control(), More: l.more}
	return st, st.place(l.found)
}

// place decides which of the places found are placeholders.
func (s *Statement) place(found []mark) error {
	numbered, named := false, false
	for _, m := range found {
		numbered = numbered || m.kind == markNumber
		named = named || m.kind == markName
	}
	if numbered && named {
		return errMixed
	}
	at := 0
	var part strings.Builder
	for _, m := range found {
		h := hole{list: m.list}
		switch {
		case m.kind == markEscape: // ?? is one ?
			part.WriteString(s.Source[at:m.start])
			if numbered || named {
				part.WriteString("??")
			} else {
				part.WriteByte('?')
			}
			at = m.end
			continue
		case m.kind == markQuestion && (numbered || named):
			if s.dialect != PostgreSQL {
				return errMixed
			}
			continue
		case m.kind == markQuestion:
			h.index = s.args
			s.args++
		case m.kind == markNumber:
			n, err := strconv.Atoi(s.Source[m.start+1 : m.end])
			if n == 0 {
				return errZero
			}
			if err != nil || n > maxParams {
				return fmt.Errorf("%s: a statement has %d parameters at most", s.Source[m.start:m.end], maxParams)
			}
			h.index = n - 1
			s.args = max(s.args, n)
		default:
			h.name = s.Source[m.start+1 : m.end]
			if s.names == nil {
				s.names = map[string]int{}
			}
			index, known := s.names[h.name]
			if !known {
				index = len(s.names)
				s.names[h.name] = index
				s.args++
			}
			h.index = index
		}
		part.WriteString(s.Source[at:m.start])
		s.parts = append(s.parts, part.String())
		part.Reset()
		s.holes = append(s.holes, h)
		at = m.end
	}
	if s.args > maxParams {
		return fmt.Errorf("a statement has %d parameters at most", maxParams)
	}
	part.WriteString(s.Source[at:])
	s.parts = append(s.parts, part.String())
	s.text = s.Source
	if len(s.holes) > 0 || len(s.parts[0]) != len(s.Source) {
		s.text, _ = s.expand(nil, nil)
	}
	return nil
}

// bind puts values in the order in which the statement wants them. given is nil, a list or a map; the text is what to
// prepare, which only values that are lists make another than the statement's own.
func (s *Statement) bind(given any, order []any) (text string, values []any, err error) {
	all := order[:0]
	switch given := given.(type) {
	case nil:
	case []any:
		all = given
	case interface {
		Len() int
		Get(string) (any, bool)
	}:
		if !s.Named() {
			return "", nil, paramError("named values are given, and the statement has %s", s.wants())
		}
		if given.Len() != len(s.names) {
			return "", nil, s.nameMismatch(given)
		}
		all = append(all, make([]any, len(s.names))...)
		for name, i := range s.names {
			v, ok := given.Get(name)
			if !ok {
				if v, ok = given.Get(":" + name); !ok { // as PDO takes them
					return "", nil, s.nameMismatch(given)
				}
			}
			all[i] = v
		}
		return s.order(all)
	}
	if s.Named() {
		return "", nil, paramError("the statement wants values by name (%s), %d given by position", s.nameList(), len(all))
	}
	if len(all) != s.args {
		return "", nil, paramError("the statement has %s, %d values are given", s.wants(), len(all))
	}
	return s.order(all)
}

func (s *Statement) wants() string {
	if s.args == 0 {
		return "no placeholders"
	}
	return strconv.Itoa(s.args) + " positional placeholders"
}

func (s *Statement) nameList() string {
	names := make([]string, len(s.names))
	for name, i := range s.names {
		names[i] = ":" + name
	}
	return strings.Join(names, ", ")
}

func (s *Statement) nameMismatch(given interface{ Get(string) (any, bool) }) error {
	for name := range s.names {
		if _, ok := given.Get(name); ok {
			continue
		}
		if _, ok := given.Get(":" + name); !ok {
			return paramError("no value for :%s is given; the statement wants %s", name, s.nameList())
		}
	}
	return paramError("more values are given than the statement wants: %s", s.nameList())
}

// order expands lists for IN, and repeats values where the dialect has no numbered placeholders.
func (s *Statement) order(all []any) (string, []any, error) {
	expands := false
	for _, h := range s.holes {
		if _, ok := all[h.index].([]any); ok && h.list {
			expands = true
			break
		}
	}
	if expands {
		text, values := s.expand(all, make([]any, 0, len(all)+16))
		if len(values) > maxParams {
			return "", nil, paramError("the lists have %d values: a statement has %d at most", len(values), maxParams)
		}
		return text, values, nil
	}
	if s.dialect == PostgreSQL {
		return s.text, all, nil
	}
	inOrder := len(s.holes) == len(all)
	for i, h := range s.holes {
		inOrder = inOrder && h.index == i
	}
	if inOrder {
		return s.text, all, nil
	}
	values := make([]any, len(s.holes))
	for i, h := range s.holes {
		values[i] = all[h.index]
	}
	return s.text, values, nil
}

// expand writes the text with the dialect's placeholders, a list's one for each value. An empty list is NULL, which is in
// no list and equals nothing.
func (s *Statement) expand(all, values []any) (string, []any) {
	var b strings.Builder
	b.Grow(len(s.Source) + 8*len(s.holes))
	next := 0
	number := make([]int, s.args) // what a value's placeholder is, in PostgreSQL
	put := func(v any) int {
		if all != nil {
			values = append(values, v)
		}
		next++
		return next
	}
	if all == nil { // values keep their numbers
		for i := range number {
			number[i] = i + 1
		}
	}
	write := func(n int) {
		if s.dialect == PostgreSQL {
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
			return
		}
		b.WriteByte('?')
	}
	for i, h := range s.holes {
		b.WriteString(s.parts[i])
		if all != nil && h.list {
			if list, ok := all[h.index].([]any); ok {
				if len(list) == 0 {
					b.WriteString("NULL")
				}
				for j, v := range list {
					if j > 0 {
						b.WriteString(", ")
					}
					write(put(v))
				}
				continue
			}
		}
		var v any
		if all != nil {
			v = all[h.index]
		}
		if s.dialect != PostgreSQL {
			write(put(v))
			continue
		}
		if number[h.index] == 0 {
			number[h.index] = put(v)
		}
		write(number[h.index])
	}
	b.WriteString(s.parts[len(s.parts)-1])
	return b.String(), values
}
