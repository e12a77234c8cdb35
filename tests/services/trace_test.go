package services_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// Each call of a database or of Redis is a span within that of its Fiber; none has SQL or values in it.
func TestSpansOfDatabasesAndRedis(t *testing.T) {
	url, spans := phalanxtest.Collect(t)
	pgsql, mysql := os.Getenv("PHALANX_TEST_PGSQL"), os.Getenv("PHALANX_TEST_MYSQL")
	out, err := phalanxtest.Command(t, "testdata/trace/spans.php", url, pgsql, mysql, redisURL(t, "9")).Run()
	require.NoError(t, err, out)
	parents, within := map[string]phalanxtest.Span{}, map[string][]string{}
	for _, all := range spans() {
		for _, s := range all {
			parents[s.ID] = s
			require.Equal(t, "services", s.Service)
			require.NotContains(t, fmt.Sprint(s.Attributes, s.Events), "a secret")
		}
	}
	for _, s := range parents {
		if s.Kind != "CLIENT" {
			continue
		}
		parent := parents[s.Parent]
		require.Equal(t, parent.Trace, s.Trace, "%s has its parent's trace", s.Name)
		_, system, _ := strings.Cut(s.Attributes["db.system.name"], `"`)
		what := strings.Trim(system, `"`) + " " + s.Name
		if s.Status != "" {
			what += " fails"
		}
		within[parent.Name] = append(within[parent.Name], what)
	}
	want := map[string][]string{
		"redis one": {"redis SET"}, "redis pipeline": {"redis PIPELINE"}, "redis multi": {"redis MULTI"},
		"redis connection": {"redis WATCH", "redis GET", "redis MULTI"}, "redis failing": {"redis INCRBY fails"},
	}
	for dsn, system := range map[string]string{pgsql: "postgresql", mysql: "mysql"} {
		kind, _, _ := strings.Cut(dsn, ":")
		for _, name := range []string{"one", "transaction", "a", "b"} {
			want[kind+" "+name] = []string{system + " SELECT"}
		}
		want[kind+" failing"] = []string{system + " SELECT fails"}
	}
	require.Len(t, within, len(want), "%v", within)
	for name, calls := range want {
		require.ElementsMatch(t, calls, within[name], name)
	}
}
