package sqldb

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/phalanx-php/phalanx/goengine/tracing"
)

// traced begins a span of a statement, where PHP is in one. The SQL itself is not told, for it may have values in it.
func (d *database) traced(ctx context.Context, q *query) (context.Context, func(error)) {
	if !tracing.IsTraced(ctx) {
		return ctx, func(error) {}
	}
	operation, _, _ := strings.Cut(strings.TrimSpace(q.st.Source), " ")
	operation = strings.ToUpper(operation[:min(len(operation), 16)])
	system := strings.ToLower(d.dsn.Dialect.String())
	if d.dsn.Dialect == PostgreSQL {
		system = "postgresql" // OpenTelemetry's name
	}
	return tracing.Start(ctx, operation, tracing.Client,
		attribute.String("db.system.name", system), attribute.String("db.operation.name", operation))
}
