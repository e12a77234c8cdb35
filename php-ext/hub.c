/* Connections of all workers, and what reaches them from anywhere: Phalanx\Connections. */
#include "phalanx.h"

#include <Zend/zend_exceptions.h>
#include <ext/spl/spl_exceptions.h>

#include "_cgo_export.h"

static phx_str phx_borrow(const zend_string *s)
{
	return (phx_str){.data = ZSTR_VAL(s), .len = ZSTR_LEN(s)};
}

PHP_FUNCTION(phalanx_hub_id)
{
	zend_long conn;
	char text[PHX_TEXT_SIZE];

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(conn)
	ZEND_PARSE_PARAMETERS_END();

	phx_status n = phx_hub_id(phx_current_loop.engine.loop, (uint64_t) conn, text);
	if (n <= 0) {
		RETURN_EMPTY_STRING();
	}
	RETURN_STRINGL(text, n);
}

PHP_FUNCTION(phalanx_hub_do)
{
	zend_long verb, kind, form = 0;
	zend_string *to, *name = ZSTR_EMPTY_ALLOC(), *data = ZSTR_EMPTY_ALLOC(), *except = ZSTR_EMPTY_ALLOC();

	ZEND_PARSE_PARAMETERS_START(3, 7)
		Z_PARAM_LONG(verb)
		Z_PARAM_LONG(kind)
		Z_PARAM_STR(to)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR(name)
		Z_PARAM_STR(data)
		Z_PARAM_LONG(form)
		Z_PARAM_STR(except)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	phx_hub_command command = {
		.verb = (int32_t) verb,
		.kind = (int32_t) kind,
		.form = (int32_t) form,
		.to = phx_borrow(to),
		.name = phx_borrow(name),
		.data = phx_borrow(data),
		.except = phx_borrow(except),
	};
	if (loop->open) {
		phx_apply_ops(loop); /* what was sent before goes before */
	}
	phx_status st = phx_hub_do(loop->open ? loop->engine.loop : 0, &command);
	if (st == PHX_EINVAL) {
		zend_argument_value_error(1, "and what follows must be as the stub says");
		RETURN_THROWS();
	}
	RETURN_BOOL(st == PHX_OK);
}

PHP_FUNCTION(phalanx_hub_ask)
{
	zend_string *query;
	phx_status st;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(query)
	ZEND_PARSE_PARAMETERS_END();

	char *answer = phx_hub_ask(phx_borrow(query), &st);
	if (st == PHX_OK) {
		RETVAL_STRING(answer);
	} else {
		zend_throw_exception(spl_ce_RuntimeException, answer ? answer : "The engine failed: see the log", 0);
	}
	free(answer);
}

PHP_FUNCTION(phalanx_hub_connect)
{
	zend_string *name;
	char text[PHX_TEXT_SIZE];
	int32_t text_len = 0;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_PATH_STR(name)
	ZEND_PARSE_PARAMETERS_END();

	if (phx_thread_slot) {
		zend_throw_exception(spl_ce_RuntimeException, "A worker is connected already", 0);
		RETURN_THROWS();
	}
	if (phx_hub_connect(phx_borrow(name), text, &text_len) != PHX_OK) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0, "%.*s", text_len, text);
		RETURN_THROWS();
	}
}
