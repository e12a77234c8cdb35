<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Http\Response;

use ArrayIterator;
use IteratorAggregate;
use Traversable;

/** Headers of a response. A value with a line break or NUL is not sent, with a warning, as by header(). */
class Headers implements IteratorAggregate, HeadersInterface
{
    protected $headers = [];
    protected $isSent = false;

    /** False when there is no such header; null: it was set by setRaw(). */
    public function get(string $name): string|bool|null
    {
        return $this->has($name) ? $this->headers[$name] : false;
    }

    public function getIterator(): Traversable
    {
        return new ArrayIterator($this->headers);
    }

    public function has(string $name): bool
    {
        return array_key_exists($name, $this->headers);
    }

    public function isSent(): bool
    {
        return $this->isSent;
    }

    public function remove(string $header): HeadersInterface
    {
        unset($this->headers[$header]);

        return $this;
    }

    public function reset(): void
    {
        $this->headers = [];
    }

    /** Once; false when headers are sent already. */
    public function send(): bool
    {
        if ($this->isSent || headers_sent()) {
            return false;
        }
        foreach ($this->headers as $name => $value) {
            $line = (string) $name;
            if ($value !== null) {
                $line .= ': ' . $value;
            } elseif (!str_contains($line, ':') && !str_starts_with($line, 'HTTP/')) {
                $line .= ': ';
            }
            header($line);
        }
        $this->isSent = true;

        return true;
    }

    public function set(string $name, string $value): HeadersInterface
    {
        $this->headers[$name] = $value;

        return $this;
    }

    /** A whole line, "Name: value" or a status line. */
    public function setRaw(string $header): HeadersInterface
    {
        $this->headers[$header] = null;

        return $this;
    }

    public function toArray(): array
    {
        return $this->headers;
    }
}
