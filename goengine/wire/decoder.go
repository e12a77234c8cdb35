package wire

import (
	"encoding/binary"
	"math"
	"time"
)

// Decoder reads values one after another. It keeps nothing of the bytes: strings are copies.
type Decoder struct {
	buf   []byte
	at    int
	depth int   // how much deeper it may go
	most  int   // what depth was
	spare int   // how many bytes of keys may yet be copied to values that are kept
	row   []Key // nil, or the next value is a map with these keys, of which the values alone are there
	host  Host
	slabs slabs
	names [nameSlots]string // keys seen last: records of one shape repeat theirs
}

// nameSlots is how many keys of maps a Decoder remembers; keys of up to nameLength bytes.
const (
	nameSlots  = 64
	nameLength = 32
)

// Host is asked for what only handles of cross.
type Host interface {
	// Object finds the Go value behind a component's handle.
	Object(class uint32, handle uint64) (any, error)
	// Func makes a Go function, of a type that a Type was made of, call a PHP callable.
	Func(id uint64, t *Type) (any, error)
	// Handle makes a handle for a Go value that PHP is going to hold.
	Handle(class uint32, value any) (uint64, error)
}

// NewDecoder reads buf, which must not change meanwhile. host may be nil where no objects cross.
func NewDecoder(buf []byte, limits Limits, host Host) *Decoder {
	d := new(Decoder)
	d.Reset(buf, limits, host)
	return d
}

// Reset makes the decoder as new, for other bytes.
func (d *Decoder) Reset(buf []byte, limits Limits, host Host) {
	d.buf, d.at, d.depth, d.host, d.row = buf, 0, limits.depth(), host, nil
	d.most, d.spare = d.depth, limits.bytes()
	if len(buf) > limits.bytes() {
		d.buf, d.depth = nil, -1 // the first read says ErrSize
	}
}

// More says whether bytes are left.
func (d *Decoder) More() bool { return d.at < len(d.buf) }

// Peek answers the next value's tag without reading it.
func (d *Decoder) Peek() (byte, error) {
	if d.row != nil {
		return TagMap, nil
	}
	if d.at >= len(d.buf) {
		if d.depth < 0 {
			return 0, ErrSize
		}
		return 0, ErrMalformed
	}
	tag := d.buf[d.at]
	if tag >= tagEnd {
		return 0, ErrMalformed
	}
	return tag, nil
}

// Left is how many bytes have not been read.
func (d *Decoder) Left() int { return len(d.buf) - d.at }

func (d *Decoder) take(n int) ([]byte, error) {
	if n < 0 || n > len(d.buf)-d.at {
		return nil, ErrMalformed
	}
	b := d.buf[d.at : d.at+n]
	d.at += n
	return b, nil
}

func (d *Decoder) uint32() (uint32, error) {
	b, err := d.take(4)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(b), nil
}

func (d *Decoder) uint64() (uint64, error) {
	b, err := d.take(8)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(b), nil
}

// bytes reads what comes with its length before it; they alias the buffer.
func (d *Decoder) bytes() ([]byte, error) {
	if len(d.buf)-d.at < 4 {
		return nil, ErrMalformed
	}
	n := int(binary.LittleEndian.Uint32(d.buf[d.at:]))
	start := d.at + 4
	if n > len(d.buf)-start {
		return nil, ErrMalformed
	}
	d.at = start + n
	return d.buf[start:d.at], nil
}

// count reads how many values follow, each at least size bytes, so that no number makes anybody allocate more than
// was sent.
func (d *Decoder) count(size int) (int, error) {
	n, err := d.uint32()
	if err != nil {
		return 0, err
	}
	if int(n) > (len(d.buf)-d.at)/size {
		return 0, ErrMalformed
	}
	return int(n), nil
}

// enter counts a level of nesting; leave ends it.
func (d *Decoder) enter() error {
	if d.depth == 0 {
		return ErrDepth
	}
	d.depth--
	return nil
}

func (d *Decoder) leave() { d.depth++ }

const (
	leastValue = 1
	leastKey   = 5 // ""
	leastEntry = leastKey + leastValue
)

// rows reads the head of a TagRows, or of a TagTable, whose rows have keys of their own: how many rows follow, and the keys
// of each. Neither is 0, and no key comes twice.
func (d *Decoder) rows(keyed bool) (n int, row []Key, err error) {
	count, err := d.uint32()
	if err != nil {
		return 0, nil, err
	}
	columns, err := d.count(leastEntry)
	if err != nil {
		return 0, nil, err
	}
	if count == 0 || columns == 0 {
		return 0, nil, ErrMalformed
	}
	row = make([]Key, columns)
	for i := range row {
		if row[i], err = d.key(); err != nil {
			return 0, nil, err
		}
	}
	least := columns * leastValue
	if keyed {
		least += leastKey
	}
	if int(count) > d.Left()/least || twice(row) {
		return 0, nil, ErrMalformed
	}
	return int(count), row, nil
}

// twice says whether a key comes twice.
func twice(keys []Key) bool {
	if len(keys) <= 2*scanned {
		for i, k := range keys {
			for _, other := range keys[:i] {
				if k == other {
					return true
				}
			}
		}
		return false
	}
	seen := make(map[Key]struct{}, len(keys))
	for _, k := range keys {
		seen[k] = struct{}{}
	}
	return len(seen) < len(keys)
}

// takeRow answers the keys of the row that comes next; from there on its values are read.
func (d *Decoder) takeRow() []Key {
	row := d.row
	d.row = nil
	return row
}

// name reads a string that is likely to be one of the last: it is not allocated anew.
func (d *Decoder) name() (string, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	if len(b) == 0 || len(b) > nameLength {
		return d.slabs.copy(b), nil
	}
	slot := &d.names[uint(int(b[0])*7+int(b[len(b)-1])*3+len(b))%nameSlots]
	if *slot != string(b) {
		*slot = d.slabs.copy(b)
	}
	return *slot, nil
}

func (d *Decoder) key() (Key, error) {
	tag, err := d.Peek()
	if err != nil {
		return Key{}, err
	}
	d.at++
	switch tag {
	case TagInt:
		n, err := d.uint64()
		return Key{num: int64(n)}, err
	case TagString:
		s, err := d.name()
		return StringKey(s), err
	}
	return Key{}, ErrMalformed
}

func (d *Decoder) time() (time.Time, error) {
	sec, err := d.uint64()
	if err != nil {
		return time.Time{}, err
	}
	nsec, err := d.uint32()
	if err != nil {
		return time.Time{}, err
	}
	east, err := d.uint32()
	if err != nil {
		return time.Time{}, err
	}
	zone, err := d.bytes()
	if err != nil {
		return time.Time{}, err
	}
	offset := int(int32(east))
	if nsec >= uint32(time.Second) || offset <= -maxOffset || offset >= maxOffset || len(zone) > maxZone {
		return time.Time{}, ErrMalformed
	}
	t := time.Unix(int64(sec), int64(nsec))
	if len(zone) > 0 {
		if loc := location(string(zone)); loc != nil {
			return t.In(loc), nil
		}
	}
	if offset == 0 {
		return t.UTC(), nil
	}
	return t.In(time.FixedZone("", offset)), nil
}

const maxOffset = 100 * 3600 // seconds; PHP takes +99:59 at most

func (d *Decoder) float() (float64, error) {
	b, err := d.uint64()
	return math.Float64frombits(b), err
}

// Skip reads over one value.
func (d *Decoder) Skip() error {
	tag, err := d.Peek()
	if err != nil {
		return err
	}
	if d.row != nil {
		return d.cells(1, len(d.takeRow()), false, d.Skip)
	}
	d.at++
	switch tag {
	case TagInt, TagFloat, TagFunc, TagEnum:
		_, err = d.take(8)
	case TagObject:
		_, err = d.take(12)
	case TagString, TagSerial:
		_, err = d.bytes()
	case TagTime:
		_, err = d.time()
	case TagList:
		err = d.skip(leastValue, false)
	case TagMap:
		err = d.skip(leastEntry, true)
	case TagRows, TagTable:
		err = d.eachRow(tag == TagTable, d.Skip)
	case TagRecord:
		if _, err = d.take(4); err == nil {
			err = d.skip(leastValue, false)
		}
	}
	return err
}

func (d *Decoder) skip(size int, keys bool) error {
	n, err := d.count(size)
	if err != nil {
		return err
	}
	if err := d.enter(); err != nil {
		return err
	}
	for range n {
		if keys {
			if _, err := d.key(); err != nil {
				return err
			}
		}
		if err := d.Skip(); err != nil {
			return err
		}
	}
	d.leave()
	return nil
}

// eachRow reads over a TagRows or a TagTable, with value reading over each of its values.
func (d *Decoder) eachRow(keyed bool, value func() error) error {
	n, row, err := d.rows(keyed)
	if err != nil {
		return err
	}
	if err := d.enter(); err != nil {
		return err
	}
	if err := d.cells(n, len(row), keyed, value); err != nil {
		return err
	}
	d.leave()
	return nil
}

// cells reads over the values of n rows.
func (d *Decoder) cells(n, columns int, keyed bool, value func() error) error {
	if err := d.enter(); err != nil {
		return err
	}
	for range n {
		if keyed {
			if _, err := d.key(); err != nil {
				return err
			}
		}
		for range columns {
			if err := value(); err != nil {
				return err
			}
		}
	}
	d.leave()
	return nil
}
