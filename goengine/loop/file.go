package loop

import (
	"os"

	"golang.org/x/sys/unix"
)

// sendChunk bounds one sendfile call, so that one fast reader of a large file starves nobody.
const sendChunk = 1 << 20

// fileSend is a file on its way to a peer.
type fileSend struct {
	file   *os.File
	off    int64
	left   int64
	behind int // bytes of the output buffer that go before the file and behind the file before it
	next   *fileSend
}

// maxFiles bounds the files that wait for one connection: each holds a descriptor.
const maxFiles = 64

func (f *fileSend) close() { _ = f.file.Close() }

// send hands the kernel file bytes; done when all are taken.
func (f *fileSend) send(c *conn, l *Loop) (done bool, errno unix.Errno) {
	if c.tls != nil {
		return f.sendSealed(c, l)
	}
	n, err := unix.Sendfile(int(c.fd), int(f.file.Fd()), &f.off, int(min(f.left, sendChunk)))
	if err != nil {
		errno, _ = err.(unix.Errno)
		return false, errno
	}
	if n == 0 {
		// The file has become shorter than the head promised: only closing tells the peer.
		return false, unix.EIO
	}
	f.left -= int64(n)
	l.wrote(c, n)
	return f.left == 0, 0
}

// SendFile sends head and then length bytes of a file from offset on, copied by the kernel.
// length 0 means to the file's end. Operations queued before must have been applied.
func (l *Loop) SendFile(id ID, head []byte, path string, offset, length int64) (pending int, err error) {
	c := l.lookup(id)
	if c == nil || !c.takes() {
		return 0, ErrClosed
	}
	waiting := c.waiting()
	last := &c.file
	files := 0
	for ; *last != nil; last = &(*last).next {
		waiting -= (*last).behind
		files++
	}
	if c.waiting()+c.wirePending() > c.maxSend || files == maxFiles {
		l.reached(LimitSendBuffer)
		return c.pending(), ErrFull
	}
	l.applyOwn(false)
	// Non-blocking for the open itself: that of a pipe would wait for a writer.
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return 0, err
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || offset < 0 || offset > info.Size() {
		_ = file.Close()
		return 0, os.ErrInvalid
	}
	if rest := info.Size() - offset; length <= 0 || length > rest {
		length = rest
	}
	if c.x != nil {
		l.endStream(c)
	}
	out := l.output(c)
	before := len(out.B)
	out.B = append(out.B, c.sayClose(head, len(head))...)
	if length > 0 && c.heads&1 == 0 {
		*last = &fileSend{file: file, off: offset, left: length, behind: waiting + len(out.B) - before}
	} else {
		_ = file.Close()
	}
	l.continueWrite(c)
	if c.status == closed {
		return 0, ErrClosed
	}
	if c.proto == HTTP {
		l.responded(c)
	}
	return c.pending(), nil
}
