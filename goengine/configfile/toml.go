package configfile

import (
	"fmt"
	"slices"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/wire"
)

// TOML reads a document (TOML 1.0). Tables keep the order of their keys; dates and times are strings as RFC 3339 has them.
func TOML(text string) (*component.Map, error) {
	if len(text) > MaxBytes {
		return nil, fmt.Errorf("configfile: the text has %d bytes, more than %d", len(text), MaxBytes)
	}
	var table map[string]any
	meta, err := toml.Decode(text, &table)
	if err != nil {
		return nil, err
	}
	order := make(map[string]int, len(meta.Keys()))
	for i, key := range meta.Keys() {
		for n := 1; n <= len(key); n++ { // "a.b = 1" makes a table that no key names
			if _, known := order[key[:n].String()]; !known {
				order[key[:n].String()] = i
			}
		}
	}
	return tomlTable(table, nil, order), nil
}

// tomlTable orders a table's keys as they came. Tables of a list share their place in the text: all have the order of the
// first one that has a key.
func tomlTable(table map[string]any, path toml.Key, order map[string]int) *component.Map {
	m := wire.NewMap(len(table))
	for _, name := range sortedBy(table, func(name string) int { return order[at(path, name).String()] }) {
		m.Put(wire.StringKey(name), tomlValue(table[name], at(path, name), order))
	}
	return m
}

// at is the path of a key of the table at path.
func at(path toml.Key, name string) toml.Key { return append(slices.Clip(path), name) }

func tomlValue(value any, path toml.Key, order map[string]int) any {
	switch v := value.(type) {
	case map[string]any:
		return tomlTable(v, path, order)
	case []map[string]any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = tomlTable(v[i], path, order)
		}
		return list
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = tomlValue(v[i], path, order)
		}
		return list
	case time.Time:
		return v.Format(tomlLayout(v))
	}
	return value
}

// tomlLayout is how a date or time was written: with an offset, or as one of TOML's local ones, which the library marks by
// their zone.
func tomlLayout(t time.Time) string {
	switch t.Location().String() {
	case "datetime-local":
		return "2006-01-02T15:04:05.999999999"
	case "date-local":
		return time.DateOnly
	case "time-local":
		return "15:04:05.999999999"
	}
	return time.RFC3339Nano
}
