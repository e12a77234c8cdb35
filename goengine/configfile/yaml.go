// Package configfile reads YAML and TOML into ordered values, for applications' configuration.
//
// YAML scalars are what PHP's yaml extension makes of them, which follows YAML 1.1: yes and off are booleans, 0o17 is a
// string and 017 is 15. Dates stay strings.
package configfile

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/wire"
)

// Limits of a document. Aliases can make a short text long: what counts is what comes out.
const (
	MaxBytes = 16 << 20 // of text
	MaxNodes = 1 << 17  // scalars, lists and maps, each time that an alias repeats them
	MaxDepth = 128      // of lists and maps in each other
)

// Tagged is a value with a tag of the application's own, such as "!secret".
type Tagged struct {
	Tag   string
	Value any
}

// YAML reads the first document of a text; nil when there is none. Maps are *component.Map, lists []any. Values with one of
// these tags become *Tagged; other tags of an application's own are ignored, as the yaml extension does.
func YAML(text []byte, tags []string) (any, error) {
	if len(text) > MaxBytes {
		return nil, fmt.Errorf("configfile: the text has %d bytes, more than %d", len(text), MaxBytes)
	}
	var document yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&document); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	r := yamlReader{tags: tags}
	return r.value(&document, 0)
}

type yamlReader struct {
	tags  []string
	nodes int
	open  []*yaml.Node // anchors whose value is being read: an alias to one of them never ends
}

func (r *yamlReader) value(n *yaml.Node, depth int) (any, error) {
	if r.nodes++; r.nodes > MaxNodes {
		return nil, fmt.Errorf("configfile: line %d: more than %d values, counting those that aliases repeat", n.Line, MaxNodes)
	}
	if depth > MaxDepth {
		return nil, fmt.Errorf("configfile: line %d: lists and maps deeper than %d", n.Line, MaxDepth)
	}
	var value any
	var err error
	switch n.Kind {
	case yaml.DocumentNode:
		return r.value(n.Content[0], depth)
	case yaml.AliasNode:
		if slices.Contains(r.open, n.Alias) {
			return nil, fmt.Errorf("configfile: line %d: *%s is part of itself", n.Line, n.Value)
		}
		return r.value(n.Alias, depth)
	case yaml.ScalarNode:
		value, err = scalar(n)
	case yaml.SequenceNode:
		value, err = r.list(n, depth)
	case yaml.MappingNode:
		value, err = r.mapping(n, depth)
	default:
		err = fmt.Errorf("configfile: line %d: a node of kind %d", n.Line, n.Kind)
	}
	if err == nil && slices.Contains(r.tags, n.Tag) {
		value = &Tagged{Tag: n.Tag, Value: value}
	}
	return value, err
}

func (r *yamlReader) list(n *yaml.Node, depth int) (any, error) {
	r.open = append(r.open, n)
	defer func() { r.open = r.open[:len(r.open)-1] }()
	list := make([]any, 0, len(n.Content))
	for _, item := range n.Content {
		value, err := r.value(item, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, nil
}

func (r *yamlReader) mapping(n *yaml.Node, depth int) (any, error) {
	r.open = append(r.open, n)
	defer func() { r.open = r.open[:len(r.open)-1] }()
	m := wire.NewMap(len(n.Content) / 2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind == yaml.ScalarNode && key.Value == "<<" && key.Style == 0 {
			if err := r.merge(m, value, depth); err != nil {
				return nil, err
			}
			continue
		}
		k, err := r.value(key, depth+1)
		if err != nil {
			return nil, err
		}
		name, err := keyOf(k)
		if err != nil {
			return nil, fmt.Errorf("configfile: line %d: %w", key.Line, err)
		}
		v, err := r.value(value, depth+1)
		if err != nil {
			return nil, err
		}
		m.Put(name, v)
	}
	return m, nil
}

// merge adds what "<<" refers to: a map, or several of which the first wins. Keys of the map itself win over both, wherever
// they stand.
func (r *yamlReader) merge(m *component.Map, from *yaml.Node, depth int) error {
	value, err := r.value(from, depth+1)
	if err != nil {
		return err
	}
	sources, several := value.([]any)
	if !several {
		sources = []any{value}
	}
	for _, source := range sources {
		other, isMap := source.(*component.Map)
		if !isMap {
			return fmt.Errorf("configfile: line %d: << wants a map or a list of maps", from.Line)
		}
		for k, v := range other.All() {
			if _, known := m.At(k); !known {
				m.Put(k, v)
			}
		}
	}
	return nil
}

// keyOf is the key that PHP makes of a value in an array: "on: 1" has the key 1, as with the yaml extension.
func keyOf(value any) (wire.Key, error) {
	switch v := value.(type) {
	case nil:
		return wire.StringKey(""), nil
	case bool:
		if v {
			return wire.IntKey(1), nil
		}
		return wire.IntKey(0), nil
	case int64:
		return wire.IntKey(v), nil
	case float64:
		return wire.IntKey(int64(v)), nil
	case string:
		return wire.StringKey(v), nil
	}
	return wire.Key{}, errors.New("a key is a list or a map, which PHP's arrays cannot have")
}

// scalar is what a scalar stands for: by its tag, else, when it is not quoted, by how it is written.
func scalar(n *yaml.Node) (any, error) {
	quoted := n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	if n.Style&yaml.TaggedStyle == 0 {
		if quoted {
			return n.Value, nil
		}
		return plain(n.Value), nil
	}
	switch n.ShortTag() {
	case "!!str":
		return n.Value, nil
	case "!!binary":
		b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Value), ""))
		if err != nil {
			return nil, fmt.Errorf("configfile: line %d: !!binary: %w", n.Line, err)
		}
		return string(b), nil
	case "!!null":
		return nil, nil
	case "!!bool":
		if b, ok := plain(n.Value).(bool); ok {
			return b, nil
		}
		return n.Value != "" && n.Value != "0", nil
	case "!!int", "!!float":
		number := plain(n.Value)
		if f, ok := number.(float64); ok && n.ShortTag() == "!!int" {
			return int64(f), nil
		} else if i, ok := number.(int64); ok && n.ShortTag() == "!!float" {
			return float64(i), nil
		}
		return number, nil
	}
	if quoted {
		return n.Value, nil
	}
	return plain(n.Value), nil
}

var (
	decimal     = regexp.MustCompile(`^[-+]?[1-9][0-9_,]*$`)
	octal       = regexp.MustCompile(`^[-+]?0[0-7_]+$`)
	hexadecimal = regexp.MustCompile(`^[-+]?0x[0-9a-fA-F_]+$`)
	binary      = regexp.MustCompile(`^[-+]?0b[01_]+$`)
	sexagesimal = regexp.MustCompile(`^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$`)
	floating    = regexp.MustCompile(`^[-+]?([0-9][0-9_,]*)?\.[0-9_]*([eE][-+][0-9]+)?$`)
)

// plain is what an unquoted scalar stands for.
func plain(s string) any {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return nil
	case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return true
	case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return false
	case "0", "-0", "+0":
		return int64(0)
	case ".nan", ".NaN", ".NAN":
		return math.NaN()
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
		return math.Inf(1)
	case "-.inf", "-.Inf", "-.INF":
		return math.Inf(-1)
	}
	if first := s[0]; first != '-' && first != '+' && first != '.' && (first < '0' || first > '9') {
		return s
	}
	digits := strings.NewReplacer("_", "", ",", "").Replace(s)
	switch {
	case decimal.MatchString(s):
		return integer(s, digits, 10)
	case octal.MatchString(s):
		return integer(s, digits, 8)
	case hexadecimal.MatchString(s):
		return integer(s, strings.Replace(digits, "0x", "", 1), 16)
	case binary.MatchString(s):
		return integer(s, strings.Replace(digits, "0b", "", 1), 2)
	case sexagesimal.MatchString(s):
		return baseSixty(digits)
	case floating.MatchString(s) && strings.ContainsAny(digits, "0123456789"):
		if f, err := strconv.ParseFloat(digits, 64); err == nil {
			return f
		}
	}
	return s
}

// integer is a number, or the text where it does not fit.
func integer(s, digits string, base int) any {
	n, err := strconv.ParseInt(digits, base, 64)
	if err != nil {
		return s
	}
	return n
}

// baseSixty is "1:30" as 90 and "1:30.5" as 90.5.
func baseSixty(digits string) any {
	sign := 1.0
	if digits[0] == '-' || digits[0] == '+' {
		if digits[0] == '-' {
			sign = -1
		}
		digits = digits[1:]
	}
	var sum float64
	for part := range strings.SplitSeq(digits, ":") {
		f, err := strconv.ParseFloat(strings.TrimSuffix(part, "."), 64)
		if err != nil {
			return digits
		}
		sum = sum*60 + f
	}
	if strings.Contains(digits, ".") {
		return sign * sum
	}
	return int64(sign * sum)
}
