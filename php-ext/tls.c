/* TLS: options and descriptions cross as JSON, which is not often. */
#include "phalanx.h"

#include <Zend/zend_exceptions.h>
#include <Zend/zend_smart_str.h>
#include <ext/json/php_json.h>
#include <ext/spl/spl_exceptions.h>

#include "_cgo_export.h"

/* Fills out from a context's options; false has thrown. To be released with phx_tls_release(). */
bool phx_tls_prepare(phx_tls *out, zval *options, uint32_t argument)
{
	memset(out, 0, sizeof(*out));
	if (php_json_encode(&out->json, options, 0) != SUCCESS || out->json.s == NULL) {
		smart_str_free(&out->json);
		zend_argument_value_error(argument, "must have ssl options that are scalars and arrays, in UTF-8");
		return false;
	}
	smart_str_0(&out->json);
	if (VCWD_GETCWD(out->cwd, sizeof(out->cwd)) == NULL) {
		out->cwd[0] = '\0';
	}
	out->options = (phx_tls_options){
		.json = ZSTR_VAL(out->json.s),
		.len = ZSTR_LEN(out->json.s),
		.cwd = out->cwd,
	};
	return true;
}

void phx_tls_release(phx_tls *tls)
{
	smart_str_free(&tls->json);
}

PHP_FUNCTION(phalanx_tls_check)
{
	zval *options;
	phx_tls tls;
	char text[PHX_TEXT_SIZE];
	int32_t text_len = 0;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ARRAY(options)
	ZEND_PARSE_PARAMETERS_END();

	if (!phx_tls_prepare(&tls, options, 1)) {
		RETURN_THROWS();
	}
	phx_status st = phx_tls_check(&tls.options, text, &text_len);
	phx_tls_release(&tls);
	if (st != PHX_OK) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0, "%.*s", text_len, text);
		RETURN_THROWS();
	}
}

PHP_FUNCTION(phalanx_conn_tls)
{
	zend_long conn;
	zval *options;
	bool server = false;
	phx_tls tls;
	char text[PHX_TEXT_SIZE];
	int32_t text_len = 0;

	ZEND_PARSE_PARAMETERS_START(2, 3)
		Z_PARAM_LONG(conn)
		Z_PARAM_ARRAY(options)
		Z_PARAM_OPTIONAL
		Z_PARAM_BOOL(server)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = &phx_current_loop;
	if (!loop->open || !phx_tls_prepare(&tls, options, 2)) {
		if (EG(exception)) {
			RETURN_THROWS();
		}
		RETURN_FALSE;
	}
	phx_apply_ops(loop); /* what was sent before goes out as it is */
	phx_status st = phx_conn_tls(loop->engine.loop, (uint64_t) conn, &tls.options, server, text, &text_len);
	phx_tls_release(&tls);
	phx_conn *c = phx_conn_find(loop, (uint64_t) conn);
	if (st == PHX_OK && c != NULL) {
		c->changed = loop->turn; /* messages of this turn that follow are not what they were taken for */
	}
	if (st == PHX_EINVAL) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0, "%.*s", text_len, text);
		RETURN_THROWS();
	}
	RETURN_BOOL(st == PHX_OK);
}

PHP_FUNCTION(phalanx_conn_tls_info)
{
	zend_long conn;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(conn)
	ZEND_PARSE_PARAMETERS_END();

	char *json = phx_current_loop.open ? phx_conn_tls_info(phx_current_loop.engine.loop, (uint64_t) conn) : NULL;
	if (json == NULL) {
		RETURN_NULL();
	}
	php_json_decode_ex(return_value, json, strlen(json), PHP_JSON_OBJECT_AS_ARRAY, PHP_JSON_PARSER_DEFAULT_DEPTH);
	free(json);
}
