/* HTTP: files that come with forms. */
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
