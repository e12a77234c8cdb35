package httpclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// The exceptions of PHP.
const (
	classConnect   = `Phalanx\Http\Exception\ConnectException`
	classBlocked   = `Phalanx\Http\Exception\BlockedAddressException`
	classTLS       = `Phalanx\Http\Exception\TlsException`
	classTimeout   = `Phalanx\Http\Exception\TimeoutException`
	classNetwork   = `Phalanx\Http\Exception\NetworkException`
	classRequest   = `Phalanx\Http\Exception\RequestException`
	classRedirects = `Phalanx\Http\Exception\RedirectException`
	classTooLarge  = `Phalanx\Http\Exception\ResponseTooLargeException`
)

var (
	// ErrBlocked answers an address that the guard refuses.
	ErrBlocked = errors.New("httpclient: the address is not public")
	// ErrPin answers a certificate chain without any of the pinned keys.
	ErrPin = errors.New("httpclient: no certificate of the server has a pinned key")
	// ErrTooLarge answers a body over MaxBytes.
	ErrTooLarge = errors.New("httpclient: the response is larger than allowed")
	// ErrOnce answers a body that would have to be sent again and cannot.
	ErrOnce = errors.New("httpclient: the request's body can be read only once")
)

// limitError is the end of a time limit.
type limitError struct {
	phase string // connect, tls, firstByte, idle, total
	limit time.Duration
}

func (e *limitError) Error() string {
	what := map[string]string{"connect": "connecting", "tls": "the TLS handshake", "firstByte": "waiting for the response",
		"idle": "waiting for more of the body", "total": "the request"}[e.phase]
	return fmt.Sprintf("%s took longer than %v s", what, e.limit.Seconds())
}

func (e *limitError) Timeout() bool { return true }

// dialError is a failure before there is a connection.
type dialError struct{ err error }

func (e *dialError) Error() string { return e.err.Error() }
func (e *dialError) Unwrap() error { return e.err }

// proxyError is a proxy's refusal.
type proxyError struct {
	status int
	text   string
}

func (e *proxyError) Error() string { return "the proxy answered " + e.text }

// bodyError is a failure of what the request's body comes from.
type bodyError struct{ err error }

func (e *bodyError) Error() string { return "the request's body: " + e.err.Error() }
func (e *bodyError) Unwrap() error { return e.err }

// failure is an error with what PHP is to know about it.
type failure struct {
	class string
	phase string // of a time-out
	err   error
	// safe says that the server has not seen the request.
	safe bool
	// final says that another try would end the same way.
	final bool
}

// classify finds out what an error of a round trip means. connected says whether there was a connection.
func classify(err error, cause error, connected bool, s *Settings) *failure {
	var thrown *component.CallableError
	var ex *component.Exception
	var body *bodyError
	var limit *limitError
	var mock *mockError
	switch {
	case errors.As(err, &body) && (errors.As(body.err, &thrown) || errors.As(body.err, &ex)):
		return &failure{err: body.err, final: true}
	case errors.As(err, &mock):
		return &failure{class: mock.class, phase: mock.phase(), err: err, safe: mock.class == classConnect || mock.class == classTLS,
			final: mock.class == classTLS}
	case errors.As(cause, &limit), cause == nil && errors.As(err, &limit):
		return &failure{class: classTimeout, phase: limit.phase, err: limit, final: limit.phase == "total"}
	case cause != nil:
		return &failure{err: cause, final: true} // PHP waits no longer
	case errors.As(err, &thrown), errors.As(err, &ex):
		return &failure{err: err, final: true}
	case errors.As(err, &body):
		return &failure{class: classRequest, err: err, final: true}
	case errors.Is(err, ErrBlocked):
		return &failure{class: classBlocked, err: err, safe: true, final: true}
	case errors.Is(err, ErrTooLarge):
		return &failure{class: classTooLarge, err: err, final: true}
	case errors.Is(err, ErrOnce):
		return &failure{class: classRequest, err: err, final: true}
	case strings.Contains(err.Error(), "TLS handshake timeout"):
		return &failure{class: classTimeout, phase: "tls", err: &limitError{"tls", s.TLSTimeout}, safe: true}
	case isTLS(err):
		return &failure{class: classTLS, err: err, safe: true, final: true}
	case !connected && isTimeout(err):
		return &failure{class: classTimeout, phase: "connect", err: &limitError{"connect", s.ConnectTimeout}, safe: true}
	case !connected:
		return &failure{class: classConnect, err: err, safe: true}
	}
	if err == io.EOF || strings.Contains(err.Error(), "server closed idle connection") {
		err = fmt.Errorf("the server closed the connection and sent no response: %w", io.ErrUnexpectedEOF)
	}
	return &failure{class: classNetwork, err: err}
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout() || errors.Is(err, context.DeadlineExceeded)
}

func isTLS(err error) bool {
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	return errors.As(err, &verification) || errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &authority) ||
		errors.As(err, &host) || errors.Is(err, ErrPin) || strings.Contains(err.Error(), "tls: ") || strings.Contains(err.Error(), "HTTP response to HTTPS client")
}

// exception is the failure as PHP gets it.
func (f *failure) exception(method, target string, r *Reply) error {
	if f.class == "" {
		return f.err
	}
	properties := map[string]any{"method": method, "url": target}
	if f.phase != "" {
		properties["phase"] = f.phase
	}
	if r != nil {
		properties["reply"] = r.forPHP()
	}
	text := f.err.Error()
	text = strings.TrimPrefix(text, "httpclient: ")
	return &component.Exception{Class: f.class, Message: fmt.Sprintf("%s %s: %s", method, target, text), Properties: properties, Err: f.err}
}

// forPHP is a Reply as Phalanx\Http\Response takes it, for an exception's property.
func (r *Reply) forPHP() map[string]any {
	return map[string]any{"status": r.Status, "reason": r.Reason, "version": r.Version, "headers": r.Headers, "body": "",
		"stream": nil, "method": r.Method, "url": r.URL, "redirects": r.Redirects, "attempts": r.Attempts, "timings": r.Timings[:], "reused": r.Reused}
}
