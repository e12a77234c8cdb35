/*
 * The C half of the codec of values under libFuzzer: what is read is written, and what was written is read as the same. Bytes
 * that serialize() made are left out: PHP itself does not promise to read others' (docs/wire.md has where they come from).
 */
#include "../../php-ext/wire.c"

#include "fuzz.h"

/* What the codec knows of the extension: objects of components, which this has none of. */
phx_wire_status phx_component_write(phx_writer *w, zval *value)
{
	w->offending = value;
	return PHX_WIRE_NO_TYPE;
}

bool phx_component_read(phx_reader *r, unsigned char tag, zval *value)
{
	return false;
}

static bool fuzz_read(const char *data, size_t size, zval *value)
{
	phx_reader r;

	phx_reader_init(&r, data, size);
	r.plain = true;
	bool good = phx_read(&r, value);
	if (good) {
		CHECK(r.at <= r.end);
	}
	phx_reader_release(&r);
	return good;
}

static phx_buffer fuzz_write(zval *value)
{
	phx_buffer b = {0};
	phx_writer w = {.out = &b, .depth = PHX_WIRE_DEPTH, .plain = true};
	/* A table or rows of a few bytes may stand for more than the limit. */
	if (phx_write(&w, value) != PHX_WIRE_OK) {
		b.len = 0;
	}
	return b;
}

static void fuzz_one(const uint8_t *data, size_t size)
{
	zval value, again;

	if (fuzz_read((const char *) data, size, &value)) {
		phx_buffer first = fuzz_write(&value);
		zval_ptr_dtor(&value);
		if (first.len > 0) {
			CHECK(fuzz_read(first.data, first.len, &again));
			phx_buffer second = fuzz_write(&again);
			zval_ptr_dtor(&again);
			CHECK(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
			free(second.data);
		}
		free(first.data);
	}
}
