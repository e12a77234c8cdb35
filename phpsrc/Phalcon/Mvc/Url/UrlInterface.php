<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Url;

/** What can be asked of the service that makes URLs. */
interface UrlInterface
{
    public function get(
        $uri = null,
        $arguments = null,
        ?bool $local = null,
        $baseUri = null,
        bool $replaceArgs = false
    ): string;

    public function getBasePath(): ?string;

    public function getBaseUri(): string;

    public function path(?string $path = null): string;

    public function setBasePath(string $basePath): UrlInterface;

    public function setBaseUri(string $baseUri): UrlInterface;
}
