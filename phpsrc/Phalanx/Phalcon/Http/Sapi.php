<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Http;

use Closure;

/**
 * What a server gives PHP with one message, and takes from it: superglobals, body, uploads; headers, cookies, output.
 *
 * Phalcon's classes reach these through here only. This class is PHP's own way; a server that has another extends it,
 * with one object for each message, and says through find() which one is the current message's. Objects are told apart
 * where a service lives on from message to message, and keeps something of them.
 */
class Sapi
{
    /** Process-wide (for a thread's life): how the current message is found; null: PHP's own. */
    private static ?Closure $finder = null;

    /** The current message's; of each message of its own with forEachMessage(), else process-wide. */
    private static ?self $php = null;

    private static bool $isForEachMessage = false;

    /** Of the message that the calling code serves. */
    public static function current(): self
    {
        return (self::$finder === null ? null : (self::$finder)()) ?? self::$php ??= new self();
    }

    /** @param ?Closure(): ?self $finder asked at each use; its null, and null here, mean PHP's own */
    public static function find(?Closure $finder): void
    {
        self::$finder = $finder;
    }

    /**
     * Has messages of phalanx_request_serve() that interleave keep an object each. To be called before the first of
     * them; each is to call nextMessage() as it begins.
     */
    public static function forEachMessage(): void
    {
        if (!self::$isForEachMessage) {
            \phalanx_request_static(self::class, 'php');
            self::$isForEachMessage = true;
        }
    }

    /** A message begins, and PHP's superglobals are its own: what was kept of the one before is not to be seen. */
    public static function nextMessage(): void
    {
        self::$php = null;
    }

    /** @return array<string, mixed> as $_SERVER */
    public function server(): array
    {
        return $_SERVER ?? [];
    }

    /** @return array<array-key, mixed> as $_GET */
    public function query(): array
    {
        return $_GET ?? [];
    }

    /** @return array<array-key, mixed> as $_POST */
    public function post(): array
    {
        return $_POST ?? [];
    }

    /** @return array<array-key, mixed> as $_REQUEST */
    public function request(): array
    {
        return $_REQUEST ?? [];
    }

    /** @return array<array-key, mixed> as $_COOKIE */
    public function cookies(): array
    {
        return $_COOKIE ?? [];
    }

    /** @return array<string, array> as $_FILES */
    public function files(): array
    {
        return $_FILES ?? [];
    }

    /** The body as it came; null: it is in php://input. */
    public function input(): ?string
    {
        return null;
    }

    /** @return ?array<array-key, mixed> the fields of a form of any method; null: only POST was parsed */
    public function form(): ?array
    {
        return null;
    }

    public function headersSent(): bool
    {
        return headers_sent();
    }

    /** @param string $line "Name: value", which replaces what was set by that name, or a status line; no line breaks */
    public function header(string $line): void
    {
        header($line);
    }

    /**
     * @param array<string, mixed> $options as setcookie() takes them
     * @throws \ValueError when a part cannot stand in a header
     */
    public function cookie(string $name, string $value, array $options): bool
    {
        return setcookie($name, $value, $options);
    }

    public function write(string $content): void
    {
        echo $content;
    }

    /** Sends a file's content without holding all of it in memory. */
    public function sendFile(string $path): bool
    {
        return readfile($path) !== false;
    }

    /** Whether the file came with this message. */
    public function isUploadedFile(string $path): bool
    {
        return is_uploaded_file($path);
    }

    /** Moves a file that came with this message; false: it did not, or the destination cannot be written. */
    public function moveUploadedFile(string $path, string $destination): bool
    {
        return move_uploaded_file($path, $destination);
    }
}
