package component

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// Method is a method, a constructor or an accessor of a property.
type Method struct {
	ID       uint32
	Name     string
	Go       string
	Doc      string
	Class    *Class
	Static   bool
	Context  bool // runs on a goroutine; the caller waits
	Fast     bool // see Slot
	Params   []Param
	Required int
	Result   *wire.Type // nil: none
	Iterates bool       // the result is a Sequence
	Nullable bool       // a second result, a bool, says whether there is one
	Declared string     // the type PHP declares where it is not Result's: "void", "array"

	fn       reflect.Value
	receiver bool
	// The result is a Go value for which PHP has, or gets, the object.
	constructs bool
	accessor   bool         // of a property
	more       []*wire.Type // further results: PHP gets a list
	fails      bool
	fast       [maxFast + 1]fastFunc                  // by how many arguments PHP gives; nil: another way
	iterate    func(reflect.Value) (*Sequence, error) // makes the result one
	options    reflect.Value                          // the Options struct's defaults
	variadic   bool
	never      bool         // the result is a component that is never nil: it comes with an error, or is a Sequence
	codecs     []*wire.Type // of Params, by their Go types
	inline     func(any, *Call, *wire.Decoder) bool
}

// Param is a parameter as PHP sees it.
type Param struct {
	Name     string
	Type     *wire.Type
	Optional bool
	Variadic bool
	Default  string // a PHP expression
	Doc      string // of an option

	field []int // in the Options struct
}

// unseen are methods that have their place elsewhere: other packages of Go ask for them, PHP does not.
var unseen = []string{
	"MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText", "MarshalBinary", "UnmarshalBinary", "AppendText",
	"AppendBinary", "GobEncode", "GobDecode", "Format", "GoString", "Scan", "Value", "LogValue",
}

func (r *Registry) derive(c *Class) error {
	d := c.definition
	r.describe(c)
	switch c.Kind {
	case wire.Record:
		return r.deriveRecord(c)
	case wire.Enum:
		return deriveEnum(c)
	}
	if k := d.goType.Kind(); k == reflect.Interface || k == reflect.Pointer && d.goType.Elem().Kind() == reflect.Pointer {
		return fmt.Errorf("%s cannot be a class", d.goType)
	}
	var problems []error
	add := func(m *Method, err error) *Method {
		if err != nil {
			problems = append(problems, err)
			return nil
		}
		m.ID = uint32(len(r.methods))
		m.Class = c
		r.methods = append(r.methods, m)
		return m
	}
	if d.constructor != nil {
		c.Constructor = add(r.method(c, "New", "__construct", reflect.ValueOf(d.constructor), false))
		if c.Constructor != nil {
			c.Constructor.Static, c.Constructor.constructs = true, true
			if c.Constructor.Context {
				problems = append(problems, errors.New("the constructor takes a context: only methods can wait"))
			}
		}
	} else {
		c.Flags |= Abstract
	}
	if d.name == sequenceClass {
		c.Flags |= Sequences
		c.step = add(r.method(c, "Step", "step", reflect.ValueOf((*Sequence).Step), true))
		c.stepWait = add(r.method(c, "StepContext", "stepWait", reflect.ValueOf((*Sequence).StepContext), true))
		return errors.Join(problems...)
	}
	for i := range c.goType.NumMethod() {
		m := c.goType.Method(i)
		name, known := d.names[m.Name]
		if known && name == "" || !known && (slices.Contains(unseen, m.Name) || fromHidden(c.goType, m.Name)) {
			continue
		}
		if !known {
			name = r.methodName(c, m)
		}
		if made := add(r.method(c, m.Name, name, m.Func, true)); made != nil {
			c.Methods = append(c.Methods, made)
		}
	}
	for _, s := range d.statics {
		v := reflect.ValueOf(s.fn)
		if v.Kind() != reflect.Func {
			problems = append(problems, fmt.Errorf("%s: a static method is a function", s.name))
			continue
		}
		if made := add(r.method(c, s.name, s.name, v, false)); made != nil {
			made.Static = true
			c.Methods = append(c.Methods, made)
		}
	}
	r.deriveInterfaces(c, add)
	if err := r.deriveProperties(c, add); err != nil {
		problems = append(problems, err)
	}
	seen := map[string]string{}
	for _, m := range c.Methods {
		if other := seen[lowerASCII(m.Name)]; other != "" {
			problems = append(problems, fmt.Errorf("%s and %s are both %s() in PHP: rename one with component.As", other, m.Go, m.Name))
		}
		seen[lowerASCII(m.Name)] = m.Go
	}
	for _, k := range d.constants {
		if doc := d.docs["const "+k.Name]; doc != "" {
			k.Doc = doc
		}
		v := reflect.ValueOf(k.Value)
		switch {
		case !v.IsValid():
		case v.CanInt():
			k.Value = v.Int()
		case v.CanFloat():
			k.Value = v.Float()
		case v.Kind() == reflect.String:
			k.Value = v.String()
		case v.Kind() != reflect.Bool:
			problems = append(problems, fmt.Errorf("constant %s: %T is no bool, int, float or string", k.Name, k.Value))
			continue
		}
		c.Constants = append(c.Constants, k)
	}
	return errors.Join(problems...)
}

// fromHidden says whether a method comes from an embedded field with the tag "-", or from one of package sync.
func fromHidden(t reflect.Type, method string) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.Anonymous || f.Tag.Get("php") != "-" && f.Type.PkgPath() != "sync" {
			continue
		}
		ft := f.Type
		if ft.Kind() != reflect.Pointer && ft.Kind() != reflect.Interface {
			ft = reflect.PointerTo(ft)
		}
		if _, ok := ft.MethodByName(method); ok {
			return true
		}
	}
	return false
}

// methodName is the rule, and what Go's usual methods are in PHP.
func (r *Registry) methodName(c *Class, m reflect.Method) string {
	t := m.Type
	switch m.Name {
	case "String":
		if t.NumIn() == 1 && t.NumOut() == 1 && t.Out(0).Kind() == reflect.String {
			return "__toString"
		}
	case "Len":
		if t.NumIn() == 1 && t.NumOut() == 1 && t.Out(0).Kind() == reflect.Int {
			return "count"
		}
	case "All":
		if t.NumIn() == 1 && t.NumOut() == 1 && isSequence(t.Out(0)) {
			return "getIterator"
		}
	}
	return wire.Name(m.Name)
}

func isSequence(t reflect.Type) bool {
	return t.Kind() == reflect.Func && (t.CanSeq() || t.CanSeq2()) || t.Kind() == reflect.Chan && t.ChanDir() != reflect.SendDir
}

// method looks at a function. With a receiver its first parameter is that.
func (r *Registry) method(c *Class, goName, name string, fn reflect.Value, receiver bool) (*Method, error) {
	m := &Method{Go: goName, Name: name, fn: fn, receiver: receiver, Doc: c.definition.docs[goName]}
	if m.Name == "__construct" && m.Doc == "" {
		m.Doc = c.definition.docs["New"]
	}
	if err := r.params(c, m); err != nil {
		return nil, fmt.Errorf("%s: %w; hide it with component.Hide(%q)", goName, err, goName)
	}
	if err := r.results(m); err != nil {
		return nil, fmt.Errorf("%s: %w; hide it with component.Hide(%q)", goName, err, goName)
	}
	if receiver && c.Kind == wire.Component && !m.Context && !m.Iterates && !m.Nullable && len(m.more) == 0 && !m.options.IsValid() {
		in := make([]*wire.Type, len(m.Params))
		for i, p := range m.Params {
			in[i] = p.Type
		}
		if fast := bindFast(fn, in, m.Result, m.fails); fast != nil {
			m.Fast = true
			for n := m.Required; n <= len(m.Params); n++ {
				m.fast[n] = fast // what is not given is an Opaque: C leaves its slot empty
			}
		}
	}
	for _, direct := range c.definition.direct[goName] {
		if err := r.bindDirect(m, reflect.ValueOf(direct)); err != nil {
			return nil, fmt.Errorf("%s: component.Direct: %w", goName, err)
		}
	}
	if m.inline = c.definition.inline[goName]; m.inline != nil && (!receiver || !m.Context || m.Iterates) {
		return nil, fmt.Errorf("%s: component.Inline is for methods with a context", goName)
	}
	return m, nil
}

// bindDirect makes fn the fast path for calls with as many arguments as it has.
func (r *Registry) bindDirect(m *Method, fn reflect.Value) error {
	if !m.receiver || fn.Kind() != reflect.Func || fn.Type().NumIn() == 0 || fn.Type().NumIn()-1 > min(len(m.Params), maxFast) ||
		fn.Type().In(0) != m.fn.Type().In(0) || m.Context || m.Iterates || m.Nullable || len(m.more) > 0 {
		return fmt.Errorf("%s does not fit the method", fn.Type())
	}
	n := fn.Type().NumIn() - 1
	in := make([]*wire.Type, n)
	for i := range in {
		t, err := r.types.Of(fn.Type().In(i + 1))
		if err != nil {
			return err
		}
		if t.Kind != m.Params[i].Type.Kind {
			return fmt.Errorf("parameter %d of %s is another type than the method's", i+1, fn.Type())
		}
		in[i] = t
	}
	outs := fn.Type().NumOut()
	fails := outs > 0 && fn.Type().Out(outs-1) == errorType
	if fails {
		outs--
	}
	if outs > 1 || (m.Result == nil) != (outs == 0) || outs == 1 && fn.Type().Out(0) != m.Result.Go {
		return fmt.Errorf("the result of %s is not the method's", fn.Type())
	}
	if n < m.Required {
		return fmt.Errorf("%s has too few parameters", fn.Type())
	}
	if m.fast[n] = bindFast(fn, in, m.Result, fails); m.fast[n] == nil {
		return fmt.Errorf("%s has types that do not cross as they are", fn.Type())
	}
	m.Fast = true
	return nil
}

func (r *Registry) params(c *Class, m *Method) error {
	t := m.fn.Type()
	first := 0
	if m.receiver {
		first = 1
	}
	if t.NumIn() > first && t.In(first) == contextType {
		m.Context = true
		first++
	}
	names := c.definition.params[m.Go]
	for i := first; i < t.NumIn(); i++ {
		in := t.In(i)
		n := i - first
		if i == t.NumIn()-1 && !t.IsVariadic() && isOptions(in) {
			return r.optionParams(c, m, in)
		}
		p := Param{Name: "arg" + strconv.Itoa(n+1)}
		if n < len(names) && names[n] != "_" {
			p.Name = names[n]
		}
		if i == t.NumIn()-1 && t.IsVariadic() {
			p.Variadic, m.variadic = true, true
			in = in.Elem()
		}
		wt, err := r.types.Of(in)
		if err != nil {
			return fmt.Errorf("parameter %d: %w", n+1, err)
		}
		p.Type = wt
		m.Params = append(m.Params, p)
		m.codecs = append(m.codecs, wt)
	}
	// Pointers at the end need not be given.
	for i := len(m.Params) - 1; i >= 0; i-- {
		p := &m.Params[i]
		if p.Variadic {
			continue
		}
		if p.Type.Kind != wire.Held && (p.Type.Go.Kind() != reflect.Pointer || !p.nullable()) {
			m.Required = i + 1
			break
		}
		p.Optional, p.Default = true, "null"
	}
	return nil
}

func isOptions(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	f, ok := t.FieldByName("Options")
	return ok && f.Anonymous && f.Type == optionsType
}

// optionParams makes a parameter of each field.
func (r *Registry) optionParams(c *Class, m *Method, t reflect.Type) error {
	m.Required = len(m.Params)
	m.options = reflect.New(t).Elem()
	if v, ok := c.definition.defaults[t]; ok {
		m.options.Set(v)
	}
	docs := r.sourceOf(t).docs
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("php"), ",")
		if !f.IsExported() || f.Anonymous || name == "-" || len(f.Index) > 1 {
			continue
		}
		if given, ok := c.definition.names[f.Name]; ok && name == "" {
			if name = given; name == "" {
				continue
			}
		}
		if name == "" {
			name = wire.Name(f.Name)
		}
		wt, err := r.types.Of(f.Type)
		if err != nil {
			return fmt.Errorf("option %s: %w", f.Name, err)
		}
		expr, err := r.literal(wt, m.options.FieldByIndex(f.Index))
		if err != nil {
			return fmt.Errorf("option %s: %w", f.Name, err)
		}
		m.Params = append(m.Params, Param{Name: name, Type: wt, Optional: true, Default: expr, Doc: docs[f.Name], field: f.Index})
		m.codecs = append(m.codecs, wt)
	}
	return nil
}

// literal writes a default value as PHP does.
func (r *Registry) literal(t *wire.Type, v reflect.Value) (string, error) {
	if m, ok := v.Interface().(*Map); ok { // an array is never null
		if m == nil || m.Len() == 0 {
			return "[]", nil
		}
		return "", errors.New("a default of a Map that is not empty")
	}
	if v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface || v.Kind() == reflect.Func {
		if v.IsNil() {
			return "null", nil
		}
		if v.Kind() != reflect.Func {
			return r.literal(t, v.Elem())
		}
	}
	switch t.Kind {
	case wire.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case wire.Int:
		if v.CanUint() {
			return strconv.FormatUint(v.Uint(), 10), nil
		}
		return strconv.FormatInt(v.Int(), 10), nil
	case wire.Float:
		f := 0.0
		if v.CanInt() {
			f = float64(v.Int()) / 1e9 // a time.Duration
		} else {
			f = v.Float()
		}
		if math.IsInf(f, 0) || math.IsNaN(f) {
			return "", fmt.Errorf("a default of %v", f)
		}
		text := strconv.FormatFloat(f, 'g', -1, 64)
		if !strings.ContainsAny(text, ".e") {
			text += ".0"
		}
		return text, nil
	case wire.String:
		if v.Kind() == reflect.String && !t.Text {
			return phpString(v.String()), nil
		}
		if v.Kind() == reflect.Slice {
			return phpString(string(v.Bytes())), nil
		}
	case wire.List, wire.Dict:
		if v.Kind() == reflect.Array || v.Len() == 0 {
			return "[]", nil
		}
		return r.literalArray(t, v)
	case wire.Enum:
		for _, e := range r.classes[t.Class.ID].EnumCases {
			if e.Value == v.Interface() {
				return `\` + t.Class.Name + "::" + e.Name, nil
			}
		}
	}
	if v.IsZero() {
		return "", fmt.Errorf("%s has no default that PHP can write: use a pointer", t.Go)
	}
	return "", fmt.Errorf("a default of type %s", t.Go)
}

func (r *Registry) literalArray(t *wire.Type, v reflect.Value) (string, error) {
	var parts []string
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			item, err := r.literal(t.Elem, v.Index(i))
			if err != nil {
				return "", err
			}
			parts = append(parts, item)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			item, err := r.literal(t.Elem, v.MapIndex(k))
			if err != nil {
				return "", err
			}
			key := fmt.Sprint(k.Interface())
			if k.Kind() == reflect.String {
				key = phpString(k.String())
			}
			parts = append(parts, key+" => "+item)
		}
		slices.Sort(parts)
	}
	return "[" + strings.Join(parts, ", ") + "]", nil
}

func phpString(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

func (r *Registry) results(m *Method) error {
	t := m.fn.Type()
	n := t.NumOut()
	if n > 0 && t.Out(n-1) == errorType {
		m.fails = true
		n--
	}
	if n == 0 {
		return nil
	}
	if n == 1 && isSequence(t.Out(0)) {
		return r.sequence(m, t.Out(0))
	}
	if n == 2 && t.Out(1) == boolType {
		m.Nullable = true // as the "comma ok" of Go
		n--
	}
	for i := range n {
		wt, err := r.types.Of(t.Out(i))
		if err == nil && wt.Kind == wire.Func {
			err = fmt.Errorf("%w: %s", wire.ErrType, wt.Go)
		}
		if err != nil {
			return fmt.Errorf("result %d: %w", i+1, err)
		}
		if i == 0 {
			m.Result = wt
			m.never = n == 1 && m.fails && !m.Nullable && wt.Kind == wire.Component
		} else {
			m.more = append(m.more, wt)
		}
	}
	if len(m.more) > 0 {
		m.Declared = "array"
	}
	return nil
}

// deriveInterfaces finds what the class is by the methods that it has.
func (r *Registry) deriveInterfaces(c *Class, add func(*Method, error) *Method) {
	has := func(name string, required int) *Method {
		for _, m := range c.Methods {
			if m.Name == name && !m.Static && m.Required <= required && len(m.Params) >= required && !m.Context {
				return m
			}
		}
		return nil
	}
	if m := has("count", 0); m != nil && m.Result != nil && m.Result.Kind == wire.Int && !m.Nullable {
		c.Flags |= Countable
	}
	if m := has("getIterator", 0); m != nil && m.Iterates {
		c.Flags |= Aggregate
	}
	get, set, exists, unset := has("offsetGet", 1), has("offsetSet", 2), has("offsetExists", 1), has("offsetUnset", 1)
	if get != nil && get.Result != nil && set != nil && exists != nil && exists.Result != nil &&
		exists.Result.Kind == wire.Bool && unset != nil {
		c.Flags |= ArrayAccess
		// The interface's parameters are mixed, and what its methods return is nothing.
		for _, m := range []*Method{get, set, exists, unset} {
			m.loosen(r)
		}
	}
	if t := c.goType; t.Implements(reflect.TypeFor[json.Marshaler]()) && has("jsonSerialize", 0) == nil {
		m := add(r.method(c, "MarshalJSON", "jsonSerialize", reflect.ValueOf(jsonValue), false))
		if m != nil {
			m.receiver, m.Params, m.codecs, m.Required = true, nil, nil, 0
			c.Methods = append(c.Methods, m)
		}
	}
	if has("jsonSerialize", 0) != nil {
		c.Flags |= JSONSerializable
	}
	if m, ok := c.goType.MethodByName("Clone"); ok && m.Type.NumIn() == 1 && m.Type.NumOut() == 1 && m.Type.Out(0) == c.goType {
		c.Flags |= Cloneable
		c.Methods = slices.DeleteFunc(c.Methods, func(m *Method) bool { return m.Go == "Clone" })
		if c.clone = add(r.method(c, "Clone", "clone", m.Func, true)); c.clone != nil {
			c.clone.constructs = true
		}
	}
	if c.pointer && c.goType.Implements(reflect.TypeFor[encoding.BinaryMarshaler]()) &&
		c.goType.Implements(reflect.TypeFor[encoding.BinaryUnmarshaler]()) {
		c.Flags |= Serializable
		save := add(r.method(c, "MarshalBinary", "__serialize", reflect.ValueOf(serialize), false))
		load := add(r.method(c, "UnmarshalBinary", "__unserialize", c.unserialize(), false))
		if save != nil && load != nil {
			save.receiver, save.Params, save.codecs, save.Required = true, nil, nil, 0
			load.constructs, load.Params[0].Name = true, "data"
			c.Methods = append(c.Methods, save, load)
		}
	}
}

// binaryKey is where serialize() keeps what a value writes of itself.
const binaryKey = "go"

func serialize(v encoding.BinaryMarshaler) (map[string][]byte, error) {
	b, err := v.MarshalBinary()
	return map[string][]byte{binaryKey: b}, err
}

// unserialize makes a value that then reads itself.
func (c *Class) unserialize() reflect.Value {
	t := reflect.FuncOf([]reflect.Type{reflect.TypeFor[map[string][]byte]()}, []reflect.Type{c.goType, errorType}, false)
	return reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
		v := reflect.New(c.goType.Elem())
		err := v.Interface().(encoding.BinaryUnmarshaler).UnmarshalBinary(in[0].Interface().(map[string][]byte)[binaryKey])
		return []reflect.Value{v, reflect.ValueOf(&err).Elem()}
	})
}

// jsonValue is json_encode()'s view of a value that writes itself.
func jsonValue(v json.Marshaler) (any, error) {
	text, err := v.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return decodeJSON(text)
}

// loosen makes a method of ArrayAccess take what the interface's takes; a value that does not fit is still refused.
func (m *Method) loosen(r *Registry) {
	mixed, _ := r.types.Of(reflect.TypeFor[any]())
	for i := range m.Params {
		if k := m.Params[i].Type.Kind; k != wire.Mixed && k != wire.Held {
			m.Params[i] = Param{Name: m.Params[i].Name, Type: mixed}
		}
	}
	m.Required = len(m.Params)
	m.fast, m.Fast = [maxFast + 1]fastFunc{}, false
	if m.Name == "offsetSet" || m.Name == "offsetUnset" {
		m.Declared = "void"
	}
}

func (r *Registry) deriveProperties(c *Class, add func(*Method, error) *Method) error {
	t := c.goType
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		return nil
	}
	var problems []error
	for _, f := range reflect.VisibleFields(t.Elem()) {
		name, options, _ := strings.Cut(f.Tag.Get("php"), ",")
		if name == "-" || !f.IsExported() || f.Anonymous || c.behind(f.Index) {
			continue
		}
		if given, ok := c.definition.names[f.Name]; ok {
			if name = given; name == "" {
				continue
			}
		}
		if name == "" {
			name = wire.Name(f.Name)
		}
		wt, err := r.types.Of(f.Type)
		if err == nil && wt.Kind == wire.Func {
			err = wire.ErrType
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("field %s: %w; hide it with component.Hide(%q)", f.Name, err, f.Name))
			continue
		}
		p := &Property{Name: name, Type: wt, Doc: c.definition.docs[f.Name]}
		index := f.Index
		get := &Method{Go: f.Name, Name: name, Result: wt, receiver: true, accessor: true}
		get.fn = reflect.MakeFunc(reflect.FuncOf([]reflect.Type{t}, []reflect.Type{f.Type}, false),
			func(in []reflect.Value) []reflect.Value { return []reflect.Value{in[0].Elem().FieldByIndex(index)} })
		kind, ok := fastKind(wt)
		read, write := fastField(kind, c.offset(index))
		if ok {
			get.Fast, get.fast[0] = true, read
		}
		p.Get = add(get, nil)
		if !strings.Contains(options, "readonly") {
			set := &Method{Go: f.Name, Name: name, receiver: true, accessor: true, Required: 1,
				Params: []Param{{Name: "value", Type: wt}}, codecs: []*wire.Type{wt}}
			set.fn = reflect.MakeFunc(reflect.FuncOf([]reflect.Type{t, f.Type}, nil, false),
				func(in []reflect.Value) []reflect.Value {
					in[0].Elem().FieldByIndex(index).Set(in[1])
					return nil
				})
			if ok {
				set.Fast, set.fast[1] = true, write
			}
			p.Set = add(set, nil)
		}
		c.Properties = append(c.Properties, p)
	}
	return errors.Join(problems...)
}

// offset is where a field lies that is behind no pointer.
func (c *Class) offset(index []int) (offset uintptr) {
	t := c.goType.Elem()
	for _, i := range index {
		f := t.Field(i)
		offset += f.Offset
		t = f.Type
	}
	return offset
}

// behind says whether a field is inside an embedded pointer, or an embedded field that PHP does not see.
func (c *Class) behind(index []int) bool {
	t := c.goType.Elem()
	for _, i := range index[:len(index)-1] {
		f := t.Field(i)
		if f.Type.Kind() == reflect.Pointer || f.Tag.Get("php") != "" {
			return true
		}
		if name, ok := c.definition.names[f.Name]; ok && name == "" {
			return true
		}
		t = f.Type
	}
	return false
}

func (r *Registry) deriveRecord(c *Class) error {
	if c.goType.Kind() != reflect.Struct {
		return fmt.Errorf("%s is no struct", c.goType)
	}
	t, err := r.types.Of(c.goType)
	if err != nil {
		return err
	}
	c.record = t
	for _, f := range t.Fields {
		c.Properties = append(c.Properties, &Property{Name: f.Name, Type: f.Type, Doc: c.definition.docs[f.Go]})
	}
	return nil
}

func deriveEnum(c *Class) error {
	switch {
	case len(c.EnumCases) == 0:
		return errors.New("an enum without cases")
	case c.goType.Kind() == reflect.String:
		c.backing = wire.String
	case reflect.New(c.goType).Elem().CanInt():
		c.backing = wire.Int
	default:
		return fmt.Errorf("%s is no int and no string", c.goType)
	}
	names, values := map[string]bool{}, map[any]bool{}
	for _, e := range c.EnumCases {
		if reflect.TypeOf(e.Value) != c.goType {
			return fmt.Errorf("case %s is of type %T, not %s", e.Name, e.Value, c.goType)
		}
		if names[e.Name] || values[e.Value] {
			return fmt.Errorf("case %s comes twice", e.Name)
		}
		names[e.Name], values[e.Value] = true, true
	}
	return nil
}
