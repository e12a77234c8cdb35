package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
)

// printTables prints what was measured, a file that -out has written, as docs/performance.md has it.
func printTables(w io.Writer, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var r report
	if err := json.Unmarshal(text, &r); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	fmt.Fprintf(w, "%s: %d rounds; %s, Linux %s, %s\n", r.Time.Format("2006-01-02"), r.Rounds, r.CPU, r.Kernel, r.Go)
	r.tableOfCosts(w)
	r.tableOfRatios(w)
	r.tableOfMessages(w)
	r.tableOfMemory(w)
	r.tableOfDatabases(w)
	if o := r.Outgoing; o != nil {
		fmt.Fprintf(w, "\n%d HTTP calls at the same time: %.2f s (%.2f to %.2f), %.0f processor microseconds per call\n", o.Calls,
			o.Seconds.Median, o.Seconds.Min, o.Seconds.Max, o.Micros.Median)
	}
	return nil
}

// figure has three digits that count.
func figure(v float64) string {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	return fmt.Sprintf("%.*f", max(0, 2-max(0, int(math.Floor(math.Log10(v))))), v)
}

func row(w io.Writer, columns ...string) {
	text := "|"
	for _, c := range columns {
		if text += " "; c != "" {
			text += c + " "
		}
		text += "|"
	}
	fmt.Fprintln(w, text)
}

// head is a table's, behind an empty line.
func head(w io.Writer, columns ...string) {
	fmt.Fprintln(w)
	row(w, columns...)
	row(w, slices.Repeat([]string{"---"}, len(columns))...)
}

// cells are those that any server was measured in.
func (r *report) cells() (all []cell) {
	for _, s := range r.Servers {
		for _, c := range s.Cells {
			if !slices.Contains(all, c.cell) {
				all = append(all, c.cell)
			}
		}
	}
	return all
}

func (r *report) cost(key string, c cell) string {
	for _, s := range r.Servers {
		if s.Key == key && s.at(c) != nil {
			return figure(s.at(c).Median)
		}
	}
	return ""
}

func (c cell) deepForm() string {
	if c.Depth > 1 {
		return fmt.Sprintf("%s, %d deep", c.form(), c.Depth)
	}
	return c.form()
}

func bold(text string) string {
	if text == "" {
		return ""
	}
	return "**" + text + "**"
}

func (r *report) tableOfCosts(w io.Writer) {
	head(w, "load", "connections", "a, C loop", "b, engine + Go", "**c, engine + PHP**", "d, net/http", "e, FrankenPHP worker", "f, Workerman")
	for _, c := range r.cells() {
		if c.Load == loadHTTP {
			row(w, c.deepForm(), fmt.Sprint(c.Conns), r.cost("a", c), r.cost("b", c), bold(r.cost("c", c)), r.cost("d", c),
				r.cost("e", c), r.cost("f", c))
		}
	}
}

func (r *report) ratio(over, under string, c cell) *ratioReport {
	for i := range r.Ratios {
		if q := &r.Ratios[i]; q.Over == over && q.Under == under && q.cell == c {
			return q
		}
	}
	return nil
}

// text has the range, and what became of the target.
func (q *ratioReport) text() string {
	switch {
	case q == nil:
		return ""
	case q.Met != nil && !*q.Met:
		return fmt.Sprintf("**%.2f** (%.2f to %.2f), missed", q.Median, q.Min, q.Max)
	}
	return fmt.Sprintf("%.2f (%.2f to %.2f)", q.Median, q.Min, q.Max)
}

func (r *report) tableOfRatios(w io.Writer) {
	head(w, "ratio", "connections", "plain", "varied", "target")
	for _, p := range comparisons {
		for _, c := range r.cells() {
			plain := r.ratio(p.over, p.under, c)
			if c.Load != loadHTTP || c.Varied || plain == nil {
				continue
			}
			other := c
			other.Varied = true
			varied, target := r.ratio(p.over, p.under, other), ""
			if plain.Target > 0 {
				target = fmt.Sprint(plain.Target)
				if varied != nil && varied.Target != plain.Target {
					target = fmt.Sprintf("%g plain, %g varied", plain.Target, varied.Target)
				}
			}
			name := p.over + "/" + p.under
			if c.Depth > 1 {
				name += fmt.Sprintf(", %d deep", c.Depth)
			}
			row(w, name, fmt.Sprint(c.Conns), plain.text(), varied.text(), target)
		}
	}
}

func (r *report) tableOfMessages(w io.Writer) {
	head(w, "load", "connections", "a, C loop", "c, engine + PHP", "f, Workerman", "c/a", "c/f", "target")
	for _, c := range r.cells() {
		if c.Load == loadHTTP {
			continue
		}
		over, target := r.ratio("c", "f", c), ""
		if over != nil && over.Target > 0 {
			target = fmt.Sprint(over.Target)
		}
		row(w, c.deepForm(), fmt.Sprint(c.Conns), r.cost("a", c), r.cost("c", c), r.cost("f", c), r.ratio("c", "a", c).text(),
			over.text(), target)
	}
}

func (r *report) tableOfMemory(w io.Writer) {
	head(w, "memory", "server", "none, MiB", "connections", "idle, bytes each", "after a request, bytes each")
	for _, s := range r.Servers {
		for _, m := range s.Memory {
			row(w, m.Load, s.Key, fmt.Sprintf("%.0f", float64(m.Base.Total)/(1<<20)), fmt.Sprint(m.Connections),
				fmt.Sprintf("%.0f", m.IdlePerConn), fmt.Sprintf("%.0f", m.UsedPerConn))
		}
	}
}

func (r *report) tableOfDatabases(w io.Writer) {
	if len(r.Database) == 0 {
		return
	}
	head(w, "database", "away", "workers", "queries", "f, Workerman + PDO", "**`Phalanx\\Sql`**", "throughput / f", "processor time / f")
	for _, s := range r.Database {
		if s.Server != "s" {
			continue
		}
		theirs := ""
		for _, f := range r.Database {
			if f.Server == "f" && f.Database == s.Database && f.Away == s.Away && f.Workers == s.Workers && f.Path == s.Path {
				theirs = fmt.Sprintf("%.0f, %.0f us", f.PerSecond.Median, f.Micros.Median)
			}
		}
		faster, cheaper := "", ""
		if s.Faster != nil {
			faster = fmt.Sprintf("%s (%s to %s)", figure(s.Faster.Median), figure(s.Faster.Min), figure(s.Faster.Max))
			if s.Faster.Median < databaseTarget {
				faster += ", missed"
			}
		}
		if s.Cheaper != nil {
			cheaper = fmt.Sprintf("%.2f", s.Cheaper.Median)
		}
		away := "loopback"
		if s.Away > 0 {
			away = fmt.Sprintf("%g ms", s.Away)
		}
		row(w, s.Database, away, fmt.Sprint(s.Workers), strings.TrimPrefix(s.Path, "/"), theirs,
			fmt.Sprintf("**%.0f**, %.0f us", s.PerSecond.Median, s.Micros.Median), faster, cheaper)
	}
}
