<?php

declare(strict_types=1);

namespace Phalanx\Redis;

use Closure;
use Generator;
use IteratorAggregate;
use Throwable;

use function Phalanx\async;

/**
 * What Phalanx\Redis::subscribe() and its like answer.
 *
 * Redis keeps no messages: what is published while the connection is lost does not come (losses()), nor what a
 * subscriber that does not keep up has no room for, beyond 10,000 messages or 64 MiB (dropped()).
 *
 * @implements IteratorAggregate<int, Message>
 */
final class Subscription implements IteratorAggregate
{
    /** @var array<int, self> those with a callback, which live until they are ended */
    private static array $active = [];

    private function __construct(private readonly Feed $feed, private readonly int $kind)
    {
    }

    public function __clone()
    {
        throw new Exception\UsageException('A subscription cannot be cloned');
    }

    /**
     * @internal
     * @param list<string> $names
     */
    public static function begin(Feed $feed, int $kind, array $names, ?callable $callback): self
    {
        $subscription = new self($feed, $kind);
        $feed->add($kind, \array_values($names));
        if ($callback !== null) {
            $callback = Closure::fromCallable($callback);
            $feed->listen(static function (array $messages) use ($callback, $feed): void {
                foreach ($messages as $message) {
                    if (!$feed->active()) {
                        return;
                    }
                    try {
                        $callback($message->payload, $message->channel, $message);
                    } catch (Throwable $e) {
                        async(static fn () => throw $e); // where the loop takes exceptions; the next message comes
                    }
                }
            });
            self::$active[\spl_object_id($subscription)] = $subscription;
        }

        return $subscription;
    }

    /**
     * Waits for the next message.
     *
     * @param float|null $seconds to wait; null: without end
     * @return Message|null null: none came, or the subscription has ended
     */
    public function next(?float $seconds = null): ?Message
    {
        return $this->feed->next($seconds === null ? 0.0 : \max($seconds, 1e-6));
    }

    /**
     * The messages as they come, until unsubscribe().
     *
     * @return Generator<int, Message>
     */
    public function getIterator(): Generator
    {
        while (($message = $this->feed->next(0.0)) !== null) {
            yield $message;
        }
    }

    /**
     * Listens to more, of the same kind.
     *
     * @throws Exception\RedisException
     */
    public function add(string ...$names): void
    {
        $this->feed->add($this->kind, \array_values($names));
    }

    /** Listens to these no more; without names: ends the subscription. */
    public function unsubscribe(string ...$names): void
    {
        if ($names !== []) {
            $this->feed->remove($this->kind, \array_values($names));
            if ($this->feed->topics() !== []) {
                return;
            }
        }
        $this->feed->close();
        unset(self::$active[\spl_object_id($this)]);
    }

    /** @return list<string> what it listens to */
    public function channels(): array
    {
        return $this->feed->topics();
    }

    /** How many messages were thrown away because too many waited. */
    public function dropped(): int
    {
        return $this->feed->dropped();
    }

    /** How often the connection was lost, with what was published until it was there again. */
    public function losses(): int
    {
        return $this->feed->losses();
    }
}
