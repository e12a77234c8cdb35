package sqldb

import (
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// nobody is a loop of a line that has none.
type nobody struct{}

func (nobody) Attach(int, func(bool, bool), func()) error { return nil }
func (nobody) Writable(int, bool) error                   { return nil }
func (nobody) Detach(int)                                 {}
func (nobody) Later(func())                               {}
func (nobody) Do(func()) error                            { return nil }

// quietLine is a line without a connection.
func quietLine(kind func(*line) speaker) *line {
	d := &database{dsn: &DSN{}}
	d.primary = &pool{}
	ls := &lines{db: d, pool: d.primary, all: map[*line]struct{}{}}
	l := &line{of: &loopLines{of: ls, loop: nobody{}}, fd: -1, in: make([]byte, 64), later: true, last: time.Now()}
	l.speaker = kind(l)
	return l
}

// say gives a line what a server sends, in pieces.
func (l *line) say(b []byte, piece int) error {
	for len(b) > 0 {
		if l.from == l.to {
			l.from, l.to = 0, 0
		}
		for len(l.in)-l.to < piece {
			l.in, l.from, l.to = grow(l.in, l.from, l.to)
		}
		n := copy(l.in[l.to:min(len(l.in), l.to+piece)], b)
		l.to += n
		b = b[n:]
		if err := l.hearAll(); err != nil {
			return err
		}
	}
	return nil
}

func packet(payload ...byte) []byte {
	n := len(payload)
	return append([]byte{byte(n), byte(n >> 8), byte(n >> 16), 0}, payload...)
}

func column(name string, kind, flags, decimals byte) []byte {
	var b []byte
	for _, s := range []string{"def", "", "t", "t", name, name} {
		b = append(appendLength(b, len(s)), s...)
	}
	return packet(append(b, 12, 45, 0, 0, 0, 0, 0, kind, flags, 0, decimals)...)
}

// mysqlKinds are columns of all widths; mysqlRow is a row of them.
func mysqlKinds() []byte {
	return join(column("tiny", mysqlTiny, 0x20, 0), column("short", mysqlShort, 0, 0), column("long", mysqlLong, 0, 0),
		column("big", mysqlLongLong, 0x20, 0), column("float", mysqlFloat, 0, 0), column("double", mysqlDouble, 0, 0),
		column("text", 253, 0, 0), column("bit", mysqlBit, 0, 0), column("at", mysqlDateTime, 0, 3), column("time", mysqlTime, 0, 0),
		column("nothing", 253, 0, 0))
}

func join(parts ...[]byte) (all []byte) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func mysqlRow(text string) []byte {
	b := []byte{0, 0, 0x10} // the eleventh is null
	b = append(b, 200)
	b = binary.LittleEndian.AppendUint16(b, 0xfffe)
	b = binary.LittleEndian.AppendUint32(b, 0xfffffffd)
	b = binary.LittleEndian.AppendUint64(b, 1<<63+1)
	b = binary.LittleEndian.AppendUint32(b, 0x3f8ccccd) // 1.1
	b = binary.LittleEndian.AppendUint64(b, 0x3ff8000000000000)
	b = append(appendLength(b, len(text)), text...)
	b = append(b, 2, 1, 2)
	b = append(b, 11, 0xe8, 7, 2, 29, 23, 59, 58, 0x40, 0xe2, 1, 0) // 123456 microseconds
	b = append(b, 8, 1, 4, 0, 0, 0, 5, 6, 7)
	return packet(b...)
}

var mysqlLine = func(eof, cached bool) *line {
	return quietLine(func(l *line) speaker {
		return &mysqlSpeaker{l: l, prepared: map[string]*mysqlKnown{}, max: 10, eof: eof, cached: cached}
	})
}

// ask1 asks for a statement as a Fiber does, but that nobody waits for the answer.
func (l *line) ask1(t *testing.T, text string, shape Shape, values ...any) *asked {
	t.Helper()
	one := &asked{text: text, q: &query{st: &Statement{Source: text}, text: text, values: values}, shape: shape, out: sink{shape: shape}}
	var err error
	l.out, err = l.speaker.ask(l.out, one)
	require.NoError(t, err)
	l.push(one)
	return one
}

func TestMySQLLine(t *testing.T) {
	for _, tt := range []struct{ eof, cached bool }{{true, false}, {false, false}, {false, true}} {
		for piece := 1; piece < 300; piece += 23 {
			l := mysqlLine(tt.eof, tt.cached)
			end := packet(0xfe, 0, 0, 2, 0)
			var eof []byte
			if tt.eof {
				eof = end
			}
			var learns bool
			l.out, learns = l.speaker.learn(l.out, "SELECT ?")
			require.True(t, learns)
			require.Equal(t, "\x09\x00\x00\x00\x16SELECT ?", string(l.out))
			l.push(&asked{text: "SELECT ?", learns: true})
			_, again := l.speaker.learn(nil, "SELECT ?")
			require.False(t, again)
			_, err := l.speaker.ask(nil, &asked{text: "SELECT ?", q: &query{}})
			require.Equal(t, errElsewhere, err, "it is not prepared yet")

			columns := mysqlKinds()
			require.NoError(t, l.say(join(packet(0, 7, 0, 0, 0, 11, 0, 1, 0, 0, 0, 0), column("?", 253, 0, 0), eof, columns, eof), piece))
			require.Zero(t, l.under())

			_, err = l.speaker.ask(nil, &asked{text: "SELECT ?", q: &query{}})
			require.Equal(t, errElsewhere, err, "a value is missing")
			l.out = l.out[:0]
			first, second := l.ask1(t, "SELECT ?", Assoc, int64(5)), l.ask1(t, "SELECT ?", Value, "text")
			require.Equal(t, "\x16\x00\x00\x00\x17\x07\x00\x00\x00\x00\x01\x00\x00\x00\x00\x01\x08\x00\x05\x00\x00\x00\x00\x00\x00\x00"+
				"\x13\x00\x00\x00\x17\x07\x00\x00\x00\x00\x01\x00\x00\x00\x00\x01\xfe\x00\x04text", string(l.out))
			head := join(packet(11), columns)
			if tt.cached {
				head = packet(11, 0)
			}
			long := strings.Repeat("x", 300)
			require.NoError(t, l.say(join(head, eof, mysqlRow("one"), mysqlRow(long), end, head, eof, end), piece))
			require.Zero(t, l.under())
			row := func(text string) map[string]any {
				return map[string]any{"tiny": int64(200), "short": int64(-2), "long": int64(-3), "big": "9223372036854775809",
					"float": 1.1, "double": 1.5, "text": text, "bit": int64(258), "at": "2024-02-29 23:59:58.123",
					"time": "-101:06:07", "nothing": nil}
			}
			rows := decoded(t, first.got(t)).([]any)
			require.Len(t, rows, 2)
			for i, text := range []string{"one", long} {
				for name, want := range row(text) {
					got, _ := rows[i].(*wire.Map).Get(name)
					require.Equal(t, want, got, name)
				}
			}
			require.Nil(t, decoded(t, second.got(t)))

			// An error is its own statement's.
			third, fourth := l.ask1(t, "SELECT ?", Value, nil), l.ask1(t, "SELECT ?", Value, 1.5)
			require.NoError(t, l.say(join(packet([]byte("\xff\x28\x04#42000no")...), head, eof, mysqlRow("x"), end), piece))
			var e *Error
			require.ErrorAs(t, third.err, &e)
			require.Equal(t, "42000", e.SQLState)
			require.Equal(t, int64(200), decoded(t, fourth.got(t)))
			require.Error(t, l.say(packet(0), piece), "nobody asked")
		}
	}
}

// got is a statement's result. The line has taken it apart, as nobody waits for it.
func (one *asked) got(t *testing.T) []byte {
	t.Helper()
	require.NoError(t, one.err)
	return one.out.done(true, one.r)
}

func TestMySQLLineOfLongPackets(t *testing.T) {
	m := &mysqlSpeaker{}
	full := append([]byte{0xff, 0xff, 0xff, 0}, make([]byte, longPacket)...)
	size, err := m.size(full[:100])
	require.NoError(t, err)
	require.Equal(t, 4+longPacket+4, size, "what continues it is as long at least")
	both := append(full, packet(1, 2, 3)...)
	size, _ = m.size(both)
	require.Equal(t, len(both), size)
	require.Equal(t, []byte{0, 1, 2, 3}, payload(both)[longPacket-1:])
}

func FuzzMySQLLine(f *testing.F) {
	f.Add(join(packet(0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0), column("a", mysqlLong, 0, 0)), byte(0))
	f.Add(join(packet(11), mysqlKinds(), mysqlRow("x"), packet(0xfe, 0, 0, 2, 0)), byte(1))
	f.Add(join(packet(11, 0), mysqlRow("x"), packet(0xff, 1, 1)), byte(3))
	f.Fuzz(func(t *testing.T, in []byte, how byte) {
		l := mysqlLine(how&2 != 0, how&4 != 0)
		m := l.speaker.(*mysqlSpeaker)
		if how&1 == 0 {
			l.out, _ = m.learn(l.out, "SELECT 1")
			l.push(&asked{text: "SELECT 1", learns: true})
		}
		m.prepared["SELECT"] = &mysqlKnown{ready: true}
		for range 3 {
			l.ask1(t, "SELECT", Assoc)
		}
		_ = l.say(in, 1+int(how))
	})
}

func pgMessage(kind byte, body ...byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(body)+4)), body...)
}

func pgLine() (*line, *pgSpeaker) {
	var p *pgSpeaker
	l := quietLine(func(l *line) speaker {
		p = &pgSpeaker{l: l, prepared: map[string]*pgKnown{}, max: 10}
		return p
	})
	st := &pgPrepared{columns: []pgColumn{{oidInt4, pgInt4}}, names: []string{"n"}, formats: []int16{1}}
	st.StatementDescription = &pgconn.StatementDescription{}
	st.keys = keysOf(st.names)
	p.prepared["SELECT n"] = &pgKnown{st, "l1"}
	return l, p
}

// Statements that are sent together count when the server says so at the end, all of them or none.
func TestPgLine(t *testing.T) {
	bound, row := join(pgMessage('2')), pgMessage('D', 0, 1, 0, 0, 0, 4, 0, 0, 0, 9)
	complete, ready := pgMessage('C', []byte("SELECT 1\x00")...), pgMessage('Z', 'I')
	refused := pgMessage('E', []byte("SERROR\x00C22012\x00Mby zero\x00\x00")...)
	ask := func(l *line, n int) (all []*asked) {
		for range n {
			all = append(all, l.ask1(t, "SELECT n", Value))
		}
		l.queue[len(l.queue)-1].sealed = true
		return all
	}
	for piece := 1; piece < 100; piece += 13 {
		l, _ := pgLine()
		all := append(ask(l, 2), ask(l, 1)...)
		require.NoError(t, l.say(join(bound, row, complete, bound, row, complete), piece))
		require.Equal(t, 3, l.under(), "nothing counts before the end")
		require.NoError(t, l.say(ready, piece))
		require.Equal(t, 1, l.under())
		require.NoError(t, l.say(join(bound, complete, ready), piece))
		require.Equal(t, int64(9), decoded(t, all[1].got(t)))
		require.Nil(t, decoded(t, all[2].got(t)))

		all = append(ask(l, 3), ask(l, 1)...)
		require.NoError(t, l.say(join(bound, row, complete, bound, refused, ready, bound, row, complete, ready), piece))
		require.Zero(t, l.under())
		var e *Error
		require.Equal(t, errElsewhere, all[0].err, "undone")
		require.ErrorAs(t, all[1].err, &e)
		require.Equal(t, "22012", e.SQLState)
		require.Equal(t, errElsewhere, all[2].err, "not carried out")
		require.Equal(t, int64(9), decoded(t, all[3].got(t)))

		ask(l, 2)
		require.Error(t, l.say(join(bound, row, complete, ready), piece), "an answer is missing")
	}
}

func FuzzPgLine(f *testing.F) {
	f.Add(join(pgMessage('2'), pgMessage('D', 0, 1, 0, 0, 0, 4, 0, 0, 0, 9), pgMessage('C', 'S', 0), pgMessage('Z', 'I')), byte(3))
	f.Add(join(pgMessage('E', 'S', 'E', 0, 0), pgMessage('Z', 'I'), pgMessage('T', 0, 1, 'n', 0)), byte(9))
	f.Fuzz(func(t *testing.T, in []byte, how byte) {
		l, _ := pgLine()
		for i := range 5 {
			one := l.ask1(t, "SELECT n", Assoc)
			one.sealed, one.fresh = how>>i&1 != 0, how>>(7-i)&1 != 0
		}
		_ = l.say(in, 1+int(how))
	})
}

func TestMySQLDates(t *testing.T) {
	date := func(kind, decimals byte, v ...byte) string {
		return string(appendMySQLDate(nil, &mysqlColumn{kind: kind, decimals: decimals}, v))
	}
	require.Equal(t, "0000-00-00", date(mysqlDate, 0))
	require.Equal(t, "2024-02-09", date(mysqlDate, 0, 0xe8, 7, 2, 9))
	require.Equal(t, "2024-02-09 00:00:00", date(mysqlDateTime, 0, 0xe8, 7, 2, 9))
	require.Equal(t, "2024-02-09 00:00:00.00", date(mysqlDateTime, 2, 0xe8, 7, 2, 9))
	require.Equal(t, "2024-02-09 10:05:00", date(mysqlTimestamp, 0x1f, 0xe8, 7, 2, 9, 10, 5, 0))
	require.Empty(t, date(mysqlDate, 0, 1))
	clock := func(decimals byte, v ...byte) string {
		return string(appendMySQLTime(nil, &mysqlColumn{kind: mysqlTime, decimals: decimals}, v))
	}
	require.Equal(t, "00:00:00", clock(0))
	require.Equal(t, "00:00:00.0000", clock(4))
	require.Equal(t, "01:02:03", clock(0, 0, 0, 0, 0, 0, 1, 2, 3))
	require.Equal(t, "-838:59:59.000001", clock(6, 1, 34, 0, 0, 0, 22, 59, 59, 1, 0, 0, 0))
	require.Empty(t, clock(0, 1))
}

// What stands before a server may take one command at a time.
func TestAnswersInTurn(t *testing.T) {
	ok := packet(0, 0, 0, 2, 0, 0, 0)
	ok[3] = 1
	refusal := packet([]byte("\xff\x15\x04#08S01one at a time")...)
	refusal[3] = 1
	tests := []struct {
		name    string
		answers []byte
		good    bool
	}{
		{"three", join(ok, ok, ok), true},
		{"one, then it closes", ok, false},
		{"one more than was asked", join(ok, ok, ok, ok), false},
		{"a refusal", join(ok, refusal), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			done := make(chan struct{})
			go func() {
				defer close(done)
				var asked [15]byte
				_, _ = io.ReadFull(theirs, asked[:])
				for i := 0; i < len(tt.answers); i += 10 {
					_, _ = theirs.Write(tt.answers[i:min(i+10, len(tt.answers))])
				}
				_ = theirs.Close()
			}()
			require.Equal(t, tt.good, answersInTurn(ours))
			_ = ours.Close()
			<-done
		})
	}
}
