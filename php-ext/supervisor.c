/* The supervisor's functions: orders and events cross as JSON, which is not often. */
#include "phalanx.h"

#include <Zend/zend_exceptions.h>
#include <Zend/zend_smart_str.h>
#include <ext/json/php_json.h>
#include <ext/spl/spl_exceptions.h>

#include "_cgo_export.h"

static bool phx_only_in_scripts(void)
{
	if (phx_thread_slot) {
		zend_throw_error(NULL, "A worker cannot start or steer workers: the supervisor does");
		return false;
	}
	return true;
}

static void phx_supervisor_failed(const char *text, int32_t len)
{
	zend_throw_exception_ex(spl_ce_RuntimeException, 0, "%.*s", len, len ? text : "the engine failed: see the log");
}

PHP_FUNCTION(phalanx_supervisor_listen)
{
	zval *spec;
	smart_str json = {0};
	char text[PHX_TEXT_SIZE], cwd[MAXPATHLEN];
	int32_t text_len = 0;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ARRAY(spec)
	ZEND_PARSE_PARAMETERS_END();

	if (!phx_only_in_scripts()) {
		RETURN_THROWS();
	}
	if (php_json_encode(&json, spec, PHP_JSON_INVALID_UTF8_SUBSTITUTE) != SUCCESS || json.s == NULL) {
		smart_str_free(&json);
		zend_argument_value_error(1, "must hold only scalars and arrays");
		RETURN_THROWS();
	}
	smart_str_0(&json);
	if (VCWD_GETCWD(cwd, sizeof(cwd)) == NULL) {
		cwd[0] = '\0'; /* each thread has a directory of its own; without it, the process's */
	}
	phx_status st = phx_supervisor_listen(ZSTR_VAL(json.s), ZSTR_LEN(json.s), cwd, text, &text_len);
	smart_str_free(&json);
	if (st != PHX_OK) {
		phx_supervisor_failed(text, text_len);
		RETURN_THROWS();
	}
}

PHP_FUNCTION(phalanx_supervisor_start)
{
	char text[PHX_TEXT_SIZE];
	int32_t text_len = 0;

	ZEND_PARSE_PARAMETERS_NONE();

	if (!phx_only_in_scripts()) {
		RETURN_THROWS();
	}
	phx_status st = phx_supervisor_start(text, &text_len);
	if (st == PHX_ECLOSED) {
		zend_throw_error(NULL, "No workers are to be run: call phalanx_supervisor_listen() first");
		RETURN_THROWS();
	}
	if (st != PHX_OK) {
		phx_supervisor_failed(text, text_len);
		RETURN_THROWS();
	}
}

PHP_FUNCTION(phalanx_supervisor_wait)
{
	double timeout = -1.0;
	phx_status st = PHX_OK;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE(timeout)
	ZEND_PARSE_PARAMETERS_END();

	if (!phx_only_in_scripts()) {
		RETURN_THROWS();
	}
	if (timeout > 1e9) {
		timeout = 1e9;
	}
	char *json = phx_supervisor_wait(timeout < 0 ? -1 : (int64_t) (timeout * 1e9), &st);
	if (st != PHX_OK) {
		zend_throw_error(NULL, "No workers run: call phalanx_supervisor_start() first");
		RETURN_THROWS();
	}
	if (json == NULL) {
		RETURN_NULL();
	}
	php_json_decode_ex(return_value, json, strlen(json), PHP_JSON_OBJECT_AS_ARRAY, 8);
	free(json);
}

static void phx_supervisor_do(INTERNAL_FUNCTION_PARAMETERS, int32_t what)
{
	bool graceful;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_BOOL(graceful)
	ZEND_PARSE_PARAMETERS_END();

	if (!phx_only_in_scripts()) {
		RETURN_THROWS();
	}
	if (phx_supervisor_tell(what, graceful) != PHX_OK) {
		zend_throw_error(NULL, "No workers run: call phalanx_supervisor_start() first");
		RETURN_THROWS();
	}
}

PHP_FUNCTION(phalanx_supervisor_reload)
{
	phx_supervisor_do(INTERNAL_FUNCTION_PARAM_PASSTHRU, 0);
}

PHP_FUNCTION(phalanx_supervisor_stop)
{
	phx_supervisor_do(INTERNAL_FUNCTION_PARAM_PASSTHRU, 1);
}

PHP_FUNCTION(phalanx_supervisor_failed)
{
	ZEND_PARSE_PARAMETERS_NONE();

	EG(exit_status) = 1;
}

PHP_FUNCTION(phalanx_supervisor_upgrade)
{
	ZEND_PARSE_PARAMETERS_NONE();

	if (!phx_only_in_scripts()) {
		RETURN_THROWS();
	}
	if (phx_supervisor_tell(2, 0) != PHX_OK) {
		zend_throw_error(NULL, "No workers run: call phalanx_supervisor_start() first");
		RETURN_THROWS();
	}
}

PHP_FUNCTION(phalanx_supervisor_drain)
{
	double delay;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_DOUBLE(delay)
	ZEND_PARSE_PARAMETERS_END();

	if (!phx_only_in_scripts()) {
		RETURN_THROWS();
	}
	if (!(delay >= 0 && delay <= 1e6)) {
		zend_argument_value_error(1, "must be between 0 and 1000000");
		RETURN_THROWS();
	}
	if (phx_supervisor_drain((int64_t) (delay * 1e9)) != PHX_OK) {
		zend_throw_error(NULL, "No workers run: call phalanx_supervisor_start() first");
		RETURN_THROWS();
	}
}

PHP_FUNCTION(phalanx_supervisor_ask)
{
	zend_string *wish;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(wish)
	ZEND_PARSE_PARAMETERS_END();

	if (!phx_only_in_scripts()) {
		RETURN_THROWS();
	}
	if (phx_supervisor_ask(ZSTR_VAL(wish), ZSTR_LEN(wish)) != PHX_OK) {
		zend_throw_error(NULL, "No workers run: call phalanx_supervisor_start() first");
		RETURN_THROWS();
	}
}

PHP_FUNCTION(phalanx_supervisor_status)
{
	bool stacks = false;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_BOOL(stacks)
	ZEND_PARSE_PARAMETERS_END();

	if (!phx_only_in_scripts()) {
		RETURN_THROWS();
	}
	char *json = phx_supervisor_status(stacks);
	if (json == NULL) {
		zend_throw_error(NULL, "No workers run: call phalanx_supervisor_start() first");
		RETURN_THROWS();
	}
	php_json_decode_ex(return_value, json, strlen(json), PHP_JSON_OBJECT_AS_ARRAY, 16);
	free(json);
}
