package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

const (
	loadOutgoing   = "outgoing"
	outgoingCalls  = 500
	outgoingDelay  = 100 * time.Millisecond // of the server that is called
	outgoingTarget = time.Second
)

// outgoingReport is how long a worker took for many calls at the same time.
type outgoingReport struct {
	Calls   int     `json:"calls"`
	DelayMs float64 `json:"server_delay_ms"`
	Seconds summary `json:"seconds"`
	Micros  summary `json:"cpu_us_per_call"`
	First   float64 `json:"first_seconds"` // with every connection to be made
	Met     bool    `json:"met"`
}

// measureOutgoing has one worker call a server that takes its time, many times at once.
func (b *bench) measureOutgoing(w io.Writer) (*outgoingReport, error) {
	launch, err := prepareFibers(b)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	slow := &http.Server{ReadHeaderTimeout: ioTimeout, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(outgoingDelay)
		fmt.Fprint(w, "slow ", r.URL.Query().Get("n"))
	})}
	go func() { _ = slow.Serve(l) }()
	defer func() { _ = slow.Close() }()

	dir, err := os.MkdirTemp(b.temp, "outgoing")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	cmd := launch(loadOutgoing, port, dir)
	cmd.Env = append(cmd.Env, "BENCH_TARGET=http://"+l.Addr().String()+"/")
	p, err := b.serverCPU.serve(cmd, dir)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	url := "http://127.0.0.1:" + strconv.Itoa(port) + "/?calls="
	if err := waitForOutgoing(p, url); err != nil {
		return nil, err
	}
	report := &outgoingReport{Calls: outgoingCalls, DelayMs: outgoingDelay.Seconds() * 1000}
	var seconds, micros []float64
	for round := range max(3, b.rounds) {
		b.progress("round %d: %d calls at the same time", round+1, outgoingCalls)
		before, err := readCPU(p.pid())
		if err != nil {
			return nil, err
		}
		begin := time.Now()
		if err := askOutgoing(url+strconv.Itoa(outgoingCalls), strconv.Itoa(outgoingCalls)); err != nil {
			return nil, fmt.Errorf("%w\n%s", err, p.output())
		}
		took := time.Since(begin).Seconds()
		settle()
		after, err := readCPU(p.pid())
		if err != nil {
			return nil, err
		}
		use, err := after.since(before)
		if err != nil {
			return nil, err
		}
		if round == 0 {
			report.First = took
		}
		seconds = append(seconds, took)
		micros = append(micros, float64(use.total().Nanoseconds())/1000/outgoingCalls)
	}
	b.progress("")
	report.Seconds, report.Micros = summarize(seconds), summarize(micros)
	report.Met = report.Seconds.Median <= outgoingTarget.Seconds()
	fmt.Fprintf(w, "\n%d HTTP calls at the same time from one worker, to a server that takes %v: %.3f s (%.3f..%.3f; the first %.3f), "+
		"%.1f processor us per call; at most %v: %s\n", outgoingCalls, outgoingDelay, report.Seconds.Median, report.Seconds.Min,
		report.Seconds.Max, report.First, report.Micros.Median, outgoingTarget, verdict(report.Met))
	return report, nil
}

func waitForOutgoing(p *process, url string) error {
	var err error
	for range 300 {
		if err = askOutgoing(url+"0", "0"); err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("the server ended:\n%s", p.output())
		case <-time.After(100 * time.Millisecond):
		}
	}
	return fmt.Errorf("%w\n%s", err, p.output())
}

func askOutgoing(url, want string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*ioTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return err
	}
	if string(body) != want {
		return fmt.Errorf("%q of %s calls were answered right", body, want)
	}
	return nil
}
