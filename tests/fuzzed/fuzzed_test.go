// Package fuzzed tests that what reads foreign bytes or a language is fuzzed.
package fuzzed

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// reads are names of functions that take apart what others wrote.
var reads = regexp.MustCompile(`^(Decode|Parse|Unmarshal|Verify|YAML|TOML|Check[A-Z]|Unescape|Split[A-Z])`)

// unfuzzed are such functions without a target of their own, with the reason.
var unfuzzed = map[string]string{
	"goengine/loop.ParseProto":     "one of six words",
	"goengine/compress.Parse":      "one of three words; FuzzAppendResponse has what clients send",
	"goengine/password.Verify":     "FuzzParse reads its hashes; this one takes 50 ms for each",
	"bridge/watch.ParseOptions":    "the operator's own command line",
	"bridge/scaffold.ParseOptions": "the operator's own command line",
	"bridge/build.ParseModule":     "the operator's own command line; the go command judges the rest",
}

// Every exported function of that kind is named in a file with a fuzz target of its package, or above.
func TestDecodersAreFuzzed(t *testing.T) {
	found, named := map[string]string{}, map[string]map[string]bool{}
	for _, root := range []string{"goengine", "bridge"} {
		err := filepath.WalkDir(filepath.Join("..", "..", root), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			require.NoError(t, err)
			folder := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../../")
			if strings.HasSuffix(path, "_test.go") {
				note(file, folder, named)
				return nil
			}
			for _, d := range file.Decls {
				f, ok := d.(*ast.FuncDecl)
				if ok && f.Name.IsExported() && f.Recv == nil && reads.MatchString(f.Name.Name) {
					found[folder+"."+f.Name.Name] = f.Name.Name
				}
			}
			return nil
		})
		require.NoError(t, err)
	}
	require.Greater(t, len(found), 10)
	for function := range unfuzzed {
		require.Contains(t, found, function, "there is no such function any more: %s", function)
	}
	for _, function := range slices.Sorted(maps.Keys(found)) {
		folder := function[:strings.LastIndexByte(function, '.')]
		if unfuzzed[function] == "" {
			require.True(t, named[folder][found[function]], "%s reads what others wrote: fuzz it, or say in this file why not", function)
		}
	}
}

// note collects what files with fuzz targets name.
func note(file *ast.File, folder string, named map[string]map[string]bool) {
	fuzzes := slices.ContainsFunc(file.Decls, func(d ast.Decl) bool {
		f, ok := d.(*ast.FuncDecl)
		return ok && strings.HasPrefix(f.Name.Name, "Fuzz")
	})
	if !fuzzes {
		return
	}
	if named[folder] == nil {
		named[folder] = map[string]bool{}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			named[folder][id.Name] = true
		}
		return true
	})
}
