package configfile_test

import (
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/configfile"
)

// What the library under it reads we read, and nothing else; tables have the same keys.
func FuzzTOML(f *testing.F) {
	for _, seed := range []string{"a = 1", "[a]\nb = [1, 2.5]", "[[a]]\nb = 1\n[[a]]", "a.b.c = 1979-05-27T07:32:00Z", "a = {b = 'c'}", "a = nan", "\xff", "[a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var theirs map[string]any
		_, want := toml.Decode(text, &theirs)
		ours, err := configfile.TOML(text)
		if want != nil {
			require.Error(t, err)
			return
		}
		if err == nil {
			require.Len(t, theirs, ours.Len())
		}
	})
}
