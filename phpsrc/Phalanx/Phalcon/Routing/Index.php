<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Routing;

use Phalcon\Mvc\Router\RouteInterface;

/**
 * Finds the few routes of a table that a path can match, in the order in which they are to be tried: the last first.
 *
 * Routes without a regular expression are looked up by their path. The others are kept by the segments that their
 * expressions start with literally: "/users/([0-9]+)" can match only what starts with "/users/". Where many start
 * alike, expressions that mean the same beside others are tried together, to know the first that matches. In the end
 * each route's own expression decides.
 */
final class Index
{
    /** From so many expressions that start alike they are tried together, so many at once. */
    private const MANY = 8;
    private const TOGETHER = 50;

    /** @var array<int, string> expressions by the route's position */
    public readonly array $expressions;

    /** @var array<string, list<int>> positions by the path they match */
    private array $byPath = [];

    /** @var array<string, list<int>> positions by literal segments, '' for none */
    private array $bySegments = [];

    /** @var array<int, true> positions of routes with a host name, which one may fail to match */
    private array $hosted = [];

    /** @var array<string, array{list<array{string, list<int>}>, list<int>}> by literal segments: together, and apart */
    private array $plans = [];

    private int $maxLength = 0;

    /** @param array<int, RouteInterface> $routes */
    public function __construct(array $routes)
    {
        $expressions = [];
        foreach ($routes as $position => $route) {
            $pattern = $route->getCompiledPattern();
            if (!str_contains($pattern, '^')) {
                $this->byPath[$pattern][] = $position;
                continue;
            }
            $segments = self::literalSegments($pattern);
            $expressions[$position] = $pattern;
            $this->bySegments[$segments][] = $position;
            $this->maxLength = max($this->maxLength, strlen($segments));
            if ($route->getHostname() !== null) {
                $this->hosted[$position] = true;
            }
        }
        $this->expressions = $expressions;
    }

    /**
     * Up to the first that matches: where the application does not take that one, below() has the rest.
     *
     * @return list<int> positions, the last first
     */
    public function candidates(string $path): array
    {
        $found = $this->byPath[$path] ?? [];
        foreach ($this->lists($path) as $segments) {
            $found = $found === [] ? $this->first($segments, $path) : [...$found, ...$this->first($segments, $path)];
        }
        if (isset($found[1])) {
            rsort($found);
        }

        return $found;
    }

    /** @return list<int> all positions before this one that may match, the last first */
    public function below(int $position, string $path): array
    {
        $found = $this->byPath[$path] ?? [];
        foreach ($this->lists($path) as $segments) {
            $found = [...$found, ...$this->bySegments[$segments]];
        }
        $found = array_filter($found, static fn (int $other): bool => $other < $position);
        rsort($found);

        return $found;
    }

    /** Whether the route had a host name from the start, so that candidates() goes on behind it. */
    public function hasHost(int $position): bool
    {
        return isset($this->hosted[$position]);
    }

    /** @return list<string> keys of $bySegments */
    private function lists(string $path): array
    {
        if (str_ends_with($path, "\n")) {
            // "$" matches before a line break at the end.
            return array_map(strval(...), array_keys($this->bySegments));
        }
        $lists = [];
        $length = strlen($path);
        for ($slash = 0; $slash !== false && $slash <= $this->maxLength; $slash = strpos($path, '/', $slash + 1)) {
            $segments = substr($path, 0, $slash);
            if (isset($this->bySegments[$segments])) {
                $lists[] = $segments;
            }
            if ($slash >= $length - 1) {
                break;
            }
        }
        if ($length > 0 && $length <= $this->maxLength && isset($this->bySegments[$path])) {
            $lists[] = $path;
        }

        return $lists;
    }

    /** @return list<int> the first of those that are tried together, and those that are not */
    private function first(string $segments, string $path): array
    {
        $positions = $this->bySegments[$segments];
        if (!isset($positions[self::MANY - 1])) {
            return $positions;
        }
        [$together, $found] = $this->plans[$segments] ??= $this->plan($positions);
        foreach ($together as [$expression, $chunk]) {
            // Silent: what cannot be compiled warns when it is tried alone.
            $matched = @preg_match($expression, $path, $matches);
            if ($matched === 1) {
                $found[] = (int) $matches['MARK'];
                break;
            }
            if ($matched === false) {
                array_push($found, ...$chunk);
            }
        }

        return $found;
    }

    private function plan(array $positions): array
    {
        $apart = [];
        $bodies = [];
        foreach (array_reverse($positions) as $position) {
            $body = isset($this->hosted[$position]) ? null : self::bodyBesideOthers($this->expressions[$position]);
            if ($body === null) {
                $apart[] = $position;
            } else {
                $bodies[$position] = "$body(*:$position)";
            }
        }
        $together = [];
        foreach (array_chunk($bodies, self::TOGETHER, true) as $chunk) {
            $together[] = ['#^(?|' . implode('|', $chunk) . ')#u', array_keys($chunk)];
        }

        return [$together, $apart];
    }

    /** What is between "#^" and "#u" if it means the same among alternatives: no references, options, verbs, names. */
    private static function bodyBesideOthers(string $expression): ?string
    {
        if (preg_match('/^#\^(.+\$)#u$/sD', $expression, $parts) !== 1 || self::hasAlternatives($parts[1])) {
            return null;
        }
        $body = str_replace('(?:', '(', $parts[1]);

        return preg_match('/\(\?|\(\*|\\\\[0-9gkQEKGAzZ]|\[:/', $body) === 1 ? null : $parts[1];
    }

    /** The segments that all that matches starts with: up to a slash that follows them, or to the end of the path. */
    private static function literalSegments(string $pattern): string
    {
        if (preg_match('/^#\^(\/.*)#([uUDASs]*)$/sD', $pattern, $parts) !== 1 || self::hasAlternatives($parts[1])) {
            return '';
        }
        $body = $parts[1];
        $literal = '';
        for ($at = 0; $at < strlen($body); $at++) {
            $char = $body[$at];
            if ($char === '\\' && $at + 1 < strlen($body) && !ctype_alnum($body[$at + 1])) {
                $at++;
                $char = $body[$at];
            } elseif (str_contains('?*+{', $char)) {
                // The character before it may be missing.
                $literal = substr($literal, 0, -1);
                break;
            } elseif (str_contains('\\[](){}.^$|', $char)) {
                break;
            }
            $literal .= $char;
        }
        $rest = substr($body, $at);
        if ($rest === '$' || $rest === '(/.*)?$') {
            return $literal;
        }

        return substr($literal, 0, (int) strrpos($literal, '/'));
    }

    /** Whether "|" divides the expression as a whole. */
    private static function hasAlternatives(string $body): bool
    {
        if (!str_contains($body, '|')) {
            return false;
        }
        // What is escaped, in classes and in groups cannot.
        $bare = preg_replace(
            ['/\\\\./s', '/\[\^?\]?[^\]]*\]/'],
            '',
            $body
        );
        do {
            $bare = preg_replace('/\([^()]*\)/', '', (string) $bare, -1, $count);
        } while ($count > 0);

        return strpbrk((string) $bare, '|()[') !== false;
    }
}
