// Package sqlite is SQLite for goengine/sqldb, through the shared library libsqlite3 that PHP's pdo_sqlite and sqlite3 use
// in the same process. It must be that very copy: locks of a file belong to the process, so when one of two copies closes
// a file the other loses its locks, and the database its soundness (sqlite.org, "How To Corrupt An SQLite Database File",
// 2.2.1). Drivers that bring a copy of their own are out for that reason.
package sqlite

// #cgo LDFLAGS: -lsqlite3
// #include <stdlib.h>
// #include "sqlite.h"
import "C"

import (
	"runtime"
	"unsafe"

	"github.com/phalanx-php/phalanx/goengine/sqldb"
)

func init() { sqldb.UseSQLite(library{}) }

type library struct{}

// Open opens a file, which is made when it is not there and the connection may write.
func (library) Open(path string, readOnly bool) (sqldb.SQLiteHandle, error) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	// One goroutine at a time uses a connection, but Interrupt: SQLite needs no lock of its own for that.
	flags := C.int(C.SQLITE_OPEN_NOMUTEX | C.SQLITE_OPEN_READWRITE | C.SQLITE_OPEN_CREATE)
	h := &handle{}
	rc := C.sqlite3_open_v2(name, &h.db, flags, nil)
	if rc != C.SQLITE_OK {
		err := h.fail(rc)
		h.Close()
		return nil, err
	}
	C.sqlite3_extended_result_codes(h.db, 1)
	_ = readOnly // a reader of the write-ahead log needs to write beside the file; PRAGMA query_only makes it one
	return h, nil
}

type handle struct {
	db   *C.sqlite3
	rows C.phx_sqlite_rows
}

func (h *handle) fail(rc C.int) error {
	e := &sqldb.SQLiteError{Code: int(rc)}
	if h.db == nil {
		e.Message = C.GoString(C.sqlite3_errstr(rc))
		return e
	}
	e.Message = C.GoString(C.sqlite3_errmsg(h.db))
	if rc&0xff == C.SQLITE_MISUSE || e.Message == "not an error" {
		e.Message = C.GoString(C.sqlite3_errstr(rc))
	}
	return e
}

// Prepare compiles a statement.
func (h *handle) Prepare(sql string) (sqldb.SQLiteStmt, int, error) {
	text := C.CString(sql)
	defer C.free(unsafe.Pointer(text))
	var stmt *C.sqlite3_stmt
	var tail *C.char
	rc := C.sqlite3_prepare_v3(h.db, text, C.int(len(sql)+1), C.SQLITE_PREPARE_PERSISTENT, &stmt, &tail)
	if rc != C.SQLITE_OK {
		return nil, 0, h.fail(rc)
	}
	rest := len(sql) - int(uintptr(unsafe.Pointer(tail))-uintptr(unsafe.Pointer(text)))
	if stmt == nil {
		return nil, rest, nil
	}
	return &statement{h: h, s: stmt}, rest, nil
}

// Exec runs all statements of a text.
func (h *handle) Exec(sql string) error {
	text := C.CString(sql)
	defer C.free(unsafe.Pointer(text))
	if rc := C.sqlite3_exec(h.db, text, nil, nil, nil); rc != C.SQLITE_OK {
		return h.fail(rc)
	}
	return nil
}

// Interrupt ends what runs. Any goroutine may call it while the handle is open.
func (h *handle) Interrupt() { C.sqlite3_interrupt(h.db) }

// AutoCommit is false while a transaction is open.
func (h *handle) AutoCommit() bool { return C.sqlite3_get_autocommit(h.db) != 0 }

// Changes is how many rows the last INSERT, UPDATE or DELETE has changed.
func (h *handle) Changes() int64 { return int64(C.sqlite3_changes(h.db)) }

// LastInsertID is the rowid of the last INSERT.
func (h *handle) LastInsertID() int64 { return int64(C.sqlite3_last_insert_rowid(h.db)) }

// Close ends the handle; statements that are left go with it.
func (h *handle) Close() {
	if h.db != nil {
		C.sqlite3_close_v2(h.db)
		h.db = nil
	}
	C.free(unsafe.Pointer(h.rows.data))
	h.rows = C.phx_sqlite_rows{}
}

type statement struct {
	h *handle
	s *C.sqlite3_stmt
}

// Columns names the columns and the types they were declared with.
func (s *statement) Columns() (names, types []string) {
	n := int(C.sqlite3_column_count(s.s))
	names, types = make([]string, n), make([]string, n)
	for i := range n {
		names[i] = C.GoString(C.sqlite3_column_name(s.s, C.int(i)))
		types[i] = C.GoString(C.sqlite3_column_decltype(s.s, C.int(i)))
	}
	return names, types
}

// Params is how many values the statement wants.
func (s *statement) Params() int { return int(C.sqlite3_bind_parameter_count(s.s)) }

// ReadOnly says whether the statement changes nothing.
func (s *statement) ReadOnly() bool { return C.sqlite3_stmt_readonly(s.s) != 0 }

// Run binds values and gives the first rows.
func (s *statement) Run(params []byte, n, limit int) ([]byte, int, bool, error) {
	cells, rows, done, err := s.step(true, params, n, limit)
	runtime.KeepAlive(params)
	return cells, rows, done, err
}

// Next gives further rows.
func (s *statement) Next(n, limit int) ([]byte, int, bool, error) {
	return s.step(false, nil, n, limit)
}

func (s *statement) step(bind bool, params []byte, n, limit int) ([]byte, int, bool, error) {
	r := &s.h.rows
	if r.cap > keep { // of a large result before
		C.free(unsafe.Pointer(r.data))
		*r = C.phx_sqlite_rows{}
	}
	rc := C.phx_sqlite_step(s.s, C.bool(bind), (*C.uchar)(unsafe.SliceData(params)), C.size_t(len(params)), C.int(n), C.size_t(limit), r)
	if rc != C.SQLITE_OK {
		err := s.h.fail(rc)
		C.sqlite3_reset(s.s)
		return nil, 0, false, err
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(r.data)), int(r.len)), int(r.rows), bool(r.done), nil
}

// keep is how large a buffer may be that waits for the next result, in bytes.
const keep = 1 << 20

// Reset ends a run.
func (s *statement) Reset() {
	C.sqlite3_reset(s.s)
	C.sqlite3_clear_bindings(s.s)
}

// Close ends the statement.
func (s *statement) Close() { C.sqlite3_finalize(s.s) }
