package e2e_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// A request is a span, what happens in it are spans within that, another worker's request too; all are sent when the
// application stops.
func TestTracesOfRequests(t *testing.T) {
	url, spans := phalanxtest.Collect(t)
	a := serve(t, "trace.php", 2, "OTEL_EXPORTER_OTLP_ENDPOINT="+url, "OTEL_SERVICE_NAME=shop", "OTEL_BSP_SCHEDULE_DELAY=60000")
	req, err := http.NewRequest(http.MethodGet, a.url(0, "/?n=0"), nil)
	require.NoError(t, err)
	req.Header.Set("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	resp, err := client.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	failing := &http.Client{Timeout: 500 * time.Millisecond}
	_, _ = failing.Get(a.url(0, "/?n=1")) // its handler throws and never answers
	require.Eventually(t, func() bool { return strings.Count(a.read("trace.log"), "within") == 2 }, patience, 5*time.Millisecond)
	require.Empty(t, spans(), "the batch waits")
	a.Stop()
	got := spans()
	require.Len(t, got["GET /front"], 2, "%v", got)
	front := got["GET /front"][0]
	require.Equal(t, "\x4b\xf9\x2f\x35\x77\xb3\x4d\xa6\xa3\xce\x92\x9d\x0e\x0e\x47\x36", front.Trace, "the client's trace goes on")
	require.Equal(t, "\x00\xf0\x67\xaa\x0b\xa9\x02\xb7", front.Parent)
	require.Equal(t, "SERVER", front.Kind)
	require.Equal(t, "shop", front.Service)
	require.Contains(t, front.Attributes["http.request.method"], "GET")
	require.Contains(t, front.Attributes["client.address"], "127.0.0.1")

	work := got["work"][0]
	require.Equal(t, [2]string{front.Trace, front.ID}, [2]string{work.Trace, work.Parent})
	require.Contains(t, a.read("trace.log"), `"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"`)
	var out, in phalanxtest.Span
	for _, s := range got["GET"] { // the client's, and the other worker's
		if s.Trace != front.Trace {
			continue
		}
		if s.Kind == "CLIENT" {
			out = s
		} else {
			in = s
		}
	}
	require.Equal(t, work.ID, out.Parent, "a call of Go is a span within that of its Fiber")
	require.Contains(t, out.Attributes["http.response.status_code"], "200")
	require.NotContains(t, out.Attributes["url.full"], "secret")
	require.Equal(t, out.ID, in.Parent, "the other worker continues the trace")

	require.Equal(t, "as it should", got["work"][1].Status)
	require.Equal(t, []string{"exception"}, got["work"][1].Events)
}

// What a script has traced is sent at its end, and in no order that matters.
func TestTracesOfScripts(t *testing.T) {
	url, spans := phalanxtest.Collect(t)
	a := prepare(t, 0, "EP="+url)
	a.write("script.php", `<?php
use Phalanx\Trace;
use function Phalanx\all;
Trace::configure(service: 'script', endpoint: getenv('EP'), sample: 1.0);
Trace::span('outer', function (Trace\Span $outer): void {
    $outer->event('begun', ['n' => 1]);
    $outer->setBaggage('user', 'ada');
    // Fibers have spans of their own, however they take turns.
    $work = Trace::bind(fn (string $name) => Trace::span($name, function () use ($name) {
        usleep(1000);
        return Trace::current()->baggage()['user'] . $name;
    }));
    if (all([fn () => $work('a'), fn () => $work('b')]) !== ['adaa', 'adab']) {
        throw new LogicException('baggage');
    }
    Trace::span('exits', fn () => exit(0));
});
`)
	out, err := a.Command("script.php").Run()
	require.NoError(t, err, out)
	got := spans()
	require.Len(t, got["a"], 1)
	require.Len(t, got["b"], 1)
	require.Equal(t, got["a"][0].Parent, got["b"][0].Parent)
	require.NotEmpty(t, got["a"][0].Parent)
}

// write makes a file in the app's folder.
func (a *app) write(name, text string) {
	a.t.Helper()
	require.NoError(a.t, os.WriteFile(filepath.Join(a.dir, name), []byte(text), 0o600))
}

func TestTracingIsOffByItself(t *testing.T) {
	url, spans := phalanxtest.Collect(t)
	a := prepare(t, 0, "OTEL_EXPORTER_OTLP_ENDPOINT="+url, "OTEL_SDK_DISABLED=true")
	a.write("script.php", `<?php
use Phalanx\Trace;
var_dump(Trace::isOn(), Trace::span('x', fn (?Trace\Span $s) => $s), Trace::headers());
`)
	out, err := a.Command("script.php").Run()
	require.NoError(t, err, out)
	require.Equal(t, "bool(false)\nNULL\narray(0) {\n}\n", out)
	require.Empty(t, spans())
}
