<?php

declare(strict_types=1);

namespace Phalcon\Traits\Php;

use Phalanx\Config\Parser;
use Phalanx\Config\Tagged;
use Phalanx\Exception\GoException;

/** yaml_parse_file(), or the engine's parser without PHP's extension, behind a method that a subclass can replace. */
trait YamlTrait
{
    /** The file's first document; false and a warning when it cannot be read. */
    protected static function phpYamlParseFile(string $filename, int $pos = 0, array $callbacks = [])
    {
        if (extension_loaded('yaml')) {
            $documents = null;

            return yaml_parse_file($filename, $pos, $documents, $callbacks);
        }
        $text = file_get_contents($filename);
        if ($text === false) {
            return false;
        }
        try {
            return self::untag(Parser::yaml($text, array_map('strval', array_keys($callbacks))), $callbacks);
        } catch (GoException $e) {
            trigger_error("$filename: {$e->getMessage()}", E_USER_WARNING);

            return false;
        }
    }

    private static function untag(mixed $value, array $callbacks): mixed
    {
        if ($callbacks === []) {
            return $value;
        }
        if (is_array($value)) {
            return array_map(static fn ($item) => self::untag($item, $callbacks), $value);
        }

        return $value instanceof Tagged
            ? $callbacks[$value->tag](self::untag($value->value, $callbacks), $value->tag, 0)
            : $value;
    }
}
