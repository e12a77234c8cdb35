package wire

import (
	"sync"
	"time"
)

// zones are the locations that were asked for, by name; loading one reads files.
var zones sync.Map // string => *time.Location, nil for a name that is none

// location finds a zone of the database; nil when there is none of that name.
func location(name string) *time.Location {
	if name == "UTC" {
		return time.UTC
	}
	if len(name) > maxZone {
		return nil
	}
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" || name == "" {
		return nil // and not kept: others choose the names
	}
	zones.Store(name, loc)
	return loc
}

// maxZone is longer than any name in the database.
const maxZone = 64
