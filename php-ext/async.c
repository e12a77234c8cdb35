/* The functions of the namespace Phalanx: PHP cannot load functions when they are called, so the
 * extension declares them. Phalanx\Fiber\Tasks does what they do. */
#include "component.h"

#include "phalanx.h"

PHP_FUNCTION(phalanx_loop_running)
{
	ZEND_PARSE_PARAMETERS_NONE();
	RETURN_BOOL(phx_current_loop.open && phx_current_loop.running);
}

/* Hands the arguments to the method of the function's own name. */
static ZEND_FUNCTION(phx_async)
{
	zend_string *class_name = zend_string_init(ZEND_STRL("Phalanx\\Fiber\\Tasks"), 0);
	zend_class_entry *ce = zend_lookup_class(class_name);
	zend_string *name = EX(func)->common.function_name;
	size_t prefix = sizeof("Phalanx\\") - 1;
	uint32_t argc = ZEND_NUM_ARGS();

	zend_string_release(class_name);
	if (ce == NULL) {
		if (!EG(exception)) {
			zend_throw_error(NULL, "The classes of Phalanx cannot be loaded");
		}
		RETURN_THROWS();
	}
	if (argc < EX(func)->common.required_num_args) {
		zend_wrong_parameters_count_error(EX(func)->common.required_num_args, (uint32_t) -1);
		RETURN_THROWS();
	}
	zend_function *fn = zend_hash_str_find_ptr(&ce->function_table, ZSTR_VAL(name) + prefix, ZSTR_LEN(name) - prefix);
	HashTable *named = EX_CALL_INFO() & ZEND_CALL_HAS_EXTRA_NAMED_PARAMS ? EX(extra_named_params) : NULL;
	zend_call_known_function(fn, NULL, ce, return_value, argc, ZEND_CALL_ARG(execute_data, 1), named);
}

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_phalanx_async, 0, 1, Phalanx\\Task, 0)
	ZEND_ARG_TYPE_INFO(0, callback, IS_CALLABLE, 0)
	ZEND_ARG_VARIADIC_TYPE_INFO(0, args, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_await, 0, 1, IS_MIXED, 0)
	ZEND_ARG_OBJ_INFO(0, task, Phalanx\\Task, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_all, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_OBJ_TYPE_MASK(0, tasks, Traversable, MAY_BE_ARRAY, NULL)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_any, 0, 1, IS_MIXED, 0)
	ZEND_ARG_OBJ_TYPE_MASK(0, tasks, Traversable, MAY_BE_ARRAY, NULL)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_phalanx_timeout, 0, 2, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, seconds, IS_DOUBLE, 0)
	ZEND_ARG_TYPE_INFO(0, callback, IS_CALLABLE, 0)
	ZEND_ARG_VARIADIC_TYPE_INFO(0, args, IS_MIXED, 0)
ZEND_END_ARG_INFO()

static const zend_function_entry phx_async_functions[] = {
	{"Phalanx\\async", ZEND_FN(phx_async), arginfo_phalanx_async, 2, 0, NULL, NULL},
	{"Phalanx\\await", ZEND_FN(phx_async), arginfo_phalanx_await, 1, 0, NULL, NULL},
	{"Phalanx\\all", ZEND_FN(phx_async), arginfo_phalanx_all, 1, 0, NULL, NULL},
	{"Phalanx\\any", ZEND_FN(phx_async), arginfo_phalanx_any, 1, 0, NULL, NULL},
	{"Phalanx\\race", ZEND_FN(phx_async), arginfo_phalanx_any, 1, 0, NULL, NULL},
	{"Phalanx\\timeout", ZEND_FN(phx_async), arginfo_phalanx_timeout, 3, 0, NULL, NULL},
	{NULL, NULL, NULL, 0, 0, NULL, NULL},
};

void phx_async_register(void)
{
	zend_register_functions(NULL, phx_async_functions, NULL, MODULE_PERSISTENT);
}
