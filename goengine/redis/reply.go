package redis

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unsafe"

	"github.com/redis/rueidis"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// Shape says what PHP gets of a reply. The old protocol and the new one then answer the same: what RESP3 sends as a map is a
// flat list in RESP2, and a float a string.
type Shape int

// The shapes. Whatever is not there is null in each of them, but for Bool.
const (
	Raw       Shape = iota // as it comes: null, bool, int, float, string, list, map
	Bool                   // OK and numbers but 0 are true, nothing is false
	Float                  // a float
	Map                    // keys and values in turns
	Scores                 // member => score
	Bools                  // a list of bools
	Floats                 // a list of floats or null
	Fields                 // a list, under the names that were asked for (from the third argument on)
	Entries                // of a stream: id => fields
	Streams                // stream => entries
	Info                   // INFO's lines: name => value
	Positions              // a list of [longitude, latitude] or null
	Clients                // CLIENT LIST's lines: a list of maps
	Popped                 // [key, member, score]
	PoppedSet              // [key, member => score]
	Claimed                // XAUTOCLAIM: [next id, entries, deleted ids]
	Maps                   // a list of maps
	Deep                   // lists in which names and values take turns are maps, at every depth below the first
	Ints                   // a list of ints
	Pairs                  // a list of [member, score]
	Moment                 // TIME: seconds as a float
	Doubles                // name => float or null, under the members that were asked for
	Places                 // GEOSEARCH with options: member => [distance, hash, position], those that were asked for
	lastShape
)

// shapeNames are the constants of the PHP class.
var shapeNames = [...]string{"RAW", "BOOL", "FLOAT", "MAP", "SCORES", "BOOLS", "FLOATS", "FIELDS", "ENTRIES", "STREAMS", "INFO",
	"POSITIONS", "CLIENTS", "POPPED", "POPPED_SET", "CLAIMED", "MAPS", "DEEP", "INTS", "PAIRS", "MOMENT", "DOUBLES", "PLACES"}

// message is rueidis' RedisMessage from the inside. Its own methods make Go maps of maps, which have no order, and copies
// of everything; PHP's arrays keep the order, and are written from the message at once.
type message struct {
	attrs *message
	bytes *byte
	array *message
	n     int64
	typ   byte
	ttl   [7]byte
}

// sameLayout says whether message is what RedisMessage is: another version of rueidis may be in use.
var sameLayout = sync.OnceValue(func() bool {
	theirs, ours := reflect.TypeFor[rueidis.RedisMessage](), reflect.TypeFor[message]()
	if theirs.Size() != ours.Size() || theirs.NumField() != ours.NumField() {
		return false
	}
	for i, name := range []string{"attrs", "bytes", "array", "intlen", "typ", "ttl"} {
		a, b := theirs.Field(i), ours.Field(i)
		if a.Name != name || a.Offset != b.Offset || a.Type.Kind() != b.Type.Kind() {
			return false
		}
	}
	return true
})

var errLayout = errors.New("redis: this version of rueidis has another layout of replies than Phalanx knows")

// RESP's types.
const (
	tBlob     = '$'
	tSimple   = '+'
	tError    = '-'
	tInt      = ':'
	tNull     = '_'
	tFloat    = ','
	tBool     = '#'
	tBlobErr  = '!'
	tVerbatim = '='
	tArray    = '*'
	tMap      = '%'
	tSet      = '~'
	tPush     = '>'
)

func (m *message) text() string {
	if m.bytes == nil {
		return ""
	}
	return unsafe.String(m.bytes, m.n)
}

func (m *message) values() []message {
	if m.array == nil {
		return nil
	}
	return unsafe.Slice(m.array, m.n)
}

// plain is the text of a verbatim string without its kind ("txt:"), and of any other as it is.
func (m *message) plain() string {
	if t := m.text(); m.typ == tVerbatim && len(t) >= 4 {
		return t[4:]
	}
	return m.text()
}

func (m *message) isNull() bool { return m.typ == tNull }
func (m *message) isError() bool {
	return m.typ == tError || m.typ == tBlobErr
}
func (m *message) isList() bool {
	return m.typ == tArray || m.typ == tSet || m.typ == tMap || m.typ == tPush
}

// float reads a number in any of the forms that it has.
func (m *message) float() (float64, bool) {
	switch m.typ {
	case tInt:
		return float64(m.n), true
	case tBlob, tSimple, tFloat, tVerbatim:
		f, err := strconv.ParseFloat(m.text(), 64)
		return f, err == nil
	}
	return 0, false
}

func (m *message) int() (int64, bool) {
	switch m.typ {
	case tInt:
		return m.n, true
	case tBlob, tSimple:
		n, err := strconv.ParseInt(m.text(), 10, 64)
		return n, err == nil
	}
	return 0, false
}

// Reply is a result on its way to PHP. It writes itself.
type Reply struct {
	msg   message
	shape Shape
	names []string // for Fields and Doubles
	ready bool     // value is the result, msg is not
	value any
}

var _ wire.Appender = Reply{}

// reply makes the result of a command.
func reply(m rueidis.RedisMessage, shape Shape, args []string) Reply {
	r := Reply{msg: *(*message)(unsafe.Pointer(&m)), shape: shape}
	if (shape == Fields || shape == Doubles) && len(args) > 2 {
		r.names = args[2:]
	}
	return r
}

// AppendWire writes the result.
func (r Reply) AppendWire(dst []byte) ([]byte, error) {
	if r.ready {
		e := wire.NewEncoder(dst, wire.Limits{}, nil)
		err := e.Any(r.value, nil)
		return e.Buf, err
	}
	if dst == nil { // of a call on a goroutine: one allocation for most
		dst = make([]byte, 0, r.msg.room())
	}
	return r.msg.shaped(dst, r.shape, r.names), nil
}

// room is about as much as a message takes.
func (m *message) room() int {
	switch m.typ {
	case tArray, tMap, tSet, tPush:
		n := 16
		for i, v := range m.values() {
			if i == 16 {
				return n * int(m.n) / 16
			}
			n += v.room()
		}
		return n
	case tInt, tNull, tBool:
		return 16
	}
	return int(m.n) + 16
}

// shaped appends a message as PHP is to see it. A message of another form than the shape expects (the server is newer, or
// answered QUEUED) goes as it is.
func (m *message) shaped(dst []byte, shape Shape, names []string) []byte {
	if m.isNull() && shape != Bool {
		return wire.AppendNull(dst)
	}
	if m.isError() {
		return wire.AppendString(dst, m.text())
	}
	switch shape {
	case Bool:
		return wire.AppendBool(dst, m.truth())
	case Float:
		if f, ok := m.float(); ok {
			return wire.AppendFloat(dst, f)
		}
	case Info:
		if !m.isList() {
			return appendInfo(dst, m.plain())
		}
	case Clients:
		if !m.isList() {
			return appendClients(dst, m.plain())
		}
	}
	if !m.isList() {
		return m.raw(dst)
	}
	v := m.values()
	switch shape {
	case Map:
		if m.typ == tArray && len(v) > 0 && v[0].isList() { // HRANDFIELD in RESP3
			return appendListOfPairs(dst, v, (*message).raw)
		}
		return appendPairs(dst, v, (*message).raw)
	case Deep:
		return m.deep(dst, 0)
	case Maps:
		return appendEach(dst, v, func(m *message, dst []byte) []byte { return m.shaped(dst, Map, nil) })
	case Scores:
		return appendScores(dst, m)
	case Pairs:
		return appendPairList(dst, m)
	case Bools:
		return appendEach(dst, v, func(m *message, dst []byte) []byte { return wire.AppendBool(dst, m.truth()) })
	case Floats:
		return appendEach(dst, v, (*message).asFloat)
	case Ints:
		return appendEach(dst, v, (*message).asInt)
	case Fields:
		return appendNamed(dst, v, names, (*message).raw)
	case Doubles:
		return appendNamed(dst, v, names, (*message).asFloat)
	case Positions:
		return appendEach(dst, v, (*message).asFloats)
	case Places:
		return appendPlaces(dst, v)
	case Entries:
		return appendEntries(dst, v)
	case Streams:
		if m.typ == tArray && len(v) > 0 && v[0].isList() { // RESP2: a list of pairs
			return appendListOfPairs(dst, v, (*message).asEntries)
		}
		return appendPairs(dst, v, (*message).asEntries)
	case Claimed:
		if len(v) >= 2 {
			dst = wire.AppendList(dst, 3)
			dst = v[0].raw(dst)
			dst = v[1].asEntries(dst)
			if len(v) > 2 {
				return v[2].raw(dst)
			}
			return wire.AppendList(dst, 0) // before Redis 7
		}
	case Popped:
		if len(v) == 3 {
			dst = wire.AppendList(dst, 3)
			return v[2].asFloat(v[1].raw(v[0].raw(dst)))
		}
	case PoppedSet:
		if len(v) == 2 && v[1].isList() {
			dst = wire.AppendList(dst, 2)
			return appendScores(v[0].raw(dst), &v[1])
		}
	case Moment:
		if len(v) == 2 {
			s, ok := v[0].float()
			us, ok2 := v[1].float()
			if ok && ok2 {
				return wire.AppendFloat(dst, s+us/1e6)
			}
		}
	}
	return m.raw(dst)
}

func (m *message) truth() bool {
	switch m.typ {
	case tNull:
		return false
	case tInt, tBool:
		return m.n != 0
	case tArray, tSet, tMap:
		return m.n > 0
	}
	return m.text() != "" && m.text() != "0"
}

// raw appends a message as it is.
func (m *message) raw(dst []byte) []byte {
	switch m.typ {
	case tBlob, tSimple, tVerbatim, tError, tBlobErr:
		return wire.AppendString(dst, m.plain())
	case tInt:
		return wire.AppendInt(dst, m.n)
	case tNull:
		return wire.AppendNull(dst)
	case tBool:
		return wire.AppendBool(dst, m.n != 0)
	case tFloat:
		return m.asFloat(dst)
	case tMap:
		return appendPairs(dst, m.values(), (*message).raw)
	case tArray, tSet, tPush:
		return appendEach(dst, m.values(), (*message).raw)
	}
	return wire.AppendString(dst, m.text()) // a big number
}

// deep makes maps of lists that look like them: names and values in turns.
func (m *message) deep(dst []byte, depth int) []byte {
	if !m.isList() {
		return m.raw(dst)
	}
	v := m.values()
	next := func(m *message, dst []byte) []byte { return m.deep(dst, depth+1) }
	if m.typ == tMap || m.typ == tArray && len(v) > 1 && len(v)%2 == 0 && looksLikeMap(v) {
		return appendPairs(dst, v, next)
	}
	return appendEach(dst, v, next)
}

// looksLikeMap says whether a list is a map of RESP2: its names are words in small letters, and none comes twice.
func looksLikeMap(v []message) bool {
	seen := make(map[string]bool, len(v)/2)
	for i := 0; i < len(v); i += 2 {
		name := v[i].text()
		if v[i].typ != tBlob && v[i].typ != tSimple || name == "" || seen[name] {
			return false
		}
		for _, c := range name {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' && c != ' ' {
				return false
			}
		}
		seen[name] = true
	}
	return true
}

func (m *message) asFloat(dst []byte) []byte {
	if f, ok := m.float(); ok {
		return wire.AppendFloat(dst, f)
	}
	if m.isNull() {
		return wire.AppendNull(dst)
	}
	return wire.AppendFloat(dst, math.NaN())
}

func (m *message) asInt(dst []byte) []byte {
	if n, ok := m.int(); ok {
		return wire.AppendInt(dst, n)
	}
	return m.raw(dst)
}

func (m *message) asFloats(dst []byte) []byte {
	if !m.isList() {
		return m.raw(dst)
	}
	return appendEach(dst, m.values(), (*message).asFloat)
}

func (m *message) asEntries(dst []byte) []byte {
	if !m.isList() {
		return m.raw(dst)
	}
	return appendEntries(dst, m.values())
}

func appendEach(dst []byte, v []message, each func(*message, []byte) []byte) []byte {
	dst = wire.AppendList(dst, len(v))
	for i := range v {
		dst = each(&v[i], dst)
	}
	return dst
}

// appendPairs makes a map of names and values in turns. A name that comes twice is written once: PHP could not have both.
func appendPairs(dst []byte, v []message, value func(*message, []byte) []byte) []byte {
	return appendMap(dst, len(v)/2, func(i int) (*message, *message) { return &v[2*i], &v[2*i+1] }, value)
}

func appendListOfPairs(dst []byte, v []message, value func(*message, []byte) []byte) []byte {
	return appendMap(dst, len(v), func(i int) (*message, *message) {
		if pair := v[i].values(); v[i].isList() && len(pair) == 2 {
			return &pair[0], &pair[1]
		}
		return nil, nil
	}, value)
}

func appendMap(dst []byte, n int, at func(int) (*message, *message), value func(*message, []byte) []byte) []byte {
	head := len(dst)
	dst = wire.AppendMap(dst, n)
	count := 0
	var few [8]string
	var many map[string]struct{}
	if n > len(few) {
		many = make(map[string]struct{}, n)
	}
	for i := range n {
		k, v := at(i)
		if k == nil || k.isList() {
			continue
		}
		name := k.text()
		if k.typ == tInt {
			name = strconv.FormatInt(k.n, 10)
		}
		if many == nil {
			if slices.Contains(few[:count], name) {
				continue
			}
			few[count] = name
		} else {
			if _, twice := many[name]; twice {
				continue
			}
			many[name] = struct{}{}
		}
		dst = value(v, wire.AppendKey(dst, name))
		count++
	}
	if count != n {
		wire.AppendMap(dst[:head], count) // in place: the head has one size
	}
	return dst
}

// appendScores reads both forms: pairs in a list, or members and scores in turns.
func appendScores(dst []byte, m *message) []byte {
	v := m.values()
	if m.typ != tMap && len(v) > 0 && v[0].isList() {
		return appendListOfPairs(dst, v, (*message).asFloat)
	}
	return appendPairs(dst, v, (*message).asFloat)
}

func appendPairList(dst []byte, m *message) []byte {
	v := m.values()
	if len(v) > 0 && v[0].isList() {
		return appendEach(dst, v, func(m *message, dst []byte) []byte {
			pair := m.values()
			if len(pair) != 2 {
				return m.raw(dst)
			}
			return pair[1].asFloat(pair[0].raw(wire.AppendList(dst, 2)))
		})
	}
	dst = wire.AppendList(dst, len(v)/2)
	for i := 0; i+1 < len(v); i += 2 {
		dst = v[i+1].asFloat(v[i].raw(wire.AppendList(dst, 2)))
	}
	return dst
}

func appendNamed(dst []byte, v []message, names []string, value func(*message, []byte) []byte) []byte {
	if len(v) != len(names) {
		return appendEach(dst, v, value)
	}
	keys := make([]message, len(names))
	for i, name := range names {
		keys[i] = message{typ: tBlob, bytes: unsafe.StringData(name), n: int64(len(name))}
	}
	return appendMap(dst, len(v), func(i int) (*message, *message) { return &keys[i], &v[i] }, value)
}

func appendEntries(dst []byte, v []message) []byte {
	return appendListOfPairs(dst, v, func(fields *message, dst []byte) []byte {
		if !fields.isList() {
			return fields.raw(dst) // deleted meanwhile
		}
		return appendPairs(dst, fields.values(), (*message).raw)
	})
}

// appendPlaces: each is a member with its distance (a string), its hash (an int), its position (a list).
func appendPlaces(dst []byte, v []message) []byte {
	return appendMap(dst, len(v), func(i int) (*message, *message) {
		if parts := v[i].values(); v[i].isList() && len(parts) > 0 {
			return &parts[0], &v[i]
		}
		return &v[i], &v[i]
	}, func(m *message, dst []byte) []byte {
		if !m.isList() {
			return wire.AppendList(dst, 0)
		}
		parts := m.values()[1:]
		dst = wire.AppendMap(dst, len(parts))
		for i := range parts {
			p := &parts[i]
			switch {
			case p.isList():
				dst = p.asFloats(wire.AppendString(dst, "position"))
			case p.typ == tInt:
				dst = p.raw(wire.AppendString(dst, "hash"))
			default:
				dst = p.asFloat(wire.AppendString(dst, "distance"))
			}
		}
		return dst
	})
}

// appendInfo reads "name:value" lines. Numbers stay strings, as they are with other clients.
func appendInfo(dst []byte, text string) []byte {
	m := wire.NewMap(64)
	for line := range strings.Lines(text) {
		name, value, found := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		if found && !strings.HasPrefix(name, "#") {
			m.Set(name, value)
		}
	}
	return appendAny(dst, m)
}

func appendClients(dst []byte, text string) []byte {
	list := []any{}
	for line := range strings.Lines(text) {
		m := wire.NewMap(32)
		for _, word := range strings.Fields(line) {
			if name, value, found := strings.Cut(word, "="); found {
				m.Set(name, value)
			}
		}
		if m.Len() > 0 {
			list = append(list, m)
		}
	}
	return appendAny(dst, list)
}

// appendAny is for what is made of strings, maps and lists: it cannot fail.
func appendAny(dst []byte, v any) []byte {
	e := wire.NewEncoder(dst, wire.Limits{Bytes: math.MaxInt32}, nil)
	_ = e.Any(v, nil)
	return e.Buf
}
