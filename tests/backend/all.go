package backend

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// StartAll starts servers of these kinds, all if none is named, in folders of dir. The servers that did start are
// answered beside an error too.
func StartAll(dir string, kinds ...string) ([]*Server, error) {
	// MkdirTemp's folders are closed to the users that PostgreSQL and MariaDB run as.
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	if len(kinds) == 0 {
		kinds = slices.Sorted(maps.Keys(Kinds))
	}
	servers, errs := make([]*Server, len(kinds)), make([]error, len(kinds))
	var all sync.WaitGroup
	for i, kind := range kinds {
		all.Go(func() { servers[i], errs[i] = Start(kind, filepath.Join(dir, kind)) })
	}
	all.Wait()
	return slices.DeleteFunc(servers, func(s *Server) bool { return s == nil }), errors.Join(errs...)
}
