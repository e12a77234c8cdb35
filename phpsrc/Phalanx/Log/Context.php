<?php

declare(strict_types=1);

namespace Phalanx\Log;

use BackedEnum;
use Closure;
use DateTimeInterface;
use JsonSerializable;
use Stringable;
use Throwable;
use UnitEnum;

/**
 * Makes data of a record's context: scalars and arrays of bounded depth and size. Nothing in it may fail, whatever the
 * application's objects do.
 *
 * @internal
 */
final class Context
{
    private const MAX_DEPTH = 8;
    private const MAX_ITEMS = 1000;
    private const MAX_FRAMES = 50;
    private const MAX_CAUSES = 8;

    private const FLAGS = \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE | \JSON_INVALID_UTF8_SUBSTITUTE
        | \JSON_PRESERVE_ZERO_FRACTION | \JSON_PARTIAL_OUTPUT_ON_ERROR;

    /** @param array<mixed> $context */
    public static function encode(array $context): string
    {
        return (string) \json_encode((object) self::items($context, 0), self::FLAGS);
    }

    /**
     * Puts the context's values where the message has their names in braces. Names without a value, and values that are
     * no text, stay as they are.
     *
     * @param array<mixed> $context
     */
    public static function interpolate(string $message, array $context): string
    {
        $values = [];
        foreach ($context as $name => $value) {
            $name = '{' . $name . '}';
            if (!\str_contains($message, $name)) {
                continue;
            }
            $value = $value instanceof Throwable ? $value->getMessage() : self::value($value, 1);
            $values[$name] = match (true) {
                $value === null => 'null',
                \is_bool($value) => $value ? 'true' : 'false',
                \is_scalar($value) => (string) $value,
                default => '[' . (\is_array($value) ? 'array' : \get_debug_type($value)) . ']',
            };
        }
        return $values === [] ? $message : \strtr($message, $values);
    }

    /**
     * @param array<mixed> $all
     * @return array<mixed>
     */
    private static function items(array $all, int $depth): array
    {
        $items = [];
        foreach ($all as $name => $value) {
            if (\count($items) >= self::MAX_ITEMS) {
                $items['...'] = \count($all) - self::MAX_ITEMS . ' more';
                break;
            }
            $items[$name] = \is_string($value) || \is_int($value) ? $value : self::value($value, $depth + 1);
        }
        return $items;
    }

    private static function value(mixed $value, int $depth): mixed
    {
        if ($depth > self::MAX_DEPTH && (\is_array($value) || \is_object($value))) {
            return '[...]';
        }
        try {
            return match (true) {
                $value === null, \is_bool($value), \is_int($value), \is_string($value) => $value,
                \is_float($value) => \is_finite($value) ? $value : (string) $value,
                \is_array($value) => self::items($value, $depth),
                $value instanceof Throwable => self::throwable($value, 0),
                $value instanceof DateTimeInterface => $value->format('Y-m-d\TH:i:s.uP'),
                $value instanceof BackedEnum => $value->value,
                $value instanceof UnitEnum => $value->name,
                $value instanceof JsonSerializable => self::value($value->jsonSerialize(), $depth + 1),
                $value instanceof Stringable => (string) $value,
                $value instanceof Closure => '[Closure]',
                \is_object($value) => '[' . \get_debug_type($value) . ']',
                default => '[' . \get_debug_type($value) . ']',
            };
        } catch (Throwable $e) {
            return '[' . \get_debug_type($value) . ' threw ' . \get_debug_type($e) . ']';
        }
    }

    /** @return array<string, mixed> without arguments, which may be secrets */
    private static function throwable(Throwable $e, int $causes): array
    {
        $trace = [];
        foreach ($e->getTrace() as $frame) {
            if (\count($trace) >= self::MAX_FRAMES) {
                $trace[] = '...';
                break;
            }
            $trace[] = ($frame['file'] ?? '[internal]') . ':' . ($frame['line'] ?? 0) . ' '
                . ($frame['class'] ?? '') . ($frame['type'] ?? '') . $frame['function'] . '()';
        }
        $all = [
            'class' => \get_debug_type($e),
            'message' => $e->getMessage(),
            'code' => $e->getCode(),
            'file' => $e->getFile() . ':' . $e->getLine(),
            'trace' => $trace,
        ];
        if ($e->getPrevious() !== null) {
            $all['previous'] = $causes < self::MAX_CAUSES ? self::throwable($e->getPrevious(), $causes + 1) : '[...]';
        }
        return $all;
    }
}
