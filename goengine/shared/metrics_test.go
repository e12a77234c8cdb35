package shared

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/metrics"
)

func exposition(t *testing.T) string {
	t.Helper()
	text, err := metrics.Default().Text()
	require.NoError(t, err)
	return text
}

func TestMetrics(t *testing.T) {
	registry := func(kind string, figures ...Figure) *Registry[string] {
		return NewRegistry(kind, func(string) Figures { return figures })
	}
	open := func(r *Registry[string], name string) {
		_, err := r.Open(name, func(string) error { return nil }, func() (string, error) { return name, nil })
		require.NoError(t, err)
	}
	caches := registry("cache", Figure{"hits", 3}, Figure{"bytes", 70}, Figure{"of no metric", 1})
	locks := registry("lock", Figure{"held", 1})
	for _, name := range []string{"pages", "\xff"} {
		open(caches, name)
	}
	open(locks, "user 7")
	text := exposition(t)
	require.Contains(t, text, `phalanx_cache_hits_total{cache="pages"} 3`)
	require.Contains(t, text, `phalanx_cache_bytes{cache="pages"} 70`)
	require.Contains(t, text, `cache="\"\\xff\""`, "a name that is no UTF-8")
	require.NotContains(t, text, "user 7")
	require.NotContains(t, text, "no metric")
	for i := range maxMeasured + 5 {
		open(caches, fmt.Sprintf("a%d", i))
	}
	text = exposition(t)
	require.Equal(t, maxMeasured, strings.Count(text, "phalanx_cache_hits_total{"))
	require.NotContains(t, text, `"pages"`, "the first by name have some")
}
