<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Cli\Router;

use Phalanx\Phalcon\Routing\Pattern;
use Phalanx\Phalcon\Routing\ShortPaths;
use Phalcon\Cli\Router\Exceptions\BeforeMatchNotCallable;
use Phalcon\Cli\Router\Exceptions\InvalidRoutePaths;
use Phalcon\Traits\Support\Helper\Str\UncamelizeTrait;

/** A pattern of command lines, and the task, action and parameters that stand for what matches it. */
class Route implements RouteInterface
{
    use UncamelizeTrait;

    public const DEFAULT_DELIMITER = ' ';
    protected $beforeMatch = null;
    protected $compiledPattern = '';
    protected $converters = [];
    protected $delimiter = null;
    protected static $delimiterPath = ' ';
    protected $description = '';
    protected $routeId = null;
    protected $name = '';
    protected $paths = [];
    protected $pattern = '';
    protected static $uniqueId = 0;

    /** @param array|string|null $paths "module::task::action", or names with values or numbers of groups */
    public function __construct(string $pattern, $paths = null)
    {
        $this->delimiter = self::$delimiterPath;
        $this->reConfigure($pattern, $paths);
        $this->routeId = (string) self::$uniqueId++;
    }

    /** What is asked, with the arguments, route and router, before the route is taken; false: it does not match. */
    public function beforeMatch($callback): RouteInterface
    {
        if (!is_callable($callback)) {
            throw new BeforeMatchNotCallable($this->pattern);
        }
        $this->beforeMatch = $callback;

        return $this;
    }

    /** The regular expression of a pattern, or the pattern where it has no groups or classes. */
    public function compilePattern(string $pattern): string
    {
        if (str_contains($pattern, ':')) {
            $delimiter = $this->delimiter;
            $name = $delimiter . '([a-zA-Z0-9\_\-]+)';
            $pattern = str_replace(
                [
                    ':delimiter',
                    "$delimiter:module",
                    "$delimiter:task",
                    "$delimiter:namespace",
                    "$delimiter:action",
                    "$delimiter:params",
                    "$delimiter:int",
                ],
                [$delimiter, $name, $name, $name, $name, "($delimiter.*)?", $delimiter . '([0-9]+)'],
                $pattern
            );
        }

        return strpbrk($pattern, '([') === false ? $pattern : "#^$pattern$#";
    }

    /** Has what matched a name go through a callback. */
    public function convert(string $name, $converter): RouteInterface
    {
        $this->converters[$name] = $converter;

        return $this;
    }

    /** What stands between the parts of a command line, for routes made from now on. It is process-wide. */
    public static function delimiter(?string $delimiter = null): void
    {
        self::$delimiterPath = $delimiter;
    }

    /** @return array{string, array<string, int>}|false groups in place of "{name}" and "{name:expression}" */
    public function extractNamedParams(string $pattern): array|bool
    {
        return $pattern === '' ? false : Pattern::withGroups($pattern, "([^{$this->delimiter}]*)");
    }

    public function getBeforeMatch()
    {
        return $this->beforeMatch;
    }

    public function getCompiledPattern(): string
    {
        return $this->compiledPattern;
    }

    public function getConverters(): array
    {
        return $this->converters;
    }

    public static function getDelimiter(): string
    {
        return (string) self::$delimiterPath;
    }

    public function getDescription(): string
    {
        return $this->description;
    }

    public function getName(): string
    {
        return $this->name;
    }

    public function getPaths(): array
    {
        return $this->paths;
    }

    public function getPattern(): string
    {
        return $this->pattern;
    }

    /** @return array<array-key, string> the names by their values */
    public function getReversedPaths(): array
    {
        return array_flip($this->paths);
    }

    public function getRouteId(): string
    {
        return $this->routeId;
    }

    /** A pattern that starts with "#" is a regular expression, but for ":delimiter". */
    public function reConfigure(string $pattern, $paths = null): void
    {
        $routePaths = is_string($paths) ? self::parsePaths($paths, $pattern) : $paths ?? [];
        if (!is_array($routePaths)) {
            throw new InvalidRoutePaths($pattern);
        }
        if (str_starts_with($pattern, '#')) {
            $pattern = str_replace(':delimiter', $this->delimiter, $pattern);
            $compiled = $pattern;
        } else {
            $compiled = $pattern;
            if (str_contains($pattern, '{')) {
                [$compiled, $groups] = $this->extractNamedParams($pattern);
                $routePaths = array_merge($routePaths, $groups);
            }
            $compiled = $this->compilePattern($compiled);
        }
        $this->pattern = $pattern;
        $this->compiledPattern = $compiled;
        $this->paths = $routePaths;
    }

    /** Has the numbers of new routes start from 0 again. The counter is process-wide. */
    public static function reset(): void
    {
        self::$uniqueId = 0;
    }

    public function setDescription(string $description): RouteInterface
    {
        $this->description = $description;

        return $this;
    }

    public function setName(string $name): RouteInterface
    {
        $this->name = $name;

        return $this;
    }

    private static function parsePaths(string $paths, string $pattern): array
    {
        $found = ShortPaths::parse($paths, 'task');
        if (isset($found['task'])) {
            if ($found['task'] === '' && str_contains($paths, '\\')) {
                throw new InvalidRoutePaths($pattern);
            }
            $found['task'] = self::toUncamelize($found['task']);
        }

        return $found;
    }
}
