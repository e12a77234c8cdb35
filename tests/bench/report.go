package main

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

type report struct {
	Time    time.Time       `json:"time"`
	Go      string          `json:"go"`
	Kernel  string          `json:"kernel"`
	CPU     string          `json:"cpu"`
	Rounds  int             `json:"rounds"`
	Short   bool            `json:"short"`
	Servers []*serverReport `json:"servers"`
	Ratios  []ratioReport   `json:"ratios"`
	Cells   []cell          `json:"-"`

	Database []*databaseReport `json:"database,omitempty"`
	Outgoing *outgoingReport   `json:"outgoing,omitempty"`
	Phalcon  []*phalconReport  `json:"phalcon,omitempty"`
}

type serverReport struct {
	Key     string         `json:"key"`
	Name    string         `json:"name"`
	Skipped string         `json:"skipped,omitempty"`
	Memory  []memorySample `json:"memory,omitempty"`
	Cells   []*cellReport  `json:"cells,omitempty"`
}

type cellReport struct {
	cell
	summary              // of the processor microseconds per request
	Samples []costSample `json:"samples"`
}

type ratioReport struct {
	Over  string `json:"over"`
	Under string `json:"under"`
	cell
	summary
	Target float64 `json:"target,omitempty"`
	Met    *bool   `json:"met,omitempty"`
}

func newReport(b *bench) *report {
	r := &report{
		Time: time.Now().UTC().Truncate(time.Second), Go: runtime.Version(),
		Kernel: firstLine("/proc/sys/kernel/osrelease"), CPU: cpuModel(), Rounds: b.rounds, Short: b.short,
		Cells: b.cells,
	}
	for _, s := range b.servers {
		sr := &serverReport{Key: s.Key, Name: s.Name, Skipped: s.skipped}
		if s.skipped == "" {
			for _, c := range b.cells {
				if s.takes(c) {
					sr.Cells = append(sr.Cells, &cellReport{cell: c})
				}
			}
		}
		r.Servers = append(r.Servers, sr)
	}
	return r
}

func firstLine(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}

func cpuModel() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func (r *report) server(s *server) *serverReport {
	for _, sr := range r.Servers {
		if sr.Key == s.Key {
			return sr
		}
	}
	panic("bench: a server without its place in the report: " + s.Key)
}

func (s *serverReport) at(c cell) *cellReport {
	for _, cr := range s.Cells {
		if cr.cell == c {
			return cr
		}
	}
	return nil
}

func (r *report) add(s *server, c cell, sample costSample) {
	cr := r.server(s).at(c)
	cr.Samples = append(cr.Samples, sample)
}

func (c *cellReport) costs() []float64 {
	costs := make([]float64, len(c.Samples))
	for i, s := range c.Samples {
		costs[i] = s.MicrosPerRequest
	}
	return costs
}

func (c *cellReport) mean(value func(costSample) float64) float64 {
	sum := 0.0
	for _, s := range c.Samples {
		sum += value(s)
	}
	return sum / float64(len(c.Samples))
}

// finish computes medians and ratios.
func (r *report) finish(b *bench) {
	for _, s := range r.Servers {
		for _, c := range s.Cells {
			c.summary = summarize(c.costs())
		}
	}
	for _, p := range comparisons {
		over, under := r.server(b.server(p.over)), r.server(b.server(p.under))
		if over.Skipped != "" || under.Skipped != "" {
			continue
		}
		for _, c := range b.cells {
			if over.at(c) == nil || under.at(c) == nil {
				continue
			}
			q := ratioReport{Over: p.over, Under: p.under, cell: c}
			q.summary = summarize(ratios(over.at(c).costs(), under.at(c).costs()))
			if limit, ok := p.target(c); ok {
				met := q.Median <= limit
				q.Target, q.Met = limit, &met
			}
			r.Ratios = append(r.Ratios, q)
		}
	}
}

func (r *report) write(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func (r *report) print(w io.Writer) {
	fmt.Fprintf(w, "\n%s, Linux %s, %s; %d rounds", r.CPU, r.Kernel, r.Go, r.Rounds)
	if r.Short {
		fmt.Fprint(w, " (-short: too brief for exact figures)")
	}
	fmt.Fprint(w, "\n\n")
	for _, s := range r.Servers {
		fmt.Fprintf(w, "  (%s) %s", s.Key, s.Name)
		if s.Skipped != "" {
			fmt.Fprintf(w, "   left out: %s", s.Skipped)
		}
		fmt.Fprintln(w)
	}
	if len(r.Cells) > 0 {
		r.printCosts(w)
	}
	r.printRatios(w)
	if r.measuredMemory() {
		r.printMemory(w)
	}
}

func (r *report) printCosts(w io.Writer) {
	fmt.Fprintln(w, "\nProcessor microseconds per answer, whole process tree: median (least..most)")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "load\tconns\tdepth\t")
	active := r.active()
	for _, s := range active {
		fmt.Fprintf(t, "(%s)\t", s.Key)
	}
	fmt.Fprintln(t)
	for _, c := range r.Cells {
		fmt.Fprintf(t, "%s\t%d\t%d\t", c.form(), c.Conns, c.Depth)
		for _, s := range active {
			text := ""
			if cr := s.at(c); cr != nil {
				text = fmt.Sprintf("%s (%s..%s)", micros(cr.Median), micros(cr.Min), micros(cr.Max))
			}
			fmt.Fprint(t, text, "\t")
		}
		fmt.Fprintln(t)
	}
	_ = t.Flush() // a broken terminal shows by itself

	fmt.Fprintln(w, "\nHow the server was fed: times it was given the processor per 100 answers, busy share of wall-clock time")
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, c := range r.Cells {
		fmt.Fprintf(t, "%s\t%d\t%d\t", c.form(), c.Conns, c.Depth)
		for _, s := range active {
			text := ""
			if cr := s.at(c); cr != nil {
				slices := cr.mean(func(s costSample) float64 { return s.SlicesPerRequest })
				busy := cr.mean(func(s costSample) float64 { return s.ServerBusy })
				text = fmt.Sprintf("%.1f, %.0f%%", slices*100, busy*100)
			}
			fmt.Fprint(t, text, "\t")
		}
		fmt.Fprintln(t)
	}
	_ = t.Flush()
}

func (r *report) active() (active []*serverReport) {
	for _, s := range r.Servers {
		if s.Skipped == "" {
			active = append(active, s)
		}
	}
	return active
}

func micros(v float64) string {
	if v < 1 {
		return fmt.Sprintf("%.3f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func (r *report) printRatios(w io.Writer) {
	if len(r.Ratios) == 0 {
		return
	}
	fmt.Fprintln(w, "\nRatios, taken round by round: median (least..most)")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, q := range r.Ratios {
		fmt.Fprintf(t, "%s/%s\t%s\t%d\t%d\t%.3f (%.3f..%.3f)\t", q.Over, q.Under, q.form(), q.Conns, q.Depth,
			q.Median, q.Min, q.Max)
		if q.Met != nil {
			fmt.Fprintf(t, "at most %g\t%s\t", q.Target, verdict(*q.Met))
		} else {
			fmt.Fprint(t, "\t\t")
		}
		fmt.Fprintln(t)
	}
	_ = t.Flush()
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "MISSED"
}

func (r *report) measuredMemory() bool {
	return slices.ContainsFunc(r.Servers, func(s *serverReport) bool { return len(s.Memory) > 0 })
}

func (r *report) printMemory(w io.Writer) {
	fmt.Fprintln(w, "\nProcess memory (PSS)")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "load\tserver\tnone\tconns\tidle, B/conn\tafter a request, B/conn\t")
	for load, target := range sortedByKey(memoryTargets) {
		for _, s := range r.active() {
			for _, m := range s.Memory {
				if m.Load != load {
					continue
				}
				fmt.Fprintf(t, "%s\t(%s)\t%.1f MiB\t%d\t%.0f\t%.0f\t", load, s.Key, float64(m.Base.Total)/(1<<20),
					m.Connections, m.IdlePerConn, m.UsedPerConn)
				if s.Key == "c" {
					fmt.Fprintf(t, "idle at most %g: %s", target.idle, verdict(m.IdlePerConn <= target.idle))
					if target.used > 0 {
						fmt.Fprintf(t, ", used at most %g: %s", target.used, verdict(m.UsedPerConn <= target.used))
					}
					fmt.Fprint(t, "\t")
				}
				fmt.Fprintln(t)
			}
		}
	}
	_ = t.Flush()
}

func sortedByKey[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}
