package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/santhosh-tekuri/jsonschema/v6"
	spdxjson "github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdxlib"
	"github.com/stretchr/testify/require"
)

func binary(t *testing.T) string {
	t.Helper()
	path := os.Getenv("PHALANX")
	if path == "" {
		path = "../../build/phalanx"
	}
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	require.FileExists(t, path, "run 'make build' first")
	return path
}

var once struct {
	sync.Mutex
	cyclonedx, spdx []byte
}

// made is both files, of the binary under test.
func made(t *testing.T) (cyclonedx, spdx []byte) {
	t.Helper()
	once.Lock()
	defer once.Unlock()
	if once.spdx == nil {
		once.cyclonedx, once.spdx = fresh(t)
	}
	return once.cyclonedx, once.spdx
}

func fresh(t *testing.T) (cyclonedx, spdx []byte) {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, run([]string{"-binary", binary(t), "-version", "0.1.0", "-time", "2026-01-02T03:04:05Z", "-out", folder}))
	cyclonedx, err := os.ReadFile(filepath.Join(folder, "phalanx.cdx.json"))
	require.NoError(t, err)
	spdx, err = os.ReadFile(filepath.Join(folder, "phalanx.spdx.json"))
	require.NoError(t, err)
	return cyclonedx, spdx
}

// schema is CycloneDX's own, which its Go module carries.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	for _, name := range []string{"bom-1.6.schema.json", "spdx.schema.json", "jsf-0.82.schema.json"} {
		path := filepath.Join(strings.TrimSpace(string(folder)), "schema", name)
		if _, err := os.Stat(path); err != nil {
			path = strings.TrimSuffix(path, ".json") + "x.json"
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		require.NoError(t, err)
		require.NoError(t, compiler.AddResource("http://cyclonedx.org/schema/"+name, value))
	}
	return compiler.MustCompile("http://cyclonedx.org/schema/bom-1.6.schema.json")
}

func check(t *testing.T, s *jsonschema.Schema, document string) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	require.NoError(t, err)
	return s.Validate(value)
}

func TestCycloneDXFollowsItsSchema(t *testing.T) {
	document, _ := made(t)
	s := schema(t)
	require.NoError(t, check(t, s, string(document)))
	for _, tt := range []struct{ name, old, new string }{
		{"another format", `"CycloneDX"`, `"Cyclone"`},
		{"a kind of component that there is not", `"type": "library"`, `"type": "lib"`},
		{"a licence that there is not", `"id": "BSD-3-Clause"`, `"id": "BSD-ish"`},
		{"a sum that is none", `"content": "`, `"content": "x`},
		{"a field that there is not", `"components": [`, `"parts": [`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Contains(t, string(document), tt.old)
			require.Error(t, check(t, s, strings.Replace(string(document), tt.old, tt.new, 1)))
		})
	}
}

func TestEverythingIsInIt(t *testing.T) {
	document, _ := made(t)
	bom := new(cdx.BOM)
	require.NoError(t, cdx.NewBOMDecoder(bytes.NewReader(document), cdx.BOMFileFormatJSON).Decode(bom))
	versions := map[string]string{}
	for _, c := range *bom.Components {
		require.NotContains(t, versions, c.Name)
		require.NotEmpty(t, c.Version, c.Name)
		versions[c.Name] = c.Version
	}

	info, err := buildinfo.ReadFile(binary(t))
	require.NoError(t, err)
	for _, m := range info.Deps {
		require.Contains(t, versions, m.Path)
	}
	require.Contains(t, versions, "github.com/dunglas/frankenphp")
	require.Equal(t, strings.TrimPrefix(info.GoVersion, "go"), versions["stdlib"])

	says, err := exec.Command(binary(t), "-n", "-r", "echo PHP_VERSION, ' ', PCRE_VERSION;").Output()
	require.NoError(t, err)
	require.Equal(t, strings.Fields(string(says))[:2], []string{versions["php"], versions["pcre2"]})

	require.Contains(t, versions, "libc6")
	require.Contains(t, versions, "libsqlite3-0")
	libraries, err := loaded(binary(t))
	require.NoError(t, err)
	files := 0
	for _, c := range *bom.Components {
		if c.Properties != nil {
			files += len(*c.Properties)
		}
	}
	require.Equal(t, len(libraries), files, "every file that is loaded is of some component")
	require.Len(t, *(*bom.Dependencies)[0].Dependencies, len(*bom.Components))
}

func TestSPDXIsSound(t *testing.T) {
	_, text := made(t)
	document, err := spdxjson.Read(bytes.NewReader(text))
	require.NoError(t, err)
	require.NoError(t, spdxlib.ValidateDocument(document))
	require.Equal(t, "SPDX-2.3", document.SPDXVersion)
	seen := map[string]bool{}
	for _, p := range document.Packages {
		id := string(p.PackageSPDXIdentifier)
		require.False(t, seen[id], id)
		require.Regexp(t, regexp.MustCompile(`^[A-Za-z0-9.-]+$`), id)
		seen[id] = true
		require.NotEmpty(t, p.PackageVersion)
		require.NotEmpty(t, p.PackageDownloadLocation, "the specification demands one, if only to say that none is known")
		require.NotEmpty(t, p.PackageExternalReferences)
	}
	require.Len(t, document.Relationships, len(document.Packages), "the document describes one, which links the others")

	// It can fail: a relation to what is not there.
	document.Relationships[1].RefB.ElementRefID = "Package-nobody"
	require.Error(t, spdxlib.ValidateDocument(document))
}

// Both files name the same things, by the same package URLs.
func TestTheTwoAgree(t *testing.T) {
	first, second := made(t)
	purl := regexp.MustCompile(`"pkg:[^"]+"`)
	of := func(text []byte) map[string]bool {
		found := map[string]bool{}
		for _, m := range purl.FindAll(text, -1) {
			var plain string
			require.NoError(t, json.Unmarshal(m, &plain))
			found[plain] = true
		}
		return found
	}
	require.Equal(t, of(first), of(second))
}

func TestTheSameBinaryHasTheSameFiles(t *testing.T) {
	first, second := made(t)
	again, andAgain := fresh(t)
	require.Equal(t, string(first), string(again))
	require.Equal(t, string(second), string(andAgain))
}
