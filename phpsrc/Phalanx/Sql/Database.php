<?php

declare(strict_types=1);

namespace Phalanx\Sql;

use Fiber;
use Throwable;
use WeakMap;

/**
 * A database, by connections that all workers of the process share.
 *
 *     $db = new Database('pgsql://app:secret@127.0.0.1/shop');
 *     $rows = $db->query('SELECT id, name FROM customer WHERE city = :city', ['city' => 'Athens']);
 *
 * Objects of the same DSN and options have the same connections. Nothing is connected before the first statement. In a
 * Fiber a statement suspends it and the worker goes on; elsewhere it blocks.
 */
final class Database
{
    use Queries;

    public readonly Pool $pool;

    /** @var ?WeakMap<Fiber, array<int, Transaction>> of each Fiber, by the pool's key */
    private static ?WeakMap $inFibers = null;

    /** @var array<int, Transaction> outside Fibers */
    private static array $outside = [];

    /**
     * @param string       $dsn            "pgsql://user:password@host/name", "mysql:host=...;dbname=...",
     *                                     "sqlite:/path"; "": that of the environment's
     *                                     PHALANX_DATABASE, or sqlite:database.sqlite
     * @param string       $name           under which other scripts find the same pool; without a DSN: find it
     * @param int          $maxConnections of the process; SQLite: that read, one more writes
     * @param int          $minIdle        connections that are kept though nobody needs them
     * @param float        $maxLifetime    seconds, of a connection; 0: no end
     * @param float        $idleTime       seconds without use after which a connection is closed; 0: never
     * @param float        $waitTimeout    seconds to wait for a free connection; then PoolExhausted
     * @param float        $connectTimeout seconds
     * @param float        $queryTimeout   seconds a statement may take; then QueryTimeout; 0: no limit
     * @param float        $slowQuery      seconds from which on a statement is logged; 0: none is
     * @param int          $statementCache prepared statements that each connection keeps
     * @param float        $busyTimeout    seconds SQLite waits for the locks of others
     * @param list<string> $init           statements that each new connection begins with
     * @param list<string> $replicas       DSNs of servers for statements that only read
     * @param bool         $pipeline       quick reads of Fibers share connections
     * @param float        $sticky         seconds after a write for which this object reads from the primary
     */
    public function __construct(
        #[\SensitiveParameter] string $dsn = '',
        string $name = '',
        int $maxConnections = 16,
        int $minIdle = 0,
        float $maxLifetime = 1800.0,
        float $idleTime = 300.0,
        float $waitTimeout = 5.0,
        float $connectTimeout = 5.0,
        float $queryTimeout = 60.0,
        float $slowQuery = 0.0,
        int $statementCache = 256,
        float $busyTimeout = 5.0,
        string $applicationName = 'phalanx',
        array $init = [],
        #[\SensitiveParameter] array $replicas = [],
        bool $pipeline = true,
        float $sticky = 1.0,
    ) {
        $this->pool = new Pool(
            $dsn,
            $name,
            $maxConnections,
            $minIdle,
            $maxLifetime,
            $idleTime,
            $waitTimeout,
            $connectTimeout,
            $queryTimeout,
            $slowQuery,
            $statementCache,
            $busyTimeout,
            $applicationName,
            $init,
            $replicas,
            $pipeline,
            $sticky,
        );
    }

    protected function source(): Pool|Session
    {
        return $this->current()?->session ?? $this->pool;
    }

    /**
     * Begins a transaction that belongs to the current Fiber: until its end all statements of this database in the
     * Fiber run in it, and those of other Fibers do not. In a transaction it is a savepoint. It is rolled back when
     * the Fiber, the callback or the script ends without commit().
     */
    public function begin(?Isolation $isolation = null, bool $readOnly = false): Transaction
    {
        $transaction = $this->current();
        if ($transaction !== null) {
            if ($isolation !== null) {
                throw new Exception\UsageException('A savepoint has the isolation of its transaction');
            }
            $transaction->begin();
            return $transaction;
        }
        $transaction = new Transaction($this->pool->begin($isolation, $readOnly), $this->pool);
        $this->remember($transaction);

        return $transaction;
    }

    /** Ends the Fiber's innermost transaction for good. */
    public function commit(): void
    {
        $this->ongoing()->commit();
    }

    /** Undoes the Fiber's innermost transaction. */
    public function rollback(): void
    {
        $this->ongoing()->rollback();
    }

    /** Whether the current Fiber has begun a transaction. */
    public function inTransaction(): bool
    {
        return $this->current() !== null;
    }

    /**
     * Runs the work in a transaction, commits and answers what it returns. When it throws, all is rolled back. In a
     * transaction it is a savepoint.
     *
     * @template T
     *
     * @param callable(Transaction): T $work
     * @param int                      $attempts how often the work is begun anew after a deadlock or a serialization
     *                                           failure, the first time among them
     *
     * @return T
     */
    public function transaction(
        callable $work,
        ?Isolation $isolation = null,
        bool $readOnly = false,
        int $attempts = 1,
    ): mixed {
        $outer = $this->current();
        if ($outer !== null) {
            return $outer->transaction($work);
        }
        for ($attempt = 1;; $attempt++) {
            try {
                $transaction = $this->begin($isolation, $readOnly);
                try {
                    $result = $work($transaction);
                } catch (Throwable $e) {
                    $transaction->undo(1);
                    throw $e;
                }
                if ($transaction->depth() > 1) {
                    $transaction->undo(1);
                    throw new Exception\UsageException('The work has begun a transaction that it has not ended');
                }
                if ($transaction->isActive()) {
                    $transaction->commit();
                }
                return $result;
            } catch (Exception\Deadlock $e) {
                if ($attempt >= $attempts) {
                    throw $e;
                }
                // Not all at the same moment again.
                $this->pool->pause(\random_int(1, 10) * $attempt / 1000);
            } finally {
                $this->forget($transaction ?? null);
            }
        }
    }

    /**
     * Hears of what is said on the channels, in PostgreSQL, over a connection of its own.
     *
     *     $subscription = $db->listen('orders');
     *     while ($notification = $subscription->next()) {
     *         echo $notification->payload;
     *     }
     */
    public function listen(string ...$channels): Subscription
    {
        return $this->pool->listen(\array_values($channels));
    }

    /** Says something on a channel, in PostgreSQL; in a transaction, when it commits. */
    public function notify(string $channel, string $payload = ''): void
    {
        $this->execute('SELECT pg_notify(?, ?)', [$channel, $payload]);
    }

    /** Asks the server for a sign of life. */
    public function ping(): void
    {
        $this->pool->ping();
    }

    /** "pgsql", "mysql" or "sqlite". */
    public function dialect(): string
    {
        return $this->pool->dialect();
    }

    /** @return int|list<string> the statement's placeholders: how many, or their names */
    public function check(string $sql): int|array
    {
        return $this->pool->check($sql);
    }

    /** A table's or column's name, as the database wants it. */
    public function quote(string $identifier): string
    {
        return $this->pool->quote($identifier);
    }

    /** @return array<string, mixed> figures of all workers of the process */
    public function stats(): array
    {
        return $this->pool->stats();
    }

    private function ongoing(): Transaction
    {
        return $this->current() ?? throw new Exception\UsageException(
            'No transaction is open in this Fiber: begin() comes first',
        );
    }

    private function current(): ?Transaction
    {
        if (self::$outside === [] && (self::$inFibers === null || \count(self::$inFibers) === 0)) {
            return null; // as usual
        }
        $fiber = Fiber::getCurrent();
        $transaction = $fiber === null
            ? self::$outside[$this->pool->key()] ?? null
            : self::$inFibers[$fiber][$this->pool->key()] ?? null;
        if ($transaction !== null && !$transaction->isActive()) {
            $this->forget($transaction);
            return null;
        }

        return $transaction;
    }

    private function remember(Transaction $transaction): void
    {
        $key = $this->pool->key();
        $fiber = Fiber::getCurrent();
        if ($fiber !== null) {
            self::$inFibers ??= new WeakMap();
            self::$inFibers[$fiber] = [$key => $transaction] + (self::$inFibers[$fiber] ?? []);
            return;
        }
        self::$outside[$key] = $transaction;
        if (\phalanx_loop_running()) {
            // The timer's turn comes when the callback has returned: what it has not committed by then it never will.
            \phalanx_timer_add(0, function () use ($transaction): void {
                if ($transaction->isActive()) {
                    $transaction->undo(1);
                }
                $this->forget($transaction);
            }, [], false);
        }
    }

    private function forget(?Transaction $transaction): void
    {
        if ($transaction === null) {
            return;
        }
        $key = $this->pool->key();
        $fiber = Fiber::getCurrent();
        if ($fiber === null) {
            if ((self::$outside[$key] ?? null) === $transaction) {
                unset(self::$outside[$key]);
            }
            return;
        }
        $own = self::$inFibers[$fiber] ?? [];
        if (($own[$key] ?? null) === $transaction) {
            unset($own[$key]);
            if ($own === []) {
                unset(self::$inFibers[$fiber]);
            } else {
                self::$inFibers[$fiber] = $own;
            }
        }
    }
}
