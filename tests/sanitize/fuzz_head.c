/*
 * What php-ext reads of a request's head for the superglobals, under libFuzzer. The engine hands over only heads that it has
 * accepted; this reads any bytes.
 */
#include "../../php-ext/request.c"

#include "fuzz.h"

/* What request.c knows of the extension; none of it is called here. */
void phx_state_begin(phx_state *s, bool first)
{
}
void phx_state_enter(phx_state *s)
{
}
void phx_state_leave(phx_state *s)
{
}
void phx_state_end(phx_state *s)
{
}
void phx_state_free(phx_state *s)
{
}
void phx_session_lock_install(void)
{
}
void phx_session_unlock(void *held)
{
}
const ps_module *phx_session_locking(const ps_module *module)
{
	return module;
}

static void fuzz_one(const uint8_t *data, size_t size)
{
	phx_request r = {.message = zend_string_init((const char *) data, size, 0)};
	zval globals[PHX_SUPERGLOBALS], name;
	zend_string *key;
	zval *value;

	for (int i = 0; i < PHX_SUPERGLOBALS; i++) {
		array_init(&globals[i]);
	}
	read_head(&r, globals);
	zval_ptr_dtor(&globals[PHX_REQUEST]);
	add_request(globals);

	CHECK(r.body <= size);
	CHECK(r.body == size || (r.body >= 4 && memcmp(data + r.body - 4, "\r\n\r\n", 4) == 0));
	ZEND_HASH_FOREACH_STR_KEY_VAL(Z_ARRVAL(globals[PHX_SERVER]), key, value)
	{
		CHECK(key != NULL && Z_TYPE_P(value) == IS_STRING);
		CHECK(php_memnstr(Z_STRVAL_P(value), "\r\n", 2, Z_STRVAL_P(value) + Z_STRLEN_P(value)) == NULL);
	}
	ZEND_HASH_FOREACH_END();
	ZVAL_STRING(&name, "HTTP_PROXY");
	CHECK(!zend_hash_exists(Z_ARRVAL(globals[PHX_SERVER]), Z_STR(name)));
	zval_ptr_dtor(&name);

	for (int i = 0; i < PHX_SUPERGLOBALS; i++) {
		zval_ptr_dtor(&globals[i]);
	}
	zend_string_release(r.message);
}
