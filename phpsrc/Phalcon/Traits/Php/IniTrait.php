<?php

declare(strict_types=1);

namespace Phalcon\Traits\Php;

/** Settings of php.ini with a default and a type, and ini files. */
trait IniTrait
{
    protected static function phpIniGet(string $input, string $defaultValue = ''): string
    {
        $value = ini_get($input);

        return $value === false ? $defaultValue : $value;
    }

    protected static function phpIniGetBool(string $input, bool $defaultValue = false): bool
    {
        $value = ini_get($input);
        if ($value === false) {
            return $defaultValue;
        }

        return in_array(strtolower($value), ['true', 'on', 'yes', 'y', '1'], true);
    }

    protected static function phpIniGetInt(string $input, int $defaultValue = 0): int
    {
        $value = ini_get($input);

        return $value === false ? $defaultValue : (int) $value;
    }

    protected static function phpParseIniFile(
        string $filename,
        bool $processSections = false,
        int $scannerMode = 0
    ): array|false {
        return parse_ini_file($filename, $processSections, $scannerMode);
    }
}
