package httpclient

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxHandled bounds the body of a request that a handler gets.
const maxHandled = 32 << 20

// Asked is a request as a Handler gets it: as it would have gone to the network.
type Asked struct {
	Method  string
	URL     string
	Headers []string // names and values in turns
	Body    string
}

// Answered is what a Handler makes of it: a response, or a failure.
type Answered struct {
	Status  int
	Headers []string
	Body    string
	Failure string // "connect", "tls", "timeout" or "network"
	Message string
	Delay   time.Duration
}

// handlerTrip takes the network's place.
type handlerTrip struct {
	handle func(context.Context, Asked) (Answered, error)
}

func (t *handlerTrip) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	a := Asked{Method: req.Method, URL: visible(req.URL)}
	for name, values := range req.Header {
		for _, v := range values {
			a.Headers = append(a.Headers, name, v)
		}
	}
	if req.Body != nil {
		body, err := io.ReadAll(io.LimitReader(req.Body, maxHandled+1))
		_ = req.Body.Close()
		if err != nil {
			return nil, err
		}
		if len(body) > maxHandled {
			return nil, &bodyError{errors.New("larger than a mock takes (32 MiB)")}
		}
		a.Body = string(body)
	}
	r, err := t.handle(ctx, a)
	if err != nil {
		return nil, err
	}
	if r.Delay > 0 {
		timer := time.NewTimer(r.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if r.Failure != "" {
		return nil, mocked(r)
	}
	h := http.Header{}
	if err := addHeaders(h, r.Headers, true); err != nil {
		return nil, err
	}
	if r.Status < 100 || r.Status > 999 {
		return nil, invalid("a response's status is a number from 100 to 999, not %d", r.Status)
	}
	if req.Method == http.MethodHead {
		r.Body = ""
	}
	return &http.Response{StatusCode: r.Status, Status: http.StatusText(r.Status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(strings.NewReader(r.Body)), ContentLength: int64(len(r.Body)), Request: req}, nil
}

func mocked(r Answered) error {
	class := map[string]string{"connect": classConnect, "tls": classTLS, "timeout": classTimeout, "network": classNetwork}[r.Failure]
	if class == "" {
		return invalid("a mock fails with connect, tls, timeout or network, not %q", r.Failure)
	}
	return &mockError{class, r.Message}
}

// mockError is a failure that a test asked for.
type mockError struct{ class, text string }

func (e *mockError) Error() string { return e.text }

func (e *mockError) phase() string {
	if e.class == classTimeout {
		return "firstByte"
	}
	return ""
}
