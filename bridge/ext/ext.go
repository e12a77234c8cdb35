// Package ext joins the PHP extension to the engine: it exports the calls that php-ext makes and
// registers the extension with FrankenPHP. It copies, pins and translates; it decides nothing.
package ext

// #cgo CFLAGS: -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -D_GNU_SOURCE
// #cgo LDFLAGS: -lphp -Wl,--wrap=pthread_getattr_np
// #include <stdbool.h>
// #include <stdlib.h>
// #include "../../php-ext/engine.h"
// extern void *phx_module_entry(void);
// extern void phx_thread_is_slot(bool slot);
import "C"

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/dunglas/frankenphp"
	"github.com/sirupsen/logrus"

	"github.com/phalanx-php/phalanx/goengine/hub"
	"github.com/phalanx-php/phalanx/goengine/loop"
)

// ModuleEntry is the extension's zend_module_entry, for a SAPI that registers it itself.
func ModuleEntry() unsafe.Pointer { return C.phx_module_entry() }

// Register adds the extension to those that FrankenPHP loads.
func Register() { frankenphp.RegisterExtension(ModuleEntry()) }

// MarkThread says whether the calling PHP thread runs a worker slot's script.
func MarkThread(slot bool) { C.phx_thread_is_slot(C.bool(slot)) }

// Log receives what the engine reports.
var Log logrus.FieldLogger = logrus.StandardLogger()

// registry holds the loops of all PHP threads. Handles are indexes and are not reused while
// anybody could still hold one: a process makes one loop for each script it runs.
var registry struct {
	mu    sync.Mutex // guards everything but reads of table
	table atomic.Pointer[[]*loop.Loop]
	next  []int64 // free handles
	slots map[slotKey]*slot
	seats map[int64]*hub.Seat // by handle
	gone  loop.Stats          // of closed loops
}

func find(handle int64) *loop.Loop {
	t := registry.table.Load()
	if t == nil || handle <= 0 || handle > int64(len(*t)) {
		return nil
	}
	return (*t)[handle-1]
}

// openLoop makes a loop that the process's hub knows, and answers its handle.
func openLoop() (int64, error) {
	seat := Hub.Add()
	l, err := loop.New(loop.Config{Logger: Log, FromC: true, Gone: seat.Gone})
	if err != nil {
		return 0, err
	}
	handle := add(l)
	registry.mu.Lock()
	if registry.seats == nil {
		registry.seats = map[int64]*hub.Seat{}
	}
	registry.seats[handle] = seat
	registry.mu.Unlock()
	seat.Take(l)
	return handle, nil
}

func add(l *loop.Loop) int64 {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	var table []*loop.Loop
	if t := registry.table.Load(); t != nil {
		table = append(table, *t...)
	}
	var handle int64
	if n := len(registry.next); n > 0 {
		handle = registry.next[n-1]
		registry.next = registry.next[:n-1]
		table[handle-1] = l
	} else {
		table = append(table, l)
		handle = int64(len(table))
	}
	registry.table.Store(&table)
	return handle
}

func remove(handle int64) {
	l := find(handle)
	if l == nil {
		return
	}
	registry.mu.Lock()
	seat := registry.seats[handle]
	delete(registry.seats, handle)
	registry.mu.Unlock()
	if seat != nil {
		seat.Remove()
	}
	l.Close()
	registry.mu.Lock()
	defer registry.mu.Unlock()
	stats := l.Stats()
	addStats(&registry.gone, stats)
	table := append([]*loop.Loop(nil), *registry.table.Load()...)
	table[handle-1] = nil
	registry.table.Store(&table)
	registry.next = append(registry.next, handle)
	for _, s := range registry.slots {
		if s.handle == handle || s.loop == handle || s.parked == handle {
			addStats(&s.before, stats)
			s.pulse.Add(l.Pulse())
			s.pulse.Since = 0
		}
		if s.handle == handle {
			s.handle = 0
		}
	}
}

// Stats are the figures of all loops of this process, and how many slots are in their loops.
func Stats() (total loop.Stats, slots int) {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	total = registry.gone
	if t := registry.table.Load(); t != nil {
		for _, l := range *t {
			if l == nil {
				continue
			}
			s := l.Stats()
			addStats(&total, s)
			total.Connections += s.Connections
			total.Timers += s.Timers
		}
	}
	for _, s := range registry.slots {
		if s.handle > 0 {
			slots++
		}
	}
	return total, slots
}
