/* HTTP: files that come with forms, compression. */
#include "phalanx.h"

#include <main/php_open_temporary_file.h>

#include "_cgo_export.h"

/* A new loop puts files where PHP itself would. */
void phx_uploads_init(phx_loop *loop)
{
	const char *dir = PG(upload_tmp_dir);
	if (dir == NULL || *dir == '\0') {
		dir = php_get_temporary_directory();
	}
	phx_upload_options(loop->engine.loop, (char *) dir, strlen(dir), 0);
}

PHP_FUNCTION(phalanx_upload_options)
{
	zend_string *dir;
	zend_long memory = 0;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_PATH_STR(dir)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(memory)
	ZEND_PARSE_PARAMETERS_END();

	if (memory < 0) {
		zend_argument_value_error(2, "must not be negative");
		RETURN_THROWS();
	}
	phx_loop *loop = phx_loop_get();
	if (loop == NULL) {
		RETURN_THROWS();
	}
	phx_upload_options(loop->engine.loop, ZSTR_VAL(dir), ZSTR_LEN(dir), memory);
}

PHP_FUNCTION(phalanx_upload_release)
{
	zend_string *path;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_PATH_STR(path)
	ZEND_PARSE_PARAMETERS_END();

	if (phx_current_loop.open) {
		phx_upload_release(phx_current_loop.engine.loop, ZSTR_VAL(path), ZSTR_LEN(path));
	}
}

PHP_FUNCTION(phalanx_http_compression)
{
	zend_string *codings, *types;
	zend_long min, gzip, brotli, zstd;
	char text[PHX_TEXT_SIZE];
	int32_t len = 0;

	ZEND_PARSE_PARAMETERS_START(6, 6)
		Z_PARAM_STR(codings)
		Z_PARAM_LONG(min)
		Z_PARAM_STR(types)
		Z_PARAM_LONG(gzip)
		Z_PARAM_LONG(brotli)
		Z_PARAM_LONG(zstd)
	ZEND_PARSE_PARAMETERS_END();

	phx_loop *loop = phx_loop_get();
	if (loop == NULL) {
		RETURN_THROWS();
	}
	if (phx_http_compression(loop->engine.loop, ZSTR_VAL(codings), ZSTR_LEN(codings), min, ZSTR_VAL(types),
			ZSTR_LEN(types), (int32_t) gzip, (int32_t) brotli, (int32_t) zstd, text, &len) != PHX_OK) {
		zend_value_error("%.*s", (int) len, text);
		RETURN_THROWS();
	}
}

PHP_FUNCTION(phalanx_http_coding)
{
	zend_string *accept;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(accept)
	ZEND_PARSE_PARAMETERS_END();

	RETURN_LONG(phx_http_coding(phx_current_loop.engine.loop, ZSTR_VAL(accept), ZSTR_LEN(accept)));
}
