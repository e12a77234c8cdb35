// Package atexit runs what is left to do when the process ends in good order: records to write, spans to send. It does not
// run when the process is killed or crashes.
package atexit

import (
	"context"
	"sync"
	"time"
)

// Patience bounds all that runs at the end, together.
const Patience = 1500 * time.Millisecond

var (
	running sync.Mutex // while tasks run
	mu      sync.Mutex // guards tasks
	tasks   []func(context.Context)
)

// Do adds a task. Tasks run at the same time; each returns when its context ends.
func Do(task func(context.Context)) {
	mu.Lock()
	defer mu.Unlock()
	tasks = append(tasks, task)
}

// Run runs the tasks, once, and returns when they have or after Patience. The process exits right after it; another call waits
// for the first, for it may be on its way to exit as well.
func Run() {
	running.Lock()
	defer running.Unlock()
	mu.Lock()
	all := tasks
	tasks = nil
	mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		var wg sync.WaitGroup
		for _, task := range all {
			wg.Go(func() { task(ctx) })
		}
		wg.Wait()
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}
