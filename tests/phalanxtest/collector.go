package phalanxtest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Span is what a collector got.
type Span struct {
	Name, Kind, Trace, ID, Parent, Service, Status string
	Attributes                                     map[string]string
	Events                                         []string
}

// Collect is an OTLP/HTTP collector; spans are by their names, in the order in which they came.
func Collect(t testing.TB) (url string, spans func() map[string][]Span) {
	t.Helper()
	var mu sync.Mutex // guards all
	var all []Span
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var in collector.ExportTraceServiceRequest
		if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &in) != nil {
			t.Errorf("%s: no spans", r.URL.Path)
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		for _, resource := range in.ResourceSpans {
			service := ""
			for _, a := range resource.Resource.Attributes {
				if a.Key == "service.name" {
					service = a.Value.GetStringValue()
				}
			}
			for _, scope := range resource.ScopeSpans {
				for _, s := range scope.Spans {
					one := Span{
						Name: s.Name, Kind: strings.TrimPrefix(s.Kind.String(), "SPAN_KIND_"), Trace: string(s.TraceId), ID: string(s.SpanId),
						Parent: string(s.ParentSpanId), Service: service, Status: s.Status.GetMessage(), Attributes: map[string]string{},
					}
					for _, a := range s.Attributes {
						one.Attributes[a.Key] = a.Value.String()
					}
					for _, e := range s.Events {
						one.Events = append(one.Events, e.Name)
					}
					all = append(all, one)
				}
			}
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, func() map[string][]Span {
		mu.Lock()
		defer mu.Unlock()
		byName := map[string][]Span{}
		for _, s := range all {
			byName[s.Name] = append(byName[s.Name], s)
		}
		return byName
	}
}
