<?php

declare(strict_types=1);

namespace Phalcon\Cli\Router;

/** What can be asked of a route of the command line. */
interface RouteInterface
{
    public function compilePattern(string $pattern): string;

    public static function delimiter(?string $delimiter = null);

    public function getCompiledPattern(): string;

    public static function getDelimiter(): string;

    public function getDescription(): string;

    public function getName(): string;

    public function getPaths(): array;

    public function getPattern(): string;

    public function getReversedPaths(): array;

    public function getRouteId(): string;

    public function reConfigure(string $pattern, $paths = null): void;

    public static function reset(): void;

    public function setDescription(string $description): RouteInterface;

    public function setName(string $name): RouteInterface;
}
