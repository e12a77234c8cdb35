<?php

declare(strict_types=1);

namespace Phalanx\Redis\Exception;

/** The server refuses a command. */
class CommandException extends RedisException
{
    protected string $prefix = '';

    private ?int $position = null;

    /**
     * What the server's message begins with: 'ERR', 'WRONGTYPE', 'NOSCRIPT', 'BUSYGROUP', 'READONLY', 'OOM' and so
     * on.
     */
    final public function getPrefix(): string
    {
        return $this->prefix;
    }

    /** The command's place in its pipeline or transaction, from 0; null: it came alone. */
    final public function getPosition(): ?int
    {
        return $this->position;
    }

    /**
     * @internal
     * @param array{command: string, prefix: string, message: string, class: class-string<self>} $error
     */
    final public static function fromReply(array $error, int $position): self
    {
        $exception = new $error['class']($error['message']);
        $exception->command = $error['command'];
        $exception->prefix = $error['prefix'];
        $exception->position = $position;

        return $exception;
    }
}
