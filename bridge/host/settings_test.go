package host

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSettings(t *testing.T) {
	tests := []struct {
		name, lines string
		want        map[string]string
	}{
		{"none", "", map[string]string{}},
		{"one", "memory_limit=1G", map[string]string{"memory_limit": "1G"}},
		{"space around is dropped", " memory_limit = 1G \r\n", map[string]string{"memory_limit": "1G"}},
		{"a name that comes twice keeps both lines", "extension=a\nx=1\nextension=b\n", map[string]string{"extension": "a\nextension=b", "x": "1"}},
		{"the value may hold an equals sign", "session.save_path=tcp://h?a=b", map[string]string{"session.save_path": "tcp://h?a=b"}},
		{"the value may be empty", "open_basedir=\n", map[string]string{"open_basedir": ""}},
		{"lines without a value are left out", "\nnonsense\na=1", map[string]string{"a": "1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, settings(tt.lines)) })
	}
}
