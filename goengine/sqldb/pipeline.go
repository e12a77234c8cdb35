package sqldb

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// Statements of several Fibers that are under way at the same time share a connection to PostgreSQL: each is sent with a
// Sync of its own, so that it is a transaction of its own and its error nobody else's, and one system call carries many.
//
// One that is slow would hold up those behind it. So only statements that read, and that have been quick before, are sent
// this way, and the server ends one that takes longer than pipelineLimit: it is begun anew on a connection of its own. An
// error undoes all that a statement has done, so that beginning anew is as if it had waited.
const (
	pipelineLimit = 100 * time.Millisecond // of a statement at the server
	pipelineQuick = 5 * time.Millisecond   // what took longer is not quick
	pipelineSmall = 64 << 10               // bytes of a quick statement's result
	pipelineMost  = 64                     // statements under way on a connection
	pipelineSpare = 24                     // with so many on each, another connection is opened
	pipelines     = 4                      // connections of a pool that are used so
	pipelineFrom  = 2                      // statements of the database under way; fewer have connections of their own
	pipelineIdle  = 2 * time.Second        // without a statement, then the connection goes
)

// record is what is known of a statement's past runs.
type record struct {
	score atomic.Int32
	bytes atomic.Int32 // of the last result: the next is likely to be as large
}

// room is what to set aside for a result.
func (r *record) room() int { return int(r.bytes.Load()) }

const (
	recordQuick = 3  // from here on a statement counts as quick
	recordMost  = 50 // the score goes no further, up or down
	recordGain  = 5  // what a quick run brings, and a slow one costs 1: on a busy machine a quick statement is slow more often than not
)

func (r *record) quick() bool { return r.score.Load() >= recordQuick }

// note adds a run.
func (r *record) note(took time.Duration, bytes int) {
	r.bytes.Store(int32(min(bytes+bytes/8, mostRoom)))
	switch n := r.score.Load(); {
	case bytes > pipelineSmall:
		r.slow()
	case took <= pipelineQuick && n < recordMost:
		r.score.Add(recordGain)
	case took > pipelineQuick && n > -recordMost:
		r.score.Add(-1)
	}
}

// failed is for a statement that the server refused: for some runs it is no longer sent together with others, which
// would be begun anew each time.
func (r *record) failed() { r.score.Store(min(r.score.Load(), -recordMost)) }

// slow is for a statement that is not to be tried again soon.
func (r *record) slow() { r.score.Store(-1000) }

// pgPipes are the shared connections of a pool.
type pgPipes struct {
	pool   *pool
	shared *sync.Map // text => *pgPrepared: what a connection of its own has learned of a statement

	mu      sync.Mutex // guards all below
	all     []*pgPipe
	opening bool
	closed  bool
	timer   *time.Timer
}

// pick finds the connection with the fewest statements under way; nil: there is none yet, or all have enough.
func (ps *pgPipes) pick() *pgPipe {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	var best *pgPipe
	least := int64(math.MaxInt64)
	for _, p := range ps.all {
		if n := p.under.Load(); n < least && !p.retired {
			best, least = p, n
		}
	}
	if (best == nil || least >= pipelineSpare) && len(ps.all) < min(pipelines, ps.pool.limits.max/4) && !ps.opening && !ps.closed {
		ps.opening = true
		go ps.open()
	}
	if best == nil || least >= pipelineMost {
		return nil
	}
	best.under.Add(1)
	return best
}

func (ps *pgPipes) open() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	p, err := ps.connect(ctx)
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.opening = false
	if err != nil {
		return // statements go over connections of their own, and say what is wrong
	}
	if ps.closed {
		go p.end()
		return
	}
	ps.all = append(ps.all, p)
	if ps.timer == nil {
		ps.timer = time.AfterFunc(pipelineIdle, ps.sweep)
	}
}

func (ps *pgPipes) connect(ctx context.Context) (*pgPipe, error) {
	h, err := ps.pool.take(ctx, "statements of several Fibers at once")
	if err != nil {
		return nil, err
	}
	c := h.conn.(*pgConn)
	h.touched = true
	if err := c.simple(ctx, "SET statement_timeout = "+strconv.FormatInt(pipelineLimit.Milliseconds(), 10)); err != nil {
		ps.pool.put(h)
		return nil, err
	}
	hijacked, err := c.c.Hijack()
	if err != nil {
		ps.pool.drop(h)
		return nil, err
	}
	p := &pgPipe{owner: ps, h: h, net: hijacked.Conn, prepared: map[string]string{}, max: c.prepared.max, ended: make(chan struct{})}
	go p.read()
	return p, nil
}

// sweep ends connections that nobody has used for a while.
func (ps *pgPipes) sweep() {
	ps.mu.Lock()
	ps.timer = nil
	var gone []*pgPipe
	kept := ps.all[:0]
	now := ps.pool.now()
	for _, p := range ps.all {
		served := p.served.Load()
		p.retired = p.retired || now.After(p.h.expires)
		if p.stuck(now) || p.under.Load() == 0 && (p.retired || served == p.seen) {
			gone = append(gone, p)
			continue
		}
		p.seen = served
		kept = append(kept, p)
	}
	clear(ps.all[len(kept):])
	ps.all = kept
	if len(kept) > 0 && !ps.closed {
		ps.timer = time.AfterFunc(pipelineIdle, ps.sweep)
	}
	ps.mu.Unlock()
	for _, p := range gone {
		p.end()
	}
}

// stuck says whether the server has not answered for much longer than it may take: it, or the net, is gone.
func (p *pgPipe) stuck(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.queue) > 0 && now.Sub(p.queue[0].sent) > pipelineMost*pipelineLimit*3/2
}

func (ps *pgPipes) forget(p *pgPipe) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for i, other := range ps.all {
		if other == p {
			ps.all = append(ps.all[:i], ps.all[i+1:]...)
			return
		}
	}
}

func (ps *pgPipes) shut() {
	ps.mu.Lock()
	all := ps.all
	ps.all, ps.closed = nil, true
	if ps.timer != nil {
		ps.timer.Stop()
	}
	ps.mu.Unlock()
	for _, p := range all {
		p.end()
	}
}

// pgPipe is a connection with statements of several callers under way.
type pgPipe struct {
	owner  *pgPipes
	h      *held
	net    net.Conn
	max    int
	under  atomic.Int64 // statements that have it, or are about to
	served atomic.Uint64
	seen   uint64 // guarded by owner.mu, as retired is
	// No more statements: it has reached its age.
	retired bool
	ended   chan struct{}

	mu       sync.Mutex // guards all below
	out      []byte     // to be written
	spare    []byte
	writing  bool
	queue    []*piped          // in the order of their answers
	prepared map[string]string // text => name
	number   int
	err      error // it is over

	current *piped // the reader's
}

// piped is a statement under way.
type piped struct {
	st      *pgPrepared
	text    string
	out     sink
	r       Result
	err     error
	checks  bool // the server describes the statement, which must be as it is known
	skip    bool // its rows are of no use
	columns int
	done    chan struct{}
	sent    time.Time
	took    time.Duration
}

var errElsewhere = errors.New("sqldb: the statement needs a connection of its own")

// run carries a statement out. errElsewhere says that it did not, and has to be done on a connection of its own.
func (ps *pgPipes) run(ctx context.Context, q *query, shape Shape) (out sink, r Result, columns bool, err error) {
	known, ok := ps.shared.Load(q.text)
	if !ok {
		return out, r, false, errElsewhere
	}
	st := known.(*pgPrepared)
	if len(q.values) != len(st.ParamOIDs) || len(st.columns) == 0 {
		return out, r, false, errElsewhere
	}
	p := ps.pick()
	if p == nil {
		return out, r, false, errElsewhere
	}
	defer p.under.Add(-1)
	one := &piped{st: st, text: q.text, sent: time.Now(), done: make(chan struct{}), columns: len(st.columns)}
	one.out.shape, one.out.room = shape, q.st.record.room()
	if err := one.out.check(one.columns); err != nil {
		return out, r, true, err
	}
	one.out.columns(st.names, st.keys, st.types)
	if err := p.send(one, q.values); err != nil {
		return out, r, false, err
	}
	select {
	case <-one.done:
	case <-ctx.Done():
		// The server ends it soon, and its answer is thrown away.
		return out, r, false, context.Cause(ctx)
	}
	if one.err != nil {
		var e *Error
		switch errors.As(one.err, &e); {
		case one.err == errElsewhere:
		case e == nil:
		case e.SQLState == "57014":
			q.st.record.slow()
			one.err = errElsewhere
		case e.SQLState == "25006", e.SQLState == "26000", e.SQLState == "42P05", e.SQLState == "0A000":
			ps.shared.Delete(q.text)
			one.err = errElsewhere
		}
		return out, r, true, one.err
	}
	q.st.record.note(ps.pool.beyond(one.took), len(one.out.buf))
	return one.out, one.r, true, nil
}

// send queues a statement. Who finds nobody writing writes for all.
func (p *pgPipe) send(one *piped, values []any) error {
	p.mu.Lock()
	if p.err != nil {
		p.mu.Unlock()
		return errElsewhere
	}
	name, ok := p.prepared[one.text]
	mark := len(p.out)
	if !ok {
		if len(p.prepared) >= p.max {
			p.mu.Unlock()
			return errElsewhere
		}
		p.number++
		name = "p" + strconv.Itoa(p.number)
		one.checks = true
		p.out = appendParse(p.out, name, one.text, one.st.ParamOIDs)
	}
	var err error
	if p.out, err = appendBind(p.out, name, one.st, values); err != nil {
		p.out = p.out[:mark]
		p.mu.Unlock()
		return err
	}
	p.out = appendSync(p.out) // a transaction of its own
	if !ok {
		p.prepared[one.text] = name
	}
	p.queue = append(p.queue, one)
	if p.writing {
		p.mu.Unlock()
		return nil
	}
	p.writing = true
	p.mu.Unlock()
	// Others that are about to send get the chance to do so in the same system call.
	runtime.Gosched()
	p.write()
	return nil
}

func (p *pgPipe) write() {
	p.mu.Lock()
	for len(p.out) > 0 && p.err == nil {
		b := p.out
		p.out = p.spare[:0]
		p.mu.Unlock()
		_, err := p.net.Write(b)
		p.mu.Lock()
		if p.spare = b; cap(b) > pipelineSmall {
			p.spare = nil
		}
		if err != nil {
			p.mu.Unlock()
			p.fail(err)
			p.mu.Lock()
		}
	}
	p.writing = false
	p.mu.Unlock()
}

func appendHead(dst []byte, kind byte) ([]byte, int) {
	dst = append(dst, kind, 0, 0, 0, 0)
	return dst, len(dst) - 4
}

func patch(dst []byte, at int) []byte {
	binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at))
	return dst
}

// appendParse has a statement prepared, and described.
func appendParse(dst []byte, name, text string, oids []uint32) []byte {
	dst, at := appendHead(dst, 'P')
	dst = append(append(dst, name...), 0)
	dst = append(append(dst, text...), 0)
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(oids)))
	for _, oid := range oids {
		dst = binary.BigEndian.AppendUint32(dst, oid)
	}
	dst = patch(dst, at)
	dst, at = appendHead(dst, 'D')
	dst = append(append(append(dst, 'S'), name...), 0)
	return patch(dst, at)
}

// appendBind has a prepared statement carried out; a Sync has to follow.
func appendBind(dst []byte, name string, st *pgPrepared, values []any) ([]byte, error) {
	dst, at := appendHead(dst, 'B')
	dst = append(dst, 0)
	dst = append(append(dst, name...), 0)
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(values)))
	formats := len(dst)
	dst = append(dst, make([]byte, 2*len(values))...)
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(values)))
	for i, v := range values {
		if v == nil {
			dst = binary.BigEndian.AppendUint32(dst, math.MaxUint32)
			continue
		}
		size := len(dst)
		dst = append(dst, 0, 0, 0, 0)
		var format int16
		var err error
		if dst, format, err = appendPgParam(dst, st.ParamOIDs[i], v); err != nil {
			return dst, err
		}
		binary.BigEndian.PutUint32(dst[size:], uint32(len(dst)-size-4))
		binary.BigEndian.PutUint16(dst[formats+2*i:], uint16(format))
	}
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(st.formats)))
	for _, f := range st.formats {
		dst = binary.BigEndian.AppendUint16(dst, uint16(f))
	}
	dst = patch(dst, at)
	return append(dst, 'E', 0, 0, 0, 9, 0, 0, 0, 0, 0), nil
}

func appendSync(dst []byte) []byte { return append(dst, 'S', 0, 0, 0, 4) }

// read takes the server's answers until the connection ends.
func (p *pgPipe) read() {
	defer close(p.ended)
	buf := make([]byte, 32<<10)
	from, to := 0, 0
	last := time.Now()
	for {
		for to-from >= 5 {
			size := int(binary.BigEndian.Uint32(buf[from+1:])) + 1
			if size < 5 || size > 1<<30 {
				p.fail(errors.New("sqldb: a message of a wrong length"))
				return
			}
			if to-from < size {
				break
			}
			if err := p.message(buf[from], buf[from+5:from+size], &last); err != nil {
				p.fail(err)
				return
			}
			from += size
		}
		if from == to {
			from, to = 0, 0
			if len(buf) > pipelineSmall {
				buf = make([]byte, 32<<10)
			}
		} else if len(buf)-to < 4<<10 {
			buf, from, to = grow(buf, from, to)
		}
		n, err := p.net.Read(buf[to:])
		to += n
		if err != nil && n == 0 {
			p.fail(err)
			return
		}
	}
}

// head is the statement whose answers come now. Only the reader takes it out of the queue.
func (p *pgPipe) head() *piped {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 {
		return nil
	}
	return p.queue[0]
}

var errProtocol = errors.New("sqldb: an answer that nobody asked for")

func (p *pgPipe) message(kind byte, body []byte, last *time.Time) error {
	switch kind {
	case 'S', 'N', 'A': // of the session
		return nil
	}
	one := p.current
	if one == nil {
		if one = p.head(); one == nil {
			if kind == 'E' { // the server says good-bye
				return serverError(body)
			}
			return errProtocol
		}
		p.current = one
	}
	switch kind {
	case 'D':
		if !one.skip {
			return one.row(body)
		}
	case 'C':
		tag := body
		if n := len(tag); n > 0 && tag[n-1] == 0 {
			tag = tag[:n-1]
		}
		one.r.AffectedRows = pgconn.NewCommandTag(string(tag)).RowsAffected()
	case 'T':
		var rd pgproto3.RowDescription
		if err := rd.Decode(body); err != nil {
			return err
		}
		if one.checks && !one.st.describes(&rd) {
			one.skip, one.err = true, errElsewhere
		}
	case 'n':
		one.skip, one.err = true, errElsewhere
	case 'E':
		err := serverError(body)
		if one.err == nil {
			one.err = err
		}
		var e *Error
		if errors.As(err, &e) && e.Kind == Connection {
			return err
		}
	case 'Z':
		now := time.Now()
		if last.Before(one.sent) {
			*last = one.sent // nothing was before it
		}
		one.took = now.Sub(*last)
		*last = now
		p.mu.Lock()
		p.queue[0] = nil
		p.queue = p.queue[1:]
		if one.checks && one.err != nil {
			delete(p.prepared, one.text)
		}
		p.mu.Unlock()
		p.current = nil
		p.served.Add(1)
		close(one.done)
	case '1', '2', 't', 'I', 's', '3':
	default:
		return errProtocol
	}
	return nil
}

func serverError(body []byte) error {
	var er pgproto3.ErrorResponse
	if err := er.Decode(body); err != nil {
		return err
	}
	return pgError(pgconn.ErrorResponseToPgError(&er))
}

// describes says whether the statement's columns are those that are known.
func (st *pgPrepared) describes(rd *pgproto3.RowDescription) bool {
	if len(rd.Fields) != len(st.columns) {
		return false
	}
	for i := range rd.Fields {
		if rd.Fields[i].DataTypeOID != st.columns[i].oid || string(rd.Fields[i].Name) != st.names[i] {
			return false
		}
	}
	return true
}

// row gives a row to the sink.
func (one *piped) row(body []byte) error {
	if len(body) < 2 || int(binary.BigEndian.Uint16(body)) != one.columns {
		return errProtocol
	}
	if err := appendPgRow(&one.out, one.st.columns, body[2:]); err != nil {
		return err
	}
	if err := one.out.end(); err != nil && one.err == nil {
		one.skip, one.err = true, err
	}
	return nil
}

// fail ends the connection; whoever waits hears of it.
func (p *pgPipe) fail(err error) {
	p.mu.Lock()
	if p.err != nil {
		p.mu.Unlock()
		return
	}
	p.err = err
	queue := p.queue
	p.queue, p.out = nil, nil
	p.mu.Unlock()
	_ = p.net.Close()
	e := brokenBy(err)
	for _, one := range queue {
		if one.err == nil {
			one.err = e
		}
		close(one.done)
	}
	p.owner.forget(p)
	p.owner.pool.drop(p.h)
}

// end says good-bye to the server and waits until the reader is gone.
func (p *pgPipe) end() {
	_ = p.net.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = p.net.Write([]byte{'X', 0, 0, 0, 4})
	p.fail(net.ErrClosed)
	<-p.ended
}

// brokenBy is what statements are told whose connection ended by err.
func brokenBy(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	text := err.Error()
	if errors.Is(err, io.EOF) {
		text = "the server closed it"
	}
	return &Error{Kind: Connection, SQLState: "08006", Message: "the connection broke: " + text}
}
