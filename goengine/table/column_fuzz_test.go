package table

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What is accepted is within the bounds, and its name is read as the same type.
func FuzzParseColumn(f *testing.F) {
	for _, s := range []string{"int", "float", "bool", "string", "string(64)", "string(0)", "string(999999999)", "string(-1)", ""} {
		f.Add("c", s)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		c, err := ParseColumn(name, text)
		if err != nil {
			return
		}
		require.NotEmpty(t, name)
		require.LessOrEqual(t, len(name), MaxColumnName)
		require.LessOrEqual(t, c.Bytes, MaxStringBytes)
		again, err := ParseColumn(name, c.String())
		require.NoError(t, err)
		require.Equal(t, c, again)
	})
}
