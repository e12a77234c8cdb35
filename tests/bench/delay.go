package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"
)

const delayArg = "delay-bytes"

// delayBytes is a process between a server and its database: what goes through it arrives later by delay each way, in
// order, as on a longer wire. It prints its address and ends with standard input.
func delayBytes(target string, delay time.Duration) error {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = l.Close()
	}()
	for {
		near, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		} else if err != nil {
			return err
		}
		far, err := net.Dial("tcp4", target)
		if err != nil {
			_ = near.Close()
			continue
		}
		go delayed(far, near, delay)
		go delayed(near, far, delay)
	}
}

// delayed copies one direction; at its end it closes both.
func delayed(to, from net.Conn, delay time.Duration) {
	type chunk struct {
		due   time.Time
		bytes []byte
	}
	chunks := make(chan chunk, 1024)
	go func() {
		defer close(chunks)
		for {
			b := make([]byte, 16<<10)
			n, err := from.Read(b)
			if n > 0 {
				chunks <- chunk{time.Now().Add(delay), b[:n]}
			}
			if err != nil {
				return
			}
		}
	}()
	for c := range chunks {
		time.Sleep(time.Until(c.due))
		if _, err := to.Write(c.bytes); err != nil {
			break
		}
	}
	_, _ = to.Close(), from.Close()
	for range chunks { // what can be written no more
		continue
	}
}

// delayProxy starts such a process.
func (b *bench) delayProxy(target string, delay time.Duration) (address string, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(self, delayArg, target, delay.String())
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := b.loadCPU.start(cmd); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = in.Close()
		_ = cmd.Process.Kill() // nothing of it is to be kept
		_ = cmd.Wait()
	}
	line := make([]byte, 64)
	n, err := out.Read(line)
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the delaying proxy does not start: %w", err)
	}
	return strings.TrimSpace(string(line[:n])), stop, nil
}
