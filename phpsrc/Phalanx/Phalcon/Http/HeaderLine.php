<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Http;

use ValueError;

/** Refuses what would add headers of its own to a response (RFC 9110, 5.5). */
final class HeaderLine
{
    /** What setcookie() refuses in names, and in domains and paths. */
    private const NOT_IN_NAMES = "=,; \t\r\n\v\f\0";
    private const NOT_IN_ATTRIBUTES = ",; \t\r\n\v\f\0";

    /** The line as it may be sent; null, with a warning, where it has a line break or NUL inside, as header() does. */
    public static function checked(string $line): ?string
    {
        $line = rtrim($line, " \t\r\n\v\f");
        if (strpbrk($line, "\r\n") !== false) {
            trigger_error('Header may not contain more than a single header, new line detected', E_USER_WARNING);

            return null;
        }
        if (str_contains($line, "\0")) {
            trigger_error('Header may not contain NUL bytes', E_USER_WARNING);

            return null;
        }

        return $line;
    }

    /**
     * The value of a Set-Cookie header as setcookie() would send it; for servers where PHP does not send headers.
     *
     * @param array<string, mixed> $options expires (Unix time), path, domain, secure, httponly, samesite, partitioned
     * @throws ValueError when a part cannot stand in a cookie
     */
    public static function cookie(string $name, string $value, array $options): string
    {
        if ($name === '' || strpbrk($name, self::NOT_IN_NAMES) !== false) {
            throw new ValueError("A cookie's name may not be empty or contain one of \"=,; \\t\\r\\n\\v\\f\\0\"");
        }
        $options = array_change_key_case($options);
        if ($value === '') {
            // As setcookie() does: an empty cookie is one to forget.
            return "$name=deleted; expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0" . self::attributes($options);
        }
        $line = "$name=" . rawurlencode($value);
        $expires = (int) ($options['expires'] ?? 0);
        if ($expires > 0) {
            $line .= '; expires=' . gmdate('D, d M Y H:i:s', $expires) . ' GMT; Max-Age=' . max(0, $expires - time());
        }

        return $line . self::attributes($options);
    }

    /** In the order that setcookie() has them in. */
    private static function attributes(array $options): string
    {
        $line = self::attribute('path', 'path', $options) . self::attribute('domain', 'domain', $options)
            . (empty($options['secure']) ? '' : '; secure')
            . (empty($options['httponly']) ? '' : '; HttpOnly')
            . self::attribute('samesite', 'SameSite', $options);

        return $line . (empty($options['partitioned']) ? '' : '; Partitioned');
    }

    private static function attribute(string $option, string $name, array $options): string
    {
        $value = (string) ($options[$option] ?? '');
        if (strpbrk($value, self::NOT_IN_ATTRIBUTES) !== false) {
            throw new ValueError("A cookie's $option may not contain one of \",; \\t\\r\\n\\v\\f\\0\"");
        }

        return $value === '' ? '' : "; $name=$value";
    }
}
