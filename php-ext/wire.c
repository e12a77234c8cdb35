/* The codec of values: see wire.h. */
#include "wire.h"

#include "component.h"

#include <Zend/zend_exceptions.h>
#include <Zend/zend_enum.h>
#include <Zend/zend_interfaces.h>
#include <Zend/zend_smart_str.h>
#include <ext/date/php_date.h>
#include <ext/standard/php_var.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are copied as they are");
_Static_assert(sizeof(zend_long) == 8, "an int has 64 bits");

/* ---- writing ---- */

bool phx_buffer_grow(phx_buffer *b, size_t n)
{
	if (n > PHX_WIRE_BYTES || b->len > PHX_WIRE_BYTES - n) {
		return false;
	}
	size_t cap = b->cap ? b->cap : 4096;
	while (cap - b->len < n) {
		cap *= 2;
	}
	char *data = realloc(b->data, cap);
	if (data == NULL) {
		return false;
	}
	b->data = data;
	b->cap = cap;
	return true;
}

/* The callers have made room. */
static void phx_put(phx_buffer *b, const void *data, size_t n)
{
	memcpy(b->data + b->len, data, n);
	b->len += n;
}

static void phx_put_tag(phx_buffer *b, unsigned char tag)
{
	b->data[b->len++] = (char) tag;
}

static void phx_put_u32(phx_buffer *b, uint32_t n)
{
	phx_put(b, &n, sizeof(n));
}

static void phx_put_tagged(phx_buffer *b, unsigned char tag, uint64_t n)
{
	phx_put_tag(b, tag);
	phx_put(b, &n, sizeof(n));
}

/* The largest head of a value. */
#define PHX_HEAD 32

void phx_write_int(phx_buffer *b, zend_long n)
{
	if (phx_buffer_reserve(b, PHX_HEAD)) {
		phx_put_tagged(b, PHX_TAG_INT, (uint64_t) n);
	}
}

void phx_write_float(phx_buffer *b, double n)
{
	uint64_t bits;
	memcpy(&bits, &n, sizeof(bits));
	if (phx_buffer_reserve(b, PHX_HEAD)) {
		phx_put_tagged(b, PHX_TAG_FLOAT, bits);
	}
}

void phx_write_func(phx_buffer *b, uint64_t id)
{
	if (phx_buffer_reserve(b, PHX_HEAD)) {
		phx_put_tagged(b, PHX_TAG_FUNC, id);
	}
}

bool phx_write_string(phx_buffer *b, const char *data, size_t len)
{
	if (len > PHX_WIRE_BYTES || !phx_buffer_reserve(b, PHX_HEAD + len)) {
		return false;
	}
	phx_put_tag(b, PHX_TAG_STRING);
	phx_put_u32(b, (uint32_t) len);
	phx_put(b, data, len);
	return true;
}

static zend_always_inline phx_wire_status phx_write_inline(phx_writer *w, zval *value);

static bool phx_write_key(phx_buffer *b, zend_string *name, zend_ulong number)
{
	if (name != NULL) {
		return phx_write_string(b, ZSTR_VAL(name), ZSTR_LEN(name));
	}
	if (!phx_buffer_reserve(b, PHX_HEAD)) {
		return false;
	}
	phx_put_tagged(b, PHX_TAG_INT, number);
	return true;
}

static bool phx_same_key(const Bucket *a, const Bucket *b)
{
	return a->key == b->key ? a->key != NULL || a->h == b->h
							: a->key != NULL && b->key != NULL && zend_string_equal_content(a->key, b->key);
}

/* An array whose keys others may have as well: no list, and nothing was deleted from it. */
static HashTable *phx_row(zval *value)
{
	ZVAL_DEREF(value);
	if (Z_TYPE_P(value) != IS_ARRAY) {
		return NULL;
	}
	HashTable *row = Z_ARRVAL_P(value);
	return HT_IS_PACKED(row) || row->nNumUsed != row->nNumOfElements || row->nNumUsed == 0 ? NULL : row;
}

/* The first of two or more arrays with the same keys in the same order; NULL: these are none. Every array is looked at
 * once for this, by the one that it is in, so that nesting does not multiply the work. */
static HashTable *phx_alike(HashTable *array)
{
	HashTable *first = NULL;
	zval *value;

	if (zend_hash_num_elements(array) < 2) {
		return NULL;
	}
	ZEND_HASH_FOREACH_VAL(array, value)
	{
		HashTable *row = phx_row(value);
		if (row == NULL) {
			return NULL;
		}
		if (first == NULL) {
			if (zend_array_is_list(row)) {
				return NULL; /* though it is no packed one */
			}
			first = row;
			continue;
		}
		if (row->nNumUsed != first->nNumUsed) {
			return NULL;
		}
		const Bucket *a = first->arData, *b = row->arData, *end = a + first->nNumUsed;
		for (; a < end; a++, b++) {
			if (!phx_same_key(a, b)) {
				return NULL;
			}
		}
	}
	ZEND_HASH_FOREACH_END();
	return first;
}

/* Writes arrays that are alike: their keys once, then their values. */
static phx_wire_status phx_write_rows(phx_writer *w, HashTable *array, HashTable *first, bool list)
{
	phx_buffer *b = w->out;
	zend_ulong number;
	zend_string *name;
	zval *value;

	if (w->depth < 2) {
		return PHX_WIRE_TOO_DEEP;
	}
	if (!phx_buffer_reserve(b, PHX_HEAD)) {
		return PHX_WIRE_TOO_LARGE;
	}
	w->depth -= 2;
	phx_put_tag(b, list ? PHX_TAG_ROWS : PHX_TAG_TABLE);
	phx_put_u32(b, zend_hash_num_elements(array));
	phx_put_u32(b, first->nNumUsed);
	for (uint32_t i = 0; i < first->nNumUsed; i++) {
		if (!phx_write_key(b, first->arData[i].key, first->arData[i].h)) {
			return PHX_WIRE_TOO_LARGE;
		}
	}
	ZEND_HASH_FOREACH_KEY_VAL(array, number, name, value)
	{
		if (!list && !phx_write_key(b, name, number)) {
			return PHX_WIRE_TOO_LARGE;
		}
		ZVAL_DEREF(value);
		Bucket *cell = Z_ARRVAL_P(value)->arData, *end = cell + first->nNumUsed;
		for (; cell < end; cell++) {
			phx_wire_status st = phx_write_inline(w, &cell->val);
			if (UNEXPECTED(st != PHX_WIRE_OK)) {
				return st;
			}
		}
	}
	ZEND_HASH_FOREACH_END();
	w->depth += 2;
	return PHX_WIRE_OK;
}

static phx_wire_status phx_write_array(phx_writer *w, HashTable *array, bool list)
{
	phx_buffer *b = w->out;
	zend_ulong number;
	zend_string *name;
	zval *value;

	if (w->depth == 0) {
		return PHX_WIRE_TOO_DEEP;
	}
	if (!phx_buffer_reserve(b, PHX_HEAD)) {
		return PHX_WIRE_TOO_LARGE;
	}
	w->depth--;
	size_t head = b->len;
	uint32_t count = 0;
	phx_put_tag(b, list ? PHX_TAG_LIST : PHX_TAG_MAP);
	phx_put_u32(b, 0);
	ZEND_HASH_FOREACH_KEY_VAL_IND(array, number, name, value)
	{
		count++;
		if (!list) {
			if (name != NULL && ZEND_HANDLE_NUMERIC(name, number)) { /* an object's properties may have such names */
				name = NULL;
			}
			if (!phx_write_key(b, name, number)) {
				return PHX_WIRE_TOO_LARGE;
			}
		}
		phx_wire_status st = phx_write_inline(w, value);
		if (UNEXPECTED(st != PHX_WIRE_OK)) {
			return st;
		}
	}
	ZEND_HASH_FOREACH_END();
	memcpy(b->data + head + 1, &count, sizeof(count));
	w->depth++;
	return PHX_WIRE_OK;
}

static phx_wire_status phx_write_time(phx_writer *w, zval *value)
{
	php_date_obj *date = Z_PHPDATE_P(value);
	phx_buffer *b = w->out;
	timelib_time *t = date->time;
	const char *zone = "";

	if (t == NULL) { /* a class whose constructor does not call its parent's */
		w->offending = value;
		return PHX_WIRE_NO_TYPE;
	}
	timelib_sll offset = t->is_localtime ? t->z : 0;
	if (t->is_localtime && t->zone_type == TIMELIB_ZONETYPE_ID && t->tz_info != NULL) {
		zone = t->tz_info->name;
	} else if (t->is_localtime && t->zone_type == TIMELIB_ZONETYPE_ABBR) {
		offset += 3600 * t->dst;
	}
	size_t len = strlen(zone);
	if (!phx_buffer_reserve(b, PHX_HEAD + len)) {
		return PHX_WIRE_TOO_LARGE;
	}
	phx_put_tagged(b, PHX_TAG_TIME, (uint64_t) t->sse);
	phx_put_u32(b, (uint32_t) t->us * 1000);
	phx_put_u32(b, (uint32_t) (int32_t) offset);
	phx_put_u32(b, (uint32_t) len);
	phx_put(b, zone, len);
	return PHX_WIRE_OK;
}

static phx_wire_status phx_write_object(phx_writer *w, zval *value)
{
	zend_object *obj = Z_OBJ_P(value);
	phx_buffer *b = w->out;

	if (w->held) {
		w->offending = value;
		return PHX_WIRE_NO_TYPE;
	}
	if (instanceof_function(obj->ce, php_date_get_interface_ce())) {
		return phx_write_time(w, value);
	}
	if (obj->ce == zend_standard_class_def) {
		return phx_write_array(w, zend_std_get_properties(obj), false);
	}
	if (!w->plain && phx_buffer_reserve(b, PHX_HEAD)) {
		return phx_component_write(w, value);
	}
	w->offending = value;
	return PHX_WIRE_NO_TYPE;
}

/* phx_write() for values inside others: the commonest without a call. */
static zend_always_inline phx_wire_status phx_write_inline(phx_writer *w, zval *value)
{
	phx_buffer *b = w->out;

	if (EXPECTED(b->cap - b->len >= PHX_HEAD)) {
		if (Z_TYPE_P(value) == IS_LONG) {
			phx_put_tagged(b, PHX_TAG_INT, (uint64_t) Z_LVAL_P(value));
			return PHX_WIRE_OK;
		}
		if (Z_TYPE_P(value) == IS_STRING && Z_STRLEN_P(value) <= b->cap - b->len - PHX_HEAD) {
			phx_put_tag(b, PHX_TAG_STRING);
			phx_put_u32(b, (uint32_t) Z_STRLEN_P(value));
			phx_put(b, Z_STRVAL_P(value), Z_STRLEN_P(value));
			return PHX_WIRE_OK;
		}
	}
	return phx_write(w, value);
}

phx_wire_status phx_write(phx_writer *w, zval *value)
{
	phx_buffer *b = w->out;

again:
	if (!phx_buffer_reserve(b, PHX_HEAD)) {
		return PHX_WIRE_TOO_LARGE;
	}
	switch (Z_TYPE_P(value)) {
		case IS_UNDEF:
		case IS_NULL:
			phx_put_tag(b, PHX_TAG_NULL);
			return PHX_WIRE_OK;
		case IS_FALSE:
			phx_put_tag(b, PHX_TAG_FALSE);
			return PHX_WIRE_OK;
		case IS_TRUE:
			phx_put_tag(b, PHX_TAG_TRUE);
			return PHX_WIRE_OK;
		case IS_LONG:
			phx_put_tagged(b, PHX_TAG_INT, (uint64_t) Z_LVAL_P(value));
			return PHX_WIRE_OK;
		case IS_DOUBLE:
			phx_write_float(b, Z_DVAL_P(value));
			return PHX_WIRE_OK;
		case IS_STRING:
			return phx_write_string(b, Z_STRVAL_P(value), Z_STRLEN_P(value)) ? PHX_WIRE_OK : PHX_WIRE_TOO_LARGE;
		case IS_ARRAY: {
			HashTable *array = Z_ARRVAL_P(value), *first = phx_alike(array);
			bool list = zend_array_is_list(array);
			return first != NULL ? phx_write_rows(w, array, first, list) : phx_write_array(w, array, list);
		}
		case IS_OBJECT:
			return phx_write_object(w, value);
		case IS_REFERENCE:
			value = Z_REFVAL_P(value);
			goto again;
	}
	w->offending = value;
	return PHX_WIRE_NO_TYPE;
}

phx_wire_status phx_write_held(phx_writer *w, zval *value)
{
	phx_buffer *b = w->out;
	size_t start = b->len;
	int depth = w->depth;
	smart_str text = {0};
	php_serialize_data_t data;

	w->held = true;
	phx_wire_status st = phx_write(w, value);
	w->held = false;
	if (EXPECTED(st != PHX_WIRE_NO_TYPE) || w->offending == NULL || Z_TYPE_P(w->offending) != IS_OBJECT) {
		return st;
	}
	b->len = start;
	w->depth = depth;
	PHP_VAR_SERIALIZE_INIT(data);
	php_var_serialize(&text, value, &data);
	PHP_VAR_SERIALIZE_DESTROY(data);
	st = PHX_WIRE_THROWN;
	if (!EG(exception) && text.s != NULL) {
		st = phx_write_string(b, ZSTR_VAL(text.s), ZSTR_LEN(text.s)) ? PHX_WIRE_OK : PHX_WIRE_TOO_LARGE;
		if (st == PHX_WIRE_OK) {
			b->data[start] = PHX_TAG_SERIAL;
		}
	}
	smart_str_free(&text);
	return st;
}

/* What serialize() has made. */
static bool phx_read_serial(phx_reader *r, zval *value)
{
	php_unserialize_data_t data;
	const char *text;
	size_t len;

	if (!phx_read_bytes(r, &text, &len)) {
		return false;
	}
	const unsigned char *at = (const unsigned char *) text;
	ZVAL_NULL(value);
	PHP_VAR_UNSERIALIZE_INIT(data);
	zval *made = var_tmp_var(&data);
	bool good = php_var_unserialize(made, &at, (const unsigned char *) text + len, &data) && !EG(exception);
	if (good) {
		ZVAL_COPY_DEREF(value, made);
	}
	PHP_VAR_UNSERIALIZE_DESTROY(data); /* calls __wakeup() and __unserialize() */
	if (good && EG(exception)) {
		zval_ptr_dtor(value);
		ZVAL_NULL(value);
		good = false;
	}
	return good;
}

void phx_wire_throw(const phx_writer *w, phx_wire_status status, uint32_t argument)
{
	char text[256];

	switch (status) {
		case PHX_WIRE_OK:
		case PHX_WIRE_THROWN:
			return;
		case PHX_WIRE_TOO_DEEP:
			snprintf(text, sizeof(text), "must not be nested deeper than %d levels", PHX_WIRE_DEPTH);
			break;
		case PHX_WIRE_TOO_LARGE:
			snprintf(text, sizeof(text), "must not make the arguments larger than %zu MiB", PHX_WIRE_BYTES >> 20);
			break;
		case PHX_WIRE_NO_TYPE:
			snprintf(text, sizeof(text), "must not hold a value of type %s, which cannot be handed over",
				w->offending ? zend_zval_value_name(w->offending) : "object");
			break;
	}
	zend_class_entry *ce = status == PHX_WIRE_NO_TYPE ? zend_ce_type_error : zend_ce_value_error;
	if (argument > 0) {
		zend_argument_error(ce, argument, "%s", text);
	} else {
		zend_throw_error(ce, "The value %s", text);
	}
}

/* ---- reading ---- */

void phx_reader_init(phx_reader *r, const char *data, size_t len)
{
	memset(r, 0, sizeof(*r));
	r->at = (const unsigned char *) data;
	r->end = r->at + len;
	r->depth = PHX_WIRE_DEPTH;
}

void phx_reader_release(phx_reader *r)
{
	for (int i = 0; i < PHX_WIRE_NAMES; i++) {
		if (r->names[i] != NULL) {
			zend_string_release(r->names[i]);
		}
	}
}

static bool phx_take(phx_reader *r, void *to, size_t n)
{
	if ((size_t) (r->end - r->at) < n) {
		return false;
	}
	memcpy(to, r->at, n);
	r->at += n;
	return true;
}

bool phx_read_u32(phx_reader *r, uint32_t *n)
{
	return phx_take(r, n, sizeof(*n));
}

bool phx_read_u64(phx_reader *r, uint64_t *n)
{
	return phx_take(r, n, sizeof(*n));
}

bool phx_read_bytes(phx_reader *r, const char **data, size_t *len)
{
	uint32_t n;
	if (!phx_read_u32(r, &n) || (size_t) (r->end - r->at) < n) {
		return false;
	}
	*data = (const char *) r->at;
	*len = n;
	r->at += n;
	return true;
}

/* How many values follow, each at least `least` bytes: nobody allocates for more than was sent. */
static bool phx_read_count(phx_reader *r, uint32_t *n, size_t least)
{
	return phx_read_u32(r, n) && *n <= (size_t) (r->end - r->at) / least;
}

/* phx_read() for values inside others: the commonest without a call. */
static zend_always_inline bool phx_read_inline(phx_reader *r, zval *value)
{
	if (EXPECTED(r->end - r->at >= 9)) {
		if (*r->at == PHX_TAG_INT) {
			uint64_t bits;
			memcpy(&bits, r->at + 1, sizeof(bits));
			ZVAL_LONG(value, (zend_long) bits);
			r->at += 9;
			return true;
		}
		uint32_t len;
		memcpy(&len, r->at + 1, sizeof(len));
		if (*r->at == PHX_TAG_STRING && len <= (size_t) (r->end - r->at) - 5) {
			ZVAL_STRINGL_FAST(value, (const char *) r->at + 5, len);
			r->at += 5 + (size_t) len;
			return true;
		}
	}
	return phx_read(r, value);
}

static bool phx_read_list(phx_reader *r, zval *value)
{
	uint32_t n;

	if (!phx_read_count(r, &n, 1) || r->depth == 0) {
		return false;
	}
	if (n == 0) {
		ZVAL_EMPTY_ARRAY(value);
		return true;
	}
	r->depth--;
	array_init_size(value, n);
	zend_hash_real_init_packed(Z_ARRVAL_P(value));
	HashTable *list = Z_ARRVAL_P(value);
	ZEND_HASH_FILL_PACKED(list)
	{
		for (uint32_t i = 0; i < n; i++) {
			zval item;
			if (UNEXPECTED(!phx_read_inline(r, &item))) {
				ZEND_HASH_FILL_FINISH();
				zval_ptr_dtor(value);
				return false;
			}
			ZEND_HASH_FILL_ADD(&item);
		}
	}
	ZEND_HASH_FILL_END();
	r->depth++;
	return true;
}

/* A key that is likely to be one of the last: neither allocated nor hashed anew. */
static zend_string *phx_read_name(phx_reader *r, const char *data, size_t len)
{
	if (len == 0) {
		return ZSTR_EMPTY_ALLOC();
	}
	if (len == 1) {
		return ZSTR_CHAR((unsigned char) data[0]);
	}
	if (len > 32) {
		return zend_string_init(data, len, 0);
	}
	const unsigned char *u = (const unsigned char *) data;
	zend_string **slot = &r->names[(u[0] * 7u + u[len - 1] * 3u + len) % PHX_WIRE_NAMES];
	if (*slot == NULL || !zend_string_equals_cstr(*slot, data, len)) {
		if (*slot != NULL) {
			zend_string_release(*slot);
		}
		*slot = zend_string_init(data, len, 0);
		zend_string_hash_val(*slot);
	}
	return zend_string_copy(*slot);
}

/* A key: a name that is the caller's, or NULL and a number. Names of a few are likely to come again. */
static bool phx_read_key(phx_reader *r, bool few, zend_string **name, uint64_t *number)
{
	unsigned char tag;
	const char *data;
	size_t len;
	zend_ulong index;

	*name = NULL;
	if (!phx_take(r, &tag, 1)) {
		return false;
	}
	if (tag != PHX_TAG_STRING) {
		return tag == PHX_TAG_INT && phx_read_u64(r, number);
	}
	if (!phx_read_bytes(r, &data, &len)) {
		return false;
	}
	/* PHP looks at the byte behind "" and "-", which is a string's last zero elsewhere: here it may be none of ours. */
	bool digit = len > 0 && data[len - 1] >= '0' && data[len - 1] <= '9';
	if (UNEXPECTED(digit && ZEND_HANDLE_NUMERIC_STR(data, len, index))) {
		*number = index;
	} else {
		*name = few ? phx_read_name(r, data, len) : zend_string_init_fast(data, len);
	}
	return true;
}

/* Sets an entry; takes over the name and the item. A key that comes twice counts as it came last. */
static void phx_set_entry(HashTable *array, zend_string *name, uint64_t number, zval *item)
{
	if (name != NULL) {
		zend_hash_update(array, name, item);
		zend_string_release(name);
	} else {
		zend_hash_index_update(array, number, item);
	}
}

static bool phx_read_entry(phx_reader *r, HashTable *array, bool few)
{
	uint64_t number;
	zend_string *name;
	zval item;

	if (!phx_read_key(r, few, &name, &number)) {
		return false;
	}
	if (!phx_read_inline(r, &item)) {
		if (name != NULL) {
			zend_string_release(name);
		}
		return false;
	}
	phx_set_entry(array, name, number, &item);
	return true;
}

static bool phx_read_map(phx_reader *r, zval *value)
{
	uint32_t n;

	if (!phx_read_count(r, &n, 6) || r->depth == 0) {
		return false;
	}
	if (n == 0) {
		ZVAL_EMPTY_ARRAY(value);
		return true;
	}
	r->depth--;
	array_init_size(value, n);
	zend_hash_real_init_mixed(Z_ARRVAL_P(value));
	for (uint32_t i = 0; i < n; i++) {
		if (!phx_read_entry(r, Z_ARRVAL_P(value), n <= PHX_WIRE_NAMES)) {
			zval_ptr_dtor(value);
			return false;
		}
	}
	r->depth++;
	return true;
}

/* The keys of rows, as an array of nulls that each row becomes a copy of; NULL: these are none, or one comes twice. */
static HashTable *phx_read_header(phx_reader *r, uint32_t columns)
{
	HashTable *header = zend_new_array(columns);
	uint64_t number;
	zend_string *name;
	zval nothing;

	zend_hash_real_init_mixed(header);
	ZVAL_NULL(&nothing);
	for (uint32_t i = 0; i < columns; i++) {
		bool good = phx_read_key(r, true, &name, &number);
		if (good && name != NULL) {
			/* What the script calls by its name is the script's own string. */
			zend_string *known = zend_string_init_existing_interned(ZSTR_VAL(name), ZSTR_LEN(name), false);
			zend_string_release(name);
			good = zend_hash_add(header, known, &nothing) != NULL;
			zend_string_release(known);
		} else if (good) {
			good = zend_hash_index_add(header, number, &nothing) != NULL;
		}
		if (!good) {
			zend_array_destroy(header);
			return NULL;
		}
	}
	return header;
}

static HashTable *phx_copy_header(const HashTable *header)
{
	HashTable *row = emalloc(sizeof(*row));

	memcpy(row, header, sizeof(*row));
	GC_SET_REFCOUNT(row, 1);
	GC_TYPE_INFO(row) = GC_ARRAY;
	void *data = emalloc(HT_SIZE(header));
	memcpy(data, HT_GET_DATA_ADDR(header), HT_USED_SIZE(header));
	HT_SET_DATA_ADDR(row, data);
	if (!(HT_FLAGS(row) & HASH_FLAG_STATIC_KEYS)) {
		Bucket *cell = row->arData, *end = cell + row->nNumUsed;
		for (; cell < end; cell++) {
			if (cell->key != NULL) {
				zend_string_addref(cell->key);
			}
		}
	}
	return row;
}

/* Gives a row, which is a copy of its header, hashed and linked as that is, values of its own. */
static bool phx_read_row(phx_reader *r, HashTable *row, zval *value)
{
	Bucket *cell = row->arData, *end = cell + row->nNumUsed;
	for (; cell < end; cell++) {
		zval item;
		if (UNEXPECTED(!phx_read_inline(r, &item))) {
			zend_array_destroy(row);
			return false;
		}
		ZVAL_COPY_VALUE(&cell->val, &item); /* and not the link that is behind it */
	}
	ZVAL_ARR(value, row);
	return true;
}

static bool phx_read_rows(phx_reader *r, bool keyed, zval *value)
{
	uint32_t n, columns;

	if (!phx_read_u32(r, &n) || !phx_read_count(r, &columns, 6) || n == 0 || columns == 0 || r->depth < 2) {
		return false;
	}
	HashTable *header = phx_read_header(r, columns);
	if (header == NULL) {
		return false;
	}
	size_t least = (size_t) columns + (keyed ? 5 : 0);
	bool good = n <= (size_t) (r->end - r->at) / least;
	if (!good) {
		zend_array_destroy(header);
		return false;
	}
	r->depth -= 2;
	array_init_size(value, n);
	HashTable *all = Z_ARRVAL_P(value);
	if (keyed) {
		zend_hash_real_init_mixed(all);
	} else {
		zend_hash_real_init_packed(all);
	}
	for (uint32_t i = 0; good && i < n; i++) {
		uint64_t number;
		zend_string *name = NULL;
		zval row;
		good = !keyed || phx_read_key(r, false, &name, &number);
		if (good) {
			HashTable *empty = header;
			if (i == n - 1) {
				header = NULL; /* the last row needs no copy */
			} else {
				empty = phx_copy_header(header);
			}
			good = phx_read_row(r, empty, &row);
		}
		if (!good) {
			if (name != NULL) {
				zend_string_release(name);
			}
		} else if (keyed) {
			phx_set_entry(all, name, number, &row);
		} else {
			zend_hash_next_index_insert_new(all, &row);
		}
	}
	if (header != NULL) {
		zend_array_destroy(header);
	}
	if (!good) {
		zval_ptr_dtor(value);
		return false;
	}
	r->depth += 2;
	return true;
}

/* Sets the zone of a date that is in UTC; false: there is no such zone. */
static bool phx_set_zone(zval *date, const char *name, size_t len)
{
	zval zone, text, moved;

	ZVAL_STRINGL(&text, name, len);
	ZVAL_UNDEF(&moved);
	bool good = object_init_with_constructor(&zone, php_date_get_timezone_ce(), 1, &text, NULL) == SUCCESS;
	zval_ptr_dtor(&text);
	if (!good) {
		zend_clear_exception();
		return false;
	}
	zend_call_method_with_1_params(Z_OBJ_P(date), Z_OBJCE_P(date), NULL, "settimezone", &moved, &zone);
	zval_ptr_dtor(&zone);
	if (Z_TYPE(moved) != IS_OBJECT) {
		zval_ptr_dtor(&moved);
		zend_clear_exception();
		return false;
	}
	zval_ptr_dtor(date);
	ZVAL_COPY_VALUE(date, &moved);
	return true;
}

static bool phx_read_time(phx_reader *r, zval *value)
{
	uint64_t seconds;
	uint32_t nanoseconds, east;
	const char *zone;
	size_t len;

	if (!phx_read_u64(r, &seconds) || !phx_read_u32(r, &nanoseconds) || !phx_read_u32(r, &east) ||
		!phx_read_bytes(r, &zone, &len) || nanoseconds >= 1000000000 || len > 64) {
		return false;
	}
	int32_t offset = (int32_t) east;
	if (offset <= -360000 || offset >= 360000) {
		return false;
	}
	php_date_instantiate(php_date_get_immutable_ce(), value);
	php_date_initialize_from_ts_long(Z_PHPDATE_P(value), (zend_long) seconds, (int) (nanoseconds / 1000));
	if (len > 0 && memchr(zone, 0, len) == NULL && phx_set_zone(value, zone, len)) {
		return true;
	}
	if (offset != 0) {
		char text[16];
		int32_t abs = offset < 0 ? -offset : offset;
		int n = snprintf(
			text, sizeof(text), "%c%02d:%02d:%02d", offset < 0 ? '-' : '+', abs / 3600, abs / 60 % 60, abs % 60);
		phx_set_zone(value, text, abs % 60 ? (size_t) n : (size_t) n - 3);
	}
	return true;
}

bool phx_read(phx_reader *r, zval *value)
{
	unsigned char tag;
	uint64_t bits;
	const char *data;
	size_t len;

	if (UNEXPECTED(!phx_take(r, &tag, 1))) {
		return false;
	}
	switch (tag) {
		case PHX_TAG_NULL:
			ZVAL_NULL(value);
			return true;
		case PHX_TAG_FALSE:
			ZVAL_FALSE(value);
			return true;
		case PHX_TAG_TRUE:
			ZVAL_TRUE(value);
			return true;
		case PHX_TAG_INT:
			if (!phx_read_u64(r, &bits)) {
				return false;
			}
			ZVAL_LONG(value, (zend_long) bits);
			return true;
		case PHX_TAG_FLOAT:
			if (!phx_read_u64(r, &bits)) {
				return false;
			}
			ZVAL_DOUBLE(value, 0);
			memcpy(&Z_DVAL_P(value), &bits, sizeof(bits));
			return true;
		case PHX_TAG_STRING:
			if (!phx_read_bytes(r, &data, &len)) {
				return false;
			}
			ZVAL_STRINGL_FAST(value, data, len);
			return true;
		case PHX_TAG_LIST:
			return phx_read_list(r, value);
		case PHX_TAG_MAP:
			return phx_read_map(r, value);
		case PHX_TAG_ROWS:
		case PHX_TAG_TABLE:
			return phx_read_rows(r, tag == PHX_TAG_TABLE, value);
		case PHX_TAG_TIME:
			return phx_read_time(r, value);
		case PHX_TAG_SERIAL:
			return !r->plain && phx_read_serial(r, value);
		default:
			return !r->plain && phx_component_read(r, tag, value);
	}
}

/* ---- the codec's own bytes, which its tests look at ---- */

PHP_FUNCTION(phalanx_wire_encode)
{
	zval *value;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ZVAL(value)
	ZEND_PARSE_PARAMETERS_END();

	phx_buffer b = {0};
	phx_writer w = {.out = &b, .depth = PHX_WIRE_DEPTH, .plain = true};
	phx_wire_status st = phx_write(&w, value);
	if (st != PHX_WIRE_OK) {
		phx_wire_throw(&w, st, 1);
	} else {
		RETVAL_STRINGL(b.data, b.len);
	}
	free(b.data);
}

PHP_FUNCTION(phalanx_wire_decode)
{
	zend_string *bytes;
	phx_reader r;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(bytes)
	ZEND_PARSE_PARAMETERS_END();

	phx_reader_init(&r, ZSTR_VAL(bytes), ZSTR_LEN(bytes));
	r.plain = true;
	bool good = ZSTR_LEN(bytes) <= PHX_WIRE_BYTES && phx_read(&r, return_value);
	if (good && r.at != r.end) {
		zval_ptr_dtor(return_value);
		good = false;
	}
	phx_reader_release(&r);
	if (!good) {
		ZVAL_NULL(return_value);
		zend_argument_value_error(1, "must be a value and nothing behind it");
	}
}
