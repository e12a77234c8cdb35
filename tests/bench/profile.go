package main

import (
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// runProfile shows the symbols in which one server spends its time, for the first load asked for.
func (b *bench) runProfile(w io.Writer) error {
	perf, err := exec.LookPath("perf")
	if err != nil {
		return fmt.Errorf("-profile needs perf: %w", err)
	}
	s := b.server(b.profile)
	load := b.loads[0]
	if err := b.up(s, load); err != nil {
		return err
	}
	defer b.down(s)
	for _, c := range b.cells {
		if c.Load != load || load == loadHTTP && !(c.Conns == 64 && c.Varied) {
			continue
		}
		if _, err := b.sampleCost(s, c, b.sample); err != nil { // warm
			return err
		}
		if err := b.record(w, perf, s, c); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) record(w io.Writer, perf string, s *server, c cell) error {
	pids, err := tree(s.pid)
	if err != nil {
		return err
	}
	list := make([]string, len(pids))
	for i, pid := range pids {
		list[i] = strconv.Itoa(pid)
	}
	length := max(b.sample, 3*time.Second)
	data := filepath.Join(b.temp, "perf.data")
	cmd := exec.Command(perf, "record", "-q", "-F", "2999", "-p", strings.Join(list, ","), "-o", data,
		"--", "sleep", strconv.FormatFloat(length.Seconds(), 'f', 1, 64))
	recorded := make(chan error, 1)
	go func() {
		out, err := cmd.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("perf record: %w\n%s", err, out)
		}
		recorded <- err
	}()
	sample, err := b.sampleCost(s, c, length)
	if err := <-recorded; err != nil {
		return err
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%s, %s, %d connections, depth %d: %.2f us per request (with perf watching)\n",
		s.Name, c.form(), c.Conns, c.Depth, sample.MicrosPerRequest)
	for _, columns := range []string{"overhead,dso", "overhead,dso,symbol"} {
		out, err := exec.Command(perf, "report", "-q", "--stdio", "--no-children", "-F", columns,
			"--percent-limit", "0.7", "-i", data).CombinedOutput()
		if err != nil {
			return fmt.Errorf("perf report: %w\n%s", err, out)
		}
		for line := range strings.Lines(string(out)) {
			if strings.TrimSpace(line) != "" {
				fmt.Fprintln(w, strings.TrimRight(line, " -\n"))
			}
		}
		fmt.Fprintln(w)
	}
	return nil
}
