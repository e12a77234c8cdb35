<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Session;

use Phalcon\Session\Exception;

/**
 * The formats of session.serialize_handler, without PHP's session: "php" (name, bar, value, name, bar, ...),
 * "php_serialize" and "igbinary".
 *
 * @internal
 */
final class Codec
{
    private const PHP = 'php';
    private const SERIALIZE = 'php_serialize';
    private const IGBINARY = 'igbinary';

    private function __construct(private readonly string $format)
    {
    }

    /** @throws Exception for a format that is none of these */
    public static function configured(): self
    {
        $format = (string) ini_get('session.serialize_handler');
        if (
            !in_array($format, [self::PHP, self::SERIALIZE, self::IGBINARY], true)
            || ($format === self::IGBINARY && !function_exists('igbinary_serialize'))
        ) {
            throw new Exception("Sessions of messages know no session.serialize_handler '$format'");
        }

        return new self($format);
    }

    /**
     * With "php", names that are numbers or have a bar cannot be stored and are left out with a warning.
     *
     * @param array<array-key, mixed> $values
     */
    public function encode(array $values): string
    {
        if ($this->format !== self::PHP) {
            return $this->format === self::SERIALIZE ? serialize($values) : (string) igbinary_serialize($values);
        }
        $data = '';
        $objects = false;
        foreach ($values as $name => $value) {
            if (is_int($name) || str_contains($name, '|')) {
                trigger_error("The session cannot keep a value named '$name'", E_USER_WARNING);
                unset($values[$name]);
                continue;
            }
            $piece = serialize($value);
            $objects = $objects || !(is_scalar($value) || $value === null);
            $data .= "$name|$piece";
        }

        // An object that has two names stays one: its second place refers to the first by number.
        return $objects && count($values) > 1 ? PhpFormat::withReferences($values, $data) : $data;
    }

    /**
     * @return array<array-key, mixed> what is damaged, and all after it, is missing
     */
    public function decode(string $data): array
    {
        if ($data === '') {
            return [];
        }
        $values = match ($this->format) {
            self::PHP => PhpFormat::decode($data),
            self::SERIALIZE => @unserialize($data),
            self::IGBINARY => @igbinary_unserialize($data),
        };

        return is_array($values) ? $values : [];
    }
}
