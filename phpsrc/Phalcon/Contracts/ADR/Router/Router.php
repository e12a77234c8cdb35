<?php

declare(strict_types=1);

namespace Phalcon\Contracts\ADR\Router;

use Phalcon\Http\RequestInterface;

/** Finds the action class of a method and a path, and the way back. */
interface Router
{
    public function candidatesFor(string $method, string $path): array;

    public function classFor(string $method, string $path): string;

    public function match(RequestInterface $request): ?RouterMatch;

    public function methodFor(string $className): ?string;

    public function pathFor(string $className): ?string;

    public function setActionDirectory(string $actionDirectory): Router;

    public function setBaseNamespace(string $baseNamespace): Router;

    public function setMiddlewareMap(array $middlewareMap): Router;

    public function setWordSeparator(string $wordSeparator): Router;
}
