package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// The closed loop: each connection asks again as soon as it has its answer, so that a server that can wait for several
// things at once always has as many of them as there are connections. In lockstep it would run dry with every batch.

// exchange is one request of the closed loop and its answer, which is known to the byte.
type exchange struct {
	request, answer func(dst []byte, number uint64) []byte
}

// exchangeOf is what a path of app/database.php or app/outgoing.php is asked and answers.
func exchangeOf(path string) (exchange, error) {
	rows := 0
	switch path {
	case "/one":
		rows = 1
	case "/twenty", "/together":
		rows = twentyRows
	default:
		return exchange{}, fmt.Errorf("no exchange for %q", path)
	}
	return exchange{
		request: func(dst []byte, number uint64) []byte {
			dst = append(dst, "GET "+path+"?id="...)
			dst = strconv.AppendInt(dst, rowID(number), 10)
			return append(dst, " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: phalanx-bench/1\r\nAccept: application/json\r\n\r\n"...)
		},
		answer: func(dst []byte, number uint64) []byte {
			id := rowID(number)
			body := 0
			if rows == 1 {
				body = len(appendRow(nil, id))
			} else {
				body = rows*(len(appendRow(nil, id))+1) + 1
			}
			dst = append(dst, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: keep-alive\r\nContent-Length: "...)
			dst = strconv.AppendInt(dst, int64(body), 10)
			dst = append(dst, "\r\n\r\n"...)
			if rows == 1 {
				return appendRow(dst, id)
			}
			for i := range int64(rows) {
				dst = append(dst, "[,"[min(i, 1)])
				dst = appendRow(dst, firstRow+(id-firstRow+i*rowStep)%tableRows)
			}
			return append(dst, ']')
		},
	}, nil
}

// The table: every id and every number has five digits, so all answers are of one length.
const (
	firstRow   = 10000
	tableRows  = 10000
	rowStep    = 397 // from one of twenty rows to the next
	twentyRows = 20
)

func rowID(number uint64) int64 { return firstRow + int64(number*7919%tableRows) }

func rowNumber(id int64) int64 { return 10000 + id*7919%90000 }

func appendRow(dst []byte, id int64) []byte {
	dst = strconv.AppendInt(append(dst, `{"id":`...), id, 10)
	dst = strconv.AppendInt(append(dst, `,"number":`...), rowNumber(id), 10)
	return append(dst, '}')
}

// asker is a connection of the closed loop.
type asker struct {
	request, want, got []byte
	answered           bool
}

// closedLoop runs until the job's time is over, then waits for what is still under way.
func (g *generator) closedLoop(job loadJob) (res loadResult, err error) {
	x, err := exchangeOf(job.Path)
	if err != nil {
		return res, err
	}
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return res, os.NewSyscallError("epoll_create", err)
	}
	defer func() { _ = unix.Close(epoll) }()
	askers := make(map[int32]*asker, len(g.fds))
	begin, cpu := time.Now(), threadCPU()
	for _, fd := range g.fds {
		a := &asker{}
		askers[int32(fd)] = a
		event := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
		if err := unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
			return res, os.NewSyscallError("epoll_ctl", err)
		}
		if err := g.ask(fd, a, x); err != nil {
			return res, err
		}
	}
	events := make([]unix.EpollEvent, len(g.fds))
	for open := len(g.fds); open > 0; {
		n, err := unix.EpollWait(epoll, events, int(ioTimeout/time.Millisecond))
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return res, os.NewSyscallError("epoll_wait", err)
		case n == 0:
			return res, fmt.Errorf("nothing came in %v", ioTimeout)
		}
		over := time.Since(begin) >= job.MaxTime
		for _, event := range events[:n] {
			a := askers[event.Fd]
			if err := a.read(int(event.Fd)); err != nil {
				return res, err
			}
			if !a.answered {
				continue
			}
			if !over {
				res.Requests++
				if err := g.ask(int(event.Fd), a, x); err != nil {
					return res, err
				}
				continue
			}
			if res.Wall == 0 {
				res.Wall, res.CPU = time.Since(begin), threadCPU()-cpu
			}
			res.Late++
			open--
		}
	}
	return res, g.quiet()
}

func (g *generator) ask(fd int, a *asker, x exchange) error {
	a.request, a.want = x.request(a.request[:0], g.next), x.answer(a.want[:0], g.next)
	a.got, a.answered = a.got[:0], false
	g.next++
	return writeAll(fd, a.request)
}

// read takes what is there and compares the answer when it is whole.
func (a *asker) read(fd int) error {
	if cap(a.got) < len(a.want)+1 {
		a.got = make([]byte, 0, len(a.want)+1) // room for a byte too many
	}
	n, err := readSome(fd, a.got[len(a.got):cap(a.got)])
	if err != nil {
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("closed after %q", a.got)
		}
		return err
	}
	a.got = a.got[:len(a.got)+n]
	const status = len("HTTP/1.1 200")
	if begun := min(len(a.got), status); len(a.got) < len(a.want) && string(a.got[:begun]) == string(a.want[:begun]) {
		return nil
	}
	a.answered = true
	return answer{Bytes: a.want}.check(a.got)
}
