package main

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCount(t *testing.T) {
	tests := []struct {
		name, in                string
		passed, failed, skipped int
	}{
		{name: "nothing ran"},
		{
			name:   "a test with subtests counts as its subtests",
			in:     "pass p T/a\npass p T/b\npass p T\npass p -",
			passed: 2,
		},
		{
			name:   "a failed subtest counts once, not for its parents too",
			in:     "fail p T/a/x\nfail p T/a\npass p T/b\nfail p T\nfail p -",
			passed: 1, failed: 1,
		},
		{
			name:   "a failure after the subtests belongs to the parent",
			in:     "pass p T/a\nfail p T\nfail p -",
			passed: 1, failed: 1,
		},
		{name: "a package that does not compile", in: "fail p -", failed: 1},
		{
			name:   "the same test name in another package",
			in:     "fail p T\nfail p -\npass q T\npass q -",
			passed: 1, failed: 1,
		},
		{name: "skipped", in: "skip p T\npass p -", skipped: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := read(strings.NewReader(events(tt.in)), io.Discard)
			require.NoError(t, err)
			passed, failed, skipped := r.count()
			require.Equal(t, []int{tt.passed, tt.failed, tt.skipped}, []int{passed, failed, skipped})
		})
	}
}

// events turns "action package test" lines into those of go test -json; the test "-" is the package itself.
func events(short string) string {
	var out strings.Builder
	for line := range strings.Lines(short) {
		f := strings.Fields(line)
		if f[2] == "-" {
			f[2] = ""
		}
		out.WriteString(`{"Action":"` + f[0] + `","Package":"` + f[1] + `","Test":"` + f[2] + `"}` + "\n")
	}
	return out.String()
}
