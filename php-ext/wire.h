/*
 * The C half of the codec of values: docs/wire.md is the format, goengine/wire the other half.
 *
 * Writing reads zvals and runs no PHP code, but for phx_write_held(); reading makes zvals and runs none either, but for
 * values that were serialized there. Bytes that are no value are refused, and what has been made of them is released.
 */
#ifndef PHALANX_WIRE_H
#define PHALANX_WIRE_H

#include <php.h>

/* The first byte of each value. goengine/wire.Tag* */
enum {
	PHX_TAG_NULL,
	PHX_TAG_FALSE,
	PHX_TAG_TRUE,
	PHX_TAG_INT,
	PHX_TAG_FLOAT,
	PHX_TAG_STRING,
	PHX_TAG_LIST,
	PHX_TAG_MAP,
	PHX_TAG_OBJECT,
	PHX_TAG_RECORD,
	PHX_TAG_ENUM,
	PHX_TAG_TIME,
	PHX_TAG_FUNC,
	PHX_TAG_SERIAL,
	PHX_TAG_ROWS,
	PHX_TAG_TABLE,
};

/* goengine/wire.DefaultDepth and DefaultBytes */
#define PHX_WIRE_DEPTH 512
#define PHX_WIRE_BYTES ((size_t) 64 << 20)

typedef enum {
	PHX_WIRE_OK,
	PHX_WIRE_TOO_DEEP,
	PHX_WIRE_TOO_LARGE,
	PHX_WIRE_NO_TYPE, /* a value of a type that does not cross */
	PHX_WIRE_THROWN,  /* PHP code that ran for it has thrown */
} phx_wire_status;

/* Bytes that grow. Freed with free(); the memory is not PHP's and outlives a script. */
typedef struct {
	char *data;
	size_t len, cap;
} phx_buffer;

typedef struct {
	phx_buffer *out;
	int depth;             /* how much deeper it may go */
	bool plain;            /* no objects but dates */
	bool held;             /* no objects at all: Go keeps the bytes */
	const zval *offending; /* of PHX_WIRE_NO_TYPE */
} phx_writer;

#define PHX_WIRE_NAMES 64

typedef struct {
	const unsigned char *at, *end;
	int depth;
	bool plain;
	zend_string *names[PHX_WIRE_NAMES]; /* keys seen last: records of one shape repeat theirs */
} phx_reader;

bool phx_buffer_grow(phx_buffer *b, size_t n);
/* Makes room for n more bytes; false: the limit is passed, or there is no memory. */
static inline bool phx_buffer_reserve(phx_buffer *b, size_t n)
{
	return EXPECTED(n <= b->cap - b->len) || phx_buffer_grow(b, n);
}

phx_wire_status phx_write(phx_writer *w, zval *value);
/* Writes a value that Go keeps: with objects in it, it is what serialize() makes of it, which runs PHP code. An exception
 * of that comes with PHX_WIRE_THROWN. */
phx_wire_status phx_write_held(phx_writer *w, zval *value);
void phx_write_int(phx_buffer *b, zend_long n);
void phx_write_float(phx_buffer *b, double n);
void phx_write_func(phx_buffer *b, uint64_t id);
bool phx_write_string(phx_buffer *b, const char *data, size_t len);

void phx_reader_init(phx_reader *r, const char *data, size_t len);
void phx_reader_release(phx_reader *r);
/* Reads one value; false: the bytes are no value, and *value is undefined. */
bool phx_read(phx_reader *r, zval *value);
bool phx_read_u32(phx_reader *r, uint32_t *n);
bool phx_read_u64(phx_reader *r, uint64_t *n);
/* Reads a length and that many bytes, which stay where they are. */
bool phx_read_bytes(phx_reader *r, const char **data, size_t *len);

/* Throws for a status that is not PHX_WIRE_OK; argument 0: there is none to name. */
void phx_wire_throw(const phx_writer *w, phx_wire_status status, uint32_t argument);

#endif
