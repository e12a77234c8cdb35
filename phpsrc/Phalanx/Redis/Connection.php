<?php

declare(strict_types=1);

namespace Phalanx\Redis;

/**
 * A connection that nobody else uses, for what concerns a connection: WATCH, SELECT, CLIENT SETNAME, WAIT. It goes
 * back when the object is gone, or with close(): as it was, or closed when a command has changed it.
 */
final class Connection
{
    use Commands;
    use Scans;

    /** @internal Phalanx\Redis::connection() makes one */
    public function __construct(private readonly Link $link)
    {
    }

    public function __clone()
    {
        throw new Exception\UsageException('A pinned connection cannot be cloned');
    }

    /**
     * Transactions of this connection fail if one of these keys changes from now on.
     *
     * @param string|list<string> $key
     */
    public function watch(string|array $key, string ...$more): bool
    {
        return $this->send(['WATCH', \is_array($key) ? \array_values($key) : $key, $more], Client::BOOL);
    }

    public function unwatch(): bool
    {
        return $this->send(['UNWATCH'], Client::BOOL);
    }

    /** Commands to be carried out together. exec() answers null when a watched key has changed. */
    public function multi(): Transaction
    {
        return new Transaction($this->link);
    }

    /**
     * Commands to be carried out together, which the callback queues.
     *
     * @param callable(Transaction): mixed $callback
     * @return list<mixed>|null null: a watched key had changed, nothing has been done
     */
    public function transaction(callable $callback): ?array
    {
        $transaction = $this->multi();
        $callback($transaction);

        return $transaction->exec();
    }

    /**
     * Commands to be sent together.
     *
     * @param (callable(Pipeline): mixed)|null $callback queues commands; they are sent when it returns
     * @return ($callback is null ? Pipeline : list<mixed>)
     */
    public function pipeline(?callable $callback = null): Pipeline|array
    {
        $pipeline = new Pipeline($this->link);
        if ($callback === null) {
            return $pipeline;
        }
        $callback($pipeline);

        return $pipeline->exec();
    }

    public function select(int $database): bool
    {
        return $this->send(['SELECT', $database], Client::BOOL);
    }

    /** Gives the connection back. Commands on it are an Exception\UsageException then. */
    public function close(): void
    {
        $this->link->close();
    }

    protected function send(array $arguments, int $shape): mixed
    {
        return $this->link->do($arguments, $shape);
    }
}
