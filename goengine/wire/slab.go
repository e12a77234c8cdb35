package wire

import "unsafe"

// slabs give the small values of a decoded any their memory in pieces: an int, a string or a map of its own each would
// be an allocation each. A piece lives as long as any value in it, so the pieces are small.
type slabs struct {
	ints   []int64
	floats []float64
	lists  [][]any
	texts  []string
	bytes  []byte
	values []any
	keys   []Key
	maps   []Map
}

const (
	slabInts   = 64
	slabTexts  = 32
	slabBytes  = 1 << 10
	slabText   = 128 // bytes; a longer string has memory of its own
	slabValues = 64
	slabKeys   = 32
	slabMaps   = 16
)

// eface is how Go lays out an any.
type eface struct{ typ, data unsafe.Pointer }

func typeWord(v any) unsafe.Pointer { return (*eface)(unsafe.Pointer(&v)).typ }

var int64Word, floatWord, stringWord, listWord = typeWord(int64(0)), typeWord(0.0), typeWord(""), typeWord([]any(nil))

func box(typ, data unsafe.Pointer) any {
	e := eface{typ, data}
	return *(*any)(unsafe.Pointer(&e))
}

// int boxes an int64.
func (s *slabs) int(n int64) any {
	if uint64(n) < 256 {
		return n // the runtime has these
	}
	if len(s.ints) == 0 {
		s.ints = make([]int64, slabInts)
	}
	p := &s.ints[0]
	*p, s.ints = n, s.ints[1:]
	return box(int64Word, unsafe.Pointer(p))
}

// float boxes a float64.
func (s *slabs) float(f float64) any {
	if len(s.floats) == 0 {
		s.floats = make([]float64, slabInts)
	}
	p := &s.floats[0]
	*p, s.floats = f, s.floats[1:]
	return box(floatWord, unsafe.Pointer(p))
}

// copy makes a string of bytes.
func (s *slabs) copy(b []byte) string {
	switch n := len(b); {
	case n == 0:
		return ""
	case n == 1, n > slabText: // the runtime has those of one byte
		return string(b)
	case n > len(s.bytes):
		s.bytes = make([]byte, slabBytes)
		fallthrough
	default:
		copy(s.bytes, b)
		text := unsafe.String(&s.bytes[0], n) // nobody writes there again
		s.bytes = s.bytes[n:]
		return text
	}
}

// text boxes a string.
func (s *slabs) text(b []byte) any {
	if len(s.texts) == 0 {
		s.texts = make([]string, slabTexts)
	}
	p := &s.texts[0]
	*p, s.texts = s.copy(b), s.texts[1:]
	return box(stringWord, unsafe.Pointer(p))
}

// boxList boxes a list.
func (s *slabs) boxList(list []any) any {
	if len(s.lists) == 0 {
		s.lists = make([][]any, slabTexts)
	}
	p := &s.lists[0]
	*p, s.lists = list, s.lists[1:]
	return box(listWord, unsafe.Pointer(p))
}

// strings is a slice of n strings and no more capacity.
func (s *slabs) strings(n int) []string {
	if n > slabTexts/2 || n == 0 {
		return make([]string, n)
	}
	if n > len(s.texts) {
		s.texts = make([]string, slabTexts)
	}
	list := s.texts[:n:n]
	s.texts = s.texts[n:]
	return list
}

// list is a slice of n values and no more capacity.
func (s *slabs) list(n int) []any {
	if n > slabValues/2 || n == 0 {
		return make([]any, n)
	}
	if n > len(s.values) {
		s.values = make([]any, slabValues)
	}
	list := s.values[:n:n]
	s.values = s.values[n:]
	return list
}

// row is a Map with these keys, whose values are to be set.
func (s *slabs) row(keys []Key) *Map {
	if len(s.maps) == 0 {
		s.maps = make([]Map, slabMaps)
	}
	m := &s.maps[0]
	s.maps = s.maps[1:]
	m.keys, m.values = keys, s.list(len(keys))
	return m
}

// dict is a Map with n entries, which are to be set.
func (s *slabs) dict(n int) *Map {
	if n > slabKeys/2 {
		return s.row(make([]Key, n))
	}
	if n > len(s.keys) {
		s.keys = make([]Key, slabKeys)
	}
	keys := s.keys[:n:n]
	s.keys = s.keys[n:]
	return s.row(keys)
}
