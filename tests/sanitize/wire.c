/*
 * The codec's C half alone, beside PHP: built with sanitizers it runs a script that calls phalanx_wire_encode() and
 * phalanx_wire_decode(). Components are none here. tests/sanitize/run builds it.
 */
#include "../../php-ext/wire.c"

#include <sapi/embed/php_embed.h>

/* What the codec knows of the extension: objects of components, which these functions refuse. */
phx_wire_status phx_component_write(phx_writer *w, zval *value)
{
	w->offending = value;
	return PHX_WIRE_NO_TYPE;
}

bool phx_component_read(phx_reader *r, unsigned char tag, zval *value)
{
	return false;
}

ZEND_BEGIN_ARG_INFO_EX(arginfo_value, 0, 0, 1)
	ZEND_ARG_INFO(0, value)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_INFO_EX(arginfo_bytes, 0, 0, 1)
	ZEND_ARG_INFO(0, bytes)
ZEND_END_ARG_INFO()

/* A value that Go keeps, and back: with what serialize() makes of objects. */
static PHP_FUNCTION(phalanx_wire_held)
{
	zval *value;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ZVAL(value)
	ZEND_PARSE_PARAMETERS_END();

	phx_buffer b = {0};
	phx_writer w = {.out = &b, .depth = PHX_WIRE_DEPTH};
	phx_wire_status st = phx_write_held(&w, value);
	if (st != PHX_WIRE_OK) {
		phx_wire_throw(&w, st, 1);
	} else {
		phx_reader r;
		phx_reader_init(&r, b.data, b.len);
		if (!phx_read(&r, return_value)) {
			ZVAL_NULL(return_value);
			if (!EG(exception)) {
				zend_throw_error(NULL, "The value could not be read");
			}
		}
		phx_reader_release(&r);
	}
	free(b.data);
}

static const zend_function_entry functions[] = {
	{"phalanx_wire_encode", ZEND_FN(phalanx_wire_encode), arginfo_value, 1, 0, NULL, NULL},
	{"phalanx_wire_decode", ZEND_FN(phalanx_wire_decode), arginfo_bytes, 1, 0, NULL, NULL},
	{"phalanx_wire_held", ZEND_FN(phalanx_wire_held), arginfo_value, 1, 0, NULL, NULL},
	{NULL, NULL, NULL, 0, 0, NULL, NULL},
};

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s SCRIPT\n", argv[0]);
		return 2;
	}
	php_embed_module.php_ini_ignore = 1; /* no opcache */
	if (php_embed_init(argc, argv) != SUCCESS ||
		zend_register_functions(NULL, functions, NULL, MODULE_PERSISTENT) != SUCCESS) {
		return 2;
	}
	int status = 1;
	zend_first_try
	{
		zend_file_handle script;
		zend_stream_init_filename(&script, argv[1]);
		script.primary_script = true;
		php_execute_script(&script); /* an exit() counts as a failure there */
		status = EG(exit_status);
		zend_destroy_file_handle(&script);
	}
	zend_catch
	{
		status = EG(exit_status) ? EG(exit_status) : 1;
	}
	zend_end_try();
	zend_unregister_functions(functions, -1, NULL);
	php_embed_shutdown();
	return status;
}
