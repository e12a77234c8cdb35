package docs_test

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a block is, and so what is done with it:
//
//	php       beginning with "<?php": a program. It is written to the page's folder under the name that the paragraph before it
//	          mentions. A server is started by the commands behind it, or here; any other program is run, and has to print what
//	          the plain block behind it says.
//	php       otherwise: a fragment. Its names are resolved against the binary's classes, and it is run behind the lines of
//	          testdata/fragments/PAGE.php.
//	sh        commands, run in the page's folder by bash, where phalanx is the binary and programs that change machines are
//	          played (shell_test.go). What they print is in the plain block behind it, where there is one.
//	(none)    output of the block before it; or, with lines that begin with "$ ", a transcript: commands and what they print.
//	text      the usage of a command, whose options are looked up in its help; else a drawing.
//	yaml, toml, json, ini, xml, Caddyfile, dockerfile, go: parsed, adapted, compiled (config_test.go, go_test.go).
//
// What cannot be run is in testdata/unrun.txt, with the reason. Anything else fails the test.
type kind int

const (
	unknown kind = iota
	program
	fragment
	commands
	output
	transcript
	usage
	config
	goCode
	listed // in testdata/unrun.txt
)

func classify(b *block) kind {
	if _, ok := unrun()[entry{b.page.name, b.first()}]; ok {
		return listed
	}
	switch b.lang {
	case "php":
		if strings.HasPrefix(b.text, "<?php") {
			return program
		}
		return fragment
	case "sh":
		return commands
	case "go":
		return goCode
	case "text":
		if strings.HasPrefix(b.text, "phalanx ") {
			return usage
		}
	case "":
		switch {
		case strings.HasPrefix(b.text, "$ "):
			return transcript
		case b.prev != nil && slices.Contains([]kind{program, commands}, classify(b.prev)):
			return output
		}
	default:
		if configs[b.lang] != nil {
			return config
		}
	}
	return unknown
}

// entry is a line of testdata/unrun.txt: a page, and the first line of a block.
type entry struct{ page, first string }

// unrun are the blocks that nothing runs, with the reasons.
var unrun = sync.OnceValue(func() map[entry]string {
	file, err := os.Open("testdata/unrun.txt")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	all := map[entry]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if line := lines.Text(); line != "" && !strings.HasPrefix(line, "#") {
			fields := strings.SplitN(line, " | ", 3)
			if len(fields) != 3 {
				panic("testdata/unrun.txt: " + line)
			}
			all[entry{strings.TrimSpace(fields[0]), strings.TrimSpace(fields[2])}] = strings.TrimSpace(fields[1])
		}
	}
	return all
})

// Every block of every page is of a kind, and so is run or checked.
func TestBlocks(t *testing.T) {
	left, total := map[entry]bool{}, 0
	for e := range unrun() {
		left[e] = true
	}
	var fragments, code []*block
	for _, p := range pages(t) {
		var session []*block
		for _, b := range p.blocks {
			total++
			switch classify(b) {
			case unknown:
				t.Errorf("%s: nothing runs this block: ```%s\n%s", b, b.lang, b.text)
			case listed:
				delete(left, entry{p.name, b.first()})
				if b.lang == "php" {
					checkSyntax(t, b)
				}
			case fragment:
				fragments = append(fragments, b)
			case goCode:
				code = append(code, b)
			case config:
				if err := configs[b.lang](t, b); err != nil {
					t.Errorf("%s: %v\n%s", b, err, b.text)
				}
				session = append(session, b)
			case usage:
				checkUsage(t, b)
			default:
				session = append(session, b)
			}
		}
		if session != nil {
			t.Run(strings.TrimPrefix(p.name, "docs/"), func(t *testing.T) {
				t.Parallel()
				runPage(t, session)
			})
		}
	}
	require.Greater(t, total, 80)
	for e := range left {
		t.Errorf("testdata/unrun.txt: %s has no block that begins with %q", e.page, e.first)
	}
	t.Run("fragments", func(t *testing.T) { runFragments(t, fragments) })
	t.Run("go", func(t *testing.T) { compile(t, code) })
}

var figures = regexp.MustCompile(`\d+(?:[.:,]\d+)*`)

// matches compares what was printed with what a page says. With free figures any number stands for another one. "..." stands
// for anything on its line, and on a line of its own for any lines.
func matches(want, got string, freeFigures bool) bool {
	if want == got {
		return true
	}
	var re strings.Builder
	re.WriteString(`(?s)^`)
	for line := range strings.Lines(want) {
		if strings.TrimSpace(line) == "..." {
			re.WriteString(`(?:[^\n]*\n)*?`)
			continue
		}
		for i, piece := range strings.Split(line, "...") {
			if i > 0 {
				re.WriteString(`[^\n]*?`)
			}
			if !freeFigures {
				re.WriteString(regexp.QuoteMeta(piece))
				continue
			}
			last := 0
			for _, at := range figures.FindAllStringIndex(piece, -1) {
				re.WriteString(spaces(piece[last:at[0]]) + `\d+(?:[.:,]\d+)*`)
				last = at[1]
			}
			re.WriteString(spaces(piece[last:]))
		}
	}
	re.WriteString(`$`)
	return regexp.MustCompile(re.String()).MatchString(got)
}

var blanks = regexp.MustCompile(` +`)

// spaces quotes text; a column's width may change with its figures.
func spaces(piece string) string { return blanks.ReplaceAllString(regexp.QuoteMeta(piece), ` +`) }

func TestMatches(t *testing.T) {
	for _, tt := range []struct {
		want, got string
		free, ok  bool
	}{
		{"a 1\n", "a 1\n", false, true},
		{"a 1\n", "a 2\n", false, false},
		{"a 1\n", "a 22.5\n", true, true},
		{"a 1\n", "b 1\n", true, false},
		{"pid   4711 runs\n", "pid 1 runs\n", true, true},
		{"x ... z\n", "x and y z\n", false, true},
		{"x\n...\nz\n", "x\ny\ny\nz\n", false, true},
		{"x\n...\nz\n", "x\ny\nz\nmore\n", false, false},
		{"one\n", "one\ntwo\n", true, false},
	} {
		require.Equal(t, tt.ok, matches(tt.want, tt.got, tt.free), "%q %q", tt.want, tt.got)
	}
}

// The rules above, on a page that breaks them.
func TestABlockThatNothingRunsIsFound(t *testing.T) {
	write := func(text string) *page {
		name := filepath.Join(t.TempDir(), "page.md")
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		relative, err := filepath.Rel(mustAbs(t, root), name)
		require.NoError(t, err)
		return readPage(t, relative)
	}
	for text, want := range map[string]kind{
		"```\nphalanx app.php start\n```\n":                              unknown,
		"```text\na drawing\n```\n":                                      unknown,
		"```perl\nprint 1\n```\n":                                        unknown,
		"    indented\n":                                                 unknown,
		"```text\nphalanx shared FILE [--json]\n```\n":                   usage,
		"```\n$ phalanx -r 'echo 1;'\n1\n```\n":                          transcript,
		"```php\necho 1;\n```\n":                                         fragment,
		"```php\n<?php\necho 1;\n```\n":                                  program,
		"```sh\ntrue\n```\n\nprints\n\n```\n1\n```\n":                    output,
		"```sh\ntrue\n```\n\n# another part\n\n```\n1\n```\n":            unknown,
		"```php\n<?php\necho 1;\n```\n\n```text\nanything\n```\n":        unknown,
		"```php\n<?php\necho 1;\n```\n\n```\n1\n```\n\n```\nmore\n```\n": unknown,
	} {
		p := write(text)
		require.Equal(t, want, classify(p.blocks[len(p.blocks)-1]), text)
	}
	p := write("# One\n\ntext\n\n```sh\ntrue\n```\n")
	require.Equal(t, 5, p.blocks[0].line)
}

func mustAbs(t testing.TB, name string) string {
	t.Helper()
	absolute, err := filepath.Abs(name)
	require.NoError(t, err)
	return absolute
}
