// Command gen writes component_docs.go for packages that register components: the names of parameters and the comments
// that PHP shows. It is for go generate:
//
//	//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen
//
// Without arguments it is for the package in the current folder; else for those that the patterns name. With -check it
// writes nothing, names the files that are out of date and ends with status 1 when there are any.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/phalanx-php/phalanx/goengine/component/describe"
)

func main() {
	check := flag.Bool("check", false, "name what is out of date, write nothing")
	out := flag.String("main", "", "write one `file` for all packages, of package main, instead of one in each")
	flag.Parse()
	patterns := flag.Args()
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	packages, err := describe.Load("", nil, patterns...)
	if err == nil && *out != "" {
		err = os.WriteFile(*out, describe.Source("main", packages...), 0o644)
		packages = nil
	}
	stale := false
	for _, p := range packages {
		switch {
		case err != nil:
		case !*check:
			err = p.Write()
		case p.Stale():
			stale = true
			fmt.Printf("%s is out of date: run go generate there\n", filepath.Join(p.Dir, describe.File))
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if stale {
		os.Exit(1)
	}
}
