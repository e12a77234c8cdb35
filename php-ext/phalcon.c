/* The module entry "phalcon": extension_loaded(), phpversion() and the phalcon.* settings as applications know them
 * from the C extension. The classes are PHP's, in phpsrc/Phalcon; they read the settings with ini_get(). */
#include "phalanx.h"
#include "phalcon.h"

#include <ext/standard/info.h>

/* The version whose API the classes have. */
#define PHX_PHALCON_VERSION "5.18.2"

/* Without a handler ini_restore() does nothing. */
static PHP_INI_MH(phx_phalcon_change)
{
	return SUCCESS;
}

#define PHX_SWITCH(name, value)                                                                                        \
	ZEND_INI_ENTRY_EX("phalcon." name, value, PHP_INI_ALL, phx_phalcon_change, zend_ini_boolean_displayer_cb)

/* Nothing is kept but the text, so there is nothing to do at the start of a request. */
/* clang-format off */
static const zend_ini_entry_def phx_phalcon_ini[] = {
	PHX_SWITCH("db.escape_identifiers", "1")
	PHX_SWITCH("db.force_casting", "0")
	PHX_SWITCH("form.strict_entity_property_check", "0")
	PHX_SWITCH("orm.call_setters_on_hydration", "0")
	PHX_SWITCH("orm.case_insensitive_column_map", "0")
	PHX_SWITCH("orm.cast_last_insert_id_to_int", "0")
	PHX_SWITCH("orm.cast_on_hydrate", "0")
	PHX_SWITCH("orm.column_renaming", "1")
	PHX_SWITCH("orm.disable_assign_setters", "0")
	PHX_SWITCH("orm.dynamic_update", "1")
	PHX_SWITCH("orm.enable_implicit_joins", "1")
	PHX_SWITCH("orm.enable_literals", "1")
	PHX_SWITCH("orm.events", "1")
	PHX_SWITCH("orm.exception_on_failed_metadata_save", "1")
	PHX_SWITCH("orm.exception_on_failed_save", "0")
	PHX_SWITCH("orm.ignore_unknown_columns", "0")
	PHX_SWITCH("orm.late_state_binding", "0")
	PHX_SWITCH("orm.not_null_validations", "1")
	PHX_SWITCH("orm.resultset_empty_left_join_model", "1")
	ZEND_INI_ENTRY("phalcon.orm.resultset_prefetch_records", "0", PHP_INI_ALL, NULL)
	PHX_SWITCH("orm.update_snapshot_on_save", "1")
	PHX_SWITCH("orm.virtual_foreign_keys", "1")
	PHX_SWITCH("warning.enable", "1")
	{0}
};
/* clang-format on */

static PHP_MINIT_FUNCTION(phalcon)
{
	return zend_register_ini_entries_ex(phx_phalcon_ini, module_number, type);
}

static PHP_MSHUTDOWN_FUNCTION(phalcon)
{
	zend_unregister_ini_entries_ex(module_number, type);
	return SUCCESS;
}

static PHP_MINFO_FUNCTION(phalcon)
{
	php_info_print_table_start();
	php_info_print_table_row(2, "Phalcon", "enabled");
	php_info_print_table_row(2, "Version", PHX_PHALCON_VERSION);
	php_info_print_table_row(2, "Classes", "PHP, by Phalanx");
	php_info_print_table_end();
	display_ini_entries(zend_module);
}

static zend_module_entry phx_phalcon_entry = {
	STANDARD_MODULE_HEADER,
	"phalcon",
	NULL,
	PHP_MINIT(phalcon),
	PHP_MSHUTDOWN(phalcon),
	NULL,
	NULL,
	PHP_MINFO(phalcon),
	PHX_PHALCON_VERSION,
	STANDARD_MODULE_PROPERTIES,
};

/* Extensions that php.ini names are in the registry before any MINIT runs, so ours never keeps the C extension out. */
void phx_phalcon_register(void)
{
	if (!zend_hash_str_exists(&module_registry, ZEND_STRL("phalcon"))) {
		zend_startup_module(&phx_phalcon_entry);
	}
}

bool phx_phalcon_is_ours(void)
{
	const zend_module_entry *m = zend_hash_str_find_ptr(&module_registry, ZEND_STRL("phalcon"));
	return m != NULL && m->info_func == PHP_MINFO(phalcon);
}
