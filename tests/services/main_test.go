// Package services tests Phalanx's services against real servers. Those that the environment does not name
// (PHALANX_TEST_PGSQL, _MYSQL, _REDIS, _NATS) are started; without them the tests fail.
package services_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/phalanx-php/phalanx/tests/backend"
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	missing := slices.DeleteFunc(slices.Sorted(maps.Keys(backend.Kinds)), func(kind string) bool {
		return os.Getenv(backend.Kinds[kind]) != ""
	})
	if len(missing) > 0 {
		dir, err := os.MkdirTemp("", "phalanx-services-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer func() { _ = os.RemoveAll(dir) }()
		servers, err := backend.StartAll(dir, missing...)
		defer func() {
			for _, s := range servers {
				_ = s.Kill()
			}
		}()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		for _, s := range servers {
			if err := os.Setenv(backend.Kinds[s.Kind], s.URL()); err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
		}
	}
	return m.Run()
}
