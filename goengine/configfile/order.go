package configfile

import (
	"cmp"
	"maps"
	"slices"
)

// sortedBy is the map's keys in the order of what position says, equal ones by name.
func sortedBy[V any](m map[string]V, position func(string) int) []string {
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		return cmp.Or(cmp.Compare(position(a), position(b)), cmp.Compare(a, b))
	})
}
