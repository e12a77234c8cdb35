<?php

declare(strict_types=1);

namespace Phalanx\Sql;

use Throwable;

/**
 * A transaction: a connection that nobody else uses. One that nobody has any more is rolled back. Fibers that share one
 * take turns.
 */
final class Transaction
{
    use Queries;

    /** @internal use Database::begin() or Database::transaction() */
    public function __construct(public readonly Session $session, private readonly Pool $pool)
    {
    }

    protected function source(): Session
    {
        return $this->session;
    }

    /** Begins a transaction in the transaction, a savepoint: the next commit() or rollback() is its own. */
    public function begin(): void
    {
        $this->session->begin();
    }

    /** Ends the innermost transaction for good. */
    public function commit(): void
    {
        $this->session->commit();
    }

    /** Undoes the innermost transaction. */
    public function rollback(): void
    {
        $this->session->rollback();
    }

    /** Whether it is neither committed nor rolled back, and its connection stands. */
    public function isActive(): bool
    {
        return $this->session->depth() > 0;
    }

    /** 1 in the transaction, 1 more for each savepoint, 0 when it is over. */
    public function depth(): int
    {
        return $this->session->depth();
    }

    /**
     * Runs the work in a savepoint, which is rolled back when it throws.
     *
     * @template T
     *
     * @param callable(self): T $work
     *
     * @return T
     */
    public function transaction(callable $work): mixed
    {
        $this->session->begin();
        $depth = $this->session->depth();
        try {
            $result = $work($this);
        } catch (Throwable $e) {
            $this->undo($depth);
            throw $e;
        }
        if ($this->session->depth() >= $depth) {
            $this->session->commit();
        }

        return $result;
    }

    /** @internal rolls back to below a depth */
    public function undo(int $depth): void
    {
        try {
            while ($this->session->depth() >= $depth) {
                $this->session->rollback();
            }
        } catch (Exception) {
            // The connection broke: there is nothing left to undo, and what came first is what is to be told.
        }
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
}
