// Command goserver is the engine alone, with a handler in Go: what the loop, the parser and the limits
// cost without PHP.
//
// Usage: goserver PORT        listens on 127.0.0.1
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: goserver PORT")
		os.Exit(2)
	}
	port, err := strconv.Atoi(os.Args[1])
	if err == nil {
		err = serve(port)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "goserver:", err)
		os.Exit(1)
	}
}

func serve(port int) error {
	runtime.LockOSThread() // as a worker slot has its thread
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	l, err := loop.New(loop.Config{})
	if err != nil {
		return err
	}
	defer l.Close()
	fd, err := listen(port)
	if err != nil {
		return err
	}
	if _, err := l.Listen(fd, loop.ListenOptions{Proto: loop.HTTP}); err != nil {
		return err
	}
	body := []byte("Hello, World!")
	err = l.Run(ctx, loop.HandlerFunc(func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Message {
			_ = l.Send(ev.Conn, loop.SendMessage, body) // a connection that is gone needs no answer
		}
	}))
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func listen(port int) (int, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_TCP, unix.TCP_NODELAY, 1); err != nil {
		return -1, os.NewSyscallError("setsockopt", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}, Port: port}); err != nil {
		return -1, os.NewSyscallError("bind", err)
	}
	return fd, os.NewSyscallError("listen", unix.Listen(fd, 4096))
}
