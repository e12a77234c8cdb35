package sqldb

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"net"
	"strconv"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// What client and server agree on in the handshake, as far as it changes what the server sends.
const (
	mysqlOwn          = 1 << 0 // not set: MariaDB's extensions follow
	mysqlCompressed   = 1 << 5
	mysqlDeprecateEOF = 1 << 24
	mysqlCacheColumns = 1 << 4 // of the extensions
)

// shaken is a connection that remembers what its client has agreed to. The driver does not tell.
type shaken struct {
	net.Conn
	written   bool
	flags     uint32
	extension uint32
}

func (s *shaken) Write(b []byte) (int, error) {
	if !s.written && len(b) >= 36 { // the driver writes its answer to the greeting at once
		s.written = true
		s.flags = binary.LittleEndian.Uint32(b[4:])
		if s.flags&mysqlOwn == 0 {
			s.extension = binary.LittleEndian.Uint32(b[32:])
		}
	}
	return s.Conn.Write(b)
}

// dialMySQL takes a connection out of the pool and prepares its session.
func (ls *lines) dialMySQL(ctx context.Context) (*dialed, error) {
	h, err := ls.pool.take(ctx, "statements of several Fibers at once")
	if err != nil {
		return nil, err
	}
	c := h.conn.(*mysqlConn)
	s := c.kind.shaken
	if s == nil || !s.written || s.flags&mysqlCompressed != 0 || c.kind.cfg.TLS != nil {
		ls.pool.put(h)
		return nil, errors.ErrUnsupported
	}
	h.touched = true
	limit := "SET SESSION max_statement_time = " + strconv.FormatFloat(lineLimit.Seconds(), 'f', -1, 64) // MariaDB's
	if err = c.simple(ctx, limit); err != nil && !c.broken() {
		err = c.simple(ctx, "SET SESSION max_execution_time = "+strconv.FormatInt(lineLimit.Milliseconds(), 10))
	}
	if err != nil {
		ls.pool.put(h)
		return nil, err
	}
	if !answersInTurn(s.Conn) {
		c.dead.Store(true) // by the trial
		ls.pool.drop(h)
		return nil, errors.ErrUnsupported
	}
	return &dialed{h: h, conn: s.Conn, speaker: func(l *line) speaker {
		return &mysqlSpeaker{l: l, prepared: map[string]*mysqlKnown{}, max: c.prepared.max,
			eof: s.flags&mysqlDeprecateEOF == 0, cached: s.extension&mysqlCacheColumns != 0}
	}}, nil
}

// answersInTurn tries whether the server takes a command before it has answered the one before. MySQL and MariaDB do,
// whoever stands in front of them may not.
func answersInTurn(c net.Conn) bool {
	defer func() { _ = c.SetDeadline(time.Time{}) }()
	_ = c.SetDeadline(time.Now().Add(2 * time.Second))
	const commands = 3
	if _, err := c.Write(bytes.Repeat([]byte{1, 0, 0, 0, 14}, commands)); err != nil { // COM_PING
		return false
	}
	var got []byte
	for answers := 0; answers < commands; {
		if len(got) >= 4 {
			size := 4 + (int(got[0]) | int(got[1])<<8 | int(got[2])<<16)
			if len(got) >= 5 && (got[3] != 1 || got[4] != 0) || size > 512 {
				return false
			}
			if len(got) >= size {
				got = got[size:]
				answers++
				continue
			}
		}
		var b [512]byte
		n, err := c.Read(b[:])
		if err != nil {
			return false
		}
		got = append(got, b[:n]...)
	}
	return len(got) == 0
}

// mysqlSpeaker is the protocol of MySQL and MariaDB. Each statement is a command of its own.
type mysqlSpeaker struct {
	l        *line
	prepared map[string]*mysqlKnown
	max      int
	eof      bool // packets that say that no more columns come
	cached   bool // columns come with the statement, and when they have changed

	stage   mysqlStage // of the statement whose answers come now
	left    int        // packets of the stage
	columns int        // of what is learned: they come behind the parameters
	fresh   []byte     // descriptions of columns
	cells   []byte
}

type mysqlStage uint8

const (
	mysqlFirst mysqlStage = iota
	mysqlParams
	mysqlParamsEOF
	mysqlColumns
	mysqlColumnsEOF
	mysqlRows
)

// mysqlKnown is a statement that the server has prepared for the line.
type mysqlKnown struct {
	id      uint32
	params  int
	ready   bool
	refused bool // cannot be carried out this way
	raw     []byte
	columns []mysqlColumn
	names   []string
	keys    [][]byte
}

type mysqlColumn struct {
	kind     byte
	unsigned bool
	decimals byte
}

// Types of columns, as MySQL's protocol numbers them.
const (
	mysqlTiny, mysqlShort, mysqlLong, mysqlFloat, mysqlDouble, mysqlNull = 1, 2, 3, 4, 5, 6
	mysqlTimestamp, mysqlLongLong, mysqlInt24, mysqlDate, mysqlTime      = 7, 8, 9, 10, 11
	mysqlDateTime, mysqlYear, mysqlNewDate, mysqlBit, mysqlString        = 12, 13, 14, 16, 254
)

// learn asks the server to prepare a statement.
func (m *mysqlSpeaker) learn(dst []byte, text string) ([]byte, bool) {
	if m.prepared[text] != nil || len(m.prepared) >= m.max || len(text) > pipelineSmall {
		return dst, false
	}
	m.prepared[text] = &mysqlKnown{}
	dst, at := appendPacket(dst, 22)
	return patchPacket(append(dst, text...), at), true
}

func appendPacket(dst []byte, command byte) ([]byte, int) {
	return append(dst, 0, 0, 0, 0, command), len(dst)
}

func patchPacket(dst []byte, at int) []byte {
	n := len(dst) - at - 4
	dst[at], dst[at+1], dst[at+2] = byte(n), byte(n>>8), byte(n>>16)
	return dst
}

func (m *mysqlSpeaker) ask(dst []byte, one *asked) ([]byte, error) {
	known := m.prepared[one.text]
	if known == nil || !known.ready || known.refused || known.params != len(one.q.values) {
		return dst, errElsewhere
	}
	dst, at := appendPacket(dst, 23)
	dst = binary.LittleEndian.AppendUint32(dst, known.id)
	dst = append(dst, 0, 1, 0, 0, 0)
	if known.params > 0 {
		nulls := len(dst)
		dst = append(dst, make([]byte, (known.params+7)/8)...)
		dst = append(dst, 1)
		types := len(dst)
		dst = append(dst, make([]byte, 2*known.params)...)
		for i, v := range one.q.values {
			kind := byte(mysqlLongLong)
			switch v := v.(type) {
			case nil:
				dst[nulls+i/8] |= 1 << (i & 7)
				kind = mysqlNull
			case int64:
				dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
			case bool:
				n := uint64(0)
				if v {
					n = 1
				}
				dst = binary.LittleEndian.AppendUint64(dst, n)
			case float64:
				kind = mysqlDouble
				dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
			case string:
				kind = mysqlString
				dst = append(appendLength(dst, len(v)), v...)
			default:
				return dst, errElsewhere
			}
			dst[types+2*i] = kind
		}
	}
	if len(dst)-at-4 > pipelineSmall {
		return dst, errElsewhere
	}
	one.known = known
	return patchPacket(dst, at), nil
}

// appendLength writes a length as the protocol has it.
func appendLength(dst []byte, n int) []byte {
	switch {
	case n < 251:
		return append(dst, byte(n))
	case n < 1<<16:
		return append(dst, 0xfc, byte(n), byte(n>>8))
	}
	return append(dst, 0xfd, byte(n), byte(n>>8), byte(n>>16))
}

// readLength reads one; n is how many bytes it has, 0: there is none.
func readLength(b []byte) (length, n int) {
	if len(b) == 0 {
		return 0, 0
	}
	size := 8
	switch b[0] {
	default:
		return int(b[0]), 1
	case 0xfb, 0xff:
		return 0, 0
	case 0xfc:
		size = 2
	case 0xfd:
		size = 3
	case 0xfe:
	}
	if len(b) < 1+size {
		return 0, 0
	}
	var v uint64
	for i := range size {
		v |= uint64(b[1+i]) << (8 * i)
	}
	if v > math.MaxInt32 {
		return 0, 0
	}
	return int(v), 1 + size
}

func (m *mysqlSpeaker) seal(dst []byte) []byte { return dst }

func (m *mysqlSpeaker) bye() []byte { return []byte{1, 0, 0, 0, 1} }

// longPacket is the length of one that another one continues.
const longPacket = 1<<24 - 1

// size is that of a packet with all that continue it.
func (m *mysqlSpeaker) size(in []byte) (int, error) {
	size := 0
	for {
		if len(in)-size < 4 {
			if size > 0 {
				return size + 4, nil
			}
			return 0, nil
		}
		n := int(in[size]) | int(in[size+1])<<8 | int(in[size+2])<<16
		size += 4 + n
		if n < longPacket || size > maxResult {
			return size, nil
		}
		if len(in) < size {
			return size + 4, nil // what comes then says how much more there is
		}
	}
}

// payload puts together what came in several packets.
func payload(msg []byte) []byte {
	if len(msg) < 4+longPacket {
		return msg[4:]
	}
	var all []byte
	for len(msg) >= 4 {
		n := min(int(msg[0])|int(msg[1])<<8|int(msg[2])<<16, len(msg)-4)
		all = append(all, msg[4:4+n]...)
		msg = msg[4+n:]
	}
	return all
}

func (m *mysqlSpeaker) hear(msg []byte) error {
	one := m.l.next()
	b := payload(msg)
	if one == nil {
		if len(b) > 0 && b[0] == 0xff { // the server says good-bye
			return mysqlRefusal(b)
		}
		return errProtocol
	}
	if len(b) == 0 {
		return errProtocol
	}
	if b[0] == 0xff && (m.stage == mysqlFirst || m.stage == mysqlRows) {
		return m.refused(one, mysqlRefusal(b))
	}
	switch m.stage {
	case mysqlFirst:
		if one.learns {
			return m.learned(one, b)
		}
		return m.result(one, b)
	case mysqlParams:
		if m.left--; m.left == 0 {
			m.stage = mysqlParamsEOF
			if !m.eof {
				m.behindParams(one)
			}
		}
	case mysqlParamsEOF:
		m.behindParams(one)
	case mysqlColumns:
		m.fresh = append(appendLength(m.fresh, len(b)), b...)
		if m.left--; m.left == 0 {
			m.stage = mysqlColumnsEOF
			if !m.eof {
				return m.described(one)
			}
		}
	case mysqlColumnsEOF:
		return m.described(one)
	case mysqlRows:
		if b[0] == 0xfe && len(b) < longPacket {
			return m.over(one, b)
		}
		return m.row(one, b)
	}
	return nil
}

// learned reads the answer to a statement that is to be prepared.
func (m *mysqlSpeaker) learned(one *asked, b []byte) error {
	if len(b) < 9 || b[0] != 0 {
		return errProtocol
	}
	known := m.prepared[one.text]
	known.id = binary.LittleEndian.Uint32(b[1:])
	m.columns, known.params = int(binary.LittleEndian.Uint16(b[5:])), int(binary.LittleEndian.Uint16(b[7:]))
	known.refused = m.columns == 0
	m.fresh = m.fresh[:0]
	if known.params > 0 {
		m.stage, m.left = mysqlParams, known.params
		return nil
	}
	m.behindParams(one)
	return nil
}

func (m *mysqlSpeaker) behindParams(one *asked) {
	if m.columns > 0 {
		m.stage, m.left = mysqlColumns, m.columns
		return
	}
	m.finish(one)
}

// result reads the beginning of a statement's answer.
func (m *mysqlSpeaker) result(one *asked, b []byte) error {
	known := one.known.(*mysqlKnown)
	n, size := readLength(b)
	if b[0] == 0 || size == 0 { // it has no rows, or the server wants a file
		return errProtocol
	}
	follow := !m.cached || size < len(b) && b[size] == 1
	m.fresh, m.left = m.fresh[:0], n
	if follow {
		m.stage = mysqlColumns
		return nil
	}
	if n != len(known.columns) {
		return errProtocol
	}
	m.stage = mysqlColumnsEOF
	if !m.eof {
		return m.described(one)
	}
	return nil
}

// described has all columns.
func (m *mysqlSpeaker) described(one *asked) error {
	known := m.prepared[one.text]
	if !one.learns {
		known = one.known.(*mysqlKnown)
	}
	if len(m.fresh) > 0 && !bytes.Equal(m.fresh, known.raw) {
		if err := known.describe(m.fresh); err != nil {
			return err
		}
	}
	if one.learns {
		m.finish(one)
		return nil
	}
	one.begins(known.names, known.keys, nil)
	m.stage = mysqlRows
	return nil
}

// describe reads what columns are.
func (k *mysqlKnown) describe(raw []byte) error {
	k.columns, k.names = nil, nil
	for rest := raw; len(rest) > 0; {
		n, size := readLength(rest)
		if size == 0 || len(rest) < size+n {
			return errProtocol
		}
		b := rest[size : size+n]
		rest = rest[size+n:]
		for i := range 6 { // catalog, schema, table, its original, name, its original
			n, size := readLength(b)
			if size == 0 || len(b) < size+n {
				return errProtocol
			}
			if i == 4 {
				k.names = append(k.names, string(b[size:size+n]))
			}
			b = b[size+n:]
		}
		if len(b) < 11 { // a length, character set, size, type, flags, decimals
			return errProtocol
		}
		k.columns = append(k.columns, mysqlColumn{kind: b[7], unsigned: b[8]&0x20 != 0, decimals: b[10]})
	}
	k.raw = append(k.raw[:0], raw...)
	k.keys = keysOf(k.names)
	return nil
}

// finish ends the statement whose answers came.
func (m *mysqlSpeaker) finish(one *asked) {
	m.stage = mysqlFirst
	if one.learns {
		m.prepared[one.text].ready = true
	}
	m.l.pop()
	m.l.done(one, m.l.heard(1))
}

// over reads the end of the rows: an EOF, or an OK that looks like one.
func (m *mysqlSpeaker) over(one *asked, b []byte) error {
	at := 3
	if !m.eof {
		at = 1
		for range 2 {
			_, n := readLength(b[min(at, len(b)):])
			at += n
		}
	}
	if len(b) >= at+2 && binary.LittleEndian.Uint16(b[at:])&8 != 0 { // another result follows, as only CALL has
		return errProtocol
	}
	m.finish(one)
	return nil
}

func mysqlRefusal(b []byte) error {
	my := &mysql.MySQLError{}
	if len(b) >= 3 {
		my.Number = binary.LittleEndian.Uint16(b[1:])
		b = b[3:]
	}
	if len(b) >= 6 && b[0] == '#' {
		copy(my.SQLState[:], b[1:6])
		b = b[6:]
	}
	my.Message = string(b)
	return mysqlError(my)
}

// refused ends a statement that the server does not carry out.
func (m *mysqlSpeaker) refused(one *asked, err error) error {
	if one.learns { // statements say so themselves, on connections of their own
		m.prepared[one.text].refused = true
		m.finish(one)
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		switch {
		case e.Kind == Connection:
			return err
		case e.Kind == TimedOut:
			one.q.st.record.slow()
			err = errElsewhere
		case e.Code == 1243, e.Code == 1615: // the statement is unknown, or has to be prepared anew
			m.prepared[one.text] = &mysqlKnown{ready: true, refused: true}
			err = errElsewhere
		}
	}
	one.err = err
	m.finish(one)
	return nil
}

// row gives a row to the sink.
func (m *mysqlSpeaker) row(one *asked, b []byte) error {
	if one.skip {
		return nil
	}
	columns := one.known.(*mysqlKnown).columns
	at := 1 + (len(columns)+7+2)/8
	if len(b) < at {
		return errProtocol
	}
	nulls := b[1:at]
	b = b[at:]
	out := &one.out
	out.row()
	for i := range columns {
		c := &columns[i]
		null := nulls[(i+2)/8]&(1<<((i+2)&7)) != 0 || c.kind == mysqlNull
		n, head := 0, 0
		if !null {
			if n = c.width(); n < 0 {
				if n, head = readLength(b); head == 0 {
					return errProtocol
				}
			}
		}
		if len(b) < head+n {
			return errProtocol
		}
		cell := b[head : head+n]
		b = b[head+n:]
		if !out.next() {
			continue
		}
		if null {
			out.buf = wire.AppendNull(out.buf)
			continue
		}
		var ok bool
		if out.buf, ok = m.append(out.buf, c, cell); !ok {
			return errProtocol
		}
	}
	one.rowEnds()
	return nil
}

// width is that of a value; negative: its length stands before it.
func (c *mysqlColumn) width() int {
	switch c.kind {
	case mysqlTiny:
		return 1
	case mysqlShort, mysqlYear:
		return 2
	case mysqlLong, mysqlInt24, mysqlFloat:
		return 4
	case mysqlLongLong, mysqlDouble:
		return 8
	}
	return -1
}

// append writes a value that is not null, as native does what the driver makes of it.
func (m *mysqlSpeaker) append(dst []byte, c *mysqlColumn, v []byte) ([]byte, bool) {
	switch c.kind {
	case mysqlTiny:
		if c.unsigned {
			return wire.AppendInt(dst, int64(v[0])), true
		}
		return wire.AppendInt(dst, int64(int8(v[0]))), true
	case mysqlShort, mysqlYear:
		n := binary.LittleEndian.Uint16(v)
		if c.unsigned {
			return wire.AppendInt(dst, int64(n)), true
		}
		return wire.AppendInt(dst, int64(int16(n))), true
	case mysqlLong, mysqlInt24:
		n := binary.LittleEndian.Uint32(v)
		if c.unsigned {
			return wire.AppendInt(dst, int64(n)), true
		}
		return wire.AppendInt(dst, int64(int32(n))), true
	case mysqlLongLong:
		n := binary.LittleEndian.Uint64(v)
		if c.unsigned && n > math.MaxInt64 {
			return wire.AppendString(dst, strconv.FormatUint(n, 10)), true
		}
		return wire.AppendInt(dst, int64(n)), true
	case mysqlFloat:
		return wire.AppendFloat(dst, widen(math.Float32frombits(binary.LittleEndian.Uint32(v)))), true
	case mysqlDouble:
		return wire.AppendFloat(dst, math.Float64frombits(binary.LittleEndian.Uint64(v))), true
	case mysqlBit:
		return appendBits(dst, v), true
	case mysqlDate, mysqlNewDate, mysqlDateTime, mysqlTimestamp:
		m.cells = appendMySQLDate(m.cells[:0], c, v)
		return wire.AppendString(dst, m.cells), m.cells != nil
	case mysqlTime:
		m.cells = appendMySQLTime(m.cells[:0], c, v)
		return wire.AppendString(dst, m.cells), m.cells != nil
	}
	return wire.AppendString(dst, v), true
}

func appendDigits(dst []byte, n, digits int) []byte {
	for at := len(dst) + digits - 1; len(dst) <= at; {
		dst = append(dst, '0')
	}
	for at := len(dst) - 1; n > 0 && digits > 0; at, digits = at-1, digits-1 {
		dst[at] = byte('0' + n%10)
		n /= 10
	}
	return dst
}

// appendFraction writes as many digits of microseconds as the column has.
func appendFraction(dst []byte, micros int, decimals byte) []byte {
	if decimals == 0 || decimals > 6 {
		return dst
	}
	n := len(dst)
	dst = appendDigits(append(dst, '.'), micros, 6)
	return dst[:n+1+int(decimals)]
}

// appendMySQLDate writes a date, and the time of a column that has one; nil: it is none.
func appendMySQLDate(dst []byte, c *mysqlColumn, v []byte) []byte {
	if n := len(v); n != 0 && n != 4 && n != 7 && n != 11 {
		return nil
	}
	var all [11]byte
	copy(all[:], v)
	dst = appendDigits(dst, int(binary.LittleEndian.Uint16(all[:])), 4)
	dst = appendDigits(append(dst, '-'), int(all[2]), 2)
	dst = appendDigits(append(dst, '-'), int(all[3]), 2)
	if c.kind == mysqlDate {
		return dst
	}
	dst = appendDigits(append(dst, ' '), int(all[4]), 2)
	dst = appendDigits(append(dst, ':'), int(all[5]), 2)
	dst = appendDigits(append(dst, ':'), int(all[6]), 2)
	return appendFraction(dst, int(binary.LittleEndian.Uint32(all[7:])), c.decimals)
}

// appendMySQLTime writes a time of up to some weeks; nil: it is none.
func appendMySQLTime(dst []byte, c *mysqlColumn, v []byte) []byte {
	if n := len(v); n != 0 && n != 8 && n != 12 {
		return nil
	}
	var all [12]byte
	copy(all[:], v)
	if all[0] == 1 {
		dst = append(dst, '-')
	}
	hours := int(binary.LittleEndian.Uint32(all[1:]))*24 + int(all[5])
	if hours >= 100 {
		dst = strconv.AppendInt(dst, int64(hours), 10)
	} else {
		dst = appendDigits(dst, hours, 2)
	}
	dst = appendDigits(append(dst, ':'), int(all[6]), 2)
	dst = appendDigits(append(dst, ':'), int(all[7]), 2)
	return appendFraction(dst, int(binary.LittleEndian.Uint32(all[8:])), c.decimals)
}
