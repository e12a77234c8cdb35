<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Mvc;

use Phalanx\Phalcon\Routing\Pattern;
use Phalcon\Di\AbstractInjectionAware;
use Phalcon\Mvc\Url\Exceptions\MissingRouteName;
use Phalcon\Mvc\Url\Exceptions\RouteNotFound;
use Phalcon\Mvc\Url\Exceptions\RouterServiceUnavailable;
use Phalcon\Mvc\Url\UrlInterface;
use Phalcon\Support\Helper\Str\ReduceSlashes;

/** Makes URLs of the application: from paths, and from names of routes. */
class Url extends AbstractInjectionAware implements UrlInterface
{
    protected $basePath = null;
    protected $baseUri = null;
    protected $router = null;
    protected $staticBaseUri = null;

    public function __construct(?RouterInterface $router = null)
    {
        $this->router = $router;
    }

    /** @param array|string|null $uri a path, a URL, or ['for' => a route's name, ...the values of its placeholders] */
    public function get(
        $uri = null,
        $arguments = null,
        ?bool $local = null,
        $baseUri = null,
        bool $replaceArgs = false
    ): string {
        if (is_array($uri)) {
            $uri = $this->ofRoute($uri);
            $local = !str_starts_with($uri, '//');
        } elseif (!$local) {
            // As in the extension, false says no more than null.
            $local = !is_string($uri) || preg_match('#^(//|[a-z0-9]+:)#i', $uri) !== 1;
        }
        if ($local) {
            $uri = (is_string($baseUri) ? $baseUri : $this->getBaseUri()) . $uri;
            if (str_contains($uri, '//')) {
                $uri = (new ReduceSlashes())($uri);
            }
        }
        $uri = (string) $uri;
        if (!$arguments) {
            return $uri;
        }
        $question = strpos($uri, '?');
        if ($replaceArgs && $question !== false) {
            parse_str(substr($uri, $question + 1), $existing);
            $arguments = array_merge($existing, (array) $arguments);
            $uri = substr($uri, 0, $question);
            $question = false;
        }
        $query = http_build_query($arguments);

        return $query === '' ? $uri : $uri . ($question === false ? '?' : '&') . $query;
    }

    public function getBasePath(): ?string
    {
        return $this->basePath;
    }

    /** What paths start with; unless it was set, the folder of the script. */
    public function getBaseUri(): string
    {
        if ($this->baseUri === null) {
            $folders = explode('/', strtr((string) ($_SERVER['PHP_SELF'] ?? ''), '\\', '/'));
            $folder = count($folders) > 2 ? $folders[count($folders) - 2] : '';
            $this->baseUri = $folder ? "/$folder/" : '/';
        }

        return $this->baseUri;
    }

    public function getStatic($uri = null): string
    {
        return $this->get($uri, null, null, $this->getStaticBaseUri());
    }

    public function getStaticBaseUri(): string
    {
        return $this->staticBaseUri ?? $this->getBaseUri();
    }

    public function path(?string $path = null): string
    {
        return $this->basePath . $path;
    }

    public function setBasePath(string $basePath): UrlInterface
    {
        $this->basePath = $basePath;

        return $this;
    }

    /** Also for static files, unless they have one of their own. */
    public function setBaseUri(string $baseUri): UrlInterface
    {
        $this->baseUri = $baseUri;
        $this->staticBaseUri ??= $baseUri;

        return $this;
    }

    public function setStaticBaseUri(string $staticBaseUri): UrlInterface
    {
        $this->staticBaseUri = $staticBaseUri;

        return $this;
    }

    /** A path of a route, without its slash; with "//host" where the route has a host name. */
    private function ofRoute(array $values): string
    {
        $name = $values['for'] ?? throw new MissingRouteName();
        $route = $this->routes()->getRouteByName($name);
        if (!is_object($route)) {
            throw new RouteNotFound($name);
        }
        $path = Pattern::withValues($route->getPattern(), $route->getReversedPaths(), $values);
        $host = (string) $route->getHostname();
        if ($host === '') {
            return $path;
        }

        return '//' . $host . (str_starts_with($path, '/') ? '' : '/') . $path;
    }

    /** Whatever the "router" service is that has getRouteByName(). */
    private function routes(): object
    {
        if (!$this->router) {
            if ($this->container === null || !$this->container->has('router')) {
                throw new RouterServiceUnavailable();
            }
            $this->router = $this->container->getShared('router');
        }

        return $this->router;
    }
}
