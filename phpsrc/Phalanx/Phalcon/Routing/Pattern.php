<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Routing;

/** The placeholders in patterns of routes: "{name}", "{name:regular expression}". */
final class Pattern
{
    private const NAME = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_';

    /** Braces with what is in them: braces again, one level deep. */
    private const BRACES = '/\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}/';

    /**
     * Makes groups of a regular expression from them.
     *
     * @param string $any the group of a placeholder without an expression
     * @param string $escaped characters that stand for themselves outside of groups
     * @return array{string, array<string, int>} the pattern, and the names with the numbers of their groups
     */
    public static function withGroups(string $pattern, string $any, string $escaped = ''): array
    {
        $parts = preg_split(self::BRACES, $pattern, -1, PREG_SPLIT_DELIM_CAPTURE);
        if ($parts === false || self::haveAny($parts, '{}()\\' . $escaped)) {
            return self::withGroupsByChars($pattern, $any, $escaped);
        }
        $compiled = $parts[0];
        $groups = [];
        for ($number = 1; isset($parts[2 * $number]); $number++) {
            $compiled .= self::group($parts[2 * $number - 1], $any, $number, $groups) . $parts[2 * $number];
        }

        return [$compiled, $groups];
    }

    /** @return array{string, array<string, int>} the same of patterns that have groups of their own, or odd braces */
    private static function withGroupsByChars(string $pattern, string $any, string $escaped): array
    {
        $compiled = '';
        $groups = [];
        $number = 0;
        $braces = 0;
        $parentheses = 0;
        $from = null;
        $previous = '';
        foreach (str_split($pattern) as $at => $char) {
            if ($parentheses === 0 && $char === '{') {
                if ($braces === 0) {
                    $from = $at + 1;
                }
                $braces++;
            } elseif ($parentheses === 0 && $char === '}') {
                $braces--;
                if ($braces === 0 && $from !== null) {
                    $number++;
                    $placeholder = substr($pattern, $from, $at - $from);
                    $compiled .= self::group($placeholder, $any, $number, $groups);
                    continue;
                }
            } elseif ($braces === 0 && $char === '(') {
                $parentheses++;
            } elseif ($braces === 0 && $char === ')') {
                $parentheses--;
                if ($parentheses === 0) {
                    $number++;
                }
            }
            if ($braces > 0) {
                continue;
            }
            if ($parentheses === 0 && $previous !== '\\' && $escaped !== '' && str_contains($escaped, $char)) {
                $compiled .= '\\';
            }
            $compiled .= $char;
            $previous = $char;
        }

        return [$compiled, $groups];
    }

    /**
     * A path from a pattern: values in place of "{name}", "(...)" and ":name".
     *
     * @param array<array-key, string> $names of groups, by their numbers
     * @param array<array-key, mixed> $values by name; of what is missing nothing is written
     * @return string without the slash at the start
     */
    public static function withValues(string $pattern, array $names, array $values): string
    {
        if (str_starts_with($pattern, '/')) {
            $pattern = substr($pattern, 1);
        }
        if ($names === []) {
            return $pattern;
        }
        $parts = preg_split(self::BRACES, $pattern, -1, PREG_SPLIT_DELIM_CAPTURE);
        if ($parts === false || self::haveAny($parts, '{}():')) {
            return self::withValuesByKinds($pattern, $names, $values);
        }
        $path = $parts[0];
        $number = 1;
        for ($at = 1; isset($parts[$at]); $at += 2) {
            $name = self::name($parts[$at]);
            if ($name !== null) {
                $path .= isset($names[$number]) ? $values[$name] ?? '' : '';
                $number++;
            }
            $path .= $parts[$at + 1];
        }

        return $path;
    }

    /** The same of patterns that have groups or ":name". */
    private static function withValuesByKinds(string $pattern, array $names, array $values): string
    {
        $number = 1;
        $value = static function (array $found) use ($names, $values, &$number): string {
            $name = $names[$number] ?? null;
            if ($found[0][0] === '{') {
                $own = self::name($found[1]);
                if ($own === null) {
                    return '';
                }
                $name = $name === null ? null : $own;
            }
            $number++;

            return is_string($name) ? (string) ($values[$name] ?? '') : '';
        };

        return preg_replace_callback(
            '/\{((?:[^{}]++|\{(?1)\})*+)\}|\(((?:[^()]++|\((?2)\))*+)\)|:[a-z]*/',
            $value,
            $pattern
        );
    }

    /** @param array<string, int> $groups gets the placeholder's name */
    private static function group(string $placeholder, string $any, int $number, array &$groups): string
    {
        $name = self::name($placeholder);
        if ($name === null) {
            return '{' . $placeholder . '}';
        }
        $expression = substr($placeholder, strlen($name) + 1);
        if ($expression === '' || $expression === '0') {
            $groups[$placeholder] = $number;

            return $any;
        }
        $groups[$name] = $number;
        $open = strpos($expression, '(');

        return $open !== false && strpos($expression, ')', $open) !== false ? $expression : "($expression)";
    }

    /** What is in front of ":"; null when it is no name. None at all is one. */
    private static function name(string $placeholder): ?string
    {
        $length = strspn($placeholder, self::NAME);
        if ($length < strlen($placeholder) && $placeholder[$length] !== ':') {
            return null;
        }

        return $placeholder === '' || ctype_alpha($placeholder[0]) ? substr($placeholder, 0, $length) : null;
    }

    /** Whether one of these characters is in what preg_split() found between the braces. */
    private static function haveAny(array $parts, string $characters): bool
    {
        for ($at = 0; isset($parts[$at]); $at += 2) {
            if (strpbrk($parts[$at], $characters) !== false) {
                return true;
            }
        }

        return false;
    }
}
