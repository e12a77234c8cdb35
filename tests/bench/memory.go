package main

import (
	"fmt"
	"time"
)

// memorySample is the process memory of one server, in bytes.
type memorySample struct {
	Load        string  `json:"load"`
	Connections int     `json:"connections"`
	Base        pss     `json:"base"` // warmed up, no connections
	Idle        pss     `json:"idle"` // connections that have sent nothing
	Used        pss     `json:"used"` // the same after one request each
	IdlePerConn float64 `json:"idle_bytes_per_connection"`
	UsedPerConn float64 `json:"used_bytes_per_connection"`
}

// measureMemory starts each server alone: memory shared with another one would count half.
func (b *bench) measureMemory(r *report) error {
	for _, load := range b.loads {
		if _, measured := memoryTargets[load]; !measured || !b.memory {
			continue
		}
		for _, s := range b.active(load) {
			b.progress("memory: %s, server %s", load, s.Key)
			if err := b.up(s, load); err != nil {
				return err
			}
			m, err := b.sampleMemory(s, load)
			b.down(s)
			if err != nil {
				return fmt.Errorf("%s, memory: %w", s.Name, err)
			}
			r.server(s).Memory = append(r.server(s).Memory, m)
		}
	}
	b.progress("")
	return nil
}

func (b *bench) sampleMemory(s *server, load string) (m memorySample, err error) {
	m.Load, m.Connections = load, b.idle
	if s.maxConns > 0 {
		m.Connections = min(b.idle, s.maxConns)
	}
	varied := load == loadHTTP
	// What loading code costs once is not a connection's.
	if _, err := b.sampleCost(s, cell{load, 64, 1, varied}, b.sample/2); err != nil {
		return m, err
	}
	if m.Base, err = b.settledPSS(s); err != nil {
		return m, err
	}
	all := cell{load, m.Connections, 1, varied}
	steps := []struct {
		op  string
		pss *pss
	}{{"open", &m.Idle}, {"once", &m.Used}}
	for _, step := range steps {
		if _, err := b.generator.do(s.job(step.op, all)); err != nil {
			return m, err
		}
		if *step.pss, err = b.settledPSS(s); err != nil {
			return m, err
		}
	}
	// One more request each shows that all of them were still open.
	if _, err := b.generator.do(s.job("once", all)); err != nil {
		return m, err
	}
	if _, err := b.generator.do(loadJob{Op: "close"}); err != nil {
		return m, err
	}
	m.IdlePerConn = float64(m.Idle.Total-m.Base.Total) / float64(m.Connections)
	m.UsedPerConn = float64(m.Used.Total-m.Base.Total) / float64(m.Connections)
	return m, nil
}

// settledPSS waits until the figure stands still, but not so long that idle connections time out.
func (b *bench) settledPSS(s *server) (pss, error) {
	const (
		calm   = 4 // readings in a row
		most   = 16
		within = 16 << 10 // bytes
	)
	interval := 250 * time.Millisecond
	if b.short {
		interval /= 5
	}
	last, err := readPSS(s.pid)
	for still, n := 0, 0; err == nil && still < calm && n < most; n++ {
		time.Sleep(interval)
		var now pss
		if now, err = readPSS(s.pid); err != nil {
			break
		}
		if diff := now.Total - last.Total; diff < within && diff > -within {
			still++
		} else {
			still = 0
		}
		last = now
	}
	return last, err
}
