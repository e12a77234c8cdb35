package messaging

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/phalanx-php/phalanx/goengine/component"
)

const (
	contentType = "Content-Type"
	jsonType    = "application/json"
	maxDepth    = 128
)

// encodeValue makes a message of a value: a string is its bytes, anything else JSON, which the header Content-Type says.
func encodeValue(value any) (data []byte, isJSON bool, err error) {
	if text, ok := value.(string); ok {
		return []byte(text), false, nil
	}
	data, err = appendJSON(nil, value, 0)
	return data, true, err
}

// appendJSON is json_encode() with the order of arrays kept, slashes and Unicode as they are, and floats that stay floats.
func appendJSON(b []byte, value any, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("messaging: a value is nested deeper than %d", maxDepth)
	}
	var err error
	switch v := value.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, errors.New("messaging: JSON has no INF and no NAN")
		}
		text := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(text, ".e") {
			text += ".0"
		}
		return append(b, text...), nil
	case string:
		return appendString(b, v)
	case time.Time:
		return appendString(b, v.Format(time.RFC3339Nano))
	case []any:
		b = append(b, '[')
		for i, element := range v {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendJSON(b, element, depth+1); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	case *component.Map:
		b = append(b, '{')
		first := true
		for key, element := range v.All() {
			if !first {
				b = append(b, ',')
			}
			first = false
			if b, err = appendString(b, key.String()); err != nil {
				return nil, err
			}
			b = append(b, ':')
			if b, err = appendJSON(b, element, depth+1); err != nil {
				return nil, err
			}
		}
		return append(b, '}'), nil
	case json.Marshaler:
		text, err := v.MarshalJSON()
		return append(b, text...), err
	}
	return nil, fmt.Errorf("messaging: a %T cannot be part of a message: it has strings, numbers, booleans, null and arrays", value)
}

func appendString(b []byte, text string) ([]byte, error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("messaging: a string inside an array is not UTF-8, which JSON cannot hold: send it as the whole message, or base64_encode() it")
	}
	w := bytes.NewBuffer(b)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(w.Bytes(), []byte("\n")), nil
}

// decodeValue is the way back: objects are arrays, numbers without a fraction that fit are ints.
func decodeValue(data []byte, isJSON bool) (any, error) {
	if !isJSON {
		return string(data), nil
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	value, err := readValue(d, 0)
	if err == nil && d.More() {
		err = errors.New("something follows the value")
	}
	if err != nil {
		return nil, fmt.Errorf("messaging: the message says that it is JSON and is not: %w", err)
	}
	return value, nil
}

func readValue(d *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Number:
		if n, err := t.Int64(); err == nil {
			return n, nil
		}
		return t.Float64()
	case json.Delim:
		if t == '[' {
			list := []any{}
			for d.More() {
				v, err := readValue(d, depth+1)
				if err != nil {
					return nil, err
				}
				list = append(list, v)
			}
			_, err = d.Token()
			return list, err
		}
		m := &component.Map{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			name, ok := key.(string)
			if !ok {
				return nil, errors.New("a key is no string")
			}
			v, err := readValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			m.Set(name, v)
		}
		_, err = d.Token()
		return m, err
	}
	return token, nil
}

// isJSON reads a Content-Type.
func isJSON(value string) bool {
	kind, _, _ := strings.Cut(value, ";")
	return strings.EqualFold(strings.TrimSpace(kind), jsonType)
}
