<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Session;

use SessionHandlerInterface;

/**
 * PHP's own session, which is the process's, or the thread's.
 *
 * @internal
 */
final class NativeSession implements SessionFunctions
{
    private static ?self $instance = null;

    public static function get(): self
    {
        return self::$instance ??= new self();
    }

    public function status(): int
    {
        return session_status();
    }

    public function id(): string
    {
        return (string) session_id();
    }

    public function setId(string $id): void
    {
        session_id($id);
    }

    public function setName(string $name): void
    {
        session_name($name);
    }

    /** An id that cannot be one is taken out of the request first: PHP would warn of it. */
    public function start(SessionHandlerInterface $handler, string $name): bool
    {
        $id = $_COOKIE[$name] ?? null;
        if ($id !== null && (!is_string($id) || preg_match('/^[a-zA-Z0-9,-]+$/D', $id) !== 1)) {
            unset($_COOKIE[$name]);
        }
        session_set_save_handler($handler);

        return session_start();
    }

    public function &values(): array
    {
        return $_SESSION;
    }

    public function destroy(): void
    {
        session_destroy();
        $_SESSION = [];
    }

    public function regenerate(bool $delete): bool
    {
        return session_regenerate_id($delete);
    }
}
