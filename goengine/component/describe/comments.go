package describe

import (
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// comments finds the comment of what is declared at a place. Files of other packages are read when they are asked for: a
// method may come of an embedded type.
type comments struct {
	fset  *token.FileSet
	files map[string]bool
	docs  map[string]string // "file:line name" => text
}

func newComments(fset *token.FileSet) *comments {
	return &comments{fset: fset, files: map[string]bool{}, docs: map[string]string{}}
}

func (c *comments) key(pos token.Pos, name string) (file, key string) {
	p := c.fset.Position(pos)
	return p.Filename, fmt.Sprintf("%s:%d %s", p.Filename, p.Line, name)
}

// of is what the source says of an object, without the name that Go's comments begin with.
func (c *comments) of(obj types.Object, name string) string {
	file, key := c.key(obj.Pos(), obj.Name())
	if !c.files[file] {
		c.files[file] = true
		if f, err := parser.ParseFile(c.fset, file, nil, parser.ParseComments|parser.SkipObjectResolution); err == nil {
			c.add(f)
		}
	}
	return phpText(c.docs[key], name)
}

// add notes a file's comments.
func (c *comments) add(f *ast.File) {
	name, _ := c.key(f.Package, "")
	c.files[name] = true
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			c.note(d.Name, d.Doc)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				c.spec(d, s)
			}
		}
	}
}

func (c *comments) spec(d *ast.GenDecl, s ast.Spec) {
	switch s := s.(type) {
	case *ast.TypeSpec:
		if !d.Lparen.IsValid() {
			c.note(s.Name, d.Doc, s.Doc, s.Comment)
		} else {
			c.note(s.Name, s.Doc, s.Comment)
		}
		if t, ok := s.Type.(*ast.StructType); ok {
			for _, f := range t.Fields.List {
				for _, name := range f.Names {
					c.note(name, f.Doc, f.Comment)
				}
			}
		}
	case *ast.ValueSpec:
		for _, name := range s.Names {
			if !d.Lparen.IsValid() {
				c.note(name, d.Doc, s.Doc, s.Comment)
			} else {
				c.note(name, s.Doc, s.Comment)
			}
		}
	}
}

// note keeps the first comment that there is.
func (c *comments) note(name *ast.Ident, groups ...*ast.CommentGroup) {
	for _, g := range groups {
		if text := g.Text(); text != "" {
			_, key := c.key(name.Pos(), name.Name)
			c.docs[key] = text
			return
		}
	}
}

// leading is how a comment of Go begins that names what it stands above, as far as PHP's would do without.
func leading(name string) *regexp.Regexp {
	return regexp.MustCompile(`^(?:An? |The )?` + regexp.QuoteMeta(name) + `(?: is| are)? `)
}

// phpText makes of a Go comment what a PHP one says: "Hello greets." is "Greets.", doc links are their text, and lines
// fit 120 columns in a class of a namespace.
func phpText(text, name string) string {
	if text == "" {
		return ""
	}
	known := &comment.Parser{LookupSym: func(string, string) bool { return true }}
	text = string((&comment.Printer{TextWidth: 108, TextCodePrefix: "    "}).Text(known.Parse(text)))
	text = strings.TrimRight(text, "\n")
	if loc := leading(name).FindStringIndex(text); loc != nil && !strings.HasPrefix(text[loc[1]:], "and ") {
		r, size := utf8.DecodeRuneInString(text[loc[1]:])
		text = string(unicode.ToUpper(r)) + text[loc[1]+size:]
	}
	return text
}

func folder(file string) string { return filepath.Dir(file) }
