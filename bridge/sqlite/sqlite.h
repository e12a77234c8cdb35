#ifndef PHALANX_SQLITE_H
#define PHALANX_SQLITE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

/* Rows of a statement: their cells one behind another, as goengine/wire has values. */
typedef struct {
	char *data;
	size_t len, cap;
	int rows;
	bool done;
} phx_sqlite_rows;

/* Binds values (when bind is set) and steps until there are n rows or more than limit bytes. Answers SQLite's code;
 * params is borrowed until the statement is reset. */
int phx_sqlite_step(
	sqlite3_stmt *stmt, bool bind, const unsigned char *params, size_t len, int n, size_t limit, phx_sqlite_rows *out);

#endif
