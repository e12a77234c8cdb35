// Package docs_test holds the documentation to its word: each code block of README.md, CONTRIBUTING.md, SECURITY.md,
// CHANGELOG.md and docs/ is run or checked (blocks_test.go says how each kind is), and each link leads somewhere.
package docs_test

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

const root = "../.." // of the repository

// page is a Markdown file, by its path from the repository's root.
type page struct {
	name    string
	blocks  []*block
	links   []link
	anchors map[string]bool
	spans   []link // code in the text
}

type link struct {
	line   int
	target string
}

// block is code between fences.
type block struct {
	page *page
	line int    // of the opening fence
	lang string // what stands behind the fence, to the first space
	text string
	file string // the last file name that the paragraph before it mentions
	part int    // counts headings: what belongs together
	next *block // the one behind it under the same heading
	prev *block
}

func (b *block) String() string { return fmt.Sprintf("%s:%d", b.page.name, b.line) }

// first is the first line with something on it, and of a program the second, by which testdata/unrun.txt knows a block.
func (b *block) first() string {
	first := ""
	for line := range strings.Lines(b.text) {
		if line = strings.TrimSpace(line); line != "" && line != "<?php" {
			return first + line
		} else if line != "" {
			first = line + " "
		}
	}
	return first
}

var fileName = regexp.MustCompile(`[\w./-]+\.(?:php|yaml|yml|json|toml|ini|go|volt|env)\b|\b(?:Caddyfile|Dockerfile)\b`)

func readPage(t testing.TB, name string) *page {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err)
	p := &page{name: name, anchors: map[string]bool{}}
	lineAt := func(offset int) int { return 1 + strings.Count(string(source[:offset]), "\n") }
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	part, line, taken := 0, 1, map[string]int{}
	err = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			line = lineAt(n.Lines().At(0).Start)
		}
		switch n := n.(type) {
		case *ast.Heading:
			part++
			anchor := anchorOf(plain(n, source))
			if k := taken[anchor]; k > 0 {
				p.anchors[fmt.Sprintf("%s-%d", anchor, k)] = true
			}
			taken[anchor]++
			p.anchors[anchor] = true
		case *ast.FencedCodeBlock:
			b := &block{page: p, lang: string(n.Language(source)), part: part, line: line}
			if n.Lines().Len() > 0 {
				b.line = line - 1
				b.text = string(n.Lines().Value(source))
			}
			if before := n.PreviousSibling(); before != nil && before.Lines() != nil && before.Kind() == ast.KindParagraph {
				if names := fileName.FindAllString(string(before.Lines().Value(source)), -1); names != nil {
					b.file = path.Base(names[len(names)-1])
				}
			}
			if len(p.blocks) > 0 {
				if last := p.blocks[len(p.blocks)-1]; last.part == part {
					last.next, b.prev = b, last
				}
			}
			p.blocks = append(p.blocks, b)
		case *ast.CodeBlock:
			p.blocks = append(p.blocks, &block{page: p, lang: "indented", part: part, line: line, text: string(n.Lines().Value(source))})
		case *ast.Link:
			p.links = append(p.links, link{line, string(n.Destination)})
		case *ast.Image:
			p.links = append(p.links, link{line, string(n.Destination)})
		case *ast.CodeSpan:
			p.spans = append(p.spans, link{line, plain(n, source)})
		}
		return ast.WalkContinue, nil
	})
	require.NoError(t, err)
	return p
}

// plain is the text of a node without its marks.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				b.Write(n.Segment.Value(source))
				if n.SoftLineBreak() {
					b.WriteByte(' ')
				}
			}
		case *ast.String:
			if entering {
				b.Write(n.Value)
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// anchorOf is how GitHub names a heading.
func anchorOf(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(heading))
}

// pages are those whose blocks are run.
func pages(t testing.TB) []*page {
	t.Helper()
	names := []string{"README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"}
	docs, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	for _, doc := range docs {
		names = append(names, path.Join("docs", filepath.Base(doc)))
	}
	var all []*page
	for _, name := range names {
		all = append(all, readPage(t, name))
	}
	return all
}

// Each link to a file, and to a heading of it, finds it: on every page of the repository.
func TestLinks(t *testing.T) {
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md")
	list.Dir = root
	out, err := list.Output()
	require.NoError(t, err)
	known := map[string]*page{}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if _, err := os.Stat(filepath.Join(root, name)); err == nil {
			known[name] = readPage(t, name)
		}
	}
	require.Greater(t, len(known), 20)
	seen := 0
	for _, p := range known {
		for _, l := range p.links {
			u, err := url.Parse(l.target)
			if err != nil {
				t.Errorf("%s:%d: %s is no address: %v", p.name, l.line, l.target, err)
				continue
			}
			if u.Scheme != "" || u.Host != "" {
				continue
			}
			seen++
			target := p.name
			if u.Path != "" {
				target = path.Join(path.Dir(p.name), u.Path)
			}
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s:%d: there is no %s", p.name, l.line, target)
				continue
			}
			if u.Fragment == "" {
				continue
			}
			if to, ok := known[target]; !ok || !to.anchors[u.Fragment] {
				t.Errorf("%s:%d: %s has no heading #%s", p.name, l.line, target, u.Fragment)
			}
		}
	}
	require.Greater(t, seen, 100)
}

// Who begins at README.md finds every page, and the index of docs/ names all that lie beside it.
func TestEveryPageIsReachable(t *testing.T) {
	all := map[string]*page{}
	for _, p := range pages(t) {
		all[p.name] = p
	}
	targets := func(p *page) []string {
		var names []string
		for _, l := range p.links {
			if file, _, _ := strings.Cut(l.target, "#"); file != "" {
				names = append(names, path.Join(path.Dir(p.name), file))
			}
		}
		return names
	}
	reached, queue := map[string]bool{"README.md": true}, []string{"README.md"}
	for len(queue) > 0 {
		p := all[queue[0]]
		queue = queue[1:]
		for _, name := range targets(p) {
			if all[name] != nil && !reached[name] {
				reached[name] = true
				queue = append(queue, name)
			}
		}
	}
	require.Contains(t, all, "docs/README.md")
	index := targets(all["docs/README.md"])
	for name := range all {
		if !reached[name] {
			t.Errorf("no link leads from README.md to %s", name)
		}
		if path.Dir(name) == "docs" && name != "docs/README.md" && !slices.Contains(index, name) {
			t.Errorf("docs/README.md does not list %s", name)
		}
	}
}

func TestAnchors(t *testing.T) {
	for heading, want := range map[string]string{
		"Known differences: HTTP":                     "known-differences-http",
		"`$connection->state`":                        "connection-state",
		"Workerman\\Http\\Client":                     "workermanhttpclient",
		"PSR-16 and PSR-6":                            "psr-16-and-psr-6",
		"4. Other protocols":                          "4-other-protocols",
		"Components: PHP classes written in Go, fast": "components-php-classes-written-in-go-fast",
	} {
		require.Equal(t, want, anchorOf(strings.Trim(heading, "`")))
	}
}
