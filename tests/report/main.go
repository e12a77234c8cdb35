// Command report reads the output of "go test -json" on standard input, shows what failed on
// standard error and prints "PASSED FAILED SKIPPED" on standard output.
//
// A test with subtests is not counted itself unless it fails without any of them failing. A
// package that fails without a failed test (it does not compile, it panics) counts as one.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is one line of go test -json (go doc test2json).
type event struct {
	Action, Package, Test, Output string
	ImportPath                    string // of build output
	Elapsed                       float64
}

type name struct{ pkg, test string }

type report struct {
	result  map[name]string   // "pass", "fail" or "skip"
	output  map[name][]string // what it printed
	parent  map[name]bool     // has subtests
	builds  []string          // the compiler's output
	ordered []name            // in order of completion
}

func main() {
	r, err := read(os.Stdin, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(2)
	}
	passed, failed, skipped := r.count()
	r.show(os.Stderr)
	fmt.Println(passed, failed, skipped)
	if failed > 0 {
		os.Exit(1)
	}
}

// read collects the events; each finished package is a line on progress.
func read(in io.Reader, progress io.Writer) (*report, error) {
	r := &report{result: map[name]string{}, output: map[name][]string{}, parent: map[name]bool{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			// What a program printed past the test framework: shown, not understood.
			fmt.Fprintln(progress, lines.Text())
			continue
		}
		n := name{e.Package, e.Test}
		switch e.Action {
		case "build-output":
			r.builds = append(r.builds, e.Output)
		case "output":
			r.output[n] = append(r.output[n], e.Output)
		case "pass", "fail", "skip":
			r.result[n] = e.Action
			r.ordered = append(r.ordered, n)
			if i := strings.LastIndexByte(e.Test, '/'); i > 0 {
				r.parent[name{e.Package, e.Test[:i]}] = true
			}
			if e.Test == "" && e.Action != "skip" {
				fmt.Fprintf(progress, "%-4s %-60s %6.1f s\n", e.Action, e.Package, e.Elapsed)
			}
		}
	}
	return r, lines.Err()
}

// failsInside says whether some other failure explains that of n.
func (r *report) failsInside(n name) bool {
	prefix := n.test + "/"
	if n.test == "" {
		prefix = ""
	}
	for other, result := range r.result {
		if result == "fail" && other.pkg == n.pkg && other != n && strings.HasPrefix(other.test, prefix) {
			return true
		}
	}
	return false
}

func (r *report) count() (passed, failed, skipped int) {
	for _, n := range r.ordered {
		group := n.test == "" || r.parent[n]
		switch result := r.result[n]; {
		case result == "fail" && (!group || !r.failsInside(n)):
			failed++
		case result == "pass" && !group:
			passed++
		case result == "skip" && !group:
			skipped++
		}
	}
	return passed, failed, skipped
}

// show prints the output of what failed and the names of what was skipped.
func (r *report) show(w io.Writer) {
	fmt.Fprint(w, strings.Join(r.builds, ""))
	for _, n := range r.ordered {
		switch r.result[n] {
		case "fail":
			fmt.Fprintf(w, "\nFAIL %s %s\n%s", n.pkg, n.test, strings.Join(r.output[n], ""))
		case "skip":
			if n.test != "" {
				fmt.Fprintf(w, "skip %s %s\n", n.pkg, n.test)
			}
		}
	}
}
