<?php

declare(strict_types=1);

namespace Phalcon\Config\Adapter;

use Phalcon\Config\Config;
use Phalcon\Config\Exceptions\CannotLoadConfigFile;
use Phalcon\Traits\Php\IniTrait;

/** An ini file: dots in names make sections in sections, and values that look so are numbers, booleans and null. */
class Ini extends Config
{
    use IniTrait;


    public function __construct(string $filePath, int $mode = 1)
    {
        $ini = $this->phpParseIniFile($filePath, true, $mode);
        if ($ini === false) {
            throw new CannotLoadConfigFile(basename($filePath));
        }
        $config = [];
        foreach ($ini as $section => $directives) {
            if (!is_array($directives)) {
                $config[$section] = $this->cast($directives);
            } elseif ($directives !== []) {
                $paths = array_map('strval', array_keys($directives));
                $parts = array_map($this->parseIniString(...), $paths, $directives);
                $config[$section] = array_replace_recursive(...$parts);
            }
        }
        parent::__construct($config);
    }

    protected function cast($ini): mixed
    {
        if (is_array($ini)) {
            return $this->castArray($ini);
        }
        $ini = (string)$ini;

        return match (strtolower($ini)) {
            'null' => null,
            'on', 'true', 'yes' => true,
            'off', 'false', 'no' => false,
            default => match (true) {
                !is_numeric($ini) => $ini,
                str_contains($ini, '.') => (float)$ini,
                default => (int)$ini,
            },
        };
    }

    protected function castArray(array $ini): array
    {
        return array_map($this->cast(...), $ini);
    }

    /** "a.b.c" and a value as arrays in arrays. */
    protected function parseIniString(string $path, $value): array
    {
        $keys = explode(Config::DEFAULT_PATH_DELIMITER, $path);
        // Once for each level, as Phalcon does: below the first one "on" is 1, and "off" and "null" are empty strings.
        foreach ($keys as $ignored) {
            $value = $this->cast($value);
        }
        foreach (array_reverse($keys) as $key) {
            $value = [$key => $value];
        }

        return $value;
    }
}
