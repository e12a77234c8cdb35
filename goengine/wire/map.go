package wire

import (
	"encoding/json"
	"iter"
	"strconv"
)

// Key is a key of a PHP array: an int or a string. The zero Key is the int 0.
type Key struct {
	str      string
	num      int64
	isString bool
}

// IntKey is an int key.
func IntKey(n int64) Key { return Key{num: n} }

// StringKey is the key that PHP makes of a string: an int when it is one in decimal ("7", not "07").
func StringKey(s string) Key {
	if n, ok := integerKey(s); ok {
		return Key{num: n}
	}
	return Key{str: s, isString: true}
}

// IsString says whether the key is a string.
func (k Key) IsString() bool { return k.isString }

// Int is an int key's value; 0 for a string.
func (k Key) Int() int64 { return k.num }

// String is the key as text, an int in decimal.
func (k Key) String() string {
	if k.isString {
		return k.str
	}
	return strconv.FormatInt(k.num, 10)
}

// Map is a PHP array whose keys are not 0, 1, 2 and so on: it keeps their order. It is what Decoder.Any makes of one.
// The zero Map is empty and ready for use; it is not safe for several goroutines.
type Map struct {
	keys   []Key // rows of one list share theirs: those that are there never change, and there is no room behind them
	values []any
	index  map[Key]int // made by the first look-up that is worth it
}

// NewMap has room for n entries.
func NewMap(n int) *Map { return &Map{keys: make([]Key, 0, n), values: make([]any, 0, n)} }

// Len is the number of entries.
func (m *Map) Len() int { return len(m.keys) }

// All gives the entries in their order.
func (m *Map) All() iter.Seq2[Key, any] {
	return func(yield func(Key, any) bool) {
		for i, v := range m.values {
			if !yield(m.keys[i], v) {
				return
			}
		}
	}
}

// At finds an entry.
func (m *Map) At(key Key) (any, bool) {
	if i, ok := m.find(key); ok {
		return m.values[i], true
	}
	return nil, false
}

// Get finds the entry that PHP finds under a string key.
func (m *Map) Get(key string) (any, bool) { return m.At(StringKey(key)) }

// Put sets an entry; a new one comes last.
func (m *Map) Put(key Key, value any) {
	if i, ok := m.find(key); ok {
		m.values[i] = value
		return
	}
	if m.index != nil {
		m.index[key] = len(m.keys)
	}
	m.add(key, value)
}

func (m *Map) add(key Key, value any) {
	m.keys = append(m.keys, key)
	m.values = append(m.values, value)
}

// Set sets the entry of a string key.
func (m *Map) Set(key string, value any) { m.Put(StringKey(key), value) }

// scanned is how many keys are compared one after another, before an index is worth its memory.
const scanned = 8

// find takes the last of a key that is there twice, as PHP does.
func (m *Map) find(key Key) (int, bool) {
	if m.index == nil && len(m.keys) <= scanned {
		for i := len(m.keys) - 1; i >= 0; i-- {
			if m.keys[i] == key {
				return i, true
			}
		}
		return 0, false
	}
	if m.index == nil {
		m.index = make(map[Key]int, len(m.keys))
		for i, k := range m.keys {
			m.index[k] = i
		}
	}
	i, ok := m.index[key]
	return i, ok
}

// Strings is the map without its order, with ints as text; maps inside it stay as they are.
func (m *Map) Strings() map[string]any {
	out := make(map[string]any, len(m.keys))
	for i, k := range m.keys {
		out[k.String()] = m.values[i]
	}
	return out
}

// MarshalJSON writes an object with the entries in their order.
func (m *Map) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, k := range m.keys {
		if i > 0 {
			out = append(out, ',')
		}
		name, err := json.Marshal(k.String())
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.values[i])
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}'), nil
}
