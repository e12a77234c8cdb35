package table

import (
	"fmt"
	"math"
	"regexp"
	"strconv"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// Type is what a column holds.
type Type uint8

// The types of columns.
const (
	Int Type = iota
	Float
	String
	Bool
)

var typeNames = [...]string{"int", "float", "string", "bool"}

func (t Type) String() string { return typeNames[t] }

const (
	// DefaultStringBytes is how long strings of a column are at most that says nothing.
	DefaultStringBytes = 255
	// MaxStringBytes is what a column may say.
	MaxStringBytes = 16 << 20
	// MaxColumns is how many a table has at most.
	MaxColumns = 256
	// MaxColumnName is how many bytes a column's name has at most.
	MaxColumnName = 64
)

// Column is a column of a table.
type Column struct {
	Name  string
	Type  Type
	Bytes int // of a String, at most
}

func (c Column) String() string {
	if c.Type == String {
		return fmt.Sprintf("string(%d)", c.Bytes)
	}
	return c.Type.String()
}

var stringType = regexp.MustCompile(`^string(?:\((\d{1,9})\))?$`)

// ParseColumn reads a type: "int", "float", "bool", "string" or "string(64)", with the bytes it has at most.
func ParseColumn(name, text string) (Column, error) {
	c := Column{Name: name}
	if name == "" || len(name) > MaxColumnName {
		return c, fmt.Errorf("table: a column's name has 1 to %d bytes", MaxColumnName)
	}
	switch text {
	case "int":
		return c, nil
	case "float":
		c.Type = Float
		return c, nil
	case "bool":
		c.Type = Bool
		return c, nil
	}
	if m := stringType.FindStringSubmatch(text); m != nil {
		c.Type, c.Bytes = String, DefaultStringBytes
		if m[1] != "" {
			c.Bytes, _ = strconv.Atoi(m[1])
		}
		if c.Bytes >= 1 && c.Bytes <= MaxStringBytes {
			return c, nil
		}
	}
	return c, fmt.Errorf("table: the type of column %q is int, float, bool, or string(N) with N up to %d bytes, not %q", name, MaxStringBytes, text)
}

// cell is a value: number holds an int, a float's bits or a bool.
type cell struct {
	number uint64
	text   string
}

// ValueError is a value that its column does not take.
type ValueError struct {
	Column Column
	Given  string // its type, or what is wrong with it
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("table: column %q takes %s, %s given", e.Column.Name, e.Column, e.Given)
}

// cell makes one of a value; an int is a float too, where that is wanted.
func (c Column) cell(v any) (cell, error) {
	given := ""
	switch v := v.(type) {
	case nil:
		given = "null"
	case bool:
		if c.Type == Bool {
			if v {
				return cell{number: 1}, nil
			}
			return cell{}, nil
		}
		given = "bool"
	case int64:
		switch c.Type {
		case Int:
			return cell{number: uint64(v)}, nil
		case Float:
			return cell{number: math.Float64bits(float64(v))}, nil
		}
		given = "int"
	case float64:
		if c.Type == Float {
			return cell{number: math.Float64bits(v + 0)}, nil // -0 is 0, also for an index
		}
		given = "float"
	case string:
		if c.Type == String && len(v) <= c.Bytes {
			return cell{text: v}, nil
		}
		if given = "string"; c.Type == String {
			given = fmt.Sprintf("%d bytes", len(v))
		}
	default:
		given = "a value of another type"
	}
	return cell{}, &ValueError{c, given}
}

// append writes a cell as PHP has it.
func (c Column) append(dst []byte, v cell) []byte {
	switch c.Type {
	case Int:
		return wire.AppendInt(dst, int64(v.number))
	case Float:
		return wire.AppendFloat(dst, math.Float64frombits(v.number))
	case Bool:
		return wire.AppendBool(dst, v.number != 0)
	}
	return wire.AppendString(dst, v.text)
}
