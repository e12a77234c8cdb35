package redis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// The exceptions are PHP classes, in phpsrc/Phalanx/Redis.
const (
	exception     = `Phalanx\Redis\Exception\RedisException`
	connection    = `Phalanx\Redis\Exception\ConnectionException`
	timedOut      = `Phalanx\Redis\Exception\TimeoutException`
	commandFailed = `Phalanx\Redis\Exception\CommandException`
	usage         = `Phalanx\Redis\Exception\UsageException`
)

// classes of errors that the server answers, by their first word.
var classes = map[string]string{
	"WRONGTYPE": `Phalanx\Redis\Exception\WrongTypeException`,
	"NOAUTH":    `Phalanx\Redis\Exception\AuthenticationException`,
	"WRONGPASS": `Phalanx\Redis\Exception\AuthenticationException`,
	"NOPERM":    `Phalanx\Redis\Exception\AuthenticationException`,
}

// misuse is an error of the program.
func misuse(format string, args ...any) error {
	return &component.Exception{Class: usage, Message: fmt.Sprintf(format, args...)}
}

// errorReply is what the server answered instead of a result.
type errorReply struct{ text string }

// prefix is the kind of error. rueidis takes the usual one, ERR, away.
func (e *errorReply) prefix() string {
	word, _, _ := strings.Cut(e.text, " ")
	if len(word) < 3 || strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		return "ERR"
	}
	return word
}

// exception makes PHP's.
func (e *errorReply) exception(command string) error {
	class := classes[e.prefix()]
	if class == "" {
		class = commandFailed
	}
	text := e.text
	if command != "" {
		text = command + ": " + text
	}
	return &component.Exception{Class: class, Message: text,
		Properties: map[string]any{"prefix": e.prefix(), "command": command}}
}

// failed makes PHP's exception of an error that is no reply to the command. limit is the client's own, which ends the
// context that is not ctx; ctx is the caller's.
func (s *shared) failed(ctx context.Context, err error, command string, limit time.Duration) error {
	if err == nil {
		return nil
	}
	var known *component.Exception
	if errors.As(err, &known) {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx) // the component's caller names the exception
	}
	if e, ok := rueidis.IsRedisErr(err); ok {
		return (&errorReply{e.Error()}).exception(command)
	}
	if strings.Contains(err.Error(), "\n") { // rueidis joins what it tried to the server's answer
		text, _, _ := strings.Cut(err.Error(), "\n")
		err = errors.New(text)
	}
	var ne net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &ne) && ne.Timeout() {
		what := "connect"
		if command != "" {
			what = command
		}
		return &component.Exception{Class: timedOut, Properties: map[string]any{"command": command}, Message: fmt.Sprintf(
			"%s: no answer to %s within %v. A command that writes may have been carried out", s.target, what, limit)}
	}
	text := err.Error()
	if errors.Is(err, io.EOF) || errors.Is(err, rueidis.ErrClosing) {
		text = "the connection was closed"
	}
	if command != "" {
		text = command + ": " + text
	}
	return &component.Exception{Class: connection, Properties: map[string]any{"command": command},
		Message: fmt.Sprintf("%s: %s", s.target, text)}
}
