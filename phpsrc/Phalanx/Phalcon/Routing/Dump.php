<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Routing;

use Closure;
use Phalcon\Mvc\Router\Exception;
use Phalcon\Mvc\Router\RouteInterface;

/** Routes as data that can be exported or cached, and back. */
final class Dump
{
    public const VERSION = 1;

    /**
     * @param array<int, RouteInterface> $routes
     * @return list<array<string, mixed>>
     * @throws Exception when a route has a closure
     */
    public static function ofRoutes(array $routes): array
    {
        $dump = [];
        foreach ($routes as $route) {
            $id = $route->getRouteId();
            $beforeMatch = $route->getBeforeMatch();
            if ($beforeMatch instanceof Closure) {
                throw new Exception(
                    "Cannot cache router: route id '$id' has a Closure beforeMatch"
                    . ' - only string/array callables are cacheable'
                );
            }
            $converters = $route->getConverters();
            foreach ($converters as $name => $converter) {
                if ($converter instanceof Closure) {
                    throw new Exception(
                        "Cannot cache router: route id '$id' has a Closure converter for '$name'"
                        . ' - only string/array callables are cacheable'
                    );
                }
            }
            $dump[] = [
                'class' => $route::class,
                'pattern' => $route->getPattern(),
                'paths' => $route->getPaths(),
                'methods' => $route->getHttpMethods(),
                'hostname' => $route->getHostname(),
                'name' => $route->getName(),
                'id' => $id,
                'beforeMatch' => $beforeMatch,
                'converters' => $converters,
            ];
        }

        return $dump;
    }

    /**
     * @return list<RouteInterface>
     * @throws Exception when it is no dump of this version
     */
    public static function toRoutes(array $dump): array
    {
        if (!isset($dump['version'])) {
            throw new Exception("Router cache is missing 'version' field");
        }
        $version = (int) $dump['version'];
        if ($version !== self::VERSION) {
            throw new Exception(
                "Router cache version $version is not supported (this build supports version " . self::VERSION . ')'
            );
        }
        if (!isset($dump['routes'])) {
            throw new Exception("Router cache is missing 'routes' field");
        }
        $routes = [];
        foreach ($dump['routes'] as $data) {
            $route = new $data['class']($data['pattern'], $data['paths'], $data['methods']);
            if ($data['hostname'] !== null) {
                $route->setHostname($data['hostname']);
            }
            if ($data['name'] !== null) {
                $route->setName($data['name']);
            }
            $route->setRouteId($data['id']);
            if ($data['beforeMatch'] !== null) {
                $route->beforeMatch($data['beforeMatch']);
            }
            foreach ($data['converters'] ?? [] as $name => $converter) {
                $route->convert($name, $converter);
            }
            $routes[] = $route;
        }

        return $routes;
    }

    /**
     * @param array<string, list<RouteInterface>> $lists
     * @param array<int, RouteInterface> $routes
     * @return array<string, list<int>> positions in place of routes
     */
    public static function positions(array $lists, array $routes): array
    {
        $position = array_flip(array_map(spl_object_id(...), $routes));

        return array_map(
            static fn (array $list): array => array_map(
                static fn (RouteInterface $route): int => $position[spl_object_id($route)],
                $list
            ),
            $lists
        );
    }
}
