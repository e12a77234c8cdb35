package redis

import (
	"context"

	"go.opentelemetry.io/otel/attribute"

	"github.com/phalanx-php/phalanx/goengine/tracing"
)

// traced begins a span of a command, or of several that go together, where PHP is in one. Keys and values are not told.
func traced(ctx context.Context, operation string, together int) (context.Context, func(error)) {
	if !tracing.IsTraced(ctx) {
		return ctx, notTraced
	}
	about := []attribute.KeyValue{attribute.String("db.system.name", "redis"), attribute.String("db.operation.name", operation)}
	if together > 0 {
		about = append(about, attribute.Int("db.operation.batch.size", together))
	}
	return tracing.Start(ctx, operation, tracing.Client, about...)
}

func notTraced(error) {}
