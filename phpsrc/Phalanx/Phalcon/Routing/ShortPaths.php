<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Routing;

/** Paths of a route that are written as one string: "Module::Some\Name\Handler::action". */
final class ShortPaths
{
    /**
     * @param string $handler what the class in them is called: "controller" or "task"
     * @return array<string, string> module, namespace, handler and action, those that there are
     */
    public static function parse(string $paths, string $handler): array
    {
        $parts = explode('::', $paths);
        [$module, $class, $action] = match (count($parts)) {
            1 => [null, $parts[0], null],
            2 => [null, ...$parts],
            3 => $parts,
            default => [null, null, null],
        };
        $backslash = strrpos($class ?? '', '\\');
        $namespace = null;
        if ($backslash !== false) {
            $namespace = $backslash > 0 ? substr($class, 0, $backslash) : null;
            $class = substr($class, $backslash + 1);
        }
        $found = ['module' => $module, 'namespace' => $namespace, $handler => $class, 'action' => $action];

        return array_filter($found, is_string(...));
    }
}
