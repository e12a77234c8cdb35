/* What a worker slot has to say to its supervisor. */
#include "phalanx.h"

#include "_cgo_export.h"

PHP_FUNCTION(phalanx_slot_tell)
{
	zend_string *what, *message;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_STR(what)
		Z_PARAM_STR(message)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	RETURN_BOOL(loop->open &&
		phx_slot_tell(loop->engine.loop, ZSTR_VAL(what), ZSTR_LEN(what), ZSTR_VAL(message), ZSTR_LEN(message)) ==
			PHX_OK);
}

PHP_FUNCTION(phalanx_once_get)
{
	zend_string *name;
	size_t len = 0;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(name)
	ZEND_PARSE_PARAMETERS_END();

	char *value = phx_once_get(ZSTR_VAL(name), ZSTR_LEN(name), &len);
	if (value == NULL) {
		RETURN_NULL();
	}
	RETVAL_STRINGL(value, len);
	free(value);
}

PHP_FUNCTION(phalanx_once_put)
{
	zend_string *name, *value;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_STR(name)
		Z_PARAM_STR_OR_NULL(value)
	ZEND_PARSE_PARAMETERS_END();

	phx_once_put(
		ZSTR_VAL(name), ZSTR_LEN(name), value ? ZSTR_VAL(value) : NULL, value ? ZSTR_LEN(value) : 0, value != NULL);
}

PHP_FUNCTION(phalanx_loop_drain)
{
	bool all;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_BOOL(all)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	phx_status left = loop->open ? phx_loop_drain(loop->engine.loop, all) : 0;
	RETURN_LONG(left > 0 ? left : 0);
}

PHP_FUNCTION(phalanx_slot_send_failed)
{
	ZEND_PARSE_PARAMETERS_NONE();

	if (phx_thread_slot && phx_current_loop.open) {
		phx_slot_send_failed(phx_current_loop.engine.loop);
	}
}
