<?php

declare(strict_types=1);

namespace Phalcon\Html\Escaper;

/**
 * What an attribute in double quotes can hold, and be called.
 *
 * @internal
 */
final class Attribute
{
    /** White space, other control characters, and what ends a name or a tag. */
    private const NOT_IN_NAMES = " \"'<>/=\x7f\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\v\f\r\x0e\x0f"
        . "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f";

    /** Whether the text can be one attribute's name: HTML's syntax of attributes, and no "<". */
    public static function isName(string $name): bool
    {
        return $name !== '' && strcspn($name, self::NOT_IN_NAMES) === strlen($name);
    }

    /** A URL as it is, but for what no URL holds and what would end the attribute. */
    public static function url(string $url): string
    {
        return strtr($url, ['"' => '&quot;', "'" => '&#039;', '<' => '&lt;', '>' => '&gt;']);
    }
}
