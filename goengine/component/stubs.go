package component

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// docComment makes a PHP comment of a Go one, with the shapes of arrays that PHP's types do not say; "" when there is
// nothing to say. Its lines end in line feeds and are not indented.
func docComment(doc string, m *Method) string {
	var lines []string
	if doc = strings.TrimSpace(doc); doc != "" {
		lines = strings.Split(strings.ReplaceAll(doc, "*/", "* /"), "\n")
	}
	var tags []string
	if m != nil {
		for _, p := range m.Params {
			shape := shapeOf(p.Type, p.nullable(), nil)
			if p.Doc != "" || shape != typeOf(p.Type, true, p.nullable()) {
				tags = append(tags, strings.TrimSpace(fmt.Sprintf("@param %s $%s %s", shape, p.Name, oneLine(p.Doc))))
			}
		}
		if m.Result != nil && !m.constructs {
			result := m.shape()
			if result != m.returns() {
				tags = append(tags, "@return "+result)
			}
		}
		if m.Context {
			tags = append(tags, "@throws \\"+timeoutException+" when the time of Phalanx\\timeout() is over")
		}
	}
	if len(tags) > 0 {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, tags...)
	}
	switch len(lines) {
	case 0:
		return ""
	case 1:
		return "/** " + lines[0] + " */"
	}
	var b strings.Builder
	b.WriteString("/**\n")
	for _, line := range lines {
		b.WriteString(strings.TrimRight(" * "+line, " ") + "\n")
	}
	b.WriteString(" */")
	return b.String()
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// typeOf is the type PHP declares. Out: what it returns.
func typeOf(t *wire.Type, out, nullable bool) string {
	name := ""
	switch t.Kind {
	case wire.Mixed, wire.Held:
		return "mixed"
	case wire.Bool:
		name = "bool"
	case wire.Int:
		name = "int"
	case wire.Float:
		name = "float"
	case wire.String:
		name = "string"
	case wire.List, wire.Dict, wire.Struct:
		name = "array"
	case wire.Time:
		name = `\DateTimeInterface`
		if out {
			name = `\DateTimeImmutable`
		}
	case wire.Func:
		name = "callable"
	default:
		name = "object"
		if t.Class != nil {
			name = `\` + t.Class.Name
		}
	}
	if nullable {
		return "?" + name
	}
	return name
}

// shapeOf is what an analyser is told. path holds the types above, for one that holds itself.
func shapeOf(t *wire.Type, nullable bool, path []*wire.Type) string {
	for _, above := range path {
		if above == t {
			return "array"
		}
	}
	path = append(path, t)
	name := ""
	switch t.Kind {
	case wire.List:
		name = "list<" + shapeOf(t.Elem, t.Elem.Nullable, path) + ">"
	case wire.Dict:
		key, elem := "array-key", "mixed"
		if t.Elem != nil {
			key, elem = "string", shapeOf(t.Elem, t.Elem.Nullable, path)
			if k := t.Go; k.Kind().String() == "map" && k.Key().Kind().String() != "string" {
				key = "int"
			}
		}
		name = "array<" + key + ", " + elem + ">"
	case wire.Struct:
		fields := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			mark := ""
			if f.OmitEmpty {
				mark = "?"
			}
			fields[i] = f.Name + mark + ": " + shapeOf(f.Type, f.Type.Nullable, path)
		}
		name = "array{" + strings.Join(fields, ", ") + "}"
	case wire.Func:
		in := make([]string, len(t.In))
		for i, p := range t.In {
			in[i] = shapeOf(p, p.Nullable, path)
		}
		out := "void"
		if t.Out != nil {
			out = shapeOf(t.Out, t.Out.Nullable, path)
		}
		name = "callable(" + strings.Join(in, ", ") + "): " + out
	default:
		return typeOf(t, true, nullable)
	}
	if nullable {
		return name + "|null"
	}
	return name
}

func (m *Method) shape() string {
	if len(m.more) > 0 {
		parts := []string{shapeOf(m.Result, m.Result.Nullable, nil)}
		for _, t := range m.more {
			parts = append(parts, shapeOf(t, t.Nullable, nil))
		}
		return "array{" + strings.Join(parts, ", ") + "}"
	}
	return shapeOf(m.Result, m.resultNullable(), nil)
}

// returns is the declared type of the result.
func (m *Method) returns() string {
	switch {
	case m.Declared != "":
		return m.Declared
	case m.Result == nil || m.constructs:
		return "void"
	}
	return typeOf(m.Result, true, m.resultNullable())
}

// WriteStubs writes the classes as PHP source without bodies, for editors and analysers.
func (r *Registry) WriteStubs(w io.Writer) error {
	var b strings.Builder
	b.WriteString("<?php\n\n/* The classes that this binary's Go components are. Written by `phalanx stubs`: not to be run. */\n")
	classes := append([]*Class(nil), r.classes...)
	sort.Slice(classes, func(i, j int) bool { return classes[i].Name < classes[j].Name })
	for _, c := range classes {
		namespace, name := "", c.Name
		if i := strings.LastIndexByte(c.Name, '\\'); i >= 0 {
			namespace, name = c.Name[:i]+" ", c.Name[i+1:]
		}
		fmt.Fprintf(&b, "\nnamespace %s{\n", namespace)
		c.stub(&b, name)
		b.WriteString("}\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (c *Class) stub(b *strings.Builder, name string) {
	indented(b, 1, docComment(c.Doc, nil))
	switch c.Kind {
	case wire.Enum:
		fmt.Fprintf(b, "    enum %s: %s\n    {\n", name, map[wire.Kind]string{wire.Int: "int", wire.String: "string"}[c.backing])
		for _, e := range c.EnumCases {
			text := fmt.Sprintf("%d", e.Value)
			if c.backing == wire.String {
				text = phpString(fmt.Sprintf("%s", e.Value))
			}
			indented(b, 2, docComment(e.Doc, nil))
			fmt.Fprintf(b, "        case %s = %s;\n", e.Name, text)
		}
		b.WriteString("    }\n")
		return
	case wire.Record:
		fmt.Fprintf(b, "    final readonly class %s\n    {\n        public function __construct(\n", name)
		for _, p := range c.Properties {
			if shape := shapeOf(p.Type, p.Type.Nullable, nil); shape != typeOf(p.Type, true, p.Type.Nullable) || p.Doc != "" {
				fmt.Fprintf(b, "            /** %s */\n", strings.TrimSpace("@var "+shape+" "+oneLine(p.Doc)))
			}
			fmt.Fprintf(b, "            public %s $%s,\n", typeOf(p.Type, true, p.Type.Nullable), p.Name)
		}
		b.WriteString("        ) {\n        }\n    }\n")
		return
	}
	final := ""
	if c.Flags&Sequences != 0 {
		final = "final "
	}
	fmt.Fprintf(b, "    %sclass %s%s\n    {\n", final, name, c.implements())
	for _, k := range c.Constants {
		indented(b, 2, docComment(k.Doc, nil))
		fmt.Fprintf(b, "        public const %s = %s;\n", k.Name, constantText(k.Value))
	}
	for _, p := range c.Properties {
		tag := ""
		if p.Set == nil {
			tag = "@readonly"
		}
		if shape := shapeOf(p.Type, p.Type.Nullable, nil); shape != typeOf(p.Type, true, p.Type.Nullable) {
			tag = strings.TrimSpace("@var " + shape + " " + tag)
		}
		indented(b, 2, docComment(strings.TrimSpace(p.Doc+"\n"+tag), nil))
		fmt.Fprintf(b, "        public %s $%s;\n", typeOf(p.Type, true, p.Type.Nullable), p.Name)
	}
	if c.Constructor != nil {
		c.Constructor.stub(b)
	} else {
		b.WriteString("        private function __construct()\n        {\n        }\n")
	}
	for _, m := range c.Methods {
		m.stub(b)
	}
	if c.Flags&Sequences != 0 {
		for _, m := range []string{"current(): mixed", "key(): mixed", "next(): void", "rewind(): void", "valid(): bool"} {
			fmt.Fprintf(b, "        public function %s\n        {\n        }\n", m)
		}
	}
	b.WriteString("    }\n")
}

func (c *Class) implements() string {
	var list []string
	for _, i := range []struct {
		flag uint32
		name string
	}{{Countable, `\Countable`}, {ArrayAccess, `\ArrayAccess`}, {JSONSerializable, `\JsonSerializable`}, {Aggregate, `\IteratorAggregate`}} {
		if c.Flags&i.flag != 0 {
			list = append(list, i.name)
		}
	}
	if c.Flags&Sequences != 0 {
		list = append(list, `\Iterator`)
	}
	if len(list) == 0 {
		return ""
	}
	return " implements " + strings.Join(list, ", ")
}

func (m *Method) stub(b *strings.Builder) {
	indented(b, 2, docComment(m.Doc, m))
	params := make([]string, len(m.Params))
	for i, p := range m.Params {
		params[i] = typeOf(p.Type, false, p.nullable()) + " "
		if p.Variadic {
			params[i] += "..."
		}
		params[i] += "$" + p.Name
		if p.Optional {
			params[i] += " = " + p.Default
		}
	}
	head := "public function "
	if m.Static && m.Name != "__construct" {
		head = "public static function "
	}
	returns := ""
	if m.Name != "__construct" {
		returns = ": " + m.returns()
	}
	fmt.Fprintf(b, "        %s%s(%s)%s\n        {\n        }\n", head, m.Name, strings.Join(params, ", "), returns)
}

func constantText(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return phpString(v)
	default:
		return fmt.Sprint(v)
	}
}

// indented writes a comment, with four spaces for each level before its lines.
func indented(b *strings.Builder, level int, text string) {
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(strings.Repeat("    ", level) + line + "\n")
	}
}
