package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"
)

const (
	loadPhalcon   = "phalcon"
	phalconTarget = 1.0 // at most the extension's time
	phalconSample = 50 * time.Millisecond
)

// phalconReport is one operation of a Phalcon component. What concerns the extension is absent without it.
type phalconReport struct {
	Component string   `json:"component"`
	Operation string   `json:"operation"`
	PerSecond summary  `json:"operations_per_cpu_second"`
	Extension *summary `json:"extension_operations_per_cpu_second,omitempty"`
	Ratio     *summary `json:"time_over_the_extensions,omitempty"`
	Met       *bool    `json:"met,omitempty"`
}

// phalconFigures are operations per second of processor time, by component and operation, one of each round.
type phalconFigures map[string]map[string][]float64

// measurePhalcon runs tests/bench/phalcon.php with the classes of the tree and, when BENCH_PHALCON names its .so, with the
// extension, in turn, on the same PHP.
func (b *bench) measurePhalcon(w io.Writer) ([]*phalconReport, error) {
	php, args, err := b.plainPHP()
	if errors.Is(err, errAbsent) {
		fmt.Fprintf(w, "\nPhalcon: left out, %v\n", err)
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	length := phalconSample
	if b.short {
		length /= 10
	}
	extension := os.Getenv("BENCH_PHALCON")
	ours, theirs := phalconFigures{}, phalconFigures{}
	for round := range b.rounds {
		b.progress("round %d of %d: Phalcon's components", round+1, b.rounds)
		if err := b.runPhalcon(ours, php, args, length); err != nil {
			return nil, err
		}
		if extension == "" {
			continue
		}
		if err := b.runPhalcon(theirs, php, append(slices.Clone(args), "-d", "extension="+extension), length); err != nil {
			return nil, err
		}
	}
	b.progress("")
	reports := comparePhalcon(ours, theirs)
	printPhalcon(w, reports)
	return reports, nil
}

func (b *bench) runPhalcon(figures phalconFigures, php string, args []string, length time.Duration) error {
	seconds := strconv.FormatFloat(length.Seconds(), 'f', -1, 64)
	cmd := exec.Command(php, append(slices.Clone(args), "tests/bench/phalcon.php", seconds)...)
	cmd.Dir = b.root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s tests/bench/phalcon.php: %w\n%s", php, err, out)
	}
	var once map[string]map[string]float64
	if err := json.Unmarshal(out, &once); err != nil {
		return fmt.Errorf("%s tests/bench/phalcon.php: %w\n%s", php, err, out)
	}
	for component, operations := range once {
		if figures[component] == nil {
			figures[component] = map[string][]float64{}
		}
		for operation, perSecond := range operations {
			figures[component][operation] = append(figures[component][operation], perSecond)
		}
	}
	return nil
}

func comparePhalcon(ours, theirs phalconFigures) (reports []*phalconReport) {
	for _, component := range slices.Sorted(maps.Keys(ours)) {
		for _, operation := range slices.Sorted(maps.Keys(ours[component])) {
			samples := ours[component][operation]
			r := &phalconReport{Component: component, Operation: operation, PerSecond: summarize(samples)}
			if others := theirs[component][operation]; len(others) > 0 {
				extension, ratio := summarize(others), summarize(ratios(others, samples))
				met := ratio.Median <= phalconTarget
				r.Extension, r.Ratio, r.Met = &extension, &ratio, &met
			}
			reports = append(reports, r)
		}
	}
	return reports
}

func printPhalcon(w io.Writer, reports []*phalconReport) {
	fmt.Fprint(w, "\nPhalcon's components: thousands of operations per second of processor time; the time of one over the extension's\n\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	compared, met := 0, 0
	for _, r := range reports {
		fmt.Fprintf(t, "%s\t%s\t%.0f", r.Component, r.Operation, r.PerSecond.Median/1000)
		if r.Ratio != nil {
			compared++
			if *r.Met {
				met++
			}
			fmt.Fprintf(t, "\textension %.0f\t%.2f (%.2f..%.2f)\t%s", r.Extension.Median/1000, r.Ratio.Median, r.Ratio.Min,
				r.Ratio.Max, verdict(*r.Met))
		}
		fmt.Fprintln(t)
	}
	_ = t.Flush() // w is the terminal
	if compared > 0 {
		fmt.Fprintf(w, "\n%d of %d operations take no longer than the extension's\n", met, compared)
	} else {
		fmt.Fprint(w, "\nBENCH_PHALCON names no extension to compare with\n")
	}
}
