--TEST--
The module phalcon is there with its version, its settings, and nothing else
--FILE--
<?php
$module = new ReflectionExtension('phalcon');
var_dump(extension_loaded('phalcon'), phpversion('phalcon'));
var_dump($module->getClassNames(), $module->getFunctions(), $module->getConstants());
foreach ($module->getINIEntries() as $name => $value) {
    echo $name, ' ', $value, "\n";
}
?>
--EXPECT--
bool(true)
string(6) "5.18.2"
array(0) {
}
array(0) {
}
array(0) {
}
phalcon.db.escape_identifiers 1
phalcon.db.force_casting 0
phalcon.form.strict_entity_property_check 0
phalcon.orm.call_setters_on_hydration 0
phalcon.orm.case_insensitive_column_map 0
phalcon.orm.cast_last_insert_id_to_int 0
phalcon.orm.cast_on_hydrate 0
phalcon.orm.column_renaming 1
phalcon.orm.disable_assign_setters 0
phalcon.orm.dynamic_update 1
phalcon.orm.enable_implicit_joins 1
phalcon.orm.enable_literals 1
phalcon.orm.events 1
phalcon.orm.exception_on_failed_metadata_save 1
phalcon.orm.exception_on_failed_save 0
phalcon.orm.ignore_unknown_columns 0
phalcon.orm.late_state_binding 0
phalcon.orm.not_null_validations 1
phalcon.orm.resultset_empty_left_join_model 1
phalcon.orm.resultset_prefetch_records 0
phalcon.orm.update_snapshot_on_save 1
phalcon.orm.virtual_foreign_keys 1
phalcon.warning.enable 1
