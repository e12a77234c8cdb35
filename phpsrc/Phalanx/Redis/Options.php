<?php

declare(strict_types=1);

namespace Phalanx\Redis;

/**
 * Options of commands, as arrays.
 *
 * @internal
 */
final class Options
{
    /**
     * The words of a command: ['nx', 'ex' => 10] is NX EX 10, and ['limit' => [0, 5], 'withscores' => true] is
     * LIMIT 0 5 WITHSCORES. What is null or false is left out.
     *
     * @param array<int|string, mixed> $options
     * @return list<mixed>
     */
    public static function words(array $options): array
    {
        $words = [];
        foreach ($options as $name => $value) {
            if ($value === null || $value === false) {
                continue;
            }
            if (\is_int($name)) {
                $words[] = \is_string($value) ? \strtoupper($value) : $value;
            } elseif ($value === true) {
                $words[] = \strtoupper($name);
            } elseif (\is_array($value)) {
                if (\strcasecmp($name, 'get') === 0) { // of SORT, which has the word before each pattern
                    foreach ($value as $pattern) {
                        \array_push($words, 'GET', $pattern);
                    }
                } else {
                    \array_push($words, \strtoupper($name), ...\array_values($value));
                }
            } else {
                \array_push($words, \strtoupper($name), $value);
            }
        }

        return $words;
    }

    /**
     * Whether any of these options is set.
     *
     * @param array<int|string, mixed>|bool $options true: all
     */
    public static function with(array|bool $options, string ...$names): bool
    {
        if (\is_bool($options)) {
            return $options;
        }
        foreach ($options as $name => $value) {
            if (\is_int($name)) {
                if (\is_string($value) && \in_array(\strtolower($value), $names, true)) {
                    return true;
                }
            } elseif ($value !== null && $value !== false && \in_array(\strtolower($name), $names, true)) {
                return true;
            }
        }

        return false;
    }

    /**
     * Names and values in turns.
     *
     * @param array<int|string, string|int|float> $pairs
     * @return list<string|int|float>
     */
    public static function pairs(array $pairs): array
    {
        $words = [];
        foreach ($pairs as $name => $value) {
            $words[] = $name;
            $words[] = $value;
        }

        return $words;
    }
}
