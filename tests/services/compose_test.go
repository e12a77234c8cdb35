package services_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// The application of docker/compose.yaml works with its three services, and each figure that Prometheus' alerts and
// Grafana's dashboard ask for is one that it has, with the labels they ask for.
func TestApplicationOfTheComposeFile(t *testing.T) {
	ports := phalanxtest.FreePorts(t, 2)
	p := phalanxtest.Command(t, "../../examples/compose/server.php", "start")
	p.Cmd.Env = append(p.Cmd.Env,
		"DATABASE_URL="+os.Getenv("PHALANX_TEST_PGSQL"), "REDIS_URL="+redisURL(t, "11"), "PHALANX_NATS="+os.Getenv("PHALANX_TEST_NATS"),
		fmt.Sprintf("LISTEN=127.0.0.1:%d", ports[0]), fmt.Sprintf("PHALANX_MONITOR=127.0.0.1:%d", ports[1]),
		"PHALANX_RUN_DIR="+t.TempDir(), "PHALANX_LOG_FILE=/dev/null")
	p.Start()
	client := &http.Client{Timeout: phalanxtest.Patience}
	get := func(port int, path string) (body string) {
		t.Helper()
		require.Eventually(t, func() bool {
			resp, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d%s", port, path))
			if err != nil {
				return false
			}
			defer func() { _ = resp.Body.Close() }()
			b, err := io.ReadAll(resp.Body)
			body = string(b)
			return err == nil && resp.StatusCode == http.StatusOK
		}, phalanxtest.Patience, 20*time.Millisecond, "port %d%s", port, path)
		return body
	}
	for range 3 {
		require.Regexp(t, `^Visit [0-9]+\n$`, get(ports[0], "/"))
	}
	require.Eventually(t, func() bool {
		return strings.Contains(get(ports[1], "/metrics"), "\nvisits_handled_total 3\n")
	}, phalanxtest.Patience, 50*time.Millisecond, "every visit's job is done")

	// Labels of each name, as they really are; "le" is that of a histogram's buckets.
	has := map[string]map[string]bool{}
	series := regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? `)
	label := regexp.MustCompile(`([a-zA-Z_]\w*)="(?:[^"\\]|\\.)*"`)
	for lines := bufio.NewScanner(strings.NewReader(get(ports[1], "/metrics"))); lines.Scan(); {
		if m := series.FindStringSubmatch(lines.Text()); m != nil {
			if has[m[1]] == nil {
				has[m[1]] = map[string]bool{"job": true, "instance": true} // Prometheus adds them
			}
			for _, l := range label.FindAllStringSubmatch(m[2], -1) {
				has[m[1]][l[1]] = true
			}
		}
	}
	asked := 0
	for where, expression := range expressions(t) {
		for _, m := range regexp.MustCompile(`\b(phalanx_\w+)(?:\{([^}]*)\})?`).FindAllStringSubmatch(expression, -1) {
			asked++
			labels, ok := has[m[1]]
			require.True(t, ok, "%s asks for %s, which /metrics does not have", where, m[1])
			for _, l := range regexp.MustCompile(`(\w+)\s*(?:=~|!~|!=|=)`).FindAllStringSubmatch(m[2], -1) {
				require.True(t, labels[l[1]], "%s asks for %s by %s: it has %v", where, m[1], l[1], labels)
			}
			if by := regexp.MustCompile(`by \(([^)]*)\)`).FindStringSubmatch(expression); by != nil {
				for l := range strings.SplitSeq(by[1], ",") {
					require.True(t, labels[strings.TrimSpace(l)], "%s groups %s by %s: it has %v", where, m[1], l, labels)
				}
			}
		}
	}
	require.Greater(t, asked, 30)
}

// expressions are those of the dashboard's panels and variables, and of the alerts.
func expressions(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	text, err := os.ReadFile("../../docker/grafana/dashboards/phalanx.json")
	require.NoError(t, err)
	var board struct {
		Templating struct {
			List []struct{ Name, Definition string }
		}
		Panels []struct {
			Title   string
			Targets []struct{ RefID, Expr string }
		}
	}
	require.NoError(t, json.Unmarshal(text, &board))
	for _, panel := range board.Panels {
		for _, target := range panel.Targets {
			found[panel.Title+" "+target.RefID] = target.Expr
		}
	}
	require.NotEmpty(t, found)
	for _, variable := range board.Templating.List {
		found["variable "+variable.Name] = variable.Definition
	}
	text, err = os.ReadFile("../../docker/prometheus/alerts.yml")
	require.NoError(t, err)
	alerts := strings.Split(string(text), "- alert: ")[1:]
	require.NotEmpty(t, alerts)
	for _, alert := range alerts {
		name, rest, _ := strings.Cut(alert, "\n")
		_, rest, ok := strings.Cut(rest, "expr: ")
		require.True(t, ok, name)
		// To the next setting of the rule: it may be folded.
		expression, _, _ := strings.Cut(rest, "\n        for:")
		expression, _, _ = strings.Cut(expression, "\n        labels:")
		found["alert "+name] = expression
	}
	return found
}
