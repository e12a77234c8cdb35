/* An extension with the faults that a real one may have. */
#include <php.h>

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_crash, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()

/* Writes where nothing is. */
PHP_FUNCTION(crash_fault)
{
	ZEND_PARSE_PARAMETERS_NONE();
	*(volatile int *) 16 = 1;
}

/* Never comes back, and never asks the kernel for anything. */
PHP_FUNCTION(crash_spin)
{
	ZEND_PARSE_PARAMETERS_NONE();
	for (volatile unsigned n = 0;; n++) {
	}
}

static const zend_function_entry crash_functions[] = {
	{"crash_fault", zif_crash_fault, arginfo_crash, 0, 0, NULL, NULL},
	{"crash_spin", zif_crash_spin, arginfo_crash, 0, 0, NULL, NULL},
	{NULL, NULL, NULL, 0, 0, NULL, NULL},
};

zend_module_entry crash_module_entry = {
	STANDARD_MODULE_HEADER, "crash", crash_functions, NULL, NULL, NULL, NULL, NULL, "1", STANDARD_MODULE_PROPERTIES};

ZEND_GET_MODULE(crash)
