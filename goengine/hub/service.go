package hub

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// callTime bounds what a service takes; some read large files first.
const callTime = 90 * time.Second

// Service answers a question that a server process, or a script beside it, asks the supervisor. trusted says that the
// asker runs as the supervisor's user. Each question has a goroutine.
type Service func(question []byte, trusted bool) ([]byte, error)

var services struct {
	mu     sync.Mutex // guards byName
	byName map[string]Service
}

// Serve gives the switches of this process a service; init functions call it.
func Serve(name string, s Service) {
	services.mu.Lock()
	defer services.mu.Unlock()
	if services.byName == nil {
		services.byName = map[string]Service{}
	}
	services.byName[name] = s
}

type result struct {
	data []byte
	err  error
}

func (s *Switch) call(p *port, f *wireFrame) {
	var name, failure string
	var answer []byte
	err := json.Unmarshal(f.head, &name)
	if err == nil {
		services.mu.Lock()
		service := services.byName[name]
		services.mu.Unlock()
		if service == nil {
			err = fmt.Errorf("hub: the supervisor does not know %q", name)
		} else {
			answer, err = service(f.data, p.trusted)
		}
	}
	if err != nil {
		failure = err.Error()
	}
	if frame, err := encodeFrame(kindResult, f.seq, failure, answer); err == nil {
		_ = p.out.put(frame)
	}
}

// Call asks a service of the supervisor and waits for its answer.
func (p *Peer) Call(name string, question []byte) ([]byte, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, net.ErrClosed
	}
	p.seq++
	seq, answer := p.seq, make(chan result, 1)
	if p.called == nil {
		p.called = map[uint32]chan result{}
	}
	p.called[seq] = answer
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.called, seq)
		p.mu.Unlock()
	}()
	frame, err := encodeFrame(kindCall, seq, name, question)
	if err == nil {
		err = p.send(frame)
	}
	if err != nil {
		return nil, err
	}
	t := time.NewTimer(callTime)
	defer t.Stop()
	select {
	case r := <-answer:
		return r.data, r.err
	case <-t.C:
		return nil, fmt.Errorf("hub: the supervisor has not answered %q within %s", name, callTime)
	}
}

func (p *Peer) result(f *wireFrame) {
	var failure string
	r := result{data: f.data}
	if r.err = json.Unmarshal(f.head, &failure); r.err == nil && failure != "" {
		r.err = errors.New(failure)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if answer := p.called[f.seq]; answer != nil {
		delete(p.called, f.seq)
		answer <- r
	}
}
