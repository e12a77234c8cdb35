<?php

declare(strict_types=1);

namespace Phalanx\Development;

use Throwable;
use Workerman\Protocols\Http\Request;

/**
 * What an error page shows of a request. Values whose names say that they are secret, and all cookies, are hidden; the
 * environment and $_SERVER are not shown at all.
 *
 * @internal
 */
final class RequestData
{
    public const HIDDEN = '[hidden]';

    private const SECRET = '/pass|pwd|secret|token|key|auth|credential|cookie|session|sid$|csrf|xsrf|sign|card|cvc|cvv'
        . '|iban|pin$|otp|code$|nonce|jwt|bearer/i';

    /** Bytes of a value that are shown. */
    private const MAX_VALUE = 500;

    /** @return array<string, array<string, string>> section => name => value */
    public static function of(Request $request): array
    {
        try {
            return \array_filter([
                'Request' => [
                    'Method' => $request->method(),
                    'Path' => $request->path(),
                    'Protocol' => 'HTTP/' . $request->protocolVersion(),
                ],
                'Query' => self::masked($request->get()),
                'Headers' => self::masked($request->header()),
                'Cookies' => \array_map(static fn (): string => self::HIDDEN, self::flat($request->cookie())),
                'Body' => self::body($request),
            ]);
        } catch (Throwable) {
            return []; // one that cannot even be read is no reason to show nothing of the error
        }
    }

    /** @return array<string, string> */
    private static function body(Request $request): array
    {
        $type = \strtolower((string) $request->header('content-type', ''));
        $fields = self::masked($request->post());
        if ($fields !== []) {
            return $fields;
        }
        $length = (int) $request->header('content-length', 0);

        return $length > 0 ? ["$length bytes" => $type] : [];
    }

    /**
     * @param array<array-key, mixed> $values
     * @return array<string, string>
     */
    private static function masked(array $values): array
    {
        $masked = [];
        foreach (self::flat($values) as $name => $value) {
            $masked[$name] = \preg_match(self::SECRET, (string) $name) === 1 ? self::HIDDEN : self::shorten($value);
        }

        return $masked;
    }

    /**
     * @param array<array-key, mixed> $values
     * @return array<string, string> names as in a form: user[name]
     */
    private static function flat(array $values, string $prefix = ''): array
    {
        $flat = [];
        foreach ($values as $name => $value) {
            $name = $prefix === '' ? (string) $name : "{$prefix}[$name]";
            $flat += \is_array($value)
                ? self::flat($value, $name)
                : [$name => \is_scalar($value) ? \var_export($value, true) : \get_debug_type($value)];
            if (\is_string($value)) {
                $flat[$name] = $value;
            }
        }

        return $flat;
    }

    private static function shorten(string $value): string
    {
        $cut = \substr($value, 0, self::MAX_VALUE);

        return $cut === $value ? $value : $cut . '... (' . \strlen($value) . ' bytes)';
    }
}
