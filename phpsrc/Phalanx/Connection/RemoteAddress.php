<?php

declare(strict_types=1);

namespace Phalanx\Connection;

use RuntimeException;

/**
 * What an outgoing connection's address says.
 *
 * @internal
 */
final class RemoteAddress
{
    private function __construct(
        public readonly string $scheme,
        public readonly string $address, // 'host:port', or a path for unix
        public readonly string $host = '',
        public readonly int $port = 80, // 0: not given
        public readonly string $uri = '',
    ) {
    }

    /** @throws RuntimeException */
    public static function parse(string $text): self
    {
        $parts = \parse_url($text);
        if (!$parts) {
            // 'unix:///path' is no URL to PHP.
            [$scheme, $rest] = \explode(':', $text, 2) + [1 => ''];
            $address = \strtolower($scheme) === 'unix' ? self::path($text) : $rest;
            return new self($scheme, $address !== '' ? $address : throw new RuntimeException('Bad remoteAddress'));
        }
        if (!isset($parts['host'])) {
            throw new RuntimeException('Bad remoteAddress');
        }
        $scheme = $parts['scheme'] ?? 'tcp';
        $port = $parts['port'] ?? 0;

        return new self(
            $scheme,
            \strtolower($scheme) === 'unix' ? self::path($text) : "{$parts['host']}:$port",
            $parts['host'],
            $port,
            ($parts['path'] ?? '/') . (isset($parts['query']) ? "?{$parts['query']}" : '')
        );
    }

    private static function path(string $text): string
    {
        return \substr($text, (int)\strpos($text, '/') + 2);
    }

    /**
     * @return string with a backslash in front, as upstream names it
     * @throws RuntimeException when there is no such class
     */
    public static function protocolClass(string $scheme): string
    {
        if (!\preg_match('/^[a-zA-Z][a-zA-Z0-9]*$/D', $scheme)) {
            throw new RuntimeException("Invalid protocol scheme '$scheme'");
        }
        $scheme = \ucfirst($scheme);
        foreach (['\\Protocols\\', '\\Workerman\\Protocols\\'] as $namespace) {
            if (\class_exists($namespace . $scheme)) {
                return $namespace . $scheme;
            }
        }
        throw new RuntimeException("class \\Protocols\\$scheme not exist");
    }
}
