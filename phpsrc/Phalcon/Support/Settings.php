<?php

declare(strict_types=1);

namespace Phalcon\Support;

/** Overrides of the phalcon.* ini entries for this PHP thread, by the entry's name without "phalcon.". */
class Settings
{
    /** Entries that are not on or off. */
    private const INTEGERS = ['orm.resultset_prefetch_records'];

    /** All entries; what they are without an override is what php.ini says. */
    private const ENTRIES = [
        'db.escape_identifiers',
        'db.force_casting',
        'form.strict_entity_property_check',
        'orm.call_setters_on_hydration',
        'orm.case_insensitive_column_map',
        'orm.cast_last_insert_id_to_int',
        'orm.cast_on_hydrate',
        'orm.column_renaming',
        'orm.disable_assign_setters',
        'orm.dynamic_update',
        'orm.enable_implicit_joins',
        'orm.enable_literals',
        'orm.events',
        'orm.exception_on_failed_metadata_save',
        'orm.exception_on_failed_save',
        'orm.ignore_unknown_columns',
        'orm.late_state_binding',
        'orm.not_null_validations',
        'orm.resultset_empty_left_join_model',
        'orm.resultset_prefetch_records',
        'orm.update_snapshot_on_save',
        'orm.virtual_foreign_keys',
    ];

    protected static $overrides = null;

    /** The entry's value; null when there is no such entry. */
    public static function get(string $key): mixed
    {
        return self::$overrides[$key] ?? self::readGlobal($key);
    }

    /** Overrides an entry until reset(). What is no entry is ignored. */
    public static function set(string $key, $value): void
    {
        if (self::readGlobal($key) !== null) {
            self::$overrides[$key] = $value;
        }
    }

    public static function reset(): void
    {
        self::$overrides = [];
    }

    private static function readGlobal(string $key): bool|int|null
    {
        if (!in_array($key, self::ENTRIES, true)) {
            return null;
        }
        $value = ini_get("phalcon.$key");

        return in_array($key, self::INTEGERS, true)
            ? (int) $value
            : (int) $value !== 0 || in_array(strtolower((string) $value), ['true', 'yes', 'on'], true);
    }
}
