// Package tracing makes OpenTelemetry spans and exports them over OTLP/HTTP, from goroutines of its own: Phalanx\Trace.
//
// Go code that serves PHP gets the calling Fiber's span with its context; Start makes a child of it:
//
//	ctx, end := tracing.Start(ctx, "SELECT", tracing.Client, attribute.String("db.system.name", "postgresql"))
//	defer func() { end(err) }()
//
// Where nothing is traced both are free: Start answers the context it got.
package tracing

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/phalanx-php/phalanx/goengine/atexit"
	"github.com/phalanx-php/phalanx/goengine/component"
)

// Kinds of spans.
const (
	Internal = trace.SpanKindInternal
	Server   = trace.SpanKindServer
	Client   = trace.SpanKindClient
	Producer = trace.SpanKindProducer
	Consumer = trace.SpanKindConsumer
)

const scope = "github.com/phalanx-php/phalanx"

// Config is what Phalanx\Trace::configure() takes. What is zero comes from OTEL_* in the environment, else has its default.
type Config struct {
	Service    string
	Endpoint   string // http://host:4318
	Headers    map[string]string
	Sample     *float64 // 0 to 1, of traces that begin here
	Attributes map[string]any
}

// state is the process's tracing; nil in on: there is none.
var (
	on atomic.Pointer[sdk]
	mu sync.Mutex // guards the change of on, configured and config

	configured bool
	config     string
)

type sdk struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// wanted says whether the environment names a place for spans.
func wanted() bool {
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") {
		return false
	}
	switch exporter := os.Getenv("OTEL_TRACES_EXPORTER"); exporter {
	case "otlp":
		return true
	case "":
		return os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
	}
	return false
}

// Setup begins tracing. A second call with the same settings is none; with others it is an error.
func Setup(ctx context.Context, c Config) error {
	mu.Lock()
	defer mu.Unlock()
	text := fmt.Sprintf("%q %q %v %v %v", c.Service, c.Endpoint, c.Headers, c.Sample != nil, c.Attributes)
	if c.Sample != nil {
		text += fmt.Sprint(*c.Sample)
	}
	if configured {
		if text != config {
			return errors.New("tracing: it is configured already, with other settings, which last until the process ends")
		}
		return nil
	}
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") {
		configured, config = true, text
		return nil
	}
	s, err := newSDK(ctx, c)
	if err != nil {
		return err
	}
	configured, config = true, text
	start(s)
	return nil
}

// begin traces when the environment says so and nobody has configured anything.
func begin(ctx context.Context) {
	mu.Lock()
	defer mu.Unlock()
	if configured || !wanted() {
		return
	}
	configured = true
	s, err := newSDK(ctx, Config{})
	if err != nil {
		logrus.WithError(err).Error("tracing: off")
		return
	}
	start(s)
}

func start(s *sdk) {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(report))
	on.Store(s)
	component.OnContext(threads.context)
	atexit.Do(func(ctx context.Context) { _ = s.provider.Shutdown(ctx) })
}

func newSDK(ctx context.Context, c Config) (*sdk, error) {
	var options []otlptracehttp.Option
	if c.Endpoint != "" {
		if !strings.HasPrefix(c.Endpoint, "http://") && !strings.HasPrefix(c.Endpoint, "https://") {
			return nil, fmt.Errorf("tracing: %q is no endpoint: http://HOST:4318", c.Endpoint)
		}
		endpoint := strings.TrimSuffix(c.Endpoint, "/")
		if !strings.HasSuffix(endpoint, "/v1/traces") {
			endpoint += "/v1/traces"
		}
		options = append(options, otlptracehttp.WithEndpointURL(endpoint))
	}
	if c.Headers != nil {
		options = append(options, otlptracehttp.WithHeaders(c.Headers))
	}
	exporter, err := otlptracehttp.New(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("tracing: %w", err)
	}
	var own []attribute.KeyValue
	for name, value := range c.Attributes {
		own = append(own, pair(name, value))
	}
	if c.Service != "" {
		own = append(own, attribute.String("service.name", c.Service))
	}
	about, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithHost(), resource.WithProcessPID(),
		resource.WithFromEnv(), resource.WithAttributes(own...))
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, fmt.Errorf("tracing: %w", err)
	}
	settings := []sdktrace.TracerProviderOption{sdktrace.WithResource(about), sdktrace.WithBatcher(exporter)}
	if c.Sample != nil {
		if !(*c.Sample >= 0 && *c.Sample <= 1) {
			return nil, errors.New("tracing: sample is a share, 0 to 1")
		}
		settings = append(settings, sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(*c.Sample))))
	}
	p := sdktrace.NewTracerProvider(settings...)
	return &sdk{p, p.Tracer(scope)}, nil
}

var reported struct {
	mu   sync.Mutex // guards last
	last time.Time
}

// report tells of spans that could not be sent, once a minute.
func report(err error) {
	reported.mu.Lock()
	defer reported.mu.Unlock()
	if now := time.Now(); now.Sub(reported.last) > time.Minute {
		reported.last = now
		logrus.WithError(err).Warn("tracing: spans are lost")
	}
}

// Flush sends what waits.
func Flush(ctx context.Context) error {
	if s := on.Load(); s != nil {
		return s.provider.ForceFlush(ctx)
	}
	return nil
}

var propagator = propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})

// Start begins a span within that of a context; end ends it, with an error or nil. Without a span that is recorded in the
// context it does nothing: what PHP does not trace is not traced.
func Start(ctx context.Context, name string, kind trace.SpanKind, attributes ...attribute.KeyValue) (context.Context, func(error)) {
	s := on.Load()
	if s == nil || !trace.SpanFromContext(ctx).IsRecording() {
		return ctx, func(error) {}
	}
	ctx, span := s.tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(attributes...))
	return ctx, func(err error) {
		if err != nil {
			span.RecordError(err)
			span.SetStatus(codes.Error, err.Error())
		}
		span.End()
	}
}

// IsTraced says whether Start would begin a span: for those whose attributes are not free.
func IsTraced(ctx context.Context) bool {
	return on.Load() != nil && trace.SpanFromContext(ctx).IsRecording()
}

// Attributes adds to the context's span.
func Attributes(ctx context.Context, attributes ...attribute.KeyValue) {
	trace.SpanFromContext(ctx).SetAttributes(attributes...)
}

// Headers adds the context's trace to headers of an outgoing request, by set.
func Headers(ctx context.Context, set func(name, value string)) {
	if on.Load() == nil || !trace.SpanContextFromContext(ctx).IsValid() {
		return
	}
	carrier := propagation.MapCarrier{}
	propagator.Inject(ctx, carrier)
	for name, value := range carrier {
		set(name, value)
	}
}

// pair makes an attribute of what PHP gave. What OpenTelemetry has no type for becomes text.
func pair(name string, value any) attribute.KeyValue {
	switch v := value.(type) {
	case string:
		return attribute.String(name, strings.ToValidUTF8(v, "\ufffd"))
	case bool:
		return attribute.Bool(name, v)
	case int64:
		return attribute.Int64(name, v)
	case float64:
		return attribute.Float64(name, v)
	case []any:
		texts := make([]string, len(v))
		for i := range v {
			texts[i] = pair("", v[i]).Value.String()
		}
		return attribute.StringSlice(name, texts)
	case nil:
		return attribute.String(name, "null")
	case time.Time:
		return attribute.String(name, v.Format(time.RFC3339Nano))
	}
	return attribute.String(name, fmt.Sprint(value))
}

func pairs(all *component.Map) []attribute.KeyValue {
	var list []attribute.KeyValue
	if all != nil {
		for k, v := range all.All() {
			list = append(list, pair(fmt.Sprint(k), v))
		}
	}
	return list
}

// current are the spans that PHP's Fibers are in, by thread.
type current struct {
	mu  sync.RWMutex // guards all
	all map[place]context.Context
}

// place is a Fiber of a thread; 0 is no Fiber.
type place struct{ thread, fiber int }

var threads = current{all: map[place]context.Context{}}

// set names the span that a Fiber is in; nil: none.
func (c *current) set(at place, ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ctx == nil {
		delete(c.all, at)
		return
	}
	c.all[at] = ctx
}

// reset forgets a thread's.
func (c *current) reset(thread int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for at := range c.all {
		if at.thread == thread {
			delete(c.all, at)
		}
	}
}

// context adds the calling Fiber's span to the context of a call of Go.
func (c *current) context(ctx context.Context, thread, fiber int) context.Context {
	c.mu.RLock()
	from := c.all[place{thread, fiber}]
	c.mu.RUnlock()
	if from == nil {
		return ctx
	}
	return carry(ctx, from)
}

// carry gives one context the span and the baggage of another.
func carry(to, from context.Context) context.Context {
	return baggageOf(trace.ContextWithSpan(to, trace.SpanFromContext(from)), from)
}
