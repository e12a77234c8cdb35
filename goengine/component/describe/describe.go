// Package describe reads from Go source what reflection does not know of components: the names of parameters and the
// comments of types, constructors, methods, static methods, fields, options, constants and cases of enums.
//
// It looks for the calls of component.Register, RegisterType, RegisterValue and RegisterEnum in a package and writes, for
// the types that they name, a text that component.Describe takes. The text is written when a program is built, by
// "go generate" or by "phalanx build": a running one reads no source.
package describe

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// File is the name of the file that Source is written to, in the folder of its package.
const File = "component_docs.go"

const componentPath = "github.com/phalanx-php/phalanx/goengine/component"

// Package is a package that registers components.
type Package struct {
	Path string // as reflection calls it: "main" for a command
	Name string
	Dir  string
	Text string // for component.Describe; "" when there is nothing to say
}

// Load reads the packages that patterns name, as the go command run in dir with env does (nil: the process's own). It
// answers those that import package component. It needs the go command, and the packages must compile.
func Load(dir string, env []string, patterns ...string) ([]Package, error) {
	cfg := &packages.Config{Dir: dir, Env: env, Mode: packages.NeedName | packages.NeedImports | packages.NeedFiles}
	found, err := load(cfg, patterns)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, p := range found {
		if p.Imports[componentPath] != nil && p.PkgPath != componentPath {
			paths = append(paths, p.PkgPath)
		}
	}
	if len(paths) == 0 {
		return nil, nil
	}
	cfg.Mode |= packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo
	if found, err = load(cfg, paths); err != nil {
		return nil, err
	}
	var all []Package
	for _, p := range found {
		r := reader{pkg: p, comments: newComments(p.Fset)}
		for _, f := range p.Syntax {
			r.comments.add(f)
		}
		for _, f := range p.Syntax {
			ast.Inspect(f, r.visit)
		}
		made := Package{Path: p.PkgPath, Name: p.Name, Text: r.text.String()}
		if p.Name == "main" {
			made.Path = "main"
		}
		if len(p.GoFiles) > 0 {
			made.Dir = folder(p.GoFiles[0])
		}
		all = append(all, made)
	}
	return all, nil
}

func load(cfg *packages.Config, patterns []string) ([]*packages.Package, error) {
	found, err := packages.Load(cfg, patterns...)
	if err != nil {
		return nil, fmt.Errorf("describe: %w", err)
	}
	var problems []string
	for _, p := range found {
		for _, e := range p.Errors {
			problems = append(problems, e.Error())
		}
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("describe: %s", strings.Join(problems, "\n"))
	}
	slices.SortFunc(found, func(a, b *packages.Package) int { return strings.Compare(a.PkgPath, b.PkgPath) })
	return found, nil
}

// reader writes one package's text.
type reader struct {
	pkg      *packages.Package
	comments *comments
	text     strings.Builder
	seen     []string
}

// visit looks at a node; registrations are described.
func (r *reader) visit(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return true
	}
	switch name, typeArg := r.callee(call); name {
	case "Register":
		if len(call.Args) < 2 {
			return true
		}
		sig, ok := r.pkg.TypesInfo.TypeOf(call.Args[1]).Underlying().(*types.Signature)
		if !ok || sig.Results().Len() == 0 {
			return true
		}
		r.component(sig.Results().At(0).Type(), call, &constructor{sig, r.named(call.Args[1])})
	case "RegisterType":
		r.component(typeArg, call, nil)
	case "RegisterValue":
		if r.begin(typeArg) {
			r.fields(typeArg, nil)
		}
	case "RegisterEnum":
		if r.begin(typeArg) {
			r.within(call)
		}
	}
	return true
}

// callee is the name of a function of package component that is called, with its type argument.
func (r *reader) callee(call *ast.CallExpr) (name string, typeArg types.Type) {
	fun := ast.Unparen(call.Fun)
	switch f := fun.(type) {
	case *ast.IndexExpr:
		fun = f.X
	case *ast.IndexListExpr:
		fun = f.X
	}
	var id *ast.Ident
	switch f := fun.(type) {
	case *ast.SelectorExpr:
		id = f.Sel
	case *ast.Ident:
		id = f
	default:
		return "", nil
	}
	fn, ok := r.pkg.TypesInfo.Uses[id].(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg().Path() != componentPath {
		return "", nil
	}
	if args := r.pkg.TypesInfo.Instances[id].TypeArgs; args != nil {
		typeArg = args.At(0)
	}
	return fn.Name(), typeArg
}

// named is the function, constant or variable that an expression names; nil when it is another expression.
func (r *reader) named(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return r.pkg.TypesInfo.Uses[e]
	case *ast.SelectorExpr:
		return r.pkg.TypesInfo.Uses[e.Sel]
	}
	return nil
}

type constructor struct {
	sig *types.Signature
	obj types.Object
}

func (r *reader) component(t types.Type, call *ast.CallExpr, made *constructor) {
	if !r.begin(t) {
		return
	}
	if made != nil {
		r.function("new", "", made.sig, made.obj)
	}
	set := types.NewMethodSet(t)
	for i := range set.Len() {
		m := set.At(i).Obj()
		if m.Exported() {
			r.function("func", m.Name(), set.At(i).Type().(*types.Signature), m)
		}
	}
	signatures := r.within(call)
	r.fields(t, nil)
	// The options structs that these take are types of their own, each described once.
	if made != nil {
		signatures = append(signatures, made.sig)
	}
	for i := range set.Len() {
		if set.At(i).Obj().Exported() {
			signatures = append(signatures, set.At(i).Type().(*types.Signature))
		}
	}
	for _, sig := range signatures {
		r.options(sig)
	}
}

// within describes what the call itself names: static methods, whose signatures it answers, constants and cases.
func (r *reader) within(call *ast.CallExpr) (statics []*types.Signature) {
	for _, arg := range call.Args {
		ast.Inspect(arg, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || len(c.Args) < 2 {
				return true
			}
			name, _ := r.callee(c)
			if name != "Static" && name != "Const" && name != "Case" {
				return true
			}
			key := r.pkg.TypesInfo.Types[c.Args[0]].Value
			if key == nil || key.Kind() != constant.String {
				return true
			}
			obj := r.named(c.Args[1])
			if sig, ok := r.pkg.TypesInfo.TypeOf(c.Args[1]).Underlying().(*types.Signature); name == "Static" && ok {
				r.function("func", constant.StringVal(key), sig, obj)
				statics = append(statics, sig)
			} else if obj != nil {
				r.entry("const", constant.StringVal(key), nil, obj)
			}
			return true
		})
	}
	return statics
}

// begin opens a type's part; it says no for one that has been described, or has no name.
func (r *reader) begin(t types.Type) bool {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	obj := named.Obj()
	name := obj.Name()
	if obj.Pkg() != r.pkg.Types {
		name = obj.Pkg().Path() + "." + name
	}
	if slices.Contains(r.seen, name) {
		return false
	}
	r.seen = append(r.seen, name)
	fmt.Fprintf(&r.text, "type %s\n", name)
	r.write(r.comments.of(obj, obj.Name()))
	return true
}

// function describes a function by its parameters' names and its comment.
func (r *reader) function(kind, name string, sig *types.Signature, obj types.Object) {
	var names []string
	for i := range sig.Params().Len() {
		p := sig.Params().At(i)
		if i == 0 && isContext(p.Type()) || i == sig.Params().Len()-1 && !sig.Variadic() && optionsOf(p.Type()) != nil {
			continue
		}
		// PHP has no parameter without a name, and no $this.
		if n := p.Name(); n == "" || n == "_" || n == "this" {
			names = append(names, "_")
		} else {
			names = append(names, n)
		}
	}
	r.entry(kind, name, names, obj)
}

func (r *reader) entry(kind, name string, params []string, obj types.Object) {
	doc := ""
	if obj != nil {
		doc = r.comments.of(obj, obj.Name())
	}
	if len(params) == 0 && doc == "" {
		return
	}
	r.text.WriteString(strings.Join(append(slices.DeleteFunc([]string{kind, name}, func(s string) bool { return s == "" }), params...), " "))
	r.text.WriteByte('\n')
	r.write(doc)
}

// fields describes a struct's fields, those of embedded ones after its own.
func (r *reader) fields(t types.Type, seen []string) []string {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return seen
	}
	for f := range s.Fields() {
		if f.Exported() && !f.Embedded() && !slices.Contains(seen, f.Name()) {
			seen = append(seen, f.Name())
			r.entry("field", f.Name(), nil, f)
		}
	}
	for f := range s.Fields() {
		if _, pointer := f.Type().(*types.Pointer); f.Embedded() && !pointer {
			seen = r.fields(f.Type(), seen)
		}
	}
	return seen
}

// options describes the fields of a function's last parameter, when that is named arguments in PHP.
func (r *reader) options(sig *types.Signature) {
	if n := sig.Params().Len(); n > 0 && !sig.Variadic() {
		if t := optionsOf(sig.Params().At(n - 1).Type()); t != nil && r.begin(t) {
			r.fields(t, nil)
		}
	}
}

func optionsOf(t types.Type) types.Type {
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for f := range s.Fields() {
		if f.Embedded() && isNamed(f.Type(), componentPath, "Options") {
			return t
		}
	}
	return nil
}

func isContext(t types.Type) bool { return isNamed(t, "context", "Context") }

func isNamed(t types.Type, path, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == path && n.Obj().Name() == name
}

// write adds a comment: lines that begin with a tab.
func (r *reader) write(doc string) {
	if doc == "" {
		return
	}
	for line := range strings.SplitSeq(doc, "\n") {
		r.text.WriteString("\t" + line + "\n")
	}
}
