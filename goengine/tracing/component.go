package tracing

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/component"
)

//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen

// Kind is a span's part in a trace.
type Kind string

var kinds = map[Kind]trace.SpanKind{"internal": Internal, "server": Server, "client": Client, "producer": Producer, "consumer": Consumer}

// tracer is the Go side of Phalanx\Trace, which is what applications use.
type tracer struct{}

func init() {
	component.RegisterEnum[Kind](`Phalanx\Trace\Kind`, component.Case("Internal", Kind("internal")), component.Case("Server", Kind("server")),
		component.Case("Client", Kind("client")), component.Case("Producer", Kind("producer")), component.Case("Consumer", Kind("consumer")))
	component.RegisterType[*Span](`Phalanx\Trace\Span`)
	component.RegisterType[*tracer](`Phalanx\Trace\Tracer`, component.ThrowsBy(`Phalanx\Trace\TraceException`),
		component.Defaults(StartOptions{Kind: "internal"}),
		component.Static("configure", configure), component.Static("isOn", isOn), component.Static("start", startSpan),
		component.Static("enter", enter), component.Static("leave", leave), component.Static("reset", reset), component.Static("flush", Flush))
}

// ConfigureOptions are named arguments; what is not given comes from the environment.
type ConfigureOptions struct {
	component.Options
	Service    string
	Endpoint   string
	Headers    map[string]string
	Sample     *float64
	Attributes map[string]any
}

// configure begins tracing.
func configure(ctx context.Context, o ConfigureOptions) error {
	return Setup(context.WithoutCancel(ctx), Config{o.Service, o.Endpoint, o.Headers, o.Sample, o.Attributes})
}

var environment sync.Once

// isOn says whether spans are made; the first call looks at the environment.
func isOn() bool {
	environment.Do(func() { begin(context.Background()) })
	return on.Load() != nil
}

// Span is a piece of work that is traced.
type Span struct {
	ctx  context.Context
	span trace.Span
}

// StartOptions are named arguments.
type StartOptions struct {
	component.Options
	Kind       Kind
	Attributes *component.Map
	Parent     *Span
	Headers    map[string]string
}

// startSpan begins a span: of a parent, or of the trace that the headers of a request name, or of a new one.
func startSpan(name string, o StartOptions) (*Span, bool) {
	s := on.Load()
	if s == nil {
		return nil, false
	}
	ctx := context.Background()
	if o.Parent != nil {
		ctx = o.Parent.ctx
	} else if len(o.Headers) > 0 {
		carrier := propagation.MapCarrier{}
		for k, v := range o.Headers {
			carrier[strings.ToLower(k)] = v
		}
		ctx = propagator.Extract(ctx, carrier)
	}
	ctx, span := s.tracer.Start(ctx, strings.ToValidUTF8(name, "?"), trace.WithSpanKind(kinds[o.Kind]), trace.WithAttributes(pairs(o.Attributes)...))
	return &Span{ctx, span}, true
}

// enter makes a span the one that a Fiber of the calling thread is in.
func enter(fiber int, s *Span) { threads.set(place{unix.Gettid(), fiber}, s.ctx) }

// leave says that a Fiber of the calling thread is in no span.
func leave(fiber int) { threads.set(place{unix.Gettid(), fiber}, nil) }

// reset says that no Fiber of the calling thread is in a span: its script ends.
func reset() { threads.reset(unix.Gettid()) }

// Attribute sets an attribute. Lists become lists of texts; what has no type in OpenTelemetry becomes text.
func (s *Span) Attribute(name string, value any) { s.span.SetAttributes(pair(name, value)) }

// Event adds something that happened.
func (s *Span) Event(name string, attributes *component.Map) {
	s.span.AddEvent(name, trace.WithAttributes(pairs(attributes)...))
}

// Rename gives the span another name.
func (s *Span) Rename(name string) { s.span.SetName(strings.ToValidUTF8(name, "?")) }

// Fail marks the span as failed.
func (s *Span) Fail(why string) { s.span.SetStatus(codes.Error, strings.ToValidUTF8(why, "?")) }

// Succeed marks the span as one that ended well; unmarked is what nobody has said anything of.
func (s *Span) Succeed() { s.span.SetStatus(codes.Ok, "") }

// Thrown adds an exception, as an event, and marks the span as failed.
func (s *Span) Thrown(class, message, stack string) {
	message = strings.ToValidUTF8(message, "?")
	s.span.AddEvent("exception", trace.WithTimestamp(time.Now()), trace.WithAttributes(
		attribute.String("exception.type", class), attribute.String("exception.message", message),
		attribute.String("exception.stacktrace", strings.ToValidUTF8(stack, "?"))))
	s.span.SetStatus(codes.Error, message)
}

// End ends the span. Later calls of its methods do nothing.
func (s *Span) End() { s.span.End() }

// IsRecorded says whether anybody will see the span: it has been sampled and has not ended.
func (s *Span) IsRecorded() bool { return s.span.IsRecording() }

// TraceID is the trace's, 32 hexadecimal digits.
func (s *Span) TraceID() string { return s.span.SpanContext().TraceID().String() }

// SpanID is the span's, 16 hexadecimal digits.
func (s *Span) SpanID() string { return s.span.SpanContext().SpanID().String() }

// Headers are those by which another service continues the trace: traceparent, and tracestate and baggage where there are any.
func (s *Span) Headers() map[string]string {
	carrier := propagation.MapCarrier{}
	propagator.Inject(s.ctx, carrier)
	return carrier
}

// Baggage is what the trace's services hand on to each other.
func (s *Span) Baggage() map[string]string {
	all := map[string]string{}
	for _, m := range baggage.FromContext(s.ctx).Members() {
		all[m.Key()] = m.Value()
	}
	return all
}

// SetBaggage hands a value on to spans that begin within this one, here and in other services. Do not put secrets there.
func (s *Span) SetBaggage(name, value string) error {
	m, err := baggage.NewMemberRaw(name, value)
	if err != nil {
		return fmt.Errorf("tracing: baggage: %w", err)
	}
	b, err := baggage.FromContext(s.ctx).SetMember(m)
	if err != nil {
		return fmt.Errorf("tracing: baggage: %w", err)
	}
	s.ctx = baggage.ContextWithBaggage(s.ctx, b)
	return nil
}

func baggageOf(to, from context.Context) context.Context {
	if b := baggage.FromContext(from); b.Len() > 0 {
		return baggage.ContextWithBaggage(to, b)
	}
	return to
}
