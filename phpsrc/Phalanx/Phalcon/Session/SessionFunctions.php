<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Session;

use SessionHandlerInterface;

/**
 * What Phalcon\Session\Manager wants of a session: PHP's session_* functions, or their like for one message.
 *
 * @internal
 */
interface SessionFunctions
{
    /** One of PHP_SESSION_*. */
    public function status(): int;

    /** '': there is none. */
    public function id(): string;

    /** For the start to come. */
    public function setId(string $id): void;

    /** For the start to come. */
    public function setName(string $name): void;

    public function start(SessionHandlerInterface $handler, string $name): bool;

    /** @return array<array-key, mixed> to read and to write, while the session is active */
    public function &values(): array;

    public function destroy(): void;

    /** @param bool $delete whether nothing stays under the old id */
    public function regenerate(bool $delete): bool;
}
