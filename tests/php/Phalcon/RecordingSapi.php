<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

use Phalanx\Phalcon\Http\HeaderLine;
use Phalanx\Phalcon\Http\Sapi;

/** A message whose answer is kept to be looked at. */
final class RecordingSapi extends Sapi
{
    /** @var list<string> */
    public array $lines = [];

    public string $output = '';

    /** @var list<string> */
    public array $sentFiles = [];

    public array $cookies = [];

    public array $files = [];

    public array $request = [];

    public array $query = [];

    public function __construct(private readonly string $body = '', private readonly array $server = [])
    {
    }

    public function server(): array
    {
        return $this->server;
    }

    public function query(): array
    {
        return $this->query;
    }

    public function post(): array
    {
        return [];
    }

    public function request(): array
    {
        return $this->request;
    }

    public function cookies(): array
    {
        return $this->cookies;
    }

    public function files(): array
    {
        return $this->files;
    }

    public function input(): ?string
    {
        return $this->body;
    }

    public function headersSent(): bool
    {
        return false;
    }

    public function header(string $line): void
    {
        $this->lines[] = $line;
    }

    public function cookie(string $name, string $value, array $options): bool
    {
        $this->lines[] = 'Set-Cookie: ' . HeaderLine::cookie($name, $value, $options);

        return true;
    }

    public function write(string $content): void
    {
        $this->output .= $content;
    }

    public function sendFile(string $path): bool
    {
        $this->sentFiles[] = $path;

        return true;
    }

    public function isUploadedFile(string $path): bool
    {
        $found = false;
        array_walk_recursive($this->files, static function (mixed $value) use ($path, &$found): void {
            $found = $found || $value === $path;
        });

        return $found;
    }

    public function moveUploadedFile(string $path, string $destination): bool
    {
        return $this->isUploadedFile($path) && rename($path, $destination);
    }
}
