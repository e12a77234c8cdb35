package tracing

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// Tracing is the process's, so this is one test: off, on, what a collector gets.
func TestTracing(t *testing.T) {
	var mu sync.Mutex // guards got
	got := map[string]*otlp.Span{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var in collector.ExportTraceServiceRequest
		if err != nil || proto.Unmarshal(body, &in) != nil {
			t.Error("no spans")
		}
		mu.Lock()
		defer mu.Unlock()
		for _, r := range in.ResourceSpans {
			for _, s := range r.ScopeSpans {
				for _, span := range s.Spans {
					got[span.Name] = span
				}
			}
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { // -count runs it again, off at first
		mu.Lock()
		defer mu.Unlock()
		on.Store(nil)
		configured, config = false, ""
	})

	ctx := t.Context()
	same, end := Start(ctx, "off", Client)
	require.Equal(t, ctx, same)
	end(errors.New("nobody hears it"))
	require.False(t, IsTraced(ctx))
	_, begun := startSpan("off", StartOptions{})
	require.False(t, begun)
	require.NoError(t, Flush(ctx))

	share := 2.0
	require.ErrorContains(t, Setup(ctx, Config{Sample: &share}), "0 to 1")
	require.ErrorContains(t, Setup(ctx, Config{Endpoint: "localhost:4318"}), "is no endpoint")
	one := 1.0
	good := Config{Service: "test", Endpoint: server.URL, Sample: &one}
	require.NoError(t, Setup(ctx, good))
	require.NoError(t, Setup(ctx, good))
	require.ErrorContains(t, Setup(ctx, Config{Service: "other"}), "with other settings")

	// A span of a Fiber, which a call of Go by that Fiber finds in its context, and no other.
	var m component.Map
	m.Set("list", []any{int64(1), "a", true})
	span, begun := startSpan("outer", StartOptions{Kind: "server", Attributes: &m, Headers: map[string]string{
		"Traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate": "a=b", "BAGGAGE": "k=v",
	}})
	require.True(t, begun)
	require.Equal(t, "4bf92f3577b34da6a3ce929d0e0e4736", span.TraceID())
	require.NoError(t, span.SetBaggage("user", "Ada L"))
	require.Error(t, span.SetBaggage("", "x"))
	require.Equal(t, map[string]string{"k": "v", "user": "Ada L"}, span.Baggage())
	threads.set(place{1, 7}, span.ctx)
	require.False(t, IsTraced(threads.context(ctx, 1, 8)))
	require.False(t, IsTraced(threads.context(ctx, 2, 7)))
	called := threads.context(ctx, 1, 7)
	require.True(t, IsTraced(called))
	headers := map[string]string{}
	inner, end := Start(called, "inner", Client, attribute.Int("n", 1))
	Headers(inner, func(name, value string) { headers[name] = value })
	require.Contains(t, headers["traceparent"], "00-4bf92f3577b34da6a3ce929d0e0e4736-")
	require.Equal(t, "a=b", headers["tracestate"])
	require.Contains(t, headers["baggage"], "user=Ada%20L")
	end(errors.New("broken"))
	threads.reset(1)
	require.False(t, IsTraced(threads.context(ctx, 1, 7)))

	span.Attribute("text", "bad\xff")
	span.Event("happened", &m)
	span.Thrown("LogicException", "no", "here")
	require.True(t, span.IsRecorded())
	span.End()
	require.False(t, span.IsRecorded())
	span.Attribute("late", 1)

	// What a caller has decided not to record is not.
	unsampled, _ := startSpan("unsampled", StartOptions{Headers: map[string]string{"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"}})
	require.False(t, unsampled.IsRecorded())
	require.Contains(t, unsampled.Headers()["traceparent"], "4bf92f3577b34da6a3ce929d0e0e4736", "and it is handed on")
	unsampled.End()

	require.NoError(t, Flush(context.Background()))
	mu.Lock()
	defer mu.Unlock()
	require.Len(t, got, 2)
	require.Equal(t, got["outer"].SpanId, got["inner"].ParentSpanId)
	require.Equal(t, "broken", got["inner"].Status.Message)
	require.Len(t, got["outer"].Events, 2)
	require.Equal(t, "no", got["outer"].Status.Message)
	require.Equal(t, otlp.Span_SPAN_KIND_SERVER, got["outer"].Kind)
	require.Len(t, got["outer"].Attributes, 2, "what is said after the end is not")
}
