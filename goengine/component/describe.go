package component

import (
	"reflect"
	"strings"
)

// described is what Describe was told.
type described struct{ path, text string }

// Describe tells the names of parameters and the comments of a package's components, in the text that
// goengine/component/describe makes of the source. The path is the package's as reflection has it. It keeps the text and
// does no more: Freeze reads it. What an option (Params, Doc) says goes before it; of two texts the later one counts.
func Describe(path, text string) { std.Describe(path, text) }

// Describe does what the function Describe does, for this registry.
func (r *Registry) Describe(path, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.described = append(r.described, described{path, text})
}

// The text has a part for each type, and in it an entry for each of
//
//	type Name, or type path.Name when it is of another package
//	new PARAMETERS       the constructor
//	func NAME PARAMETERS a method, or a static one
//	field NAME
//	const NAME           a constant, or a case of an enum
//
// with the lines of its comment behind it, each after a tab. A parameter "_" has no name.
const typeEntry = "\ntype "

// index finds the parts. The texts are not copied.
func index(all []described) map[string]string {
	parts := map[string]string{}
	for _, d := range all {
		rest := d.text
		for {
			at := strings.Index(rest, typeEntry)
			if at < 0 {
				break
			}
			rest = rest[at+len(typeEntry):]
			name, body, _ := strings.Cut(rest, "\n")
			if end := strings.Index(rest, typeEntry); end >= 0 {
				body = rest[min(len(name)+1, end+1) : end+1]
			}
			if !strings.Contains(name, ".") {
				name = d.path + "." + name
			}
			parts[name] = body
		}
	}
	return parts
}

// source is what is known of a type.
type source struct {
	doc    string
	docs   map[string]string   // of methods, fields and "const NAME"
	params map[string][]string // of methods; "New" is the constructor
}

// sourceOf reads a type's part.
func (r *Registry) sourceOf(t reflect.Type) (s source) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name, _, _ := strings.Cut(t.Name(), "[")
	body, ok := r.source[t.PkgPath()+"."+name]
	if !ok {
		return s
	}
	s.docs, s.params = map[string]string{}, map[string][]string{}
	s.doc, body = comment(body)
	for body != "" {
		var line, doc string
		line, body, _ = strings.Cut(body, "\n")
		doc, body = comment(body)
		words := strings.Split(line, " ")
		key, words := words[0], words[1:]
		switch {
		case key == "new":
			key = "New"
		case len(words) == 0:
			continue
		case key == "const":
			key, words = "const "+words[0], nil
		default:
			key, words = words[0], words[1:]
		}
		if doc != "" {
			s.docs[key] = doc
		}
		if len(words) > 0 {
			s.params[key] = words
		}
	}
	return s
}

// comment takes the comment that a text begins with.
func comment(text string) (doc, rest string) {
	end := 0
	for end < len(text) && text[end] == '\t' {
		n := strings.IndexByte(text[end:], '\n')
		if n < 0 {
			end = len(text)
			break
		}
		end += n + 1
	}
	if end == 0 {
		return "", text
	}
	return strings.TrimSuffix(strings.ReplaceAll(text[1:end], "\n\t", "\n"), "\n"), text[end:]
}

// describe completes a class's definition by what the source says.
func (r *Registry) describe(c *Class) {
	d := c.definition
	s := r.sourceOf(d.goType)
	if c.Doc == "" {
		c.Doc = s.doc
	}
	for name, params := range s.params {
		if d.params[name] == nil {
			d.params[name] = params
		}
	}
	d.docs = s.docs
	for i := range c.EnumCases {
		c.EnumCases[i].Doc = s.docs["const "+c.EnumCases[i].Name]
	}
}
