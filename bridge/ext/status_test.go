package ext

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// rows are the sentinels of goengine/loop and what C is told, as php-ext/engine.h has it.
var rows = map[string]struct {
	err    error
	status int
}{
	"ErrClosed":   {loop.ErrClosed, -1},
	"ErrFull":     {loop.ErrFull, -2},
	"ErrProtocol": {loop.ErrProtocol, -3},
}

// sentinels finds the exported error variables in the engine's source.
func sentinels(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../goengine/loop/*.go")
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, decl := range src.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR {
				continue
			}
			for _, spec := range gen.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					if strings.HasPrefix(name.Name, "Err") {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}

func TestEachSentinelHasItsStatus(t *testing.T) {
	names := sentinels(t)
	require.Len(t, names, len(rows))
	for _, name := range names {
		row, ok := rows[name]
		require.True(t, ok, "%s has no row here, and perhaps none in status.go", name)
		require.Equal(t, row.status, int(statusOf(row.err)), name)
		require.Equal(t, row.status, int(statusOf(fmt.Errorf("with context: %w", row.err))), name)
	}
}

func TestOtherErrorsAreInvalidArguments(t *testing.T) {
	require.Zero(t, int(statusOf(nil)))
	for _, err := range []error{errors.New("something"), os.ErrInvalid, &fs.PathError{Op: "open", Err: os.ErrNotExist}} {
		require.Equal(t, -4, int(statusOf(err)))
	}
}

func TestAPanicBecomesAStatus(t *testing.T) {
	log := Log
	defer func() { Log = log }()
	Log = silent()
	status := statusOf(nil)
	func() {
		defer guard(&status)
		panic("of the engine")
	}()
	require.Equal(t, -5, int(status))
}
