/* One crossing for all rows of a statement. */
#include "sqlite.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The tags of goengine/wire, and sqldb.TagBlob. */
enum { TAG_NULL = 0, TAG_INT = 3, TAG_FLOAT = 4, TAG_STRING = 5, TAG_BLOB = 100 };

static int phx_sqlite_bind(sqlite3_stmt *stmt, const unsigned char *at, size_t len)
{
	const unsigned char *end = at + len;
	int rc = SQLITE_OK;

	for (int i = 1; at < end && rc == SQLITE_OK; i++) {
		int64_t number;
		double real;
		uint32_t size;
		unsigned char tag = *at++;
		switch (tag) {
			case TAG_INT:
				memcpy(&number, at, 8);
				at += 8;
				rc = sqlite3_bind_int64(stmt, i, number);
				break;
			case TAG_FLOAT:
				memcpy(&real, at, 8);
				at += 8;
				rc = sqlite3_bind_double(stmt, i, real);
				break;
			case TAG_STRING:
			case TAG_BLOB:
				memcpy(&size, at, 4);
				at += 4;
				/* Copied: Go's memory is not to be kept. */
				rc = tag == TAG_STRING ? sqlite3_bind_text(stmt, i, (const char *) at, (int) size, SQLITE_TRANSIENT)
									   : sqlite3_bind_blob(stmt, i, at, (int) size, SQLITE_TRANSIENT);
				at += size;
				break;
			default:
				rc = sqlite3_bind_null(stmt, i);
		}
	}
	return rc;
}

static bool phx_sqlite_reserve(phx_sqlite_rows *out, size_t n)
{
	if (out->cap - out->len >= n) {
		return true;
	}
	size_t cap = out->cap ? out->cap : 4096;
	while (cap - out->len < n) {
		cap *= 2;
	}
	char *data = realloc(out->data, cap);
	if (data == NULL) {
		return false;
	}
	out->data = data;
	out->cap = cap;
	return true;
}

static bool phx_sqlite_cell(sqlite3_stmt *stmt, int i, phx_sqlite_rows *out)
{
	int64_t number;
	double real;
	uint32_t size;
	const void *bytes;

	if (!phx_sqlite_reserve(out, 16)) {
		return false;
	}
	switch (sqlite3_column_type(stmt, i)) {
		case SQLITE_INTEGER:
			number = sqlite3_column_int64(stmt, i);
			out->data[out->len++] = TAG_INT;
			memcpy(out->data + out->len, &number, 8);
			out->len += 8;
			return true;
		case SQLITE_FLOAT:
			real = sqlite3_column_double(stmt, i);
			out->data[out->len++] = TAG_FLOAT;
			memcpy(out->data + out->len, &real, 8);
			out->len += 8;
			return true;
		case SQLITE_NULL:
			out->data[out->len++] = TAG_NULL;
			return true;
		case SQLITE_BLOB:
			bytes = sqlite3_column_blob(stmt, i);
			break;
		default:
			bytes = sqlite3_column_text(stmt, i);
	}
	size = (uint32_t) sqlite3_column_bytes(stmt, i);
	if (size > 0 && (bytes == NULL || !phx_sqlite_reserve(out, size + 5))) {
		return false;
	}
	out->data[out->len++] = TAG_STRING;
	memcpy(out->data + out->len, &size, 4);
	out->len += 4;
	if (size > 0) {
		memcpy(out->data + out->len, bytes, size);
		out->len += size;
	}
	return true;
}

int phx_sqlite_step(
	sqlite3_stmt *stmt, bool bind, const unsigned char *params, size_t len, int n, size_t limit, phx_sqlite_rows *out)
{
	int rc;

	out->len = 0;
	out->rows = 0;
	out->done = false;
	if (bind) {
		sqlite3_reset(stmt);
		rc = phx_sqlite_bind(stmt, params, len);
		if (rc != SQLITE_OK) {
			return rc;
		}
	}
	int width = sqlite3_column_count(stmt);
	while (out->rows < n && out->len <= limit) {
		rc = sqlite3_step(stmt);
		if (rc != SQLITE_ROW) {
			out->done = rc == SQLITE_DONE;
			return out->done ? SQLITE_OK : rc;
		}
		for (int i = 0; i < width; i++) {
			if (!phx_sqlite_cell(stmt, i, out)) {
				return SQLITE_NOMEM;
			}
		}
		out->rows++;
	}
	return SQLITE_OK;
}
