/* Module entry of the Phalanx extension. */
#include "phalanx.h"

#include "autoload.h"
#include "blocking.h"
#include "component.h"
#include "phalcon.h"
#include "request.h"

#include <Zend/zend_extensions.h>
#include <ext/standard/info.h>

#include "phalanx_arginfo.h"

ZEND_TSRMLS_CACHE_DEFINE()

/* Set by the server process: the script all slots run. FrankenPHP's request does not tell. */
const char *phx_main_script;

/* Set by the server process: prepares a slot's script before its first line. */
void (*phx_slot_request_hook)(void);

/* Once in a process. */
static PHP_MINIT_FUNCTION(phalanx)
{
	ZEND_TSRMLS_CACHE_UPDATE();
	phx_autoload_install();
	phx_blocking_install();
	phx_fiber_init();
	phx_vitals_install();
	phx_request_install(zend_get_resource_handle("phalanx"));
	int resource = zend_get_resource_handle("phalanx");
	if (resource < 0) {
		zend_error(E_CORE_WARNING, "phalanx: too many extensions keep data of their own with functions");
		return FAILURE;
	}
	phx_components_register(resource);
	phx_async_register();
	phx_phalcon_register();
	return SUCCESS;
}

static PHP_RINIT_FUNCTION(phalanx)
{
	ZEND_TSRMLS_CACHE_UPDATE();
	if (phx_thread_slot && phx_slot_request_hook) {
		phx_slot_request_hook();
	}
	return SUCCESS;
}

static PHP_RSHUTDOWN_FUNCTION(phalanx)
{
	phx_requests_release();
	phx_calls_release();
	phx_loop_shutdown();
	phx_thread_vitals.looping = 0;
	return SUCCESS;
}

static PHP_MINFO_FUNCTION(phalanx)
{
	php_info_print_table_start();
	php_info_print_table_row(2, "Phalanx", "enabled");
	php_info_print_table_row(2, "Version", PHX_VERSION);
	php_info_print_table_row(2, "Role of this thread", phx_thread_slot ? "worker slot" : "script");
	php_info_print_table_end();
}

/* Components are made of what these define; a request has a session. */
static const zend_module_dep phalanx_deps[] = {
	{"date", NULL, NULL, MODULE_DEP_REQUIRED},
	{"json", NULL, NULL, MODULE_DEP_REQUIRED},
	{"session", NULL, NULL, MODULE_DEP_REQUIRED},
	{"spl", NULL, NULL, MODULE_DEP_REQUIRED},
	{NULL, NULL, NULL, 0},
};

static zend_module_entry phalanx_module_entry = {
	STANDARD_MODULE_HEADER_EX,
	NULL,
	phalanx_deps,
	"phalanx",
	ext_functions,
	PHP_MINIT(phalanx),
	NULL,
	PHP_RINIT(phalanx),
	PHP_RSHUTDOWN(phalanx),
	PHP_MINFO(phalanx),
	PHX_VERSION,
	STANDARD_MODULE_PROPERTIES,
};

void *phx_module_entry(void)
{
	return &phalanx_module_entry;
}

PHP_FUNCTION(phalanx_version)
{
	ZEND_PARSE_PARAMETERS_NONE();
	RETURN_STRING(PHX_VERSION);
}

PHP_FUNCTION(phalanx_role)
{
	ZEND_PARSE_PARAMETERS_NONE();
	if (phx_thread_slot) {
		RETURN_STRING("slot");
	}
	RETURN_STRING("script");
}
