/*
 * PHP's macros as cppcheck needs them: it reads the sources without PHP's headers, and would take
 * these for syntax errors. Only their shape matters here. No compiler ever sees this file.
 */
#define ZEND_BEGIN_ARG_INFO_EX(name, ...) static const int name[] = {0
#define ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(name, ...) static const int name[] = {0
#define ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(name, ...) static const int name[] = {0
#define ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(name, ...) static const int name[] = {0
#define ZEND_ARG_OBJ_INFO(...)
#define ZEND_ARG_OBJ_TYPE_MASK(...)
#define ZEND_ARG_INFO(...)
#define ZEND_ARG_TYPE_INFO(...)
#define ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(...)
#define ZEND_ARG_INFO_WITH_DEFAULT_VALUE(...)
#define ZEND_ARG_VARIADIC_TYPE_INFO(...)
#define ZEND_END_ARG_INFO() };

#define ZEND_TSRMLS_CACHE_EXTERN()
#define ZEND_TSRMLS_CACHE_DEFINE()

#define PHP_FUNCTION(name) void zif_##name(zend_execute_data *execute_data, zval *return_value)
#define ZEND_FUNCTION(name) PHP_FUNCTION(name)
#define PHP_MINIT_FUNCTION(name) int zm_startup_##name(int type, int module_number)
#define PHP_MSHUTDOWN_FUNCTION(name) int zm_shutdown_##name(int type, int module_number)
#define PHP_RINIT_FUNCTION(name) int zm_activate_##name(int type, int module_number)
#define PHP_RSHUTDOWN_FUNCTION(name) int zm_deactivate_##name(int type, int module_number)
#define PHP_MINFO_FUNCTION(name) void zm_info_##name(void *module)
#define PHP_INI_MH(name) int name(void)
#define ZEND_INI_ENTRY(...) {0},
#define ZEND_INI_ENTRY_EX(...) {0},
#define ZEND_FE(...) {0},
#define ZEND_RAW_FENTRY(...) {0},
#define ZEND_FE_END {0}

/* Parsed parameters have a value cppcheck does not know. */
#define ZEND_PARSE_PARAMETERS_NONE() ;
#define ZEND_PARSE_PARAMETERS_START(...) ;
#define ZEND_PARSE_PARAMETERS_END(...) ;
#define Z_PARAM_OPTIONAL
#define Z_PARAM_ARRAY(to) to = unknown();
#define Z_PARAM_ARRAY_HT(to) to = unknown();
#define Z_PARAM_BOOL(to) to = unknown();
#define Z_PARAM_DOUBLE(to) to = unknown();
#define Z_PARAM_FUNC(info, cache) unknown_in(&info, &cache);
#define Z_PARAM_FUNC_OR_NULL(info, cache) unknown_in(&info, &cache);
#define Z_PARAM_LONG(to) to = unknown();
#define Z_PARAM_OBJECT(to) to = unknown();
#define Z_PARAM_RESOURCE(to) to = unknown();
#define Z_PARAM_STR(to) to = unknown();
#define Z_PARAM_STR_OR_NULL(to) to = unknown();
#define Z_PARAM_ZVAL(to) to = unknown();

#define ZEND_HASH_FOREACH_PTR(table, to) while ((to = next_of(table)))
#define ZEND_HASH_FOREACH_VAL(table, to) while ((to = next_of(table)))
#define ZEND_HASH_FOREACH_STR_KEY_VAL(table, key, to) while ((to = next_of(table)) && (key = unknown()))
#define ZEND_HASH_FOREACH_NUM_KEY(table, key) while ((key = next_of(table)))
#define ZEND_HASH_FOREACH_NUM_KEY_PTR(table, key, to) while ((to = next_of(table)) && (key = unknown()))
#define ZEND_HASH_FOREACH_NUM_KEY_VAL(table, key, to) while ((to = next_of(table)) && (key = unknown()))
#define ZEND_HASH_FOREACH_STR_KEY(table, key) while ((key = next_of(table)))
#define ZEND_HASH_FOREACH_END()
#define EXPECTED(condition) (condition)
#define UNEXPECTED(condition) (condition)
#define EMPTY_SWITCH_DEFAULT_CASE() default: break;
